"""What the bot says in one turn, whole: text, why-card, buttons and pictures of each utterance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rasa.core.channels.channel import OutputChannel

# A response's other metadata (slot values, template names) is the designer's business, not the browser's.
SENT = ("text", "image", "attachment", "buttons", "quick_replies", "elements", "custom", "timestamp", "care")


def message_of(utterance: Mapping[str, Any], *, inspector: bool) -> dict[str, Any]:
    """The part of a bot utterance that the page may see; the card only with `inspector`.

    >>> message_of({"text": "Hi", "buttons": None, "care": {"rule": "greet"}, "phone": "1"}, inspector=False)
    {'text': 'Hi'}
    """
    shown = (key for key in SENT if key != "care" or inspector)
    return {key: utterance[key] for key in shown if utterance.get(key) not in (None, [], {})}


class Outbox(OutputChannel):
    """Collects a turn's messages. Rasa's own collector drops the card and cuts text at blank lines."""

    def __init__(self, *, name: str, inspector: bool) -> None:
        self.messages: list[dict[str, Any]] = []
        self._name = name
        self._inspector = inspector

    def name(self) -> str:  # type: ignore[override]
        """The channel that a designer's `channel:` response variations ask for."""
        return self._name

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keeps one utterance as one message."""
        shown = message_of(message, inspector=self._inspector)
        if set(shown) - {"timestamp", "care"}:
            self.messages.append({"recipient_id": recipient_id, **shown})

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        """Keeps a text that a Rasa action sends past `send_response`."""
        await self.send_response(recipient_id, {"text": text, **kwargs})
