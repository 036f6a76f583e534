"""Which order "it" is, whose it is, and what is only a question."""

from __future__ import annotations

import pytest
from shop_talk import kinds
from sqlalchemy import func, select

from balm.reply import FactSheet
from balm.shop.phrases import says
from balm.shop.records import Case

DELIVERED, UNDER_WAY = "BM10024661", "BM10024788"  # C012's tea set and desk lamp
TEES, SHOES = "BM10024803", "BM10024655"  # C005's, being prepared and delivered


def orders(sheet: FactSheet) -> set[str]:
    return {fact.values["order_number"] for fact in sheet.facts if "order_number" in fact.values}


def cases(database) -> int:
    with database.reading() as session:
        return session.execute(select(func.count()).select_from(Case)).scalar_one()


@pytest.mark.parametrize(
    ("words", "intent", "first"),
    [
        ("Can I still cancel it?", "cancel_order", "return_possible"),
        ("Where exactly is it now?", "track_parcel", "order_delivered"),
        ("Could it go to another address?", "change_address", "order_delivered"),
        ("I want to send it back", "return_item", "return_opened"),
        ("What about its invoice", "invoice", "invoice_none"),
        ("Is it under warranty?", "warranty", "warranty_none"),
    ],
    ids=lambda value: value[:20],
)
def test_it_means_the_order_that_was_shown_last(talk, words, intent, first):
    someone = talk(customer="C012")
    assert orders(someone.say("How is the tea set?", "order_status", "en")) == {DELIVERED}
    sheet = someone.say(words, intent, "en")
    assert orders(sheet) <= {DELIVERED}
    assert first in kinds(sheet)


def test_the_last_of_several_shown_orders_is_meant(talk):
    someone = talk(customer="C012")
    someone.say("How is the tea set?", "order_status", "en")
    someone.say("And the desk lamp?", "order_status", "en")
    someone.say("thanks", "thanks", "en")
    sheet = someone.say("Can I still cancel it?", "cancel_order", "en")
    assert (kinds(sheet), orders(sheet)) == (["cancel_possible"], {UNDER_WAY})


def test_a_number_typed_after_that_wins_over_the_shown_order(talk):
    someone = talk(customer="C012")
    someone.say("How is the tea set?", "order_status", "en")
    named = {"order_number": (UNDER_WAY,)}
    assert orders(someone.say(UNDER_WAY, "inform_order", "en", entities=named)) == {UNDER_WAY}
    assert orders(someone.say("cancel it", "cancel_order", "en")) == {UNDER_WAY}


def test_a_product_named_now_wins_over_the_shown_order(talk):
    someone = talk(customer="C012")
    someone.say("How is the tea set?", "order_status", "en")
    assert orders(someone.say("cancel the desk lamp", "cancel_order", "en")) == {UNDER_WAY}


@pytest.mark.parametrize("words", ["另一单到哪了", "where is my other order"])
def test_another_order_is_not_the_shown_one(talk, words):
    someone = talk(customer="C005")
    someone.say("T 恤那单怎么样了", "order_status")
    assert orders(someone.say(words, "order_status")).isdisjoint({TEES})


def test_a_request_that_tells_its_order_is_not_bent_to_the_shown_one(talk):
    someone = talk(customer="C003")
    someone.say("瑜伽垫到哪了", "order_status")
    assert "refund_overdue" in kinds(someone.say("那我的退款呢", "refund_status"))


def test_an_order_of_somebody_else_that_was_proven_stays_the_one_meant(talk):
    someone = talk(customer="C005")
    proof = {"order_number": (UNDER_WAY,), "phone_last4": ("6624",)}
    someone.say(f"{UNDER_WAY} 6624", "order_status", entities=proof)
    assert orders(someone.say("还能取消吗", "cancel_order")) == {UNDER_WAY}


QUESTIONS = [
    ("C005", "发票怎么开", "invoice"),
    ("C005", "风衣的发票怎么开", "invoice"),
    ("C005", "可以开发票吗", "invoice"),
    ("C005", "风衣发票开好了吗", "invoice"),
    ("C012", "How do I get an invoice for the desk lamp?", "invoice"),
    ("C005", "风衣质量怎么样", "quality_complaint"),
    ("C005", "风衣会起球吗", "quality_complaint"),
    ("C012", "Is the quality of the tea set any good?", "quality_complaint"),
    ("C012", "What happens if the tea set arrives broken?", "item_damaged"),
    ("C005", "如果收到的风衣是坏的怎么办", "item_damaged"),
    ("C005", "T恤那单怎么改地址", "change_address"),
    ("C005", "跑鞋怎么退", "return_item"),
    ("C005", "跑鞋怎么换大一码", "exchange_item"),
    ("C005", "跑鞋还能退吗", "return_item"),
    ("C012", "Can I still return the tea set?", "return_item"),
]
REQUESTS = [
    ("C005", "给我开风衣的发票", "invoice"),
    ("C005", "风衣发票抬头：北京云杉科技有限公司", "invoice"),
    ("C005", "风衣能给我开个发票吗", "invoice"),
    ("C012", "Could I get an invoice for the desk lamp?", "invoice"),
    ("C005", "风衣质量太差了", "quality_complaint"),
    ("C012", "the tea set arrived broken, what now", "item_damaged"),
    ("C005", "收到的风衣破了怎么办", "item_damaged"),
    ("C005", "T恤那单帮我改地址", "change_address"),
    ("C005", "跑鞋我要退", "return_item"),
]


