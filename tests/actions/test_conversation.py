from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rasa_sdk import Tracker

from actions.conversation import RECENT_TURNS, conversation_of
from balm.emotion.reading import EmotionReading
from balm.sign_in import mint
from balm.turn import Conversation

from .conftest import bot, user

SECRET = "a secret of at least thirty-two bytes"
ANGRY = EmotionReading("anger", 0.9, intensity=1.0)


def read(tracker: Tracker) -> Conversation:
    return conversation_of(tracker, default_language="zh", secret=SECRET)


def test_turns_keep_their_order_their_readings_and_what_was_said(tracker: Callable[..., Tracker]) -> None:
    conversation = read(
        tracker(
            user("hi", language="en"),
            bot("Hello", strategy="inform", rule="calm"),
            user("where is it!!", intent="track_parcel", language="en", emotion=ANGRY.to_dict()),
        )
    )
    assert [turn.text for turn in conversation.turns] == ["hi", "where is it!!"]
    assert conversation.turn.reading == ANGRY and conversation.turn.intent == "track_parcel"
    assert [said and (said.text, said.rule) for said in conversation.replies] == [("Hello", "calm")]


def test_a_silence_stands_in_the_replies_as_none(tracker: Callable[..., Tracker]) -> None:
    assert read(tracker(user("a"), user("b"), bot("c"), user("d"))).replies[0] is None


@pytest.mark.parametrize("boundary", ["restart", "session_started"])
def test_a_new_session_forgets_the_old_turns(tracker: Callable[..., Tracker], boundary: str) -> None:
    assert [t.text for t in read(tracker(user("old"), {"event": boundary}, user("new"))).turns] == ["new"]


def test_a_message_without_words_keeps_the_language_of_the_one_before(
    tracker: Callable[..., Tracker],
) -> None:
    turns = read(tracker(user("hello", language="en"), user("😡", language=None))).turns
    assert [turn.language for turn in turns] == ["en", "en"]


def test_a_first_message_without_words_speaks_the_default_language(tracker: Callable[..., Tracker]) -> None:
    assert read(tracker(user("😡", language=None))).turn.language == "zh"


@pytest.mark.parametrize(
    "parsed", [{}, {"emotion": None}, {"emotion": {"name": "hangry"}}], ids=["absent", "null", "unknown"]
)
def test_a_message_without_a_reading_is_unread_and_not_a_crash(
    tracker: Callable[..., Tracker], parsed: dict[str, Any]
) -> None:
    assert read(tracker(user("/greet", **parsed))).turn.reading == EmotionReading()


def test_only_a_signed_token_signs_a_customer_in(tracker: Callable[..., Tracker]) -> None:
    signed = user("hi", metadata={"customer_token": mint("C001", SECRET)})
    forged = user("hi", metadata={"customer_id": "C001", "customer_token": "C001"})
    assert read(tracker(signed)).customer_id == "C001"
    assert read(tracker(forged)).customer_id is None


def test_very_long_conversations_are_read_from_their_recent_end(tracker: Callable[..., Tracker]) -> None:
    events = [event for n in range(RECENT_TURNS + 9) for event in (user(f"u{n}"), bot(f"b{n}"))]
    conversation = read(tracker(*events, user("last")))
    assert len(conversation.turns) == RECENT_TURNS and conversation.turn.text == "last"
    assert [said.text[1:] for said in conversation.replies if said] == [
        t.text[1:] for t in conversation.turns[:-1]
    ]


def test_entities_of_one_kind_are_kept_in_order(tracker: Callable[..., Tracker]) -> None:
    found = [
        {"entity": "product", "value": "cup"},
        {"entity": "colour", "value": "red"},
        {"entity": "product", "value": "lamp"},
    ]
    assert read(tracker(user("x", entities=found))).turn.entities == {
        "product": ("cup", "lamp"),
        "colour": ("red",),
    }


def test_the_orders_that_a_card_told_of_are_remembered(tracker: Callable[..., Tracker]) -> None:
    facts = [
        {"kind": "order_shipped", "values": {"order_number": "BM10024719"}},
        {"kind": "parcel_eta", "values": {"eta": "24 November"}},
        {"kind": "change_too_late", "values": {"order_number": "BM10024719"}},
    ]
    told, nothing = bot("There it is", facts=facts), bot("Hello", facts=[])
    replies = read(tracker(user("a"), told, user("b"), nothing, user("c"), bot("plain"), user("d"))).replies
    assert [said and said.orders for said in replies] == [("BM10024719",), (), ()]
