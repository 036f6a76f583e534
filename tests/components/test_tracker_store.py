"""FastSQLTrackerStore: reads and writes as Rasa's own store does, and loses nothing."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from rasa.core.tracker_store import SQLTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    BotUttered,
    ConversationPaused,
    Event,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity
from rasa.shared.exceptions import InvalidConfigException
from rasa.utils.endpoints import EndpointConfig

from components.tracker_store import FastSQLTrackerStore

DOMAIN_YAML = """
intents: [greet]
slots:
  emotion: {type: categorical, values: [neutral, anger], mappings: [{type: custom}]}
  frustration: {type: float, influence_conversation: false, mappings: [{type: custom}]}
  seen: {type: list, influence_conversation: false, mappings: [{type: custom}]}
"""
DOMAIN = Domain.from_yaml(DOMAIN_YAML)


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "data" / "rasa.db")


@pytest.fixture
def store(path: str) -> FastSQLTrackerStore:
    return FastSQLTrackerStore(DOMAIN, db=path)


def turn(number: int = 0, emotion: str = "anger") -> list[Event]:
    text = f"第{number}次问 where is it?"
    parsed = {
        "intent": {"name": "greet", "confidence": 0.9},
        "entities": [],
        "emotion": {"name": emotion},
        "text": text,
    }
    return [
        UserUttered(text, parsed["intent"], [], parsed, input_channel="rest"),
        SlotSet("emotion", emotion),
        SlotSet("seen", [number]),
        ActionExecuted("action_reply", "RulePolicy", 1.0),
        BotUttered(f"回答{number}", {"custom": {"care": {"strategy": "soothe"}}}),
        ActionExecuted("action_listen", "RulePolicy", 1.0),
    ]


def session() -> list[Event]:
    return [ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen")]


async def add(store: TrackerStore, events: Iterable[Event], sender: str = "a") -> DialogueStateTracker:
    """One turn as Rasa's processor does it."""
    tracker = await store.get_or_create_tracker(sender, append_action_listen=False)
    tracker.update_with_events(list(events), DOMAIN)
    await store.save(tracker)
    return tracker


def state(tracker: DialogueStateTracker | None) -> Any:
    assert tracker is not None
    return tracker.current_state(EventVerbosity.ALL), tracker._paused, tracker.latest_bot_utterance


async def same_as_stock(path: str, store: FastSQLTrackerStore, sender: str = "a") -> None:
    """What this store has in memory is what Rasa's own store reads from the file."""
    assert state(await store.retrieve(sender)) == state(
        await SQLTrackerStore(DOMAIN, db=path).retrieve(sender)
    )


STORIES: dict[str, list[list[Event]]] = {
    "several turns": [session() + turn(1), turn(2), turn(3)],
    "a second session": [session() + turn(1), turn(2), session() + turn(3), turn(4)],
    "a restart": [session() + turn(1), [Restarted()], turn(2)],
    "a reverted message": [session() + turn(1), [*turn(2), UserUtteranceReverted()], turn(3)],
    "a paused bot": [session() + turn(1), [ConversationPaused()]],
    "no session at all": [turn(1), turn(2)],
}


@pytest.mark.parametrize("turns", STORIES.values(), ids=STORIES)
@pytest.mark.parametrize("cached_events", [20_000, 0], ids=["in memory", "nothing in memory"])
async def test_it_remembers_what_rasa_remembers(
    path: str, turns: list[list[Event]], cached_events: int
) -> None:
    store = FastSQLTrackerStore(DOMAIN, db=path, cached_events=cached_events)
    stock = SQLTrackerStore(DOMAIN, db=path + ".stock")
    for events in turns:
        await add(store, events)
        await add(stock, events)
        await same_as_stock(path, store)
        assert len((await store.retrieve("a")).events) == len((await stock.retrieve("a")).events)
    assert len((await store.retrieve_full_tracker("a")).events) == sum(map(len, turns))


