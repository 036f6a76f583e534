"""What the desk states for each intent, customer and language."""

from __future__ import annotations

from pathlib import Path

import pytest
from shop_talk import kinds
from sqlalchemy import text

from balm.shop.database import Database
from balm.shop.desk import ShopDesk
from balm.shop.facts import NAMES
from balm.shop.kinds import FACT_KINDS
from balm.shop.table import load
from balm.turn import Conversation, Turn

STATED = [
    # customer, words, intent, language, kinds of fact
    (
        "C001",
        "我买的羽绒服三天了还没发货，你们到底管不管！",
        "parcel_late",
        "zh",
        "order_preparing_late ticket_opened",
    ),
    ("C011", "My jacket has not been shipped", "parcel_late", "en", "order_preparing_late ticket_opened"),
    (
        "C002",
        "快递怎么还没到",
        "parcel_late",
        "zh",
        "order_shipped parcel_last_event parcel_late ticket_opened",
    ),
    (
        "C006",
        "怎么还没到",
        "parcel_late",
        "zh",
        "order_shipped parcel_last_event parcel_late ticket_open_already",
    ),
    ("C010", "is it late?", "parcel_late", "en", "order_shipped parcel_last_event parcel_eta"),
    ("C008", "says delivered but nothing is here", "parcel_missing", "en", "order_delivered ticket_opened"),
    (
        "C009",
        "did you lose it",
        "parcel_missing",
        "en",
        "order_shipped parcel_last_event parcel_late ticket_opened",
    ),
    ("C010", "where is it", "track_parcel", "en", "order_shipped parcel_last_event parcel_eta"),
    ("C004", "到哪了", "order_status", "zh", "order_shipped parcel_last_event parcel_eta"),
    ("C007", "我的订单呢", "order_status", "zh", "order_preparing"),
    ("C012", "the tea set is broken", "item_damaged", "en", "order_delivered ticket_opened return_possible"),
    ("C005", "鞋子发错了", "wrong_item", "zh", "order_delivered ticket_opened"),
    ("C004", "少了一个充电宝", "missing_item", "zh", "order_delivered ticket_opened"),
    ("C005", "风衣质量太差", "quality_complaint", "zh", "order_delivered ticket_opened return_possible"),
    ("C012", "cancel my order", "cancel_order", "en", "cancel_possible"),
    ("C002", "取消水壶那单", "cancel_order", "zh", "cancel_too_late"),
    ("C012", "change my address", "change_address", "en", "change_possible ticket_opened"),
    ("C006", "蚕丝被那单改个地址", "change_address", "zh", "change_too_late"),
    ("C005", "跑鞋我要退货", "return_item", "zh", "return_opened"),
    ("C013", "return the dress", "return_item", "en", "return_open_already"),
    ("C013", "return the jeans", "return_item", "en", "return_too_late"),
    ("C005", "跑鞋换大一码", "exchange_item", "zh", "exchange_opened"),
    ("C005", "风衣能退吗", "refund_policy", "zh", "return_possible"),
    ("C003", "退款怎么还没到账", "refund_status", "zh", "refund_overdue ticket_opened"),
    ("C010", "refund for the shoes?", "refund_status", "en", "refund_approved"),
    ("C010", "refund for the trench coat?", "refund_status", "en", "refund_requested"),
    ("C004", "双肩包的退款", "refund_status", "zh", "refund_paid"),
    ("C001", "退款呢", "refund_status", "zh", "refund_none"),
    ("C004", "扣了我两次钱", "charged_twice", "zh", "paid_twice ticket_opened"),
    ("C008", "charged twice", "charged_twice", "en", "paid_once"),
    ("C007", "付款失败", "payment_failed", "zh", "payment_open"),
    ("C012", "invoice for the kettle", "invoice", "en", "invoice_issued"),
    ("C005", "给风衣那单开发票", "invoice", "zh", "invoice_none ticket_opened"),
    ("C005", "开发票", "invoice", "zh", "several_orders"),
    ("C005", "发票怎么开", "invoice", "zh", ""),
    (None, "How do I get an invoice?", "invoice", "en", ""),
    (
        "C012",
        "the old kettle is broken",
        "item_damaged",
        "en",
        "order_delivered ticket_opened return_too_late warranty_until",
    ),
    ("C013", "风铃连衣裙还能退吗", "refund_policy", "zh", "return_open_already"),
    ("C010", "can I return the trench coat", "refund_policy", "en", "refund_requested"),
    ("C010", "return the trench coat", "return_item", "en", "refund_requested"),
    ("C005", "风衣降价了", "price_protection", "zh", "price_dropped ticket_opened"),
    ("C012", "price match", "price_protection", "en", "price_same"),
    ("C009", "lamp got cheaper", "price_protection", "en", "price_too_late"),
    ("C012", "kettle warranty", "warranty", "en", "warranty_until"),
    ("C001", "毛衣保修吗", "warranty", "zh", "warranty_none"),
    ("C007", "保温杯保修多久", "warranty", "zh", "warranty_over"),
    ("C006", "智能手表那单到哪了", "order_status", "zh", "order_cancelled_before refund_approved"),
    ("C002", "水壶我要退货", "return_item", "zh", "return_not_yet"),
    ("C006", "有什么券", "coupon", "zh", "coupons"),
    ("C002", "有券吗", "coupon", "zh", "coupons_none"),
    ("C012", "my points", "membership", "en", "membership"),
    ("C002", "垃圾平台", "vent", "zh", "order_shipped parcel_last_event parcel_late"),
    ("C004", "气死我了", "vent", "zh", "order_shipped parcel_last_event parcel_eta paid_twice"),
    ("C003", "人呢？", "hurry_up", "zh", "order_delivered refund_overdue"),
    ("C012", "terrible service", "service_complaint", "en", ""),
    (None, "羽绒服有黑色M码吗", "stock", "zh", "stock_in"),
    (None, "羽绒服还有黑色L吗", "stock", "zh", "stock_out stock_in"),
    (None, "any yoga mats?", "stock", "en", "stock_out_no_date"),
    (None, "165cm 52kg", "size_advice", "en", ""),
    (None, "毛衣165穿什么码", "size_advice", "zh", "product_sizes"),
    (None, "is the speaker waterproof", "product_question", "en", "product_about"),
    (None, "推荐一款耳机", "recommend", "zh", "recommendation recommendation recommendation"),
    (None, "气死了", "vent", "zh", ""),
    (None, "有券吗", "coupon", "zh", ""),
    ("C001", "你好", "greet", "zh", ""),
    ("C001", "", None, "zh", ""),
    ("nobody", "我的会员", "membership", "zh", ""),
    ("nobody", "我的券", "coupon", "zh", ""),
]


