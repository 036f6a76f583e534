"""What all tables stand on: the registry, times in UTC, and the base class."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from sqlalchemy import DateTime, TypeDecorator
from sqlalchemy.orm import DeclarativeMeta, registry

mappers = registry()


def col(attribute: object) -> Any:
    """An attribute of a table's class as the column that it is in a query, for the type checker."""
    return attribute


class Moment(TypeDecorator):  # type: ignore[misc]
    """A time that is in UTC on both sides: SQLite forgets time zones, PostgreSQL keeps them."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """The time as the database keeps it."""
        if value is None:
            return None
        utc = value.astimezone(timezone.utc)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """The time with its zone back on."""
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=timezone.utc)


class Base(metaclass=DeclarativeMeta):  # type: ignore[metaclass]
    """What every table shares."""

    __abstract__ = True
    registry = mappers
    metadata = mappers.metadata

    def __init__(self, **values: Any) -> None:
        """A row with these values in its columns."""
        mappers.constructor(self, **values)
