"""The why-card: everything that led to a reply, as JSON."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import Any, TypeVar

from balm.generation.request import ReplyRequest, Written
from balm.handoff.reception import Handing
from balm.strategy.clock import Clock
from balm.strategy.policy import Decision

Result = TypeVar("Result")


class Stopwatch:
    """Milliseconds by step; `total` runs from the start to the last lap."""

    def __init__(self) -> None:
        self._start = self._last = time.perf_counter()
        self._laps: dict[str, float] = {}

    def lap(self, step: str, result: Result) -> Result:
        """`result`, with the time since the last lap noted as the step's."""
        now = time.perf_counter()
        self._laps[step] = round(1000 * (now - self._last), 2)
        self._last = now
        return result

    @property
    def laps(self) -> dict[str, float]:
        """The milliseconds of each step so far and in total."""
        return {**self._laps, "total": round(1000 * (self._last - self._start), 2)}


def card(
    request: ReplyRequest,
    decision: Decision,
    clock: Clock,
    handing: Handing,
    written: Written,
    watch: Stopwatch,
) -> dict[str, Any]:
    """The record that the inspector, the log and the test report show.

    It holds no error texts of the shop or the handoff desk: those may name machines, and a card
    travels to the customer's browser.
    """
    sheet = request.sheet
    return {
        "strategy": request.strategy,
        "rule": decision.rule,
        "reason": decision.reason,
        "reading": request.reading.to_dict(),
        "frustration": clock.frustration,
        "clock": asdict(clock),
        "language": request.language,
        "intent": request.turn.intent,
        "facts": [{"kind": fact.kind, "values": dict(fact.values)} for fact in sheet.facts],
        "asks": sheet.ask,
        "failed": sheet.failed is not None or handing.lost,
        "generator": written.generator,
        "prompt": written.prompt_version,
        "guard": [asdict(verdict) for verdict in written.verdicts],
        "fallback": written.fallback_reason,
        "handoff": {"id": handing.id, "state": handing.state, "next": handing.next},
        "quiet": request.quiet,
        "latency_ms": watch.laps,
    }
