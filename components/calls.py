"""The answer to an action call, read without repeating what is always the same.

For each answer Rasa compiles a JSON schema (16 ms here), holds every event against every event's format, and
searches all event classes for its name. These give the same results with the schema compiled once, an event
held against the format of its name, and the classes remembered.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

EVENTS = "events"


def validate_action_result(self: Any, result: dict[str, Any]) -> bool:
    """As `RemoteAction._validate_action_result`, with compiled schemas.

    Raises:
        ValidationError: the answer is not of Rasa's format.
    """
    from jsonschema import ValidationError
    from jsonschema.exceptions import best_match

    if _has_known_events(result):
        return True
    error = best_match(_validator().iter_errors(result))
    if error is not None:
        message = f"{error.message}. The action server's answer to '{self.name()}' is not of Rasa's format."
        raise ValidationError(message) from error
    return True


def _has_known_events(result: Any) -> bool:
    """Whether the answer without its events is valid, and each event fits the one format of its name."""
    if not isinstance(result, dict) or not isinstance(result.get(EVENTS), list):
        return False
    if not _validator().is_valid({**result, EVENTS: []}):
        return False
    formats = _event_validators()
    return all(
        isinstance(event, dict)
        and isinstance(event.get("event"), str)
        and event["event"] in formats
        and formats[event["event"]].is_valid(event)
        for event in result[EVENTS]
    )


@lru_cache(maxsize=1)
def _validator() -> Any:
    from jsonschema.validators import validator_for
    from rasa.core.actions.action import RemoteAction

    schema = RemoteAction.action_response_format_spec()
    kind = validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


@lru_cache(maxsize=1)
def _event_validators() -> dict[str, Any]:
    """A validator for each event name: what holds for all events, and the one format of that name."""
    whole = _validator()
    of_all = dict(whole.schema["properties"][EVENTS]["items"])
    formats = of_all.pop("oneOf")
    return {
        one["properties"]["event"]["const"]: whole.evolve(schema={"allOf": [of_all, one]}) for one in formats
    }


def resolved_once(resolve: Callable[..., Any]) -> Any:
    """`Event.resolve_by_type`, which remembers the classes that it has found."""
    return staticmethod(lru_cache(maxsize=None)(resolve))
