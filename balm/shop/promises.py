"""What the shop promises, read from `promises.yml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Taking:
    """How the shop takes on one kind of case: `prefix` starts its number, `key` what it excludes."""

    prefix: str
    hours: int
    key: str


@dataclass(frozen=True)
class Promises:
    """The shop's promises as spans of time, and the kinds of case it takes on."""

    ship: timedelta
    returns: timedelta
    price: timedelta
    refund: timedelta
    confirm: timedelta
    orders: timedelta
    guesses: int
    guess_span: timedelta
    cases: Mapping[str, Taking]


@cache
def promises() -> Promises:
    """The promises that ship with the shop."""
    import yaml

    raw: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("promises.yml").read_text(encoding="utf8"))
    return Promises(
        ship=timedelta(hours=raw["ship_hours"]),
        returns=timedelta(days=raw["return_days"]),
        price=timedelta(days=raw["price_days"]),
        refund=timedelta(days=raw["refund_days"]),
        confirm=timedelta(minutes=raw["confirm_minutes"]),
        orders=timedelta(days=raw["orders_days"]),
        guesses=raw["guesses"],
        guess_span=timedelta(minutes=raw["guess_minutes"]),
        cases={
            kind: Taking(row["prefix"], row["hours"], row.get("key", kind))
            for kind, row in raw["cases"].items()
        },
    )
