"""The turns before a message, for the components that read it: Rasa's pipeline sees one message alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextvars import ContextVar
from itertools import islice
from typing import Any

from rasa.shared.core.events import BotUttered, UserUttered

from balm.emotion.data import said

_EARLIER: ContextVar[tuple[str, ...]] = ContextVar("earlier", default=())
_TURNS = 2


def earlier_turns() -> tuple[str, ...]:
    """The turns before the message that is being read, oldest first; none outside a conversation."""
    return _EARLIER.get()


def with_earlier_turns(parse: Callable[..., Any]) -> Callable[..., Any]:
    """`MessageProcessor._parse_message_with_graph`, during which `earlier_turns` knows the conversation."""

    def parse_in_context(processor: Any, message: Any, tracker: Any, *rest: Any, **options: Any) -> Any:
        token = _EARLIER.set(tuple(islice(_turns(tracker), _TURNS))[::-1])
        try:
            return parse(processor, message, tracker, *rest, **options)
        finally:
            _EARLIER.reset(token)

    return parse_in_context


def _turns(tracker: Any) -> Iterator[str]:
    """What was said since the conversation began, the newest first; a bot's bubbles count as one turn."""
    bubbles: list[str] = []
    for event in reversed(tracker.applied_events() if tracker else ()):
        if isinstance(event, BotUttered) and event.text:
            bubbles.insert(0, event.text)
        elif isinstance(event, UserUttered):
            if bubbles:
                yield said("agent", " ".join(bubbles))
                bubbles = []
            if event.text:
                yield said("customer", event.text)
    if bubbles:
        yield said("agent", " ".join(bubbles))
