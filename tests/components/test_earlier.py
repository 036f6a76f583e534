"""A short message is read with the turns before it, wherever Rasa parses it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from rasa.shared.core.events import BotUttered, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from components.earlier import earlier_turns, with_earlier_turns


def parsed_after(*events):
    tracker = DialogueStateTracker.from_events("customer", list(events))
    return with_earlier_turns(lambda processor, message, tracker: earlier_turns())(None, "so?", tracker)


def test_the_last_two_turns_are_known_the_newest_last():
    events = [UserUttered("hello"), BotUttered("Hi."), UserUttered("where is it"), SlotSet("topic", "x")]
    events += [BotUttered("It is late."), BotUttered("Sorry.")]
    assert parsed_after(*events) == ("customer: where is it", "agent: It is late. Sorry.")


@pytest.mark.parametrize(
    "events", [(), (BotUttered(None),), (UserUttered(""),)], ids=["nothing said", "a card", "an empty text"]
)
def test_what_has_no_words_is_no_turn(events):
    assert parsed_after(*events) == ()


def test_outside_a_conversation_nothing_was_said():
    assert earlier_turns() == ()
    assert with_earlier_turns(lambda *_: earlier_turns())(None, "so?", None) == ()


def test_a_failing_parse_leaves_no_turns_behind():
    def fail(*_):
        raise ValueError

    tracker = DialogueStateTracker.from_events("customer", [UserUttered("hello")])
    with pytest.raises(ValueError):
        with_earlier_turns(fail)(SimpleNamespace(), "so?", tracker)
    assert earlier_turns() == ()