async def test_a_stranger_has_no_tracker_and_leaves_no_trace(store: FastSQLTrackerStore) -> None:
    assert await store.retrieve("nobody") is None
    assert not await store.exists("nobody")
    assert list(await store.keys()) == []


@pytest.mark.parametrize("cached_events", [20_000, 0], ids=["in memory", "nothing in memory"])
async def test_a_tracker_saved_twice_is_stored_once(path: str, cached_events: int) -> None:
    store = FastSQLTrackerStore(DOMAIN, db=path, cached_events=cached_events)
    tracker = await add(store, session() + turn(1))
    await store.save(tracker)
    tracker.update_with_events(turn(2), DOMAIN)
    await store.save(tracker)
    assert len((await store.retrieve_full_tracker("a")).events) == 15
    await same_as_stock(path, store)


async def test_a_tracker_from_elsewhere_is_completed_not_doubled(
    path: str, store: FastSQLTrackerStore
) -> None:
    await add(store, turn(1))
    copied = DialogueStateTracker.from_dict(
        "a",
        [event.as_dict() for event in (await store.retrieve("a")).events]
        + [event.as_dict() for event in turn(2)],
        DOMAIN.slots,
    )
    await store.save(copied)
    assert len((await store.retrieve("a")).events) == 12
    await same_as_stock(path, store)


async def test_a_turn_that_was_never_saved_changes_nothing(store: FastSQLTrackerStore) -> None:
    await add(store, session() + turn(1))
    before = state(await store.retrieve("a"))
    broken = await store.retrieve("a")
    broken.update_with_events(turn(2, "neutral"), DOMAIN)
    broken.slots["seen"].value = ["broken"]
    assert state(await store.retrieve("a")) == before


async def test_another_process_is_noticed(path: str, store: FastSQLTrackerStore) -> None:
    other = FastSQLTrackerStore(DOMAIN, db=path)
    for number in range(3):
        await add(store, turn(number))
        await add(other, turn(number, "neutral"))
    assert len((await store.retrieve("a")).events) == 36
    await same_as_stock(path, store)


async def test_two_at_once_on_one_conversation_lose_nothing(path: str, store: FastSQLTrackerStore) -> None:
    await add(store, turn(0))
    other = FastSQLTrackerStore(DOMAIN, db=path)
    mine, theirs = await store.retrieve("a"), await other.retrieve("a")
    mine.update_with_events(turn(1), DOMAIN)
    theirs.update_with_events(turn(2), DOMAIN)
    await other.save(theirs)
    await store.save(mine)
    texts = [event.text for event in (await store.retrieve("a")).events if isinstance(event, UserUttered)]
    assert sorted(texts) == sorted(turn(number)[0].text for number in range(3))
    await same_as_stock(path, store)


async def test_a_file_made_by_rasa_is_continued(path: str) -> None:
    Path(path).parent.mkdir()
    stock = SQLTrackerStore(DOMAIN, db=path)
    await add(stock, session() + turn(1))
    await add(stock, turn(2))
    store = FastSQLTrackerStore(DOMAIN, db=path)
    await add(store, turn(3))
    await same_as_stock(path, store)
    await add(stock, turn(4))
    assert len((await store.retrieve("a")).events) == 2 + 4 * 6
    await same_as_stock(path, store)


async def test_memory_is_bounded(path: str) -> None:
    store = FastSQLTrackerStore(DOMAIN, db=path, cached_events=50)
    for number in range(30):
        await add(store, turn(number), sender=f"c{number % 15}")
        await store.retrieve(f"stranger{number}")
    assert sum(size for _, size in store._recent._kept.values()) <= 50
    assert [len((await store.retrieve(f"c{number}")).events) for number in range(15)] == [12] * 15


async def test_a_new_domain_brings_its_slots(path: str, store: FastSQLTrackerStore) -> None:
    await add(store, turn(1))
    store.domain = Domain.from_yaml(
        DOMAIN_YAML + "  extra: {type: text, initial_value: x, mappings: [{type: custom}]}\n"
    )
    assert (await store.retrieve("a")).get_slot("extra") == "x"


