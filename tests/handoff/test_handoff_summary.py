"""Two lines for the colleague, in the customer's language."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import balm.handoff
from balm.emotion.labels import CAUSES, EMOTIONS
from balm.emotion.reading import EmotionReading, Scored
from balm.handoff.summary import summarise
from balm.turn import Conversation, Said, Turn


def turn(
    text: str, intent: str | None = None, emotion: str = "neutral", cause: str = "none", **more: object
) -> Turn:
    return Turn(text, intent=intent, reading=EmotionReading(emotion, 0.9, cause=Scored(cause, 0.9)), **more)


TALK = Conversation(
    "c",
    (
        turn("羽绒服还没发货", "parcel_late"),
        turn("BM10024683", "inform_order", entities={"order_number": ("BM10024683",)}),
        turn("怎么还没发货！", "parcel_late", "frustration", "delivery"),
        turn("骗子", "vent", "anger", "delivery"),
        turn("转人工", "human_wanted", "anger", "wait_response"),
    ),
    (Said(text="请告诉我订单号。"), Said(text="预计 3月5日 发货。"), None),
)


def test_the_summary_says_what_how_and_what_was_told() -> None:
    assert summarise(TALK).splitlines() == [
        "诉求：“怎么还没发货！”（订单 BM10024683），已问 2 次",
        "情绪：平静 → 烦躁 → 愤怒（等待太久）。机器人最近答复：“预计 3月5日 发货。”",
    ]


def test_an_english_customer_gets_an_english_summary() -> None:
    talk = Conversation(
        "c",
        (turn("My parcel is missing", "parcel_missing", "anxiety", "delivery", language="en"),),
        order_number="BM1",
    )
    assert summarise(talk).splitlines() == [
        'Wants: "My parcel is missing" (order BM1)',
        "Feels: worried (delivery). The bot has not answered yet.",
    ]


def test_typing_a_number_leaves_no_calm_moment_in_the_curve() -> None:
    number = turn("BM10024683", "inform_order")
    angry = turn("骗子", "vent", "anger")
    assert "情绪：愤怒。" in summarise(Conversation("c", (angry, number, angry)))


def test_asking_for_a_human_first_thing_leaves_the_wish_open() -> None:
    talk = Conversation("c", (turn("人工", "human_wanted"),))
    assert summarise(talk).splitlines()[0] == "诉求：还没有说明"


def test_words_without_a_known_request_are_quoted_before_nothing() -> None:
    talk = Conversation("c", (turn("我在你们这充的钱没了", None), turn("人工", "human_wanted")))
    assert "我在你们这充的钱没了" in summarise(talk)


@given(st.lists(st.text(max_size=300), min_size=1, max_size=5), st.sampled_from(["zh", "en"]))
def test_whatever_was_typed_the_summary_has_two_lines_of_bounded_length(
    texts: list[str], language: str
) -> None:
    turns = tuple(turn(text, "parcel_late", "anger", "other", language=language) for text in texts)
    lines = summarise(Conversation("c", turns, (Said(text=texts[0]),))).split("\n")
    assert len(lines) == 2
    assert max(map(len, lines)) < 300


def load(language: str) -> dict:
    file = Path(balm.handoff.__file__).parent / "words" / f"{language}.yml"
    return yaml.safe_load(file.read_text(encoding="utf8"))


def flat(tree: object, path: str = "") -> dict[str, str]:
    if isinstance(tree, str):
        return {path: tree}
    items = tree.items() if isinstance(tree, dict) else enumerate(tree)
    return {key: text for name, child in items for key, text in flat(child, f"{path}/{name}").items()}


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_have_the_same_words_with_the_same_values() -> None:
    zh, en = flat(load("zh")), flat(load("en"))
    assert zh.keys() == en.keys()
    differing = {key for key in zh if placeholders(zh[key]) != placeholders(en[key])}
    assert differing == {"/when/today", "/when/tomorrow", "/when/later"}  # only English needs the zone


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_emotion_and_cause_has_a_word(language: str) -> None:
    words = load(language)
    assert set(words["emotions"]) == set(EMOTIONS)
    assert set(words["causes"]) == set(CAUSES) - {"none"}
