"""What the desk does for a customer stands in the database when it is told."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from shop_talk import Talk, kinds
from sqlalchemy import func, select

from balm.shop.models import Order, Refund, Variant
from balm.shop.records import Case, CaseNote

LAMP = "BM10024788"  # C012's, being prepared, one desk lamp for 219 yuan


def status(database, number: str = LAMP) -> str:
    with database.reading() as session:
        return session.get(Order, number).status


def count(database, table) -> int:
    with database.reading() as session:
        return session.execute(select(func.count()).select_from(table)).scalar_one()


def lamps(database) -> int:
    with database.reading() as session:
        return session.execute(select(Variant.stock).where(Variant.product_id == "desk-lamp")).scalar_one()


def test_a_cancellation_waits_for_a_yes(talk, database):
    someone = talk(customer="C012")
    sheet = someone.say("cancel it", "cancel_order", "en")
    assert (kinds(sheet), sheet.ask, sheet.topic) == (["cancel_possible"], "confirmation", "cancel_order")
    assert status(database) == "preparing"


def test_a_yes_cancels_pays_back_and_returns_the_pieces(talk, database):
    someone, before, refunds = talk(customer="C012"), lamps(database), count(database, Refund)
    someone.say("cancel it", "cancel_order", "en")
    sheet = someone.say("yes please", "affirm", "en")
    assert kinds(sheet) == ["order_cancelled_now"]
    assert sheet.facts[0].values == {"order_number": LAMP, "amount": "CN¥219.00", "refund_by": "25 November"}
    assert (sheet.ask, sheet.topic) == (None, None)
    assert status(database) == "cancelled"
    assert lamps(database) == before + 1
    assert count(database, Refund) == refunds + 1
    assert kinds(someone.say("my refund?", "refund_status", "en")) == ["refund_approved"]


def test_an_order_that_was_not_paid_is_cancelled_without_a_refund(talk, database):
    someone, refunds = talk(customer="C013"), count(database, Refund)
    someone.say("cancel the boots", "cancel_order", "en")
    assert kinds(someone.say("yes", "affirm", "en")) == ["order_cancelled_unpaid"]
    assert count(database, Refund) == refunds


def test_a_no_leaves_the_order_alone_and_a_later_yes_does_nothing(talk, database):
    someone = talk(customer="C012")
    someone.say("cancel it", "cancel_order", "en")
    assert kinds(someone.say("no, keep it", "deny", "en")) == []
    someone.topic = "cancel_order"
    assert kinds(someone.say("yes", "affirm", "en")) == ["cancel_possible"]
    assert status(database) == "preparing"


def test_a_yes_to_nothing_does_nothing(talk, database):
    assert kinds(talk(customer="C012").say("yes", "affirm", "en")) == []
    someone = talk(customer="C012")
    someone.topic = "cancel_order"  # the bot has asked for something else than a yes
    assert kinds(someone.say("yes", "affirm", "en")) == ["cancel_possible"]
    assert status(database) == "preparing"


@pytest.mark.parametrize(
    ("words", "done"),
    [
        ("是的，取消吧", True),
        ("Yes, cancel it", True),
        ("嗯取消", True),
        ("取消的话钱什么时候退？", False),
        ("what happens if I cancel it", False),
        ("好像不用取消了", False),
        ("yesterday I wanted to cancel", False),
    ],
)
def test_a_yes_that_repeats_the_request_counts_and_a_mere_repeat_does_not(talk, database, words, done):
    someone = talk(customer="C012")
    someone.say("cancel it", "cancel_order", "en")
    someone.say(words, "cancel_order")
    assert status(database) == ("cancelled" if done else "preparing")


def test_a_yes_that_comes_too_late_is_asked_again(talk, clock, database):
    someone = talk(customer="C012")
    someone.say("cancel it", "cancel_order", "en")
    clock.pass_minutes(31)
    assert kinds(someone.say("yes", "affirm", "en")) == ["cancel_possible"]
    assert status(database) == "preparing"


def test_a_yes_is_about_the_order_that_was_asked_about(talk, database):
    someone = talk(customer="C005")
    someone.say("取消 T 恤那单", "cancel_order")
    someone.number = "BM10024640"  # another order has been named meanwhile
    assert kinds(someone.say("确定", "affirm")) == ["order_cancelled_now"]
    assert status(database, "BM10024803") == "cancelled"


def test_the_yes_of_another_conversation_does_not_count(talk, database):
    talk(customer="C012", name="one").say("cancel it", "cancel_order", "en")
    other = talk(customer="C012", name="two")
    other.topic = "cancel_order"
    assert kinds(other.say("yes", "affirm", "en")) == ["cancel_possible"]
    assert status(database) == "preparing"


def test_a_visitor_with_proof_can_cancel(talk, database):
    someone = talk()
    someone.say("cancel BM10024788, phone 6624", "cancel_order", "en",
                entities={"order_number": (LAMP,), "phone_last4": ("6624",)})  # fmt: skip
    assert kinds(someone.say("yes", "affirm", "en")) == ["order_cancelled_now"]


def test_a_signed_in_customer_can_cancel_an_order_they_proved(talk, database):
    someone = talk(customer="C005")
    someone.say("cancel BM10024788, phone 6624", "cancel_order", "en",
                entities={"order_number": (LAMP,), "phone_last4": ("6624",)})  # fmt: skip
    assert kinds(someone.say("yes", "affirm", "en")) == ["order_cancelled_now"]
    assert status(database) == "cancelled"


def test_an_order_that_left_between_question_and_yes_is_not_cancelled(talk, database):
    someone = talk(customer="C012")
    someone.say("cancel it", "cancel_order", "en")
    with database.writing() as session:
        session.get(Order, LAMP).status = "cancelled"
    assert kinds(someone.say("yes", "affirm", "en")) == ["order_cancelled_before"]


def test_ten_yeses_at_once_cancel_once_and_pay_back_once(desk, clock, database):
    before, refunds = lamps(database), count(database, Refund)
    talks = [Talk(desk, clock, customer="C012", name=f"c-{number}") for number in range(10)]
    for someone in talks:
        assert kinds(someone.say("cancel it", "cancel_order", "en")) == ["cancel_possible"]
    with ThreadPoolExecutor(10) as pool:
        told = [
            kind
            for sheet in pool.map(lambda one: one.say("yes", "affirm", "en"), talks)
            for kind in kinds(sheet)
        ]
    assert sorted(told) == ["order_cancelled_before"] * 9 + ["order_cancelled_now"]
    assert (lamps(database), count(database, Refund)) == (before + 1, refunds + 1)


def test_different_customers_at_once_do_not_disturb_each_other(desk, clock, database):
    asks = [
        ("C001", "parcel_late"),
        ("C002", "parcel_late"),
        ("C008", "parcel_missing"),
        ("C003", "refund_status"),
    ] * 4
    before = count(database, Case)

    def one(ask: tuple[str, str]) -> list[str]:
        return kinds(Talk(desk, clock, customer=ask[0], name=ask[0]).say("怎么回事", ask[1]))

    with ThreadPoolExecutor(8) as pool:
        told = [kind for answer in pool.map(one, asks) for kind in answer]
    assert told.count("ticket_opened") == 4
    assert told.count("ticket_open_already") == 12
    assert count(database, Case) == before + 4


def test_the_same_message_twice_opens_one_ticket_with_one_note(desk, clock, database):
    before = count(database, Case)
    first, second = (Talk(desk, clock, customer="C001", name="c") for _ in range(2))
    opened = first.say("还不发货", "parcel_late").facts[-1]
    clock.pass_minutes(-0.1)
    again = second.say("还不发货", "parcel_late").facts[-1]
    assert (opened.kind, again.kind) == ("ticket_opened", "ticket_open_already")
    assert opened.values == again.values
    assert (count(database, Case), count(database, CaseNote)) == (before + 1, 1)


def test_what_the_customer_says_later_is_added_to_the_ticket(talk, database):
    someone = talk(customer="C001")
    someone.say("还不发货", "parcel_late")
    someone.say("明天再不发我就投诉", "parcel_late")
    with database.reading() as session:
        notes = session.execute(select(CaseNote.text).order_by(CaseNote.at)).scalars().all()
    assert notes == ["还不发货", "明天再不发我就投诉"]


def test_a_closed_ticket_makes_room_for_a_new_one(talk, clock, database):
    someone = talk(customer="C001")
    first = someone.say("还不发货", "parcel_late").facts[-1]
    with database.writing() as session:
        case = session.execute(select(Case).order_by(Case.id.desc())).scalars().first()
        case.open_key, case.closed_at = None, case.opened_at
    second = someone.say("还不发货", "parcel_late").facts[-1]
    assert second.kind == "ticket_opened"
    assert second.values["ticket_number"] != first.values["ticket_number"]


def test_an_order_in_time_gets_no_ticket_for_being_late(talk, database):
    before = count(database, Case)
    assert "ticket_opened" not in kinds(talk(customer="C010").say("is it late", "parcel_late", "en"))
    assert count(database, Case) == before


@pytest.mark.parametrize("second", ["return_item", "exchange_item"])
def test_one_order_has_one_open_return_or_exchange(talk, second):
    someone = talk(customer="C005")
    assert kinds(someone.say("跑鞋换个码", "exchange_item")) == ["exchange_opened"]
    assert kinds(someone.say("跑鞋", second)) == ["exchange_open_already"]


def test_the_status_of_an_order_names_what_is_being_done_about_it(talk):
    someone = talk(customer="C001")
    number = someone.say("还不发货", "parcel_late").facts[-1].values["ticket_number"]
    facts = someone.say("怎么样了", "order_status").facts
    assert [fact.values["ticket_number"] for fact in facts if fact.kind == "ticket_open_already"] == [number]
