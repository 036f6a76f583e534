"""The door to the database: clear refusals, no waiting for ever, and all or nothing."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import pytest
from shop_talk import NOW
from sqlalchemy import func, inspect, select

from balm.errors import ShopError
from balm.shop import demo_customers
from balm.shop.database import Database
from balm.shop.models import Customer, Order, Product
from balm.shop.orm import mappers
from balm.shop.seed import fill


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("nonsense", "not a database URL"),
        ("", "not a database URL"),
        ("shop://here", "not a database URL"),
        ("mysql+pymysql://u:secret@h/shop", "driver is missing"),
        ("postgresql://u:secret@127.0.0.1:1/shop", "refused"),
        ("sqlite:////proc/none/shop.db", "folder cannot be made"),
        ("sqlite:////proc", "unable to open"),
    ],
)
def test_a_shop_that_cannot_be_opened_says_why_at_once_and_keeps_the_password(url, reason):
    start = time.monotonic()
    with pytest.raises(ShopError, match=reason) as caught:
        Database(url).create()
    assert time.monotonic() - start < 3
    assert "secret" not in str(caught.value)


def test_a_server_that_never_answers_is_given_up():
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        port = silent.getsockname()[1]
        start = time.monotonic()
        with pytest.raises(ShopError, match="timeout"):
            Database(f"postgresql://u@127.0.0.1:{port}/shop?connect_timeout=2").create()
    assert time.monotonic() - start < 5


def test_making_the_tables_twice_changes_nothing(database):
    database.create()
    assert set(mappers.metadata.tables) <= set(inspect(database.engine).get_table_names())
    assert len(demo_customers(database)) == 13


def test_an_error_takes_everything_back(database):
    with pytest.raises(ZeroDivisionError), database.writing() as session:
        session.get(Customer, "C001").points = 1
        session.flush()
        1 / 0  # noqa: B018
    with database.reading() as session:
        assert session.get(Customer, "C001").points == 3260


def test_what_was_written_is_there_for_the_next_process(database):
    with database.writing() as session:
        session.get(Customer, "C001").points = 7
    again = Database(database.engine.url.render_as_string(hide_password=False))
    with again.reading() as session:
        assert session.get(Customer, "C001").points == 7
    again.close()


def test_a_reading_block_keeps_nothing(database):
    with database.reading() as session:
        session.get(Customer, "C001").points = 1
        session.flush()
    with database.reading() as session:
        assert session.get(Customer, "C001").points == 3260


def test_readers_do_not_wait_for_a_writer(database):
    with database.writing() as writer:
        writer.get(Customer, "C001").points = 1
        writer.flush()
        with database.reading() as reader:
            assert reader.get(Customer, "C001").points == 3260


def test_a_database_in_memory_serves_several_threads():
    database = Database("sqlite://")
    database.create()
    fill(database)
    with ThreadPoolExecutor(6) as pool:
        assert [len(found) for found in pool.map(lambda _: demo_customers(database), range(12))] == [13] * 12


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path) -> Iterator[str]:
    """The URL of a database without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/new/folder/shop.db"
        return
    server = request.getfixturevalue("postgres")
    name = f"empty_{abs(hash(tmp_path))}"
    admin = Database(server.format(name="postgres"))
    with admin.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    admin.close()
    yield server.format(name=name)


def test_several_starts_at_once_put_up_one_demo_shop(empty):
    def start(_: int) -> bool:
        database = Database(empty)
        database.create()
        filled = fill(database)
        database.close()
        return filled

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(start, range(4))) == [False, False, False, True]
    assert len(demo_customers(Database(empty))) == 13


def test_several_processes_that_start_at_once_put_up_one_demo_shop(tmp_path):
    program = (
        "from balm.shop.database import Database; from balm.shop.seed import fill;"
        f"d = Database('sqlite:///{tmp_path}/shop.db'); d.create(); print(fill(d))"
    )
    runs = [
        subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    assert sorted(run.communicate(timeout=60)[0].strip() for run in runs) == ["False", "True"]


def test_a_shop_with_rows_of_its_own_is_left_alone(empty):
    database = Database(empty)
    database.create()
    with database.writing() as session:
        words = {"zh": "茶", "en": "tea"}
        session.add(Product(id="x", name=words, brand=words, category="c", aliases={}, about=words, price=1))
    assert fill(database) is False
    with database.reading() as session:
        assert session.execute(select(func.count()).select_from(Product)).scalar_one() == 1
        assert session.execute(select(func.count()).select_from(Order)).scalar_one() == 0
    assert demo_customers(database) == []


def test_a_demo_shop_of_last_week_is_moved_up_to_today(database):
    later = NOW + timedelta(days=7, hours=5).total_seconds()
    assert fill(database, now=later) is False
    with database.reading() as session:
        placed = session.get(Order, "BM10024683").placed_at
    assert timedelta(days=3) < datetime.fromtimestamp(later, timezone.utc) - placed < timedelta(days=4)
    fill(database, now=later)
    with database.reading() as session:
        assert session.get(Order, "BM10024683").placed_at == placed


def test_times_come_back_in_utc(database):
    with database.reading() as session:
        placed = session.get(Order, "BM10024683").placed_at
    assert placed == datetime.fromtimestamp(NOW, timezone.utc) - timedelta(days=3, hours=1)
    assert placed.utcoffset() == timedelta(0)
