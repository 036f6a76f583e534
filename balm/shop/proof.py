"""Whose order it is: shown to its owner, and to nobody else.

A wrong number, somebody else's number and a wrong proof take the same way through this code and
give the same answer. Guessing ends after a few wrong proofs for a number or in a conversation;
the counts lie in the database, where all action servers see them.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from hmac import compare_digest

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from balm.errors import NotProven
from balm.shop.database import Database
from balm.shop.models import Customer, Order
from balm.shop.promises import promises
from balm.shop.records import Guesses, Proof

KEY_LENGTH = 100
NOBODY = "\0\0\0\0"  # compared where there is no such order, so that this takes as long


class Paused(NotProven):
    """Too many wrong proofs: none is looked at for this many minutes."""

    def __init__(self, minutes: int) -> None:
        super().__init__(
            f"shop order: too many wrong proofs. The next one is looked at in {minutes} minutes."
        )
        self.minutes = minutes


def key_of(conversation_id: str) -> str:
    """The conversation's id, or its digest where a column could not hold it.

    >>> key_of("web-7")
    'web-7'
    """
    if len(conversation_id) <= KEY_LENGTH and conversation_id.isprintable():
        return conversation_id
    return hashlib.sha256(conversation_id.encode("utf8", "replace")).hexdigest()


def check(database: Database, number: str, last4: str, *, conversation_id: str, now: datetime) -> None:
    """Nothing, when `last4` ends the phone number of whoever placed order `number`.

    Raises:
        NotProven: it does not, or there is no such order.
        Paused: there were too many wrong proofs before this one, which was not looked at.
    """
    key = (key_of(conversation_id), hashlib.sha256(f"{number} {last4}".encode("utf8", "replace")).hexdigest())
    with database.reading() as session:
        before = session.get(Proof, key)
        right = before is not None and before.right and matches(session, number, last4)
    if before is None:
        right = _first_look(database, number, last4, key, now)
    if not right:
        raise NotProven("shop order: this number and this proof do not belong together.")


def _first_look(database: Database, number: str, last4: str, key: tuple[str, str], now: datetime) -> bool:
    """Whether number and proof fit; counted when they do not, and remembered either way."""
    with database.writing() as session:
        counts = [_count(session, name, now) for name in (f"in {key[0]}", f"for {number}")]
        paused = max(_minutes_left(count, now) for count in counts)
        right = not paused and matches(session, number, last4)
        if not paused:
            for count in counts:
                count.wrong += not right
            _remember(session, Proof(conversation_id=key[0], pair=key[1], right=right))
    if paused:
        raise Paused(paused)
    return right


def _remember(session: Session, proof: Proof) -> None:
    try:
        with session.begin_nested():
            session.add(proof)
    except IntegrityError:
        pass  # the same message, at the same time


def matches(session: Session, number: str, last4: str) -> bool:
    """Whether order `number` was placed from a phone that ends in `last4`."""
    row = (
        select(Customer.phone_last4)
        .join(Order, Order.customer_id == Customer.id)
        .where(Order.number == number)
    )
    known = session.execute(row).scalar()
    return compare_digest((known or NOBODY).encode(), last4.encode("utf8", "replace"))


def _count(session: Session, key: str, now: datetime) -> Guesses:
    """The count for `key`, locked until the transaction ends: parallel guesses take turns."""
    wanted = select(Guesses).where(Guesses.key == key).with_for_update()
    found = session.execute(wanted).scalars().all()
    if not found:
        try:
            with session.begin_nested():
                session.add(Guesses(key=key, wrong=0, since=now))
        except IntegrityError:
            pass  # another one has just begun this count
        found = session.execute(wanted.execution_options(populate_existing=True)).scalars().all()
    count: Guesses = found[0]
    if now - count.since >= promises().guess_span:
        count.wrong, count.since = 0, now
    return count


def _minutes_left(count: Guesses, now: datetime) -> int:
    """Minutes until proofs are looked at again; 0 when they are."""
    if count.wrong < promises().guesses:
        return 0
    return max(1, -int((now - count.since - promises().guess_span).total_seconds() // 60))
