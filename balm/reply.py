"""What goes back to the customer, and the record that explains it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Fact:
    """One thing that is true, for the generator to say.

    `kind` names its sentence in the response files; `values` fill that sentence's placeholders,
    already in the customer's language (dates, amounts and product names as the customer reads them).
    `case` names the kind of ticket, return or exchange that the fact is about, in no language.
    """

    kind: str
    values: Mapping[str, str] = field(default_factory=dict)
    case: str | None = None


@dataclass(frozen=True)
class FactSheet:
    """All that may be claimed in one reply.

    `ask` is what the bot needs next (`order_number`, `proof`, `confirmation`) or None.
    `topic` is the intent being worked on while something is asked, so that the next message
    continues it. `failed` is the log's reason when facts could not be had.
    """

    facts: tuple[Fact, ...] = ()
    ask: str | None = None
    topic: str | None = None
    failed: str | None = None


@dataclass(frozen=True)
class Reply:
    """The text for the customer and the why-card behind it.

    `card` is JSON: strategy, rule, reading, frustration, facts, generator, prompt, guard,
    latency_ms. The inspector, the log and the test report show this same record.
    """

    text: str
    strategy: str
    card: Mapping[str, Any] = field(default_factory=dict)
    topic: str | None = None
    frustration: float = 0.0
    handoff_state: str = "none"
