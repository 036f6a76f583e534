"""The demo shop: people, shelf and orders in YAML, with times relative to now."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from balm.errors import ShopError
from balm.shop.database import Database
from balm.shop.models import Customer, Product
from balm.shop.orm import Moment, mappers
from balm.shop.records import Mark
from balm.shop.seed.rows import rows

MARK = "demo shop"


def fill(database: Database, *, now: float | None = None) -> bool:
    """Whether the demo shop was put into `database`, which must be empty for that.

    A demo shop that is some days old is moved up to today instead, so that what was placed three
    days ago still was. Another shop's rows are left alone. Several processes may call this at once.
    """
    moment = datetime.fromtimestamp(time.time() if now is None else now, timezone.utc)
    try:
        with database.writing() as session:
            mark = session.get(Mark, MARK, with_for_update=True)
            if mark is not None:
                _move_up(session, mark, moment)
                return False
            if session.execute(select(Product.id)).first() or session.execute(select(Customer.id)).first():
                return False
            session.add(Mark(name=MARK, at=moment))
            session.flush()  # a second process stops here until the first is done
            for group in rows(moment):
                session.add_all(group)
                session.flush()
            return True
    except ShopError as error:
        if isinstance(error.__cause__, IntegrityError):
            return False
        raise


def _move_up(session: Session, mark: Mark, now: datetime) -> None:
    """Shift every time of the shop by the whole days that have passed since it was put up."""
    days = (now - mark.at).days
    if days < 1:
        return
    for mapper in mappers.mappers:
        columns = [column.key for column in mapper.columns if isinstance(column.type, Moment)]
        for row in session.scalars(select(mapper.class_)) if columns else ():
            for column in columns:
                at = getattr(row, column)
                setattr(row, column, at and at + timedelta(days=days))
