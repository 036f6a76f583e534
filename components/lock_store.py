"""One message of a conversation at a time, in the order they came, without Rasa's wait of up to a second.

Rasa's lock stores look once a second whether a turn has come; here the one who leaves calls the next.
It holds for one Rasa process. Several processes need a shared store: `lock_store: {type: redis, ...}`.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rasa.core.lock import Ticket, TicketLock
from rasa.core.lock_store import LOCK_LIFETIME, InMemoryLockStore, LockError
from rasa.utils.endpoints import EndpointConfig

from .options import RefusedConfig

logger = logging.getLogger(__name__)


class FairLockStore(InMemoryLockStore):
    """Locks in memory, first come first served: `lock_store: {type: components.lock_store.FairLockStore}`.

    As in Rasa, a ticket lives for `lock_lifetime` seconds (`TICKET_LOCK_LIFETIME`, default 60): a message
    that waits longer is refused with a `LockError`, a turn that takes longer is no longer waited for.
    """

    def __init__(self, endpoint_config: EndpointConfig | None = None) -> None:
        if endpoint_config is not None and endpoint_config.kwargs:
            key = next(iter(endpoint_config.kwargs))
            raise RefusedConfig(f"endpoints.yml, lock_store: unknown key '{key}'. Known: type. Remove it.")
        super().__init__()
        self._numbers = itertools.count(
            1
        )  # never used twice, so a late leaver cannot return another's ticket
        self._waiting: dict[tuple[str, int], asyncio.Future[None]] = {}

    def issue_ticket(self, conversation_id: str, lock_lifetime: float = LOCK_LIFETIME) -> int:
        """The number under which this message waits."""
        lock = self.get_or_create_lock(conversation_id)
        ticket = Ticket(next(self._numbers), time.time() + lock_lifetime)
        lock.tickets.append(ticket)
        self.save_lock(lock)
        return ticket.number

    @asynccontextmanager
    async def lock(
        self, conversation_id: str, lock_lifetime: float = LOCK_LIFETIME, wait_time_in_seconds: float = 1
    ) -> AsyncIterator[TicketLock]:
        """The lock of one conversation, held inside `async with`. `wait_time_in_seconds` has no effect.

        Raises:
            LockError: the ticket expired before its turn came.
        """
        number = self.issue_ticket(conversation_id, lock_lifetime)
        try:
            yield await self._turn(conversation_id, number)
        finally:
            self._leave(conversation_id, number)

    async def _turn(self, conversation_id: str, number: int) -> TicketLock:
        while lock := self.get_lock(conversation_id):
            lock.remove_expired_tickets()
            numbers = [ticket.number for ticket in lock.tickets]
            if number not in numbers:
                break
            if numbers[0] == number:
                return lock
            await self._called(conversation_id, number, min(ticket.expires for ticket in lock.tickets))
        raise LockError(
            f"Conversation '{conversation_id}': this message's turn did not come before its ticket expired."
        )

    async def _called(self, conversation_id: str, number: int, until: float) -> None:
        """Returns when the one before leaves, or a ticket expires."""
        call = self._waiting[conversation_id, number] = asyncio.get_running_loop().create_future()
        try:
            await asyncio.wait([call], timeout=max(until - time.time(), 0) + 0.001)
        finally:
            del self._waiting[conversation_id, number]

    def _leave(self, conversation_id: str, number: int) -> None:
        self.cleanup(conversation_id, number)
        lock = self.get_lock(conversation_id)
        call = self._waiting.get((conversation_id, lock.tickets[0].number)) if lock and lock.tickets else None
        if call is not None and not call.done():
            call.set_result(None)
