"""A conversation as its customer saw it, read back from Rasa's tracker."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rasa.shared.core.events import BotUttered, Event, UserUttered

from .notices import Notices
from .options import WebOptions
from .outbox import message_of

LONGEST = 400  # messages given back, the newest ones


def visible(events: Iterable[Event], *, options: WebOptions, notices: Notices) -> list[dict[str, Any]]:
    """The messages of both sides, oldest first; a turn without an answer shows its notice again.

    What the same tracker holds from another channel stays out.
    """
    shown: list[dict[str, Any]] = []
    here = True
    for event in events:
        if isinstance(event, UserUttered):
            here = event.input_channel == options.name
            if here and event.text:
                _close(shown, notices)
                shown.append(_customer(event, shown))
        elif isinstance(event, BotUttered) and here:
            message = message_of(event.message(), inspector=options.inspector)
            shown.append({"from": "bot", "at": event.timestamp, **message})
    _close(shown, notices)
    return [{key: value for key, value in row.items() if key != "language"} for row in shown[-LONGEST:]]


def _customer(event: UserUttered, shown: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "from": "customer",
        "text": _titles(shown).get(event.text, event.text),
        "at": event.timestamp,
        "id": event.message_id,
        "language": (event.metadata or {}).get("language"),
    }


def _titles(shown: list[dict[str, Any]]) -> dict[str, str]:
    """The words on the buttons of the message above, by what a press of each sends."""
    buttons = (shown[-1].get("buttons") or ()) if shown else ()
    return {button["payload"]: button["title"] for button in buttons if {"payload", "title"} <= set(button)}


def _close(shown: list[dict[str, Any]], notices: Notices) -> None:
    if shown and shown[-1]["from"] == "customer":
        last = shown[-1]
        notice = notices.message("silent", text=last["text"], hint=last["language"])
        shown.append({"from": "bot", "at": last["at"], **notice})
