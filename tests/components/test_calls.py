"""Every answer of an action is judged as Rasa's own schema judges it."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import ValidationError, validate
from rasa.core.actions.action import RemoteAction
from rasa.shared.core import events as rasa_events
from rasa.shared.core.events import Event

from components.calls import _event_validators, resolved_once, validate_action_result

EVENTS: list[Any] = [
    {"event": "slot", "name": "topic", "value": None},
    {"event": "slot", "name": "topic", "value": {"a": [1]}, "timestamp": 1.5, "metadata": {"x": 1}},
    {"event": "slot", "value": 1},
    {"event": "slot", "name": 3, "value": 1},
    {"event": "slot", "name": "topic", "value": 1, "timestamp": "noon"},
    {"event": "slot", "name": "topic", "value": 1, "metadata": []},
    {"event": "bot", "text": "hi", "data": {}},
    {"event": "bot", "text": 1, "data": {}},
    {"event": "user", "text": "hi", "parse_data": {"intent": {"name": "greet"}, "entities": []}},
    {"event": "user", "text": "hi", "parse_data": {"intent": {"name": 4}}},
    {"event": "followup", "name": "action_listen"},
    {"event": "followup"},
    {"event": "restart"},
    {"event": "pause"},
    {"event": "action", "name": "action_listen", "policy": None, "confidence": 0.5},
    {"event": "active_loop", "name": None},
    {"event": "no such event"},
    {"name": "topic"},
    "slot",
    None,
]


def rasa_accepts(answer: Any) -> bool:
    try:
        validate(answer, RemoteAction.action_response_format_spec())
    except ValidationError:
        return False
    return True


def balm_accepts(answer: Any) -> bool:
    try:
        return validate_action_result(RemoteAction("action_reply", None), answer)
    except ValidationError:
        return False


@pytest.mark.parametrize("event", EVENTS, ids=repr)
def test_an_event_is_judged_as_rasa_judges_it(event: Any) -> None:
    answer = {"events": [EVENTS[0], event], "responses": []}
    assert balm_accepts(answer) == rasa_accepts(answer)


def test_the_examples_hold_both_kinds() -> None:
    verdicts = {rasa_accepts({"events": [event]}) for event in EVENTS}
    assert verdicts == {True, False}


def test_every_format_of_rasa_has_its_name() -> None:
    formats = RemoteAction.action_response_format_spec()["properties"]["events"]["items"]["oneOf"]
    assert len(_event_validators()) == len(formats)


def test_event_classes_are_found_as_rasa_finds_them() -> None:
    find = resolved_once(Event.resolve_by_type).__func__
    names = [cls.type_name for cls in rasa_events.rasa.shared.utils.common.all_subclasses(Event)]
    assert [find(name) for name in names if name] == [Event.resolve_by_type(name) for name in names if name]
    with pytest.raises(ValueError, match="Unknown event name 'nothing'"):
        find("nothing")
