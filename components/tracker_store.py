"""Rasa's SQL tracker store, written for many short turns: append what is new, read only what changed.

Rasa reads all events of a session and replays them on each message, reads them again to count them, and opens
SQLite anew each time. Here recent conversations stay in memory and each turn costs one look at the newest row
id, one insert of its events and one commit. The table is Rasa's own: files and servers are exchangeable.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker

from .conversations import RecentConversations, StoredConversation
from .event_table import INSERT, LAST, MEMORY, NEWEST, SINCE, URL_KEYS, as_row, as_stored, fast_sqlite
from .options import RefusedConfig, is_whole


class FastSQLTrackerStore(SQLTrackerStore):
    """`tracker_store: {type: components.tracker_store.FastSQLTrackerStore, dialect: sqlite, db: rasa.db}`.

    The keys are those of Rasa's `type: SQL`, `url:` among them, and `cached_events` (20000, about 50 MB; 0
    keeps nothing in memory). A turn that was answered is in the database, whatever happens to the process.
    Other processes may write too: before a conversation is served from memory its newest row is compared.
    Two that work on the same conversation at once need a shared lock store; even without one nothing is lost.
    """

    def __init__(
        self,
        domain: Domain | None = None,
        event_broker: EventBroker | None = None,
        cached_events: int = 20_000,
        **kwargs: Any,
    ) -> None:
        if not is_whole(cached_events, 0, 10**9):
            raise RefusedConfig(
                f"endpoints.yml, tracker_store: cached_events '{cached_events}' cannot be used. "
                "Allowed: a whole number from 0."
            )
        self._recent = RecentConversations(cached_events)
        url = sa.engine.make_url(self.get_db_url(**{key: kwargs[key] for key in URL_KEYS & kwargs.keys()}))
        if url.get_backend_name() == "sqlite" and url.database not in MEMORY:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        super().__init__(domain=domain, event_broker=event_broker, **kwargs)
        if url.get_backend_name() == "sqlite":
            self.engine = fast_sqlite(url)
            self.Base.metadata.create_all(self.engine)
            self.sessionmaker = sa.orm.session.sessionmaker(bind=self.engine)

    @property
    def domain(self) -> Domain:
        """The domain whose slots a tracker has."""
        return self._domain

    @domain.setter
    def domain(self, domain: Domain | None) -> None:
        self._domain = domain or Domain.empty()
        self._recent.clear()  # conversations in memory have the slots of the domain before

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The tracker of the latest session, or None for a stranger."""
        conversation = self._current(sender_id)
        return conversation.tracker() if conversation.last_id else None

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Appends the events that are not stored yet; they are in the database when this returns."""
        known = self._recent.get(tracker.sender_id)
        new = known.new_in(tracker) if known is not None else None
        if known is None or new is None:  # a tracker that was not retrieved here
            known, new = None, self._not_stored(tracker)
        if not new:
            return
        if self.event_broker is not None:
            await self._stream_new_events(self.event_broker, new, tracker.sender_id)
        self._recent.forget(tracker.sender_id)
        rows = [as_row(tracker.sender_id, event) for event in new]
        last_id, added = self._append(rows, known.last_id if known is not None else 0)
        if known is not None and added == len(rows):  # nobody else wrote meanwhile
            known.extend(as_stored(rows), last_id, new[-1])
            self._recent.put(tracker.sender_id, known)

    def _append(self, rows: Sequence[dict[str, Any]], after: int) -> tuple[int, int]:
        """Stores the rows; the conversation's newest id, and how many came since `after`."""
        with self.engine.begin() as connection:
            connection.execute(INSERT, rows)
            return connection.execute(SINCE, {"sender": rows[0]["sender_id"], "after": after}).one()

    def _not_stored(self, tracker: DialogueStateTracker) -> list[Event]:
        """The events after the newest stored one; where that is not among them, Rasa's count decides."""
        events = list(tracker.events)
        with self.session_scope() as session:
            newest = session.execute(LAST, {"sender": tracker.sender_id}).first()
            for start in range(len(events), 0, -1):
                if newest and (events[start - 1].timestamp, events[start - 1].type_name) == tuple(newest):
                    return events[start:]
            return events[self._event_query(session, tracker.sender_id, False).count() :]

    def _current(self, sender_id: str) -> StoredConversation:
        """The conversation as the database has it, from memory when nobody else has written since."""
        with self.engine.connect() as connection:
            last_id = connection.execute(NEWEST, {"sender": sender_id}).scalar() or 0
        known = self._recent.get(sender_id)
        if known is None or known.last_id != last_id:
            known = self._read(sender_id)
        self._recent.put(sender_id, known)
        return known

    def _read(self, sender_id: str) -> StoredConversation:
        with self.session_scope() as session:
            rows = self._event_query(session, sender_id, fetch_events_from_all_sessions=False).all()
        events = as_stored([{"data": row.data} for row in rows])
        tracker = DialogueStateTracker.from_events(sender_id, events, self.domain.slots)
        return StoredConversation(tracker, rows[-1].id if rows else 0)
