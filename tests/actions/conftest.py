"""Rasa trackers as the action server receives them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rasa_sdk import Tracker

Event = dict[str, Any]

SLOTS = {"topic": None, "order_number": None, "phone_last4": None, "handoff_state": "none", "language": None}


def user(text: str, *, intent: str | None = "greet", **parsed: Any) -> Event:
    """A user event with its parse data."""
    data = {"text": text, "intent": {"name": intent, "confidence": 0.9}, "entities": [], **parsed}
    return {
        "event": "user",
        "text": text,
        "parse_data": data,
        "timestamp": 100.0,
        "metadata": parsed.get("metadata"),
    }


def bot(text: str, **care: Any) -> Event:
    """A bot event; with `care`, one that carries a why-card."""
    return {"event": "bot", "text": text, "metadata": {"care": care} if care else {}}


@pytest.fixture
def tracker() -> Callable[..., Tracker]:
    """Makes the tracker of a conversation from its events."""

    def make(*events: Event, slots: dict[str, Any] | None = None) -> Tracker:
        users = [event for event in events if event["event"] == "user"]
        latest = {**users[-1]["parse_data"], "metadata": users[-1]["metadata"]} if users else {}
        state = {
            "sender_id": "c1",
            "slots": {**SLOTS, **(slots or {})},
            "latest_message": latest,
            "events": list(events),
        }
        return Tracker.from_dict(state)  # type: ignore[arg-type]

    return make
