"""FairLockStore: in order, at once, expiring, leaving nothing behind."""

from __future__ import annotations

import asyncio
import time

import pytest
from rasa.core.lock_store import LockError, LockStore
from rasa.shared.exceptions import InvalidConfigException
from rasa.utils.endpoints import EndpointConfig

from components.lock_store import FairLockStore


async def hold(
    store: FairLockStore, log: list[str], name: str, seconds: float = 0.0, sender: str = "a"
) -> None:
    async with store.lock(sender):
        log.append(name)
        await asyncio.sleep(seconds)
        log.append(f"/{name}")


def assert_empty(store: FairLockStore) -> None:
    assert not store.conversation_locks and not store._waiting


async def test_messages_of_one_conversation_come_in_order_one_at_a_time() -> None:
    store, log = FairLockStore(), []
    await asyncio.gather(*(hold(store, log, str(number), 0.001) for number in range(50)))
    assert log == [mark for number in range(50) for mark in (str(number), f"/{number}")]
    assert_empty(store)


async def test_the_next_is_called_without_waiting_for_a_poll() -> None:
    store, log = FairLockStore(), []
    started = time.perf_counter()
    await asyncio.gather(*(hold(store, log, str(number), 0.01) for number in range(10)))
    assert time.perf_counter() - started < 0.5, "Rasa's own store needs 9 seconds"


async def test_conversations_do_not_wait_for_each_other() -> None:
    store, log = FairLockStore(), []
    await asyncio.gather(hold(store, log, "slow", 0.05), hold(store, log, "quick", 0, sender="b"))
    assert log == ["slow", "quick", "/quick", "/slow"]
    assert_empty(store)


async def test_a_turn_that_fails_lets_the_next_one_in() -> None:
    store, log = FairLockStore(), []

    async def fail() -> None:
        async with store.lock("a"):
            await asyncio.sleep(0.01)
            raise RuntimeError("the action broke")

    results = await asyncio.gather(fail(), hold(store, log, "next"), return_exceptions=True)
    assert isinstance(results[0], RuntimeError) and log == ["next", "/next"]
    assert_empty(store)


async def test_who_gives_up_waiting_leaves_the_queue() -> None:
    store, log = FairLockStore(), []
    first = asyncio.create_task(hold(store, log, "first", 0.05))
    await asyncio.sleep(0)
    impatient = asyncio.create_task(hold(store, log, "impatient"))
    last = asyncio.create_task(hold(store, log, "last"))
    await asyncio.sleep(0.01)
    impatient.cancel()
    await asyncio.gather(first, last)
    assert log == ["first", "/first", "last", "/last"]
    assert_empty(store)


async def test_a_waiter_whose_ticket_expires_is_refused() -> None:
    store, log = FairLockStore(), []
    first = asyncio.create_task(hold(store, log, "first", 0.2))
    await asyncio.sleep(0)
    with pytest.raises(LockError, match="'a': this message's turn did not come"):
        async with store.lock("a", lock_lifetime=0.05):
            log.append("never")
    await first
    assert "never" not in log
    assert_empty(store)


async def test_a_turn_that_outlives_its_ticket_is_no_longer_waited_for() -> None:
    store, log = FairLockStore(), []

    async def slow() -> None:
        async with store.lock("a", lock_lifetime=0.05):
            await asyncio.sleep(0.2)
            log.append("slow left")

    task = asyncio.create_task(slow())
    await asyncio.sleep(0)
    await hold(store, log, "next")
    assert log == ["next", "/next"], "the next went on while the slow one was still at work"
    late = asyncio.create_task(hold(store, log, "late", 0.3))
    await task
    behind = asyncio.create_task(hold(store, log, "behind"))
    await asyncio.gather(late, behind)
    assert log.index("/late") < log.index("behind"), "the slow one did not return another's ticket"
    assert_empty(store)


async def test_it_is_what_endpoints_yml_asks_for() -> None:
    config = EndpointConfig(type="components.lock_store.FairLockStore")
    store = LockStore.create(config)
    assert isinstance(store, FairLockStore)
    with pytest.raises(InvalidConfigException, match="unknown key 'host'. Known: type"):
        LockStore.create(EndpointConfig(type="components.lock_store.FairLockStore", host="x"))