@pytest.mark.parametrize(
    ("customer", "words", "intent", "language", "expected"), STATED, ids=lambda value: str(value)[:30]
)
def test_the_desk_states_what_is_true(talk, customer, words, intent, language, expected):
    sheet = talk(customer=customer).say(words, intent, language)
    assert kinds(sheet) == expected.split()
    for fact in sheet.facts:
        assert set(fact.values) == set(FACT_KINDS[fact.kind])
        assert all(value and value == value.strip() for value in fact.values.values())


def test_values_read_as_the_customer_reads_them(talk):
    zh = talk(customer="C004").say("扣了我两次钱", "charged_twice").facts[0].values
    assert zh == {
        "order_number": "BM10024689",
        "amount": "¥699.00",
        "paid_on": "11月20日",
        "method": "微信支付",
    }
    en = talk(customer="C010").say("refund for the shoes", "refund_status", "en").facts[0].values
    assert en["amount"] == "CN¥399.00"
    assert (en["approved_on"], en["pay_by"]) == ("21 November", "24 November")


def test_another_year_is_told_with_its_year(talk):
    values = talk(customer="C012").say("水壶保修", "warranty").facts[0].values
    assert values["last_day"] == "2026年6月18日"


def test_an_address_is_told_without_its_numbers(talk):
    values = talk(customer="C012").say("change my address", "change_address", "en").facts[0].values
    assert values["address"] == "*** Garden Street, Jing'an, Shanghai"


def test_a_product_named_by_the_customer_chooses_the_order(talk):
    assert (
        talk(customer="C001").say("毛衣到哪了", "order_status").facts[0].values["order_number"]
        == "BM10024672"
    )
    assert (
        talk(customer="C001").say("羽绒服到哪了", "order_status").facts[0].values["order_number"]
        == "BM10024683"
    )


def test_a_return_is_about_the_named_product_only(talk):
    one = talk(customer="C006").say("围巾想退", "return_item").facts[0].values["items"]
    assert one == "羊绒围巾（红色）"
    both = talk(customer="C006").say("那件毛衣也退了吧", "return_item").facts[0]
    assert both.kind == "return_open_already"
    assert both.values["items"] == "羊绒围巾（红色）、暖绒针织毛衣（米白色，S）"


def test_where_acting_on_the_wrong_order_would_hurt_the_desk_asks_which(talk):
    someone = talk(customer="C005")
    sheet = someone.say("我要退货", "return_item")
    assert kinds(sheet) == ["several_orders"]
    assert (sheet.ask, sheet.topic) == ("order_number", "return_item")
    assert "BM10024655（轻羽跑鞋）" in sheet.facts[0].values["orders"]
    named = someone.say("BM10024655", "inform_order", entities={"order_number": ("BM10024655",)})
    assert kinds(named) == ["return_opened"]


