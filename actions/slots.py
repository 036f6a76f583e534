"""Slots from the reading by an action call, for a Rasa whose own slot filling is left unpatched."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.forms import ValidationAction

from balm.emotion.reading import EmotionReading
from balm.turn import LANGUAGES


class ActionFillCareSlots(ValidationAction):
    """Sets `emotion` and `language` before the policies predict.

    Only a domain that lists `action_validate_slot_mappings` calls it; that costs one more request
    a turn, and is needed only with `BALM_RASA_SPEED=off`.
    """

    async def required_slots(self, domain_slots: list[str], *_: Any) -> list[str]:
        return [*domain_slots, "emotion", "language"]

    async def extract_emotion(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        return {"emotion": EmotionReading.from_dict(tracker.latest_message.get("emotion")).felt}

    async def extract_language(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        language = tracker.latest_message.get("language")
        return {"language": language} if language in LANGUAGES else {}
