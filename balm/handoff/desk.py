"""The desk where handoffs are stored: nothing is claimed to a customer that does not stand here."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import select
from sqlalchemy.engine import Connection, Engine, Row
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from balm.errors import HandoffError
from balm.handoff.record import HandoffRecord, Note
from balm.handoff.states import check_move
from balm.handoff.tables import HANDOFFS, METADATA, NOTES
from balm.strategy.policy import Decision
from balm.turn import Conversation

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that is mixed up when read aloud
ID_LENGTH = 4  # about 920,000 ids, short enough for a phone call
ATTEMPTS = 6  # for a taken id, or another process that opened the same conversation just now


class HandoffDesk:
    """Opens, finds and moves handoffs in the database behind `engine`.

    Every method may block and belongs in a thread. Each raises `HandoffError` when the database
    cannot be read or written; nothing is half stored then. The tables are made at the first use.
    """

    def __init__(self, engine: Engine, *, now: Callable[[], float] = time.time) -> None:
        self._reading = engine
        self._writing = engine.execution_options(balm_writing=True)  # SQLite takes the lock when it begins
        self._now = now
        self._tables_made = False

    def open(self, conversation: Conversation, decision: Decision, summary: str) -> HandoffRecord:
        """The conversation's open handoff: a new one in state `waiting`, or the one it already has."""
        for _ in range(ATTEMPTS):
            try:
                with self._transaction(self._writing) as connection:
                    found = _find(connection, conversation.id)
                    return found or self._insert(connection, conversation, decision, summary)
            except _Taken:
                continue
        raise HandoffError(
            f"handoff desk, conversation '{conversation.id}': no free id after {ATTEMPTS} attempts."
            " Close old handoffs or look for a broken table."
        )

    def current(self, conversation_id: str) -> HandoffRecord | None:
        """The conversation's open handoff with its notes, or None."""
        with self._transaction(self._reading) as connection:
            return _find(connection, conversation_id)

    def state(self, conversation_id: str) -> str:
        """`waiting`, `accepted`, or `none` for a conversation without an open handoff."""
        record = self.current(conversation_id)
        return record.state if record else "none"

    def note(self, conversation_id: str, text: str) -> HandoffRecord:
        """The open handoff, with `text` now stored as its last note.

        Raises:
            HandoffError: also when the conversation has no open handoff.
        """
        with self._transaction(self._writing) as connection:
            record = _find(connection, conversation_id)
            if record is None:
                raise HandoffError(
                    f"handoff desk, conversation '{conversation_id}': no handoff is open. Open one."
                )
            note = Note(self._now(), storable(text))
            connection.execute(NOTES.insert().values(handoff_id=record.id, at=note.at, text=note.text))
        return HandoffRecord(**{**vars(record), "notes": (*record.notes, note)})

    def list_open(self) -> list[HandoffRecord]:
        """All open handoffs, the longest waiting first."""
        with self._transaction(self._reading) as connection:
            rows = select(HANDOFFS).where(HANDOFFS.c.open_key.is_not(None)).order_by(HANDOFFS.c.opened_at)
            return [_record(connection, row) for row in connection.execute(rows).fetchall()]

    def move(self, handoff_id: str, state: str) -> HandoffRecord:
        """The handoff in its new state: `accepted` by a colleague, or `closed`.

        Raises:
            HandoffError: also for an unknown id and a move that `MOVES` does not allow.
        """
        with self._transaction(self._writing) as connection:
            row = connection.execute(select(HANDOFFS).where(HANDOFFS.c.id == handoff_id)).first()
            if row is None:
                raise HandoffError(f"handoff '{handoff_id}': there is none. List the open ones.")
            check_move(handoff_id, row.state, state)
            changes = {"state": state, **({"open_key": None} if state == "closed" else {})}
            this = (HANDOFFS.c.id == handoff_id) & (HANDOFFS.c.state == row.state)
            if connection.execute(HANDOFFS.update().where(this).values(**changes)).rowcount != 1:
                raise HandoffError(f"handoff '{handoff_id}': somebody else moved it. Read the record again.")
            return HandoffRecord(**{**vars(_record(connection, row)), "state": state})

    def _insert(
        self, connection: Connection, conversation: Conversation, decision: Decision, summary: str
    ) -> HandoffRecord:
        record = HandoffRecord(
            id="H-" + "".join(secrets.choice(ALPHABET) for _ in range(ID_LENGTH)),
            conversation_id=conversation.id,
            reason=decision.reason or decision.rule,
            summary=storable(summary),
            state="waiting",
            opened_at=self._now(),
            language=conversation.turn.language,
        )
        values = {name: value for name, value in vars(record).items() if name != "notes"}
        connection.execute(HANDOFFS.insert().values(**values, open_key=conversation.id))
        return record

    @contextmanager
    def _transaction(self, engine: Engine) -> Iterator[Connection]:
        """A transaction whose database trouble arrives as `HandoffError`."""
        try:
            self._make_tables()
            with engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            reason = " ".join(str(getattr(error, "orig", None) or error).split())
            kind = _Taken if isinstance(error, IntegrityError) else HandoffError
            raise kind(f"handoff desk: the database failed: {reason}. Check that it runs.") from error

    def _make_tables(self) -> None:
        if self._tables_made:
            return
        try:
            METADATA.create_all(self._writing)
        except SQLAlchemyError as error:
            if "exist" not in str(error):
                raise
            METADATA.create_all(self._writing)  # another process made them between our look and our try
        self._tables_made = True


class _Taken(HandoffError):
    """The id, or the conversation's one open handoff, was there a moment earlier."""


def storable(text: str) -> str:
    """The text without what databases refuse: NUL, and halves of broken emoji.

    >>> storable("a" + chr(0) + chr(0xD83D))
    'a?'
    """
    return text.replace("\0", "").encode("utf8", "replace").decode("utf8")


def _find(connection: Connection, conversation_id: str) -> HandoffRecord | None:
    row = connection.execute(select(HANDOFFS).where(HANDOFFS.c.open_key == conversation_id)).first()
    return None if row is None else _record(connection, row)


def _record(connection: Connection, row: Row) -> HandoffRecord:
    rows = select(NOTES.c.at, NOTES.c.text).where(NOTES.c.handoff_id == row.id).order_by(NOTES.c.number)
    notes = tuple(Note(*note) for note in connection.execute(rows))
    values = {name: value for name, value in row._mapping.items() if name != "open_key"}
    return HandoffRecord(**values, notes=notes)
