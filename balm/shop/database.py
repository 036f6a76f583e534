"""The door to the shop's database: one engine, safe to share between threads."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool

from balm.errors import ShopError
from balm.shop.models import Order

logger = logging.getLogger(__name__)

WAIT = 5  # seconds for a connection, a lock or a statement: a customer waits no longer
ATTEMPTS = 4  # two processes that create the tables at once get into each other's way

# Options of the drivers that cannot be left at their default, which is to wait for ever.
DRIVERS: dict[str, dict[str, Any]] = {
    "pysqlite": {"timeout": WAIT, "check_same_thread": False},
    "psycopg2": {"connect_timeout": WAIT, "options": f"-c statement_timeout={WAIT * 1000} -c timezone=UTC"},
    "pymysql": {"connect_timeout": WAIT, "read_timeout": WAIT, "write_timeout": WAIT},
    "mysqldb": {"connect_timeout": WAIT},
}


class Database:
    """The shop's database at a URL such as `sqlite:///shop.db` or `postgresql://user@host/shop`.

    Nothing is opened before it is used. A URL that cannot be meant and a missing driver raise
    `ShopError` here; a server that does not answer raises it in `create` and in the two blocks.
    """

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)

    def create(self) -> None:
        """Make the tables that are missing; several processes may do so at once."""
        _make_folder(self.engine)
        for attempt in range(ATTEMPTS):
            try:
                return self._create()
            except SQLAlchemyError as error:
                if attempt == ATTEMPTS - 1 or not isinstance(error, DBAPIError) or _unreachable(error):
                    raise self._trouble(error) from error
                time.sleep(0.05 * 2**attempt)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for looking only: what it changes is not kept."""
        with self._session(writing=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session whose changes all stand when the block ends, or none of them on an error."""
        with self._session(writing=True) as session:
            yield session
            session.commit()

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()

    @contextmanager
    def _session(self, *, writing: bool) -> Iterator[Session]:
        engine = self.engine.execution_options(balm_writing=writing)
        try:
            with Session(engine, future=True, expire_on_commit=False) as session:
                yield session
        except SQLAlchemyError as error:
            raise self._trouble(error) from error

    def _create(self) -> None:
        if self.engine.dialect.name == "sqlite":
            _use_wal(self.engine)
        with self.engine.execution_options(balm_writing=True).begin() as connection:
            Order.metadata.create_all(connection)

    def _trouble(self, error: SQLAlchemyError) -> ShopError:
        url = self.engine.url.render_as_string(hide_password=True)
        reason = " ".join(str(getattr(error, "orig", None) or error).split())
        return ShopError(
            f"shop database '{url}': {reason}. Any URL that SQLAlchemy knows is allowed. "
            "Check that the server runs and that the URL, name and password are right."
        )


def _engine(url: str) -> Engine:
    """An engine with deadlines everywhere, or a `ShopError` that says what is wrong with the URL."""
    try:
        parsed = make_url(url.replace("postgres://", "postgresql://", 1))
        driver = parsed.get_dialect().driver
        pool = {"poolclass": QueuePool, "pool_timeout": WAIT, "pool_size": 8, "max_overflow": 24}
        if _in_memory(parsed):
            # A database in memory lives in one connection: its users take turns.
            pool = {"poolclass": QueuePool, "pool_timeout": WAIT, "pool_size": 1, "max_overflow": 0}
        engine = create_engine(
            parsed,
            future=True,
            connect_args=_limits(parsed, driver),
            pool_pre_ping=driver != "pysqlite",
            **pool,
        )
    except (ArgumentError, NoSuchModuleError, AttributeError, ValueError) as error:
        raise ShopError(
            f"shop database '{_hidden(url)}': not a database URL ({error}). Allowed are URLs like "
            "'sqlite:///shop.db' or 'postgresql://user@host/shop'. Set BALM_SHOP or `shop` in balm.yml."
        ) from error
    except ImportError as error:
        raise ShopError(
            f"shop database '{_hidden(url)}': its driver is missing ({error}). SQLite needs none. "
            "Install the driver, for PostgreSQL: pip install balm[postgres]."
        ) from error
    if engine.dialect.name == "sqlite":
        _own_transactions(engine)
    return engine


def _limits(url: Any, driver: str) -> dict[str, Any]:
    """The driver's deadlines, except those that the URL itself sets."""
    return {name: value for name, value in DRIVERS.get(driver, {}).items() if name not in url.query}


def _hidden(url: str) -> str:
    """The URL without what stands before an `@`: it may hold a password."""
    scheme, separator, rest = str(url).partition("://")
    return f"{scheme}{separator}{rest.rpartition('@')[2]}" if separator else "…" if "@" in scheme else scheme


def _in_memory(url: Any) -> bool:
    return url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:")


def _make_folder(engine: Engine) -> None:
    """SQLite makes its file but not the folder that the file lies in."""
    if (
        engine.dialect.name != "sqlite"
        or _in_memory(engine.url)
        or str(engine.url.database).startswith("file:")
    ):
        return
    folder = Path(str(engine.url.database)).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ShopError(
            f"shop database '{engine.url.database}': its folder cannot be made ({error.strerror}). "
            "Any writable folder is allowed. Choose another one."
        ) from error


def _use_wal(engine: Engine) -> None:
    """Let readers and a writer work side by side. The setting stays in the file.

    SQLite refuses at once, whatever its timeout, while another process changes the same setting.
    """
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        for attempt in range(ATTEMPTS):
            try:
                if cursor.execute("PRAGMA journal_mode").fetchone()[0] not in ("wal", "memory"):
                    cursor.execute("PRAGMA journal_mode=WAL")
                return
            except sqlite3.OperationalError as error:
                logger.info("shop database: not in WAL mode yet: %s", error)
                time.sleep(0.05 * 2**attempt)
    finally:
        connection.close()


def _own_transactions(engine: Engine) -> None:
    """Take transactions out of pysqlite's hands, which begins them too late to be safe.

    A writer takes the lock when it begins: two writers that both began as readers would fail.
    """

    @event.listens_for(engine, "connect")  # type: ignore[misc]
    def prepare(connection: Any, record: Any) -> None:
        connection.isolation_level = None
        for pragma in (f"busy_timeout={WAIT * 1000}", "synchronous=NORMAL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")  # type: ignore[misc]
    def begin(connection: Any) -> None:
        writing = connection.get_execution_options().get("balm_writing")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _unreachable(error: DBAPIError) -> bool:
    """Whether trying again soon cannot help."""
    return (
        bool(error.connection_invalidated)
        or "connect" in str(error.orig).lower()
        or "open" in str(error.orig)
    )
