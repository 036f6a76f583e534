"""Rasa made faster, and slots filled from the reading without an HTTP call: all that is patched is here.

`speed_up()` runs when the emotion component is created or loaded, so it works wherever that component is in
config.yml. It changes functions of Rasa, and only in versions that it was tested with:

* The answer to an action is checked and read without compiling its JSON schema anew, 16 ms (`calls.py`).
* The graph of the pipeline is run without planning it anew (`graph.py`).
* The tracker is copied, its applied events and past states are found, without walking through the whole
  conversation again (`history.py`).
* An action that fails, or whose server is down, is answered with the domain's `utter_trouble` instead of
  with silence (`trouble.py`).
* The pipeline may know the turns before a message (`earlier.py`).
* `ActionExtractSlots.run` gets the slots `emotion` and `language` from what the pipeline read, before the
  policies run. Only slots that the domain has, and only when their value changes.

`BALM_RASA_SPEED=off` leaves Rasa as it is. A dead action server is then answered with silence again, each
message is read without the turns before it, and the two slots stay empty before the policies run, unless the
domain lists `action_validate_slot_mappings`, which Balm's actions bring; it costs a call to the action server
on each message.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from functools import lru_cache, wraps
from typing import Any

from rasa.shared.core.events import SlotSet
from rasa.shared.exceptions import RasaException

from balm.emotion.reading import EmotionReading
from balm.errors import BalmError

from .calls import resolved_once, validate_action_result
from .earlier import with_earlier_turns
from .graph import run_in_known_order
from .history import applied_once, clone, states_walked_once
from .trouble import never_silent

logger = logging.getLogger(__name__)

SWITCH = "BALM_RASA_SPEED"
TESTED = ("3.6.20", "3.6.21")


class UnknownRasa(RasaException, BalmError):
    """This Rasa was never tested with the patches; nothing was patched."""


def speed_up(version: str | None = None, env: Mapping[str, str] = os.environ) -> bool:
    """Whether Rasa is patched now. Calling it again changes nothing.

    Raises:
        UnknownRasa: for a version of Rasa that the patches were not tested with.
    """
    import rasa

    version = version or rasa.__version__
    if env.get(SWITCH, "on").lower() in ("off", "0", "false", "no"):
        logger.info(
            "%s is off: Rasa stays as it is, and the slots emotion and language are not filled.", SWITCH
        )
        return False
    if version not in TESTED:
        sentence = (
            f"Rasa '{version}': Balm's patches are not tested with it, nothing was patched. "
            f"Tested: {', '.join(TESTED)}. Install one of these, or set {SWITCH}=off."
        )
        logger.error(sentence)
        raise UnknownRasa(sentence)
    _patch()
    return True


@lru_cache(maxsize=1)
def _patch() -> None:
    from rasa.core.actions.action import ActionExtractSlots, RemoteAction
    from rasa.core.processor import MessageProcessor
    from rasa.engine.runner.dask import DaskGraphRunner
    from rasa.shared.core.domain import Domain
    from rasa.shared.core.events import Event
    from rasa.shared.core.trackers import DialogueStateTracker

    DialogueStateTracker.copy = clone
    DialogueStateTracker.applied_events = applied_once(DialogueStateTracker.applied_events)
    Domain.states_for_tracker_history = states_walked_once(Domain.states_for_tracker_history)
    RemoteAction._validate_action_result = validate_action_result
    RemoteAction.run = never_silent(RemoteAction.run)
    Event.resolve_by_type = resolved_once(Event.resolve_by_type)
    DaskGraphRunner.run = run_in_known_order(DaskGraphRunner.run)
    MessageProcessor._parse_message_with_graph = with_earlier_turns(
        MessageProcessor._parse_message_with_graph
    )
    ActionExtractSlots.run = _then_read(ActionExtractSlots.run)


def _then_read(run: Any) -> Any:
    """`ActionExtractSlots.run`, followed by the slots that the reading fills."""

    @wraps(run)
    async def run_and_read(self: Any, output_channel: Any, nlg: Any, tracker: Any, domain: Any) -> list[Any]:
        events: list[Any] = await run(self, output_channel, nlg, tracker, domain)
        return events + reading_slots(tracker, domain)

    return run_and_read


def reading_slots(tracker: Any, domain: Any) -> list[SlotSet]:
    """The slots that the latest message changes: `emotion` (what is felt; neutral when nothing was read) and
    `language` (when one was detected)."""
    parsed = tracker.latest_message.parse_data if tracker.latest_message else {}
    values = {
        "emotion": EmotionReading.from_dict(parsed.get("emotion")).felt,
        "language": parsed.get("language"),
    }
    known = {slot.name for slot in domain.slots}
    return [
        SlotSet(name, value)
        for name, value in values.items()
        if value is not None and name in known and tracker.get_slot(name) != value
    ]
