"""Customers who talk to a bot over REST, and how long each waits for an answer."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import cycle, islice
from uuid import uuid4

import httpx

TURNS_A_CUSTOMER = 6


@dataclass(frozen=True)
class Load:
    """What `customers` saw who talked at the same time; times in milliseconds, silence counted."""

    customers: int
    turns: int
    p50_ms: float
    p95_ms: float
    turns_per_s: float
    silent: int

    def row(self) -> dict[str, float]:
        """The figures, rounded for a table."""
        return {name: round(value, 1) for name, value in asdict(self).items()}


async def measure(base: str, *, customers: int, turns: int, texts: Sequence[str]) -> Load:
    """The waiting times of `turns` messages in all, spread over `customers` at once."""
    limits = httpx.Limits(max_connections=customers)
    async with httpx.AsyncClient(base_url=base, timeout=120, limits=limits) as client:
        each = max(1, turns // customers)
        started = time.perf_counter()
        waits = await asyncio.gather(*(_customer(client, texts, each, first=n) for n in range(customers)))
        elapsed = time.perf_counter() - started
    flat = [wait for waited in waits for wait in waited]
    times = sorted(abs(wait) for wait in flat)
    return Load(
        customers=customers,
        turns=len(times),
        p50_ms=1000 * statistics.median(times),
        p95_ms=1000 * times[int(0.95 * (len(times) - 1))],
        turns_per_s=len(times) / elapsed,
        silent=sum(wait < 0 for wait in flat),
    )


async def _customer(
    client: httpx.AsyncClient, texts: Sequence[str], turns: int, *, first: int
) -> list[float]:
    """Seconds for each answer; negative where the bot said nothing."""
    waits: list[float] = []
    spoken: Iterator[str] = islice(cycle(texts), first % len(texts), None)
    for number in range(turns):
        if number % TURNS_A_CUSTOMER == 0:
            sender = uuid4().hex
        started = time.perf_counter()
        answer = await client.post("/webhooks/rest/webhook", json={"sender": sender, "message": next(spoken)})
        waited = time.perf_counter() - started
        waits.append(waited if answer.json() else -waited)
    return waits
