"""The frustration clock."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balm.emotion.labels import EMOTIONS
from balm.emotion.reading import EmotionReading
from balm.strategy.clock import Clock, read_clock
from balm.turn import Conversation, Said, Turn

NEGATIVE = ("anxiety", "disappointment", "frustration", "anger")
INTENTS = (
    None,
    "parcel_late",
    "order_status",
    "hurry_up",
    "inform_order",
    "thanks",
    "not_understood",
    "nlu_fallback",
)


def turn(emotion: str = "neutral", intensity: float = 0.5, text: str = "", **more: object) -> Turn:
    more = {"intent": None, **more}
    return Turn(text, reading=EmotionReading(emotion, 0.9, intensity=intensity), **more)


def clock(*turns: Turn, replies: tuple[Said | None, ...] = ()) -> Clock:
    return read_clock(Conversation("c", turns, replies))


def frustration(*turns: Turn, replies: tuple[Said | None, ...] = ()) -> float:
    return clock(*turns, replies=replies).frustration


LATE = turn(text="还没到吗", intent="parcel_late")
ANGRY = turn("anger", 0.9)
CALM = turn()


def test_a_conversation_without_feeling_leaves_the_clock_at_zero() -> None:
    assert clock(turn(text="hi", intent="greet"), LATE) == Clock(0.0, 0, 0, "steady")


def test_a_conversation_without_turns_is_calm() -> None:
    assert clock() == Clock()


def test_two_angry_turns_or_three_frustrated_ones_pass_the_line_of_the_policy() -> None:
    assert frustration(ANGRY) < 0.6 <= frustration(ANGRY, ANGRY)
    annoyed = turn("frustration", 0.7)
    assert frustration(annoyed, annoyed) < 0.6 <= frustration(annoyed, annoyed, annoyed)


@pytest.mark.parametrize("worse", ["disappointment", "frustration", "anger"])
def test_the_stronger_emotion_heats_more(worse: str) -> None:
    assert frustration(turn("anxiety")) < frustration(turn(worse))


def test_calm_turns_cool_and_thanks_cool_more() -> None:
    assert 0 < frustration(ANGRY, turn("joy")) < frustration(ANGRY, CALM) < frustration(ANGRY)


def test_typing_the_order_number_hardly_cools() -> None:
    typed = turn(text="BM10024683", intent="inform_order")
    assert frustration(ANGRY, CALM) < frustration(ANGRY, typed) < frustration(ANGRY)


def test_a_doubted_reading_neither_heats_nor_counts_as_calm() -> None:
    doubted = Turn("嗯", reading=EmotionReading("anger", 0.3, intensity=1.0, abstained=True))
    assert frustration(doubted) == 0.0
    assert clock(ANGRY, doubted).negative_run == 1
    assert frustration(ANGRY, CALM) < frustration(ANGRY, doubted) < frustration(ANGRY)


def test_sarcastic_praise_counts_as_negative() -> None:
    sarcastic = Turn("你们真行", intent="praise", reading=EmotionReading("joy", 0.8, sarcasm=0.9))
    assert clock(sarcastic).negative_run == 1
    assert clock(sarcastic).frustration > 0


@pytest.mark.parametrize(
    ("turns", "run"),
    [
        ((CALM,), 0),
        ((ANGRY,), 1),
        ((ANGRY, turn("anxiety"), ANGRY), 3),
        ((ANGRY, CALM, ANGRY), 1),
        ((ANGRY, CALM), 0),
        ((ANGRY, turn("joy")), 0),
        ((ANGRY, turn("confusion")), 0),
        ((ANGRY, turn(text="BM10024683", intent="inform_order"), ANGRY), 2),
    ],
    ids=[
        "calm",
        "one",
        "three",
        "interrupted",
        "over",
        "joy-ends-it",
        "confusion-ends-it",
        "a-number-does-not",
    ],
)
def test_the_negative_run_counts_upset_turns_up_to_now(turns: tuple[Turn, ...], run: int) -> None:
    assert clock(*turns).negative_run == run


NUMBERED = turn(text="BM10024683 还没到", intent="parcel_late", entities={"order_number": ("BM10024683",)})
REPEATS = [
    ("same-intent", (LATE, CALM, turn(text="快递呢", intent="parcel_late")), 1),
    ("same-words", (turn(text="Hello?!"), turn(text="hello")), 1),
    ("four-times", (LATE, LATE, LATE, LATE), 3),
    ("other-intent", (LATE, turn(text="退款", intent="refund_status")), 0),
    ("brings-the-number", (LATE, NUMBERED), 0),
    ("leaves-the-number", (NUMBERED, LATE), 1),
    ("other-product", (
        turn(text="a", intent="stock", entities={"product": ("coat",)}),
        turn(text="b", intent="stock", entities={"product": ("boots",)}),
    ), 0),
    ("small-talk", (turn(text="谢谢", intent="thanks"), turn(text="谢谢", intent="thanks")), 0),
    ("yes-yes", (turn(text="好的", intent="affirm"), turn(text="好的", intent="affirm")), 0),
    ("nothing-recognised", (turn(text="👍"), turn(text="👍")), 0),
    ("fallback-is-no-intent", tuple(turn(text=text, intent="nlu_fallback") for text in "ab"), 0),
    ("next-day", (LATE, replace(LATE, at=90_000.0)), 0),
]  # fmt: skip


@pytest.mark.parametrize(("turns", "repeats"), [r[1:] for r in REPEATS], ids=[r[0] for r in REPEATS])
def test_repeats_count_earlier_turns_with_the_same_request(turns: tuple[Turn, ...], repeats: int) -> None:
    assert clock(*turns).repeats == repeats


def test_asking_again_heats_without_any_feeling_in_the_text() -> None:
    flat = [frustration(*[LATE] * n) for n in range(1, 6)]
    assert flat[0] == 0
    assert flat == sorted(set(flat))


PUSHED = [
    ("hurried", turn(text="在吗", intent="hurry_up"), ()),
    ("not-understood", turn(text="什么意思", intent="not_understood"), ()),
    ("failed", CALM, (Said(failed=True),)),
    ("asked-again", CALM, (Said("clarify"), Said("clarify"))),
]


@pytest.mark.parametrize(("last", "replies"), [p[1:] for p in PUSHED], ids=[p[0] for p in PUSHED])
def test_what_happened_in_the_talk_heats(last: Turn, replies: tuple[Said | None, ...]) -> None:
    turns = (*[CALM] * len(replies), last)
    assert clock(*turns, replies=replies).trend == "rising"
    assert frustration(*turns, replies=replies) > frustration(*turns[:-1], CALM)


def test_one_question_back_is_no_fault() -> None:
    assert frustration(CALM, CALM, replies=(Said("clarify"),)) == 0


def test_silence_and_missing_replies_are_read_without_trouble() -> None:
    assert frustration(CALM, CALM, CALM, replies=(None,)) == 0


@pytest.mark.parametrize(
    ("turns", "trend"),
    [((CALM,), "steady"), ((ANGRY,), "rising"), ((ANGRY, CALM), "calming"), ((ANGRY, ANGRY), "rising")],
    ids=["flat", "first-anger", "calmed", "more-anger"],
)
def test_the_trend_compares_with_the_turn_before(turns: tuple[Turn, ...], trend: str) -> None:
    assert clock(*turns).trend == trend


def test_a_night_halves_the_heat() -> None:
    soon, later = replace(ANGRY, at=60.0), replace(ANGRY, at=86_400.0)
    assert frustration(ANGRY, later) < frustration(ANGRY, soon)
    assert frustration(ANGRY) < frustration(ANGRY, later)


readings = st.builds(
    EmotionReading,
    name=st.sampled_from(EMOTIONS),
    confidence=st.floats(0, 1),
    intensity=st.one_of(st.floats(0, 1), st.sampled_from([float("nan"), -1.0, 7.0])),
    sarcasm=st.floats(0, 1),
    abstained=st.booleans(),
)
turns_ = st.builds(
    Turn,
    text=st.sampled_from(["", "?", "在吗", "where is it", "😡"]),
    intent=st.sampled_from(INTENTS),
    reading=readings,
)
replies_ = st.one_of(
    st.none(), st.builds(Said, strategy=st.sampled_from(["clarify", "inform"]), failed=st.booleans())
)
talks = st.builds(
    lambda turns, replies: Conversation("c", tuple(turns), tuple(replies)[: len(turns) - 1]),
    st.lists(turns_, min_size=1, max_size=8),
    st.lists(replies_, max_size=8),
)


@given(talks)
def test_the_clock_stays_within_its_bounds(conversation: Conversation) -> None:
    read = read_clock(conversation)
    assert 0 <= read.frustration <= 1
    assert 0 <= read.negative_run <= len(conversation.turns)
    assert 0 <= read.repeats < len(conversation.turns)
    assert read.trend in ("rising", "steady", "calming")


@given(talks, st.data())
def test_more_intensity_in_any_turn_never_lowers_the_clock(
    conversation: Conversation, data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(conversation.turns) - 1))
    low, high = sorted(data.draw(st.tuples(st.floats(0, 1), st.floats(0, 1))))

    def heat(intensity: float) -> float:
        turns = list(conversation.turns)
        turns[index] = replace(turns[index], reading=replace(turns[index].reading, intensity=intensity))
        return read_clock(replace(conversation, turns=tuple(turns))).frustration

    assert heat(low) <= heat(high)


@given(talks, st.sampled_from(NEGATIVE), st.floats(0, 1))
def test_saying_it_once_more_never_lowers_the_clock(
    conversation: Conversation, emotion: str, intensity: float
) -> None:
    upset = turn(emotion, intensity, text="快递还没到", intent="parcel_late")
    once = replace(conversation, turns=(*conversation.turns, upset))
    twice = replace(conversation, turns=(*conversation.turns, upset, upset))
    assert read_clock(once).frustration <= read_clock(twice).frustration
    assert read_clock(twice).repeats == read_clock(once).repeats + 1


@given(talks)
def test_a_failed_reply_never_lowers_the_clock(conversation: Conversation) -> None:
    missing = [None] * (len(conversation.turns) - 1 - len(conversation.replies))
    replies = [*conversation.replies, *missing]
    failed = tuple(replace(r or Said(), failed=True) for r in replies)
    before, after = replace(conversation, replies=tuple(replies)), replace(conversation, replies=failed)
    assert read_clock(before).frustration <= read_clock(after).frustration
