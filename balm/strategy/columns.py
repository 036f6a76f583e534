"""The columns of the policy table: what each may be asked, and which conditions it understands."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from balm.emotion.labels import CAUSES, EMOTIONS
from balm.errors import ConfigError, unknown
from balm.strategy.conditions import Among, Condition, Span, comparison, name_of
from balm.turn import LANGUAGES

HANDOFF_STATES = ("none", "waiting", "accepted")
ASKS = ("none", "order_number", "proof", "confirmation")
FLAG = ("true", "false")


@dataclass(frozen=True)
class Names:
    """A column of names; `known` is None where designers invent names of their own (intents)."""

    known: tuple[str, ...] | None

    def read(self, where: str, column: str, cell: Any) -> Among:
        """The condition that the cell means."""
        cells = cell if isinstance(cell, list) else [cell]
        if not cells or any(not isinstance(c, (str, bool)) for c in cells):
            raise ConfigError(
                f"{where} {column} '{cell}': not a name. A name or a list of names is allowed, and 'none' for"
                " nothing. Write one, or leave the column out."
            )
        return Among(frozenset(self._known(where, column, name_of(c)) for c in cells))

    def _known(self, where: str, column: str, name: str) -> str:
        if self.known is not None and name not in self.known:
            raise ConfigError(unknown(where, column, name, self.known))
        return name

    def everything(self, mentioned: Iterable[str]) -> Among:
        """All names that can occur: the known ones, or those `mentioned` and one that is none of them."""
        return Among(frozenset(self.known if self.known is not None else {*mentioned, "none", "(any other)"}))


@dataclass(frozen=True)
class Numbers:
    """A column of numbers from 0 to `most`, whole ones where `whole`."""

    most: float
    whole: bool

    def read(self, where: str, column: str, cell: Any) -> Span:
        """The condition that the cell means."""
        try:
            span = comparison(_text(cell), least=0.0, most=self.most, whole=self.whole)
        except ValueError as error:
            raise ConfigError(
                f"{where} {column} '{cell}': a count is wanted. Whole numbers are allowed. Write '>= 2' or 2."
            ) from error
        if span is None:
            raise ConfigError(
                f"{where} {column} '{cell}': not a comparison. Allowed: '> 0.6', '>= 2', '< 0.3', '<= 1',"
                " '0.3..0.7' or a number. Put it in quotes."
            )
        if span.empty() or span.low[0] < 0 or (span.high[0] > self.most):
            raise ConfigError(
                f"{where} {column} '{cell}': no number from 0 to {self.most:g} can satisfy all of it."
                f" '{column}' runs from 0 to {self.most:g}. Mend the numbers."
            )
        return span

    def everything(self, mentioned: Iterable[str] = ()) -> Span:
        """All numbers that can occur."""
        return Span((0.0, 0), (self.most, 0), self.whole)


COLUMNS: dict[str, Names | Numbers] = {
    "emotion": Names(EMOTIONS),
    "intensity": Numbers(1.0, whole=False),
    "cause": Names(CAUSES),
    "needs_human": Numbers(1.0, whole=False),
    "abstained": Names(FLAG),
    "intent": Names(None),
    "repeats": Numbers(math.inf, whole=True),
    "negative_run": Numbers(math.inf, whole=True),
    "frustration": Numbers(1.0, whole=False),
    "handoff_state": Names(HANDOFF_STATES),
    "asks": Names(ASKS),
    "failed": Names(FLAG),
    "our_fault": Names(FLAG),
    "apologised": Names(FLAG),
    "safety": Names(FLAG),
    "threat": Names(FLAG),
    "language": Names(LANGUAGES),
}


def read_conditions(where: str, cells: Any) -> dict[str, Condition]:
    """The conditions of one rule's `when`, by column.

    Raises:
        ConfigError: an unknown column, or a cell that its column does not understand.
    """
    if not isinstance(cells, dict):
        raise ConfigError(f"{where} when '{cells}': not a mapping. Allowed columns: {', '.join(COLUMNS)}.")
    conditions: dict[str, Condition] = {}
    for column, cell in cells.items():
        if column not in COLUMNS:
            raise ConfigError(unknown(where, "column", column, COLUMNS))
        conditions[column] = COLUMNS[column].read(where, column, cell)
    return conditions


def _text(cell: Any) -> str:
    return "" if isinstance(cell, bool) else str(cell)
