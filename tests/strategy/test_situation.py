"""What the policy sees of a turn."""

from __future__ import annotations

import pytest

from balm.emotion.reading import EmotionReading, Scored
from balm.reply import Fact, FactSheet
from balm.shop.kinds import FACT_KINDS, OUR_FAULT, OUR_FAULT_CASES
from balm.shop.promises import promises
from balm.strategy.clock import Clock
from balm.strategy.situation import Situation
from balm.turn import Conversation, Said, Turn


def situation(
    turn: Turn, clock: Clock | None = None, sheet: FactSheet | None = None, **more: object
) -> Situation:
    return Situation.of(Conversation("c", (turn,), **more), clock or Clock(), sheet or FactSheet())


def test_every_column_is_filled_from_its_source() -> None:
    reading = EmotionReading("anger", 0.9, intensity=0.8, cause=Scored("delivery", 0.7), needs_human=0.6)
    turn = Turn("管不管", language="en", intent="parcel_late", reading=reading)
    clock = Clock(frustration=0.7, negative_run=2, repeats=1)
    sheet = FactSheet(ask="order_number", failed="down")
    assert situation(turn, clock, sheet, handoff_state="waiting") == Situation(
        emotion="anger",
        intensity=0.8,
        cause="delivery",
        needs_human=0.6,
        abstained=False,
        intent="parcel_late",
        repeats=1,
        negative_run=2,
        frustration=0.7,
        handoff_state="waiting",
        asks="order_number",
        failed=True,
        our_fault=False,
        apologised=False,
        safety=False,
        threat=False,
        language="en",
    )


OURS = [
    Fact("order_preparing_late"),
    Fact("parcel_late"),
    Fact("refund_overdue"),
    Fact("paid_twice"),
    Fact("ticket_opened", case="damaged"),
    Fact("ticket_opened", case="wrong_item"),
    Fact("ticket_opened", case="missing_item"),
]
NOT_OURS = [
    Fact("order_shipped"),
    Fact("paid_once"),
    Fact("refund_approved"),
    Fact("ticket_opened", case="invoice"),
    Fact("ticket_open_already", case="damaged"),
    Fact("ticket_opened"),
]


@pytest.mark.parametrize("fact", OURS, ids=lambda fact: f"{fact.kind}-{fact.case}")
def test_a_fact_among_others_shows_our_fault(fact: Fact) -> None:
    assert situation(Turn("x"), sheet=FactSheet((Fact("order_shipped"), fact))).our_fault


@pytest.mark.parametrize("fact", NOT_OURS, ids=lambda fact: f"{fact.kind}-{fact.case}")
def test_other_facts_show_no_fault_of_ours(fact: Fact) -> None:
    assert not situation(Turn("x"), sheet=FactSheet((fact,))).our_fault


def test_every_kind_and_case_of_our_fault_is_one_that_the_shop_has() -> None:
    assert set(FACT_KINDS) >= OUR_FAULT
    assert set(promises().cases) >= OUR_FAULT_CASES


def test_the_words_of_danger_and_threat_are_heard_through_a_doubted_reading() -> None:
    doubted = EmotionReading("neutral", 0.2, abstained=True)
    assert situation(Turn("插头冒烟了", reading=doubted)).safety
    assert situation(Turn("my lawyer will call", language="en", reading=doubted)).threat


@pytest.mark.parametrize(
    ("replies", "said"),
    [
        ((), False),
        ((Said("apologise"),), True),
        ((Said("apologise"), None), True),
        ((Said("apologise"), Said("inform")), False),
    ],
    ids=["nothing", "sorry", "sorry-then-silence", "sorry-earlier"],
)
def test_a_sorry_is_remembered_for_one_reply(replies: tuple, said: bool) -> None:
    turns = (Turn("a"),) * (len(replies) + 1)
    assert Situation.of(Conversation("c", turns, replies), Clock(), FactSheet()).apologised is said


def test_a_doubted_emotion_is_neutral_without_strength() -> None:
    seen = situation(Turn("嗯", reading=EmotionReading("anger", 0.3, intensity=0.9, abstained=True)))
    assert (seen.emotion, seen.intensity, seen.abstained) == ("neutral", 0.0, True)


def test_who_is_surely_annoyed_is_cared_for_even_when_the_model_doubts_how_much():
    torn = (Scored("anger", 0.45), Scored("frustration", 0.44), Scored("neutral", 0.11))
    reading = EmotionReading("anger", 0.45, intensity=0.8, abstained=True, ranking=torn)
    seen = situation(Turn("你们怎么做事的！", reading=reading))
    assert (seen.emotion, seen.intensity, seen.abstained) == ("frustration", 0.8, True)


def test_sarcasm_is_frustration() -> None:
    seen = situation(
        Turn("great, just great", reading=EmotionReading("joy", 0.8, intensity=0.1, sarcasm=0.8))
    )
    assert (seen.emotion, seen.intensity) == ("frustration", 0.4)


def test_sarcasm_leaves_anger_as_it_is() -> None:
    seen = situation(Turn("呵呵", reading=EmotionReading("anger", 0.8, intensity=0.9, sarcasm=0.9)))
    assert (seen.emotion, seen.intensity) == ("anger", 0.9)


@pytest.mark.parametrize("intent", [None, "", "nlu_fallback"])
def test_an_unrecognised_intent_is_none(intent: str | None) -> None:
    assert situation(Turn("👀", intent=intent)).intent is None


@pytest.mark.parametrize(("given", "kept"), [(1.5, 1.0), (-0.2, 0.0), (float("nan"), 0.0)])
def test_numbers_of_a_foreign_model_are_moved_into_their_range(given: float, kept: float) -> None:
    seen = situation(Turn("x", reading=EmotionReading("anger", 0.9, intensity=given, needs_human=given)))
    assert (seen.intensity, seen.needs_human) == (kept, kept)
