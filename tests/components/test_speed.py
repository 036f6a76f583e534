"""speed_up(): the patches of Rasa do what Rasa did, faster, and only in a Rasa that is known."""

from __future__ import annotations

import logging
import time
from typing import Any

import pytest
from jsonschema import ValidationError
from rasa.core.actions.action import ActionExtractSlots, RemoteAction
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from balm.emotion.reading import EmotionReading
from components.speed import UnknownRasa, reading_slots, speed_up

DOMAIN = Domain.from_yaml(
    """
slots:
  emotion: {type: categorical, values: [neutral, anger, joy], mappings: [{type: custom}]}
  language: {type: categorical, values: [zh, en], mappings: [{type: custom}]}
  order_number: {type: text, mappings: [{type: from_entity, entity: order_number}]}
entities: [order_number]
intents: [greet]
"""
)
ANGER = EmotionReading("anger", 0.9).to_dict()


def heard(
    domain: Domain = DOMAIN, entities: Any = (), slots: Any = None, **parsed: Any
) -> DialogueStateTracker:
    tracker = DialogueStateTracker("a", domain.slots)
    tracker.update_with_events([SlotSet(name, value) for name, value in (slots or {}).items()], domain)
    data = {"intent": {"name": "greet"}, "entities": list(entities), "text": "x", **parsed}
    tracker.update(UserUttered("x", data["intent"], data["entities"], data), domain)
    return tracker


def as_dict(events: list[Any]) -> dict[str, Any]:
    return {event.key: event.value for event in events}


@pytest.mark.parametrize(
    ("tracker", "filled"),
    [
        (heard(emotion=ANGER, language="zh"), {"emotion": "anger", "language": "zh"}),
        (
            heard(emotion={**ANGER, "abstained": True}, language="en"),
            {"emotion": "neutral", "language": "en"},
        ),
        (heard(), {"emotion": "neutral"}),
        (heard(slots={"emotion": "anger", "language": "zh"}), {"emotion": "neutral"}),
        (heard(slots={"emotion": "anger", "language": "zh"}, emotion=ANGER, language="zh"), {}),
        (heard(slots={"emotion": "neutral"}, emotion={"name": "no such emotion"}), {}),
    ],
    ids=[
        "read",
        "abstained is neutral",
        "a button is neutral",
        "language stays",
        "no change no event",
        "unknown",
    ],
)
def test_slots_follow_the_reading(tracker: DialogueStateTracker, filled: dict[str, str]) -> None:
    assert as_dict(reading_slots(tracker, DOMAIN)) == filled


def test_a_domain_without_the_slots_gets_none() -> None:
    bare = Domain.from_yaml("intents: [greet]")
    assert reading_slots(heard(bare, emotion=ANGER, language="zh"), bare) == []


async def test_extracting_slots_fills_them_beside_rasas_own() -> None:
    assert speed_up() and speed_up(), "calling it again changes nothing"
    entity = {"entity": "order_number", "value": "BM10024683", "start": 0, "end": 10}
    tracker = heard(emotion=ANGER, language="en", entities=[entity])
    events = await ActionExtractSlots(None).run(None, None, tracker, DOMAIN)
    assert as_dict(events) == {"order_number": "BM10024683", "emotion": "anger", "language": "en"}
    assert len(events) == 3


GOOD = {
    "events": [{"event": "slot", "name": "strategy", "value": "soothe", "timestamp": None}],
    "responses": [{"text": "好的", "custom": {"care": {}}}],
}


@pytest.mark.parametrize("answer", [GOOD, {"events": [], "responses": []}, {}], ids=["full", "empty", "bare"])
def test_a_right_answer_of_an_action_passes(answer: dict[str, Any]) -> None:
    speed_up()
    assert RemoteAction("action_reply", None)._validate_action_result(answer)


@pytest.mark.parametrize(
    "answer",
    [{"events": "none"}, {"responses": ["text"]}, {"events": [{"event": 3}]}, []],
    ids=["events", "responses", "event", "list"],
)
def test_a_wrong_answer_of_an_action_is_refused_and_named(answer: Any) -> None:
    speed_up()
    with pytest.raises(ValidationError, match="'action_reply' is not of Rasa's format"):
        RemoteAction("action_reply", None)._validate_action_result(answer)


def test_checking_an_answer_takes_a_few_milliseconds() -> None:
    speed_up()
    action = RemoteAction("action_reply", None)
    action._validate_action_result(GOOD)
    started = time.perf_counter()
    for _ in range(10):
        action._validate_action_result(GOOD)
    assert (time.perf_counter() - started) / 10 < 0.02, "Rasa compiles the schema each time"


def test_an_unknown_rasa_is_refused_by_name(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR), pytest.raises(UnknownRasa, match="Rasa '3.7.0'.*Tested: .*3.6.21"):
        speed_up("3.7.0", {})
    assert "nothing was patched" in caplog.text


@pytest.mark.parametrize("word", ["off", "OFF", "0", "false"])
def test_it_can_be_switched_off_even_in_an_unknown_rasa(word: str) -> None:
    assert speed_up("3.7.0", {"BALM_RASA_SPEED": word}) is False
