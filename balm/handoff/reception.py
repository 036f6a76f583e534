"""Hands conversations over without blocking, and says truthfully how that went."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from balm.errors import HandoffError
from balm.handoff.record import HandoffRecord
from balm.handoff.summary import summarise
from balm.handoff.terms import HandoffTerms
from balm.handoff.words import bare, contact, note_lost, values_for
from balm.strategy.policy import Decision
from balm.turn import Conversation

logger = logging.getLogger(__name__)

DEADLINE_S = 8.0  # drivers give up after 5; this is for those that do not
Stored = TypeVar("Stored")


class HandoffStore(Protocol):
    """What the reception needs of `HandoffDesk`."""

    def open(self, conversation: Conversation, decision: Decision, summary: str) -> HandoffRecord: ...

    def note(self, conversation_id: str, text: str) -> HandoffRecord: ...

    def current(self, conversation_id: str) -> HandoffRecord | None: ...


@dataclass(frozen=True)
class Handing:
    """How a conversation stands with the human desk after this turn.

    `next` and `values` are what may be said about it (see `HANDOFF_NEXT`). `quiet` means that a
    human was expected before this turn. `lost` means that this turn could not be stored; `aside`
    is the sentence that then has to be said, and `bare` the truth for a turn without any draft.
    """

    state: str = "none"
    id: str | None = None
    next: str | None = None
    values: dict[str, str] = field(default_factory=dict)
    quiet: bool = False
    lost: bool = False
    aside: str = ""
    bare: str = ""


class Reception:
    """Between the care desk and the stored handoffs; `store` is None for a bot without a human desk."""

    def __init__(
        self,
        store: HandoffStore | None,
        terms: HandoffTerms | None = None,
        *,
        now: Callable[[], float] = time.time,
        deadline_s: float = DEADLINE_S,
    ) -> None:
        self._store = store
        self._terms = terms or HandoffTerms()
        self._now = now
        self._deadline_s = deadline_s

    async def state(self, conversation: Conversation) -> str:
        """The true state: a colleague may have closed it since, or a new session forgotten it."""
        if self._store is None:
            return "none"
        try:
            record = await self._in_thread(self._store.current, conversation.id)
        except HandoffError as error:
            logger.warning("conversation '%s': believing in its handoff: %s", conversation.id, error)
            return conversation.handoff_state
        return record.state if record else "none"

    async def open(self, conversation: Conversation, decision: Decision) -> Handing:
        """A stored handoff, or the truth that there is none. Nothing is claimed before it is stored."""
        language = conversation.turn.language
        try:
            if self._store is None:
                raise HandoffError("handoff desk: there is none. Set a database in balm.yml.")
            record = await self._in_thread(self._store.open, conversation, decision, summarise(conversation))
        except HandoffError as error:
            logger.error("conversation '%s': not handed over: %s", conversation.id, error)
            aside = contact(self._terms, language)
            return Handing(next="failed", lost=True, aside=aside, bare=bare("not_handed_over", language))
        told = bare("handed_over", language, handoff_id=record.id)
        step = self._terms.next_step(self._now())
        return Handing(record.state, record.id, step.kind, values_for(step, language), bare=told)

    async def note(self, conversation: Conversation) -> Handing:
        """The open handoff with this turn added for the colleague, or the truth that it was not."""
        turn, state = conversation.turn, conversation.handoff_state
        try:
            if self._store is None:
                raise HandoffError("handoff desk: there is none. Set a database in balm.yml.")
            record = await self._in_thread(self._store.note, conversation.id, turn.text)
        except HandoffError as error:
            logger.error("conversation '%s': message not passed on: %s", conversation.id, error)
            said = note_lost(turn.language)
            return Handing(state, quiet=True, lost=True, aside=said, bare=said)
        step = self._terms.next_step(self._now())
        told = bare("handed_over", turn.language, handoff_id=record.id)
        values = values_for(step, turn.language)
        return Handing(record.state, record.id, step.kind, values, quiet=True, bare=told)

    async def _in_thread(self, call: Callable[..., Stored], *args: object) -> Stored:
        try:
            return await asyncio.wait_for(asyncio.to_thread(call, *args), self._deadline_s)
        except asyncio.TimeoutError as error:
            raise HandoffError(f"handoff desk: no answer within {self._deadline_s:g} s.") from error
