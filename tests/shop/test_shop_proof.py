"""An order is shown to its owner and to nobody else."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shop_talk import Talk, kinds
from sqlalchemy import event, select

from balm.reply import FactSheet
from balm.shop.database import Database
from balm.shop.desk import ShopDesk
from balm.shop.facts import NAMES
from balm.shop.models import Customer, Order
from balm.shop.proof import key_of
from balm.shop.table import load

JACKET, FOREIGN, NOWHERE = "BM10024683", "BM10024766", "BM19999999"  # C001's, C011's, nobody's


def give(talk: Talk, number: str, last4: str | None, intent: str = "order_status") -> FactSheet:
    entities = {"order_number": (number,)} | ({"phone_last4": (last4,)} if last4 else {})
    return talk.say(f"{number} {last4 or ''}", intent, entities=entities)


def test_whoever_knows_number_and_phone_sees_the_order(talk):
    assert kinds(give(talk(), JACKET, "8890")) == ["order_preparing_late"]


def test_an_order_once_proven_stays_in_the_talk(talk):
    someone = talk()
    give(someone, JACKET, "8890")
    assert kinds(someone.say("那什么时候能发", "parcel_late")) == ["order_preparing_late", "ticket_opened"]


@pytest.mark.parametrize("number", [FOREIGN, NOWHERE], ids=["foreign", "not there"])
@pytest.mark.parametrize("last4", ["8890", "0000", None], ids=["own phone", "no phone", "none given"])
@pytest.mark.parametrize("customer", [None, "C001"], ids=["visitor", "signed in"])
def test_a_foreign_number_and_one_that_does_not_exist_are_answered_alike(talk, customer, last4, number):
    sheet = give(talk(customer=customer), number, last4)
    if last4 is None and customer is None:
        assert sheet == FactSheet(ask="proof", topic="order_status")
    else:
        assert kinds(sheet) == ["order_not_shown"]
        assert (sheet.ask, sheet.topic) == ("order_number", "order_status")


def test_a_foreign_and_a_missing_order_take_the_same_way_through_the_database(talk, database):
    statements: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    ways = []
    for name, number in (("warm-up", FOREIGN), ("a", JACKET), ("b", NOWHERE), ("c", FOREIGN)):
        statements.clear()
        give(talk(name=name), number, "0001")
        ways.append(list(statements))
    assert ways[1:3] == [ways[1]] * 2
    assert len(ways[3]) < len(ways[1])  # this number has been guessed at before: its count is there


def test_a_signed_in_customer_needs_no_proof_for_their_own_number(talk):
    assert kinds(give(talk(customer="C001"), JACKET, None)) == ["order_preparing_late"]


def test_a_signed_in_customer_may_prove_an_order_placed_by_another(talk):
    assert kinds(give(talk(customer="C001"), FOREIGN, "3068")) == ["order_preparing_late"]


def test_after_five_wrong_proofs_for_a_number_none_is_looked_at_for_a_while(talk, clock):
    for guess in range(5):
        assert kinds(give(talk(name=f"c-{guess}"), JACKET, f"000{guess}")) == ["order_not_shown"]
    sheet = give(talk(name="fresh"), JACKET, "8890")
    assert kinds(sheet) == ["proof_paused"]
    assert 1 <= int(sheet.facts[0].values["minutes"]) <= 15
    assert sheet.topic is None
    clock.pass_minutes(16)
    assert kinds(give(talk(name="later"), JACKET, "8890")) == ["order_preparing_late"]


def test_after_five_wrong_proofs_in_a_talk_none_is_looked_at_whatever_the_number(talk):
    someone = talk()
    for guess in range(5):
        assert kinds(give(someone, f"BM1999999{guess}", "0000")) == ["order_not_shown"]
    assert kinds(give(someone, JACKET, "8890")) == ["proof_paused"]


def test_numbers_that_do_not_exist_are_paused_like_those_that_do(talk):
    for guess in range(5):
        give(talk(name=f"c-{guess}"), NOWHERE, "0000")
    assert kinds(give(talk(name="fresh"), NOWHERE, "0000")) == ["proof_paused"]


def test_the_owner_who_is_signed_in_is_not_paused_by_the_guesses_of_others(talk):
    for guess in range(6):
        give(talk(name=f"c-{guess}"), JACKET, "0000")
    assert kinds(give(talk(), JACKET, "8890")) == ["proof_paused"]
    assert kinds(give(talk(customer="C001"), JACKET, None)) == ["order_preparing_late"]


def test_right_proofs_are_no_guesses(talk):
    someone = talk()
    for _ in range(8):
        assert kinds(give(someone, JACKET, "8890")) == ["order_preparing_late"]


def test_a_wrong_proof_is_counted_when_it_is_given_and_not_in_later_turns(talk):
    someone = talk()
    give(someone, JACKET, "0000")
    for _ in range(8):
        assert someone.say("到哪了", "order_status") == FactSheet(ask="order_number", topic="order_status")
    assert kinds(give(someone, JACKET, "8890")) == ["order_preparing_late"]


def test_a_proof_given_beside_another_request_is_counted_when_it_is_used(talk):
    someone = talk()
    someone.say("BM10024683", "order_status", entities={"order_number": (JACKET,)})
    answers = []
    for guess in range(7):
        someone.say(f"瑜伽垫有货吗 {guess}", "stock", entities={"phone_last4": (f"000{guess}",)})
        answers.append(someone.say("到哪了", "order_status"))
    assert [kinds(answer) for answer in answers] == [[]] * 5 + [["proof_paused"]] * 2


def test_the_same_wrong_proof_again_is_no_new_guess(talk):
    someone = talk()
    for _ in range(8):
        assert kinds(give(someone, JACKET, "0000")) == ["order_not_shown"]
    assert kinds(give(someone, JACKET, "8890")) == ["order_preparing_late"]


def test_several_desks_share_the_count(database, clock):
    desks = [ShopDesk(database, clock=clock), ShopDesk(Database(str(database.engine.url)), clock=clock)]
    for guess in range(5):
        give(Talk(desks[guess % 2], clock, name=f"c-{guess}"), JACKET, "0000")
    assert kinds(give(Talk(desks[1], clock, name="fresh"), JACKET, "8890")) == ["proof_paused"]


def test_guesses_at_once_are_counted_one_by_one(desk, clock):
    def guess(number: int) -> list[str]:
        return kinds(give(Talk(desk, clock, name=f"c-{number}"), JACKET, f"{number:04}"))

    with ThreadPoolExecutor(10) as pool:
        answers = [kind for answer in pool.map(guess, range(10)) for kind in answer]
    assert sorted(answers) == ["order_not_shown"] * 5 + ["proof_paused"] * 5


@pytest.mark.parametrize(
    "name", ["x" * 500, "a\0b", "\ud83d", "微信用户", ""], ids=["long", "nul", "surrogate", "zh", "empty"]
)
def test_any_conversation_id_can_be_counted(talk, name):
    assert len(key_of(name)) <= 100
    assert kinds(give(talk(name=name), JACKET, "0000")) == ["order_not_shown"]


NUMBERS = re.compile(r"BM\d{8}")


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(data=st.data())
def test_nobody_but_the_owner_ever_sees_a_fact_that_names_an_order(database, desk, clock, data):
    with database.reading() as session:
        rows = session.execute(select(Order.number, Order.customer_id, Customer.phone_last4).join(Customer))
        orders = {row.number: (row.customer_id, row.phone_last4) for row in rows}
    numbers = data.draw(st.lists(st.sampled_from([*sorted(orders), NOWHERE]), min_size=1, max_size=3))
    customer = data.draw(st.sampled_from([None, "C001", "C008", "C011", "nobody"]))
    someone = Talk(desk, clock, customer=customer, name=data.draw(st.text(max_size=8)))
    for number in numbers:
        last4 = data.draw(
            st.sampled_from([None, "0000", "8890", "4402", orders.get(number, ("", "1234"))[1]])
        )
        intent = data.draw(st.sampled_from([*sorted(load(NAMES).rows), "affirm", "deny", None]))
        text = str(give(someone, number, last4, intent).facts)
        for named in NUMBERS.findall(text):
            owner, proof = orders[named]
            assert owner == customer or (named == number and someone.last4 == proof)