@pytest.mark.parametrize(("customer", "words", "intent"), QUESTIONS, ids=lambda value: value[:16])
def test_a_question_opens_nothing(talk, database, customer, words, intent):
    before = cases(database)
    sheet = talk(customer=customer).say(words, intent)
    assert cases(database) == before
    assert sheet.ask in (None, "confirmation")


@pytest.mark.parametrize(("customer", "words", "intent"), REQUESTS, ids=lambda value: value[:16])
def test_a_request_about_a_known_order_opens_its_case(talk, database, customer, words, intent):
    before = cases(database)
    talk(customer=customer).say(words, intent)
    assert cases(database) == before + 1


def test_a_question_about_a_known_order_gets_what_is_true_of_it(talk):
    assert kinds(talk(customer="C005").say("风衣的发票怎么开", "invoice")) == ["invoice_none"]
    assert kinds(talk(customer="C005").say("跑鞋怎么退", "return_item")) == ["return_possible"]


OFFERS = [
    ("C005", "跑鞋怎么退", "return_item", "return_opened"),
    ("C012", "Can I still return the tea set?", "return_item", "return_opened"),
    ("C005", "风衣的发票怎么开", "invoice", "ticket_opened"),
    ("C005", "T恤那单怎么改地址", "change_address", "ticket_opened"),
]


@pytest.mark.parametrize(("customer", "words", "intent", "done"), OFFERS, ids=lambda value: value[:16])
def test_a_yes_to_the_offer_that_follows_a_question_does_it(talk, database, customer, words, intent, done):
    someone, before = talk(customer=customer), cases(database)
    sheet = someone.say(words, intent)
    assert (sheet.ask, sheet.topic) == ("confirmation", intent)
    told = someone.say("好的", "affirm")
    assert done in kinds(told)
    assert orders(told) <= orders(sheet)
    assert cases(database) == before + 1


@pytest.mark.parametrize("intent", ["vent", "hurry_up", "not_understood", "service_complaint", "deny"])
def test_anything_but_a_yes_leaves_the_offer_open(talk, database, intent):
    someone, before = talk(customer="C005"), cases(database)
    someone.say("跑鞋怎么退", "return_item")
    someone.say("唉", intent)
    assert cases(database) == before


def test_an_invoice_is_written_for_the_order_that_the_customer_picks(talk):
    someone = talk(customer="C005")
    sheet = someone.say("给我开发票", "invoice")
    assert (kinds(sheet), sheet.ask) == (["several_orders"], "order_number")
    picked = someone.say(SHOES, "inform_order", entities={"order_number": (SHOES,)})
    assert kinds(picked) == ["invoice_none", "ticket_opened"]


SOMEBODY_ELSES = [
    "Where is my sister's order?",
    "我朋友的订单到哪了",
    "帮我妈妈查一下快递",
    "The order my husband placed last week, where is it?",
    "我姐姐在你们家买了件毛衣，到哪了",
    "someone else's order please",
]


@pytest.mark.parametrize("words", SOMEBODY_ELSES)
def test_an_order_of_somebody_else_takes_its_number_and_proof(talk, words):
    someone = talk(customer="C001")
    sheet = someone.say(words, "order_status")
    assert (kinds(sheet), sheet.ask) == ([], "order_number")
    sheet = someone.say(UNDER_WAY, "inform_order", entities={"order_number": (UNDER_WAY,)})
    assert (kinds(sheet), sheet.ask) == ([], "proof")
    assert orders(someone.say("6624", "inform_order", entities={"phone_last4": ("6624",)})) == {UNDER_WAY}


def test_impatience_while_the_number_is_awaited_does_not_show_the_customers_own_order(talk):
    someone = talk(customer="C001")
    someone.say("我朋友的订单到哪了", "order_status")
    assert kinds(someone.say("快点啊", "hurry_up")) == []


def test_a_wrong_proof_for_somebody_elses_order_shows_nothing(talk):
    someone = talk(customer="C001")
    someone.say("我朋友的订单到哪了", "order_status")
    someone.say(UNDER_WAY, "inform_order", entities={"order_number": (UNDER_WAY,)})
    wrong = someone.say("8890", "inform_order", entities={"phone_last4": ("8890",)})
    assert kinds(wrong) == ["order_not_shown"]


@pytest.mark.parametrize(
    "words",
    [
        "给我妈买的毛衣到哪了",
        "The gift for my sister, where is it?",
        "我的订单到哪了",
        "送我女朋友的包裹到了吗",
        "给妈妈买的快递到哪了",
        "my friend recommended you, where is my order",
        "my own order",
    ],
)
def test_a_present_and_a_recommendation_are_the_customers_own_business(words):
    assert not says("someone_elses", words)


def test_a_proof_that_comes_after_a_foreign_number_is_about_that_number(talk):
    someone = talk(customer="C001")
    someone.say(UNDER_WAY, "order_status", entities={"order_number": (UNDER_WAY,)})
    assert orders(someone.say("6624", "inform_order", entities={"phone_last4": ("6624",)})) == {UNDER_WAY}


def test_the_warranty_is_not_brought_up_while_the_return_is_open_to_them(talk):
    assert "warranty_until" not in kinds(talk(customer="C004").say("充电宝坏了", "item_damaged"))
