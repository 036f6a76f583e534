"""Rasa's table of events: its statements, its rows, and an SQLite that is fast on it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.events import Event, deserialise_events

_TABLE = SQLTrackerStore.SQLEvent.__table__
_OF_SENDER = _TABLE.c.sender_id == sa.bindparam("sender")
INSERT = _TABLE.insert()
NEWEST = sa.select(sa.func.max(_TABLE.c.id)).where(_OF_SENDER)
LAST = (
    sa.select(_TABLE.c.timestamp, _TABLE.c.type_name).where(_OF_SENDER).order_by(_TABLE.c.id.desc()).limit(1)
)
SINCE = sa.select(sa.func.max(_TABLE.c.id), sa.func.count()).where(
    _OF_SENDER, _TABLE.c.id > sa.bindparam("after")
)
MEMORY = (None, "", ":memory:")
URL_KEYS = {"dialect", "host", "port", "db", "username", "password", "login_db", "query"}


def fast_sqlite(url: Any) -> Any:
    """An engine that keeps its connection, and does not wait for the disk on each commit.

    With a write-ahead log a killed process loses nothing; a power cut may cost the last turns, not the file.
    """
    pool = sa.pool.StaticPool if url.database in MEMORY else sa.pool.QueuePool
    engine = sa.create_engine(url, poolclass=pool, connect_args={"check_same_thread": False, "timeout": 30})

    @sa.event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")

    return engine


def as_row(sender_id: str, event: Event) -> dict[str, Any]:
    """One row as Rasa writes it."""
    data = event.as_dict()
    return {
        "sender_id": sender_id,
        "type_name": event.type_name,
        "timestamp": data.get("timestamp"),
        "intent_name": data.get("parse_data", {}).get("intent", {}).get("name"),
        "action_name": data.get("name"),
        "data": json.dumps(data),
    }


def as_stored(rows: Sequence[Mapping[str, Any]]) -> list[Event]:
    """The events in stored rows."""
    return deserialise_events([json.loads(row["data"]) for row in rows])
