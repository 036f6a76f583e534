"""What each intent asks of the shop, read from `intents.yml`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

from balm.errors import ConfigError, unknown
from balm.shop import phrases
from balm.shop.promises import promises
from balm.shop.states import STATES

FILE = Path(__file__).with_name("intents.yml")
ORDER = ("none", "needed", "if_known")


@dataclass(frozen=True)
class Work:
    """One row: the facts for an intent, and the order that they are about.

    `order` says whether an order is `needed` (and asked for), taken `if_known`, or of no
    interest. `prefer` names states: among a customer's orders those in the first state that any of
    them is in are meant. `fits` limits an `if_known` order to these states. `unclear` asks which
    of several is meant, where acting on the wrong one would hurt. `upset` limits the row to
    customers who are upset. `case` is the kind of case that the fact `case` opens, for an order in
    one of the states `when`. `confirm` is the fact that a yes is asked for. `any_order` means that
    the request itself tells the order (a refund, a double payment), not the talk before it.
    `questions` names the phrases that only ask about the rules: nothing is opened on them, and
    where they bring the fact `offer` the customer is asked whether to go ahead.
    """

    intent: str
    facts: tuple[str, ...] = ()
    order: str = "none"
    prefer: tuple[str, ...] = ()
    fits: tuple[str, ...] = ()
    unclear: bool = False
    upset: bool = False
    case: str | None = None
    when: tuple[str, ...] = ()
    confirm: str | None = None
    any_order: bool = False
    questions: tuple[str, ...] = ()
    offer: str | None = None


@dataclass(frozen=True)
class Table:
    """The rows by intent, and the intents that carry an unfinished one on."""

    rows: Mapping[str, Work]
    continuing: frozenset[str]

    def work(self, intent: str | None) -> Work | None:
        """The row of an intent; None for one that asks nothing of the shop."""
        return self.rows.get(intent or "")


@cache
def load(known_facts: frozenset[str]) -> Table:
    """The table that ships with the shop.

    Raises:
        ConfigError: a row with an unknown key, fact, state or kind of case.
    """
    import yaml

    raw = yaml.safe_load(FILE.read_text(encoding="utf8"))
    rows = {intent: row(intent, given or {}, known_facts) for intent, given in raw["intents"].items()}
    return Table(rows, frozenset(raw["continuing"]))


def row(intent: str, raw: Mapping[str, Any], known_facts: frozenset[str]) -> Work:
    """The row of one intent, checked against what there is."""
    where = f"{FILE.name}, {intent}:"
    _check(where, "key", raw, (field.name for field in fields(Work) if field.name != "intent"))
    values: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in raw.items()}
    work = Work(intent, **values)
    _check(where, "fact", work.facts, known_facts)
    _check(where, "state", (*work.prefer, *work.fits, *work.when), STATES)
    _check(where, "order", (work.order,), ORDER)
    _check(where, "case", (work.case,) if work.case else (), promises().cases)
    _check(where, "question", work.questions, phrases.names())
    return work


def _check(where: str, subject: str, values: Iterable[str], known: Iterable[str]) -> None:
    allowed = tuple(known)
    for value in values:
        if value not in allowed:
            raise ConfigError(unknown(where, subject, value, allowed))
