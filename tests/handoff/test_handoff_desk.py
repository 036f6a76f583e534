"""The stored handoffs."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import Engine

from balm.errors import HandoffError
from balm.handoff.desk import HandoffDesk
from balm.handoff.record import HandoffRecord, Note
from balm.shop.database import Database
from balm.strategy.policy import Decision
from balm.turn import Conversation, Turn

ASKED = Decision("escalate", "asks_for_a_human", "customer_asked")


class Seconds:
    """A clock that moves one second at every look."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        self.now += 1
        return self.now


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return Database(f"sqlite:///{tmp_path / 'shop.db'}").engine


@pytest.fixture
def desk(engine: Engine) -> HandoffDesk:
    return HandoffDesk(engine, now=Seconds())


def talk(id_: str = "c1", text: str = "转人工", language: str = "zh") -> Conversation:
    return Conversation(id_, (Turn(text, language=language, intent="human_wanted"),))


def test_an_opened_handoff_is_stored_and_found_again_by_another_desk(
    desk: HandoffDesk, engine: Engine
) -> None:
    record = desk.open(talk(), ASKED, "诉求：退款\n情绪：愤怒")
    assert HandoffDesk(engine).current("c1") == record
    assert record == HandoffRecord(
        record.id, "c1", "customer_asked", "诉求：退款\n情绪：愤怒", "waiting", 1_800_000_001.0, "zh"
    )


def test_the_id_can_be_read_aloud(desk: HandoffDesk) -> None:
    ids = {desk.open(talk(f"c{i}"), ASKED, "s").id for i in range(30)}
    assert len(ids) == 30
    assert all(re.fullmatch(r"H-[2-9A-HJKMNP-Z]{4}", id_) for id_ in ids)


def test_opening_twice_gives_the_same_handoff(desk: HandoffDesk) -> None:
    first = desk.open(talk(), ASKED, "first")
    assert desk.open(talk(), Decision("escalate", "threat", "threat"), "second") == first
    assert desk.list_open() == [first]


def test_a_decision_without_a_reason_is_stored_under_its_rule(desk: HandoffDesk) -> None:
    assert desk.open(talk(), Decision("escalate", "my_rule"), "s").reason == "my_rule"


def test_the_state_follows_the_handoff(desk: HandoffDesk) -> None:
    assert desk.state("c1") == "none"
    record = desk.open(talk(), ASKED, "s")
    assert desk.state("c1") == "waiting"
    assert desk.move(record.id, "accepted").state == "accepted"
    assert desk.state("c1") == "accepted"
    assert desk.move(record.id, "closed").open is False
    assert desk.state("c1") == "none"


def test_after_closing_a_new_handoff_may_be_opened(desk: HandoffDesk) -> None:
    first = desk.open(talk(), ASKED, "s")
    desk.move(first.id, "closed")
    second = desk.open(talk(), ASKED, "s")
    assert second.id != first.id
    assert [record.id for record in desk.list_open()] == [second.id]


@pytest.mark.parametrize(
    ("path", "refused"),
    [
        ((), "waiting"),
        ((), "none"),
        ((), "lost"),
        (("accepted",), "accepted"),
        (("accepted",), "waiting"),
        (("closed",), "accepted"),
        (("closed",), "closed"),
    ],
)
def test_a_move_outside_the_table_is_refused_and_changes_nothing(desk: HandoffDesk, path, refused) -> None:
    record = desk.open(talk(), ASKED, "s")
    for state in path:
        desk.move(record.id, state)
    before = desk.list_open()
    with pytest.raises(HandoffError, match="Allowed from there"):
        desk.move(record.id, refused)
    assert desk.list_open() == before


def test_an_unknown_handoff_cannot_be_moved(desk: HandoffDesk) -> None:
    with pytest.raises(HandoffError, match="H-0000"):
        desk.move("H-0000", "accepted")


def test_notes_are_kept_in_order(desk: HandoffDesk) -> None:
    desk.open(talk(), ASKED, "s")
    desk.note("c1", "还在吗")
    returned = desk.note("c1", "Hello? 😡")
    assert returned == desk.current("c1")
    assert [note.text for note in returned.notes] == ["还在吗", "Hello? 😡"]
    assert returned.notes[0].at < returned.notes[1].at


def test_a_note_without_an_open_handoff_is_refused(desk: HandoffDesk) -> None:
    record = desk.open(talk(), ASKED, "s")
    desk.move(record.id, "closed")
    with pytest.raises(HandoffError, match="no handoff is open"):
        desk.note("c1", "hello")


@pytest.mark.parametrize("text", ["", "😀" * 5000, "a\0b", "half \ud83d", "Robert'); DROP TABLE handoffs;--"])
def test_whatever_a_customer_types_can_be_stored(desk: HandoffDesk, text: str) -> None:
    desk.open(talk(text=text), ASKED, text)
    (note,) = desk.note("c1", text).notes
    assert isinstance(note, Note)
    assert desk.current("c1") == desk.list_open()[0]
    assert note.text.replace("?", "") == text.replace("\0", "").replace("\ud83d", "")


def test_the_longest_waiting_comes_first(desk: HandoffDesk) -> None:
    ids = [desk.open(talk(name), ASKED, "s").id for name in ("b", "a", "c")]
    assert [record.id for record in desk.list_open()] == ids


def test_twenty_openings_at_once_make_one_handoff(engine: Engine) -> None:
    desks = [HandoffDesk(engine) for _ in range(4)]
    with ThreadPoolExecutor(8) as pool:
        opened = list(pool.map(lambda i: desks[i % 4].open(talk(), ASKED, "s"), range(20)))
    assert len({record.id for record in opened}) == 1
    assert len(desks[0].list_open()) == 1


def test_a_database_that_is_away_is_a_handoff_error(tmp_path: Path) -> None:
    desk = HandoffDesk(create_engine(f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.db'}", future=True))
    for act in (lambda: desk.open(talk(), ASKED, "s"), lambda: desk.note("c1", "x"), desk.list_open):
        with pytest.raises(HandoffError, match="the database failed"):
            act()


def test_a_database_that_comes_back_is_used_again(tmp_path: Path) -> None:
    folder = tmp_path / "late"
    desk = HandoffDesk(create_engine(f"sqlite:///{folder / 'shop.db'}", future=True))
    with pytest.raises(HandoffError):
        desk.open(talk(), ASKED, "s")
    folder.mkdir()
    assert desk.open(talk(), ASKED, "s").state == "waiting"
