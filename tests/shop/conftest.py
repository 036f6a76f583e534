"""The demo shop in a fresh database for each test, on SQLite and on a real PostgreSQL server."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from shop_talk import NOW, Clock, Talk
from sqlalchemy import Integer, create_engine, text

from balm.shop.database import Database
from balm.shop.desk import ShopDesk
from balm.shop.orm import mappers
from balm.shop.seed import fill


@pytest.fixture(scope="session")
def sqlite_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A filled demo shop to copy."""
    path = tmp_path_factory.mktemp("shop") / "shop.db"
    database = Database(f"sqlite:///{path}")
    database.create()
    assert fill(database, now=NOW)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL server of our own, without a database's name."""
    folder = Path(tempfile.mkdtemp(prefix="balm-pg-"))
    try:
        url, stop = _start_postgres(folder)
    except (ImportError, LookupError) as error:
        pytest.skip(f"no PostgreSQL here: {error}. Install the PyPI package pgserver or Debian's postgresql.")
    yield url
    stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_shop(postgres: str) -> Iterator[Database]:
    """A filled demo shop that keeps a copy of each table, named `kept_...`."""
    _run(postgres, "CREATE DATABASE demo")
    database = Database(postgres.format(name="demo"))
    database.create()
    assert fill(database, now=NOW)
    with database.engine.begin() as connection:
        for table in mappers.metadata.sorted_tables:
            connection.execute(text(f"CREATE TABLE kept_{table.name} AS TABLE {table.name}"))
    yield database
    database.close()


def _restore(database: Database) -> None:
    """Bring every table back to its copy: much faster than a database for each test."""
    tables = mappers.metadata.sorted_tables
    steps = [f"TRUNCATE {', '.join(table.name for table in tables)} RESTART IDENTITY CASCADE"]
    for table in tables:
        steps.append(f"INSERT INTO {table.name} SELECT * FROM kept_{table.name}")
        if isinstance(table.primary_key.columns.values()[0].type, Integer):
            last = f"(SELECT coalesce(max(id), 0) + 1 FROM {table.name})"
            steps.append(f"SELECT setval('{table.name}_id_seq', {last}, false)")
    with database.engine.begin() as connection:
        connection.execute(text("; ".join(steps)))


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """The filled demo shop, as it was before every other test."""
    if request.param == "postgresql":
        database = request.getfixturevalue("postgres_shop")
        _restore(database)
        yield database
        return
    shutil.copy(request.getfixturevalue("sqlite_shop"), tmp_path / "shop.db")
    database = Database(f"sqlite:///{tmp_path / 'shop.db'}")
    yield database
    database.close()


@pytest.fixture()
def clock() -> Clock:
    return Clock()


@pytest.fixture()
def desk(database: Database, clock: Clock) -> ShopDesk:
    return ShopDesk(database, clock=clock)


@pytest.fixture()
def talk(desk: ShopDesk, clock: Clock) -> Callable[..., Talk]:
    """Starts a conversation: `talk(customer="C001")`."""
    return lambda **who: Talk(desk, clock, **who)


def _run(server: str, statement: str) -> None:
    engine = create_engine(server.format(name="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def _start_postgres(folder: Path) -> tuple[str, Callable[[], None]]:
    try:
        import pgserver
    except ImportError:
        return _start_debian(folder, sorted(Path("/usr/lib/postgresql").glob("*/bin")), "postgres")
    server = pgserver.get_server(folder, cleanup_mode="stop")
    return _in_haste(f"postgresql://postgres:@/{{name}}?host={folder}"), server.cleanup


def _start_debian(folder: Path, installed: list[Path], user: str) -> tuple[str, Callable[[], None]]:
    """A server from installed binaries, which refuse to run as root."""
    if not installed:
        raise LookupError("neither pgserver nor /usr/lib/postgresql is there")
    binaries, root = installed[-1], os.geteuid() == 0
    run_as = ["runuser", "-u", user, "--"] if root else []
    if root:
        shutil.chown(folder, user)
    data, options = folder / "data", f"-c listen_addresses='' -c unix_socket_directories='{folder}'"

    def call(*command: str) -> None:
        subprocess.run([*run_as, *command], check=True, stdout=subprocess.DEVNULL, timeout=60, cwd=folder)

    call(str(binaries / "initdb"), "-D", str(data), "-A", "trust", "-U", "postgres", "-E", "UTF8")
    pg_ctl = [str(binaries / "pg_ctl"), "-D", str(data), "-w"]
    call(*pg_ctl, "-o", options, "-l", str(folder / "log"), "start")
    url = _in_haste(f"postgresql://postgres:@/{{name}}?host={folder}")
    return url, lambda: call(*pg_ctl, "-m", "immediate", "stop")


def _in_haste(url: str) -> str:
    """The server's URL, after it was told not to wait for the disk: its data may be lost."""
    _run(url, "ALTER SYSTEM SET fsync = off")
    _run(url, "SELECT pg_reload_conf()")
    return url