async def test_new_events_reach_the_broker_once(path: str) -> None:
    class Broker:
        def __init__(self) -> None:
            self.published: list[Any] = []

        def publish(self, event: Any) -> None:
            self.published.append((event["sender_id"], event["event"]))

    broker = Broker()
    store = FastSQLTrackerStore(DOMAIN, event_broker=broker, db=path)  # type: ignore[arg-type]
    await add(store, turn(1))
    await add(store, turn(2))
    assert broker.published == [("a", event.type_name) for event in turn(1) + turn(2)]


KILLED = """
import asyncio, sys
sys.path.insert(0, {here!r})
from test_tracker_store import DOMAIN, FastSQLTrackerStore, add, session, turn

async def main():
    store = FastSQLTrackerStore(DOMAIN, db={path!r})
    await add(store, session())
    for number in range(100000):
        await add(store, turn(number))
        print(number, flush=True)

asyncio.run(main())
"""


async def test_every_acknowledged_turn_survives_a_killed_process(path: str) -> None:
    program = KILLED.format(here=str(Path(__file__).parent), path=path)
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", program], stdout=subprocess.PIPE, text=True
    ) as child:
        acknowledged = [int(child.stdout.readline()) for _ in range(40)]
        os.kill(child.pid, signal.SIGKILL)
        acknowledged += [int(line) for line in child.stdout if line.endswith("\n")]
    store = FastSQLTrackerStore(DOMAIN, db=path)
    texts = [event.text for event in (await store.retrieve("a")).events if isinstance(event, UserUttered)]
    assert texts[: len(acknowledged)] == [turn(number)[0].text for number in acknowledged]
    assert len(texts) <= len(acknowledged) + 1, "a turn is stored whole or not at all"
    await add(store, turn(7))
    await same_as_stock(path, store)


async def test_it_is_what_endpoints_yml_asks_for(path: str) -> None:
    config = EndpointConfig(type="components.tracker_store.FastSQLTrackerStore", dialect="sqlite", db=path)
    store = TrackerStore.create(config, DOMAIN)
    assert isinstance(store, FastSQLTrackerStore)
    assert sqlite3.connect(path).execute("PRAGMA journal_mode").fetchone() == ("wal",)


async def test_a_url_is_taken_as_rasa_takes_it(path: str) -> None:
    config = EndpointConfig(type="components.tracker_store.FastSQLTrackerStore", url=f"sqlite:///{path}")
    await add(TrackerStore.create(config, DOMAIN), turn(1))
    await same_as_stock(path, FastSQLTrackerStore(DOMAIN, db=path))


async def test_a_database_in_memory_works() -> None:
    store = FastSQLTrackerStore(DOMAIN, db=":memory:")
    await add(store, turn(1))
    assert len((await store.retrieve("a")).events) == 6


def test_a_wrong_size_of_memory_is_refused(path: str) -> None:
    with pytest.raises(
        InvalidConfigException, match="cached_events 'many' cannot be used. Allowed: a whole number"
    ):
        FastSQLTrackerStore(DOMAIN, db=path, cached_events="many")  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: Any) -> Iterable[str]:
    pgserver = pytest.importorskip("pgserver", reason="needs the package pgserver, which carries PostgreSQL")
    folder = tmp_path_factory.mktemp("postgres")
    server = pgserver.get_server(folder, cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()


@pytest.mark.parametrize("turns", STORIES.values(), ids=STORIES)
async def test_postgresql_remembers_the_same(postgres: str, turns: list[list[Event]], request: Any) -> None:
    sender = request.node.name
    config = EndpointConfig(type="components.tracker_store.FastSQLTrackerStore", url=postgres)
    store, stock = TrackerStore.create(config, DOMAIN), SQLTrackerStore(DOMAIN, host=postgres)
    for events in turns:
        await add(store, events, sender)
        assert state(await store.retrieve(sender)) == state(await stock.retrieve(sender))
    assert len((await stock.retrieve_full_tracker(sender)).events) == sum(map(len, turns))
