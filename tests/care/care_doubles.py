"""Strict doubles for the parts of a care desk."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from balm.emotion.reading import EmotionReading, Scored
from balm.errors import HandoffError
from balm.generation.request import ReplyRequest, Verdict, Written
from balm.handoff.record import HandoffRecord
from balm.reply import FactSheet
from balm.turn import Conversation, Said, Turn


class RecordingWriter:
    """Writes one fixed text, and keeps what it was asked; `on_write` looks at the world at that moment."""

    def __init__(self, text: str = "drafted", on_write: Callable[[ReplyRequest], None] | None = None) -> None:
        self.text = text
        self.on_write = on_write
        self.requests: list[ReplyRequest] = []

    async def write(self, request: ReplyRequest) -> Written:
        self.requests.append(request)
        if self.on_write:
            self.on_write(request)
        return Written(self.text, "recording", "v1", (Verdict("promises", True),))

    @property
    def request(self) -> ReplyRequest:
        """The only request there was."""
        (request,) = self.requests
        return request


class BrokenWriter:
    """Breaks its promise never to raise."""

    async def write(self, request: ReplyRequest) -> Written:
        raise RuntimeError("no words")


class FixedShop:
    """Knows one sheet; takes `seconds` for it and notes the threads that asked."""

    def __init__(self, sheet: FactSheet = FactSheet(), seconds: float = 0.0) -> None:  # noqa: B008
        self.sheet = sheet
        self.seconds = seconds
        self.threads: set[int] = set()

    def facts(self, conversation: Conversation) -> FactSheet:
        self.threads.add(threading.get_ident())
        time.sleep(self.seconds)
        return self.sheet


class BrokenShop:
    """Fails in a way that nobody foresaw."""

    def facts(self, conversation: Conversation) -> FactSheet:
        raise KeyError("postgresql://secret@db/shop")


class BrokenStore:
    """A handoff store whose database is away."""

    def open(self, *_: object) -> HandoffRecord:
        raise HandoffError("handoff desk: the database failed: secret-host refused.")

    note = current = open


class SlowStore(BrokenStore):
    """A handoff store that hangs."""

    def open(self, *_: object) -> HandoffRecord:
        time.sleep(0.3)
        raise AssertionError("nobody waits for this")


def turn(text: str = "在吗", emotion: str = "neutral", intensity: float = 0.5, **more: object) -> Turn:
    cause = Scored(str(more.pop("cause", "none")), 0.9)
    needs = float(more.pop("needs_human", 0.0))  # type: ignore[arg-type]
    reading = EmotionReading(emotion, 0.9, intensity=intensity, cause=cause, needs_human=needs)
    return Turn(text, reading=reading, **{"intent": "order_status", **more})


def talk(
    *turns: Turn, id_: str = "c1", replies: tuple[Said | None, ...] = (), **more: object
) -> Conversation:
    return Conversation(id_, turns or (turn(),), replies, **more)
