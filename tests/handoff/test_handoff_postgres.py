"""The handoff desk on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from balm.errors import HandoffError
from balm.handoff.desk import HandoffDesk
from balm.shop.database import Database
from balm.strategy.policy import Decision
from balm.turn import Conversation, Turn

pytestmark = pytest.mark.slow
ASKED = Decision("escalate", "asks_for_a_human", "customer_asked")


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    pgserver = pytest.importorskip("pgserver", reason="needs the package pgserver, which carries PostgreSQL")
    folder: Path = tmp_path_factory.mktemp("postgres")
    server = pgserver.get_server(folder, cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()


def talk(id_: str) -> Conversation:
    return Conversation(id_, (Turn("转人工 😀"),))


def test_processes_that_open_at_once_share_the_tables_and_the_handoff(url: str) -> None:
    desks = [HandoffDesk(Database(url).engine) for _ in range(4)]
    with ThreadPoolExecutor(8) as pool:
        opened = list(pool.map(lambda i: desks[i % 4].open(talk("c1"), ASKED, "诉求\n情绪"), range(24)))
    assert len({record.id for record in opened}) == 1
    assert [record.summary for record in desks[0].list_open()] == ["诉求\n情绪"]


def test_a_handoff_lives_from_opening_to_closing(url: str) -> None:
    desk = HandoffDesk(Database(url).engine)
    record = desk.open(talk("c2"), ASKED, "s")
    assert [note.text for note in desk.note("c2", "嗨\0 \ud83d").notes] == ["嗨 ?"]
    assert [desk.move(record.id, state).state for state in ("accepted", "closed")] == ["accepted", "closed"]
    assert desk.state("c2") == "none"
    assert desk.open(talk("c2"), ASKED, "s").id != record.id


def test_what_the_database_refuses_is_a_handoff_error(url: str) -> None:
    with pytest.raises(HandoffError, match="too long"):
        HandoffDesk(Database(url).engine).open(talk("x" * 300), ASKED, "s")