def test_praise_from_somebody_happy_brings_up_no_problem(talk):
    assert kinds(talk(customer="C002").say("你们真棒", "praise", name="joy", confidence=0.9)) == []
    assert kinds(talk(customer="C002").say("真棒啊，四天没动", "praise", name="anger", confidence=0.9)) != []
    assert kinds(talk(customer="C002").say("真棒，呵呵", "praise", name="joy", sarcasm=0.9)) != []


def test_an_unfinished_request_is_carried_on(talk):
    someone = talk()
    assert someone.say("我要取消订单", "cancel_order").ask == "order_number"
    assert someone.say("烦死了！", "vent", name="anger").topic == "cancel_order"
    sheet = someone.say("BM10024683", "inform_order", entities={"order_number": ("BM10024683",)})
    assert (sheet.ask, sheet.topic) == ("proof", "cancel_order")
    assert kinds(someone.say("8890", None)) == ["cancel_possible"]


def test_a_new_request_replaces_an_unfinished_one(talk):
    someone = talk()
    someone.say("我要取消订单", "cancel_order")
    assert kinds(someone.say("瑜伽垫有货吗", "stock")) == ["stock_out_no_date"]
    assert someone.topic is None


def test_an_order_number_alone_asks_for_its_status(talk):
    sheet = talk(customer="C001").say("bm 1002 4683", None)
    assert kinds(sheet)[0] == "order_preparing_late"


def test_eight_digits_beside_something_else_are_not_taken_for_an_order(talk):
    assert kinds(talk(customer="C001").say("请打 61234567 叫个人来", "human_wanted")) == []


def test_it_means_the_product_that_was_named_before(talk):
    someone = talk()
    someone.say("瑜伽垫怎么样", "product_question")
    assert kinds(someone.say("有货吗", "stock")) == ["stock_out_no_date"]


@pytest.mark.parametrize("intent", ["recommend", "stock", "product_question", "size_advice"])
def test_what_the_shop_does_not_sell_is_told_instead_of_something_else(talk, intent):
    someone = talk()
    someone.say("耳机怎么样", "product_question", entities={"product": ("耳机",)})
    sheet = someone.say("面霜呢", intent, entities={"product": ("面霜",)})
    assert [(fact.kind, dict(fact.values)) for fact in sheet.facts] == [
        ("product_not_found", {"product": "面霜"})
    ]


@pytest.mark.parametrize(
    "words", ["", "😡😡😡", "?" * 5000, "我的 parcel 到哪了 where？", "\0", "\ud83d", "BM" * 3000]
)
def test_no_text_breaks_the_desk(talk, words):
    for intent in (None, "parcel_late", "stock", "size_advice", "vent", "recommend"):
        for customer in (None, "C001"):
            assert talk(customer=customer).say(words, intent).failed is None


def test_a_shop_that_cannot_be_read_gives_the_log_a_reason_and_never_raises(talk, database):
    with database.writing() as session:
        session.execute(text("ALTER TABLE orders RENAME TO elsewhere"))
    someone = talk(customer="C001")
    someone.topic = "order_status"
    sheet = someone.say("到哪了", "order_status")
    assert sheet.topic == "order_status"
    with database.writing() as session:
        session.execute(text("ALTER TABLE elsewhere RENAME TO orders"))
    assert sheet.facts == ()
    assert "shop database" in (sheet.failed or "")


def test_a_server_that_is_gone_gives_the_log_a_reason(caplog):
    desk = ShopDesk(Database("postgresql://u:secret@127.0.0.1:1/shop"))
    sheet = desk.facts(Conversation("c", (Turn("到哪了", "zh", "order_status"),), customer_id="C001"))
    assert "refused" in (sheet.failed or "")
    assert "secret" not in (sheet.failed or "") + caplog.text


def test_every_kind_of_fact_is_tested():
    stated = {kind for *_, kinds in STATED for kind in kinds.split()}
    assert set(FACT_KINDS) - stated == OTHERWISE_TESTED


# These need more than one turn; the tests of proof and of acting state them.
OTHERWISE_TESTED = {
    "order_not_shown",
    "proof_paused",
    "order_cancelled_now",
    "order_cancelled_unpaid",
    "exchange_open_already",
    "product_not_found",
}


def test_every_intent_of_the_table_is_one_that_the_bot_knows():
    nlu = Path(__file__).parents[2] / "data" / "nlu"
    lines = (line for file in nlu.rglob("*.yml") for line in file.read_text("utf8").splitlines())
    known = {line.split(":")[-1].strip() for line in lines if "intent:" in line}
    assert set(load(NAMES).rows) <= known
