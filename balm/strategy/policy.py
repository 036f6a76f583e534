"""The care policy: a table that designers edit, first matching row wins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from balm.errors import ConfigError, unknown
from balm.strategy.columns import COLUMNS, read_conditions
from balm.strategy.conditions import Condition
from balm.strategy.situation import Situation
from balm.strategy.table_file import read_table

STRATEGIES = ("soothe", "apologise", "clarify", "inform", "celebrate", "escalate")
RULE_KEYS = ("name", "when", "strategy", "reason", "why")


@dataclass(frozen=True)
class Decision:
    """What to do about one turn, and the row that said so. `reason` is the handoff's code."""

    strategy: str
    rule: str
    reason: str | None = None


@dataclass(frozen=True)
class Rule:
    """One row: all `conditions` hold, then this strategy. `number` counts rows from 1."""

    number: int
    name: str
    strategy: str
    conditions: Mapping[str, Condition] = field(default_factory=dict)
    reason: str | None = None

    def matches(self, situation: Situation) -> bool:
        """Whether every condition of the row holds."""
        return all(condition.holds(getattr(situation, name)) for name, condition in self.conditions.items())

    @property
    def decision(self) -> Decision:
        """What the row decides."""
        return Decision(self.strategy, self.name, self.reason)


@dataclass(frozen=True)
class CarePolicy:
    """The rows in priority order; the last one has no condition, so every situation is decided."""

    rules: tuple[Rule, ...]
    source: str = "care_policy.yml"

    @classmethod
    def load(cls, path: str | Path | None = None) -> CarePolicy:
        """The policy in the file at `path`, or the one that Balm ships with.

        Raises:
            ConfigError: the file is missing, or a row cannot be meant; the message names file and row.
        """
        file = Path(path) if path is not None else default_path()
        return cls.parse(read_table(file), source=file.name)

    @classmethod
    def parse(cls, table: Any, *, source: str = "care_policy.yml") -> CarePolicy:
        """The policy that a table, as YAML reads it, means.

        >>> table = {"rules": [{"name": "worried", "when": {"emotion": "anxiety"}, "strategy": "soothe"},
        ...                    {"name": "otherwise", "strategy": "inform"}]}
        >>> CarePolicy.parse(table).choose(Situation(emotion="anxiety"))
        Decision(strategy='soothe', rule='worried', reason=None)
        """
        rows = table.get("rules") if isinstance(table, dict) and set(table) == {"rules"} else None
        if not isinstance(rows, list) or not rows:
            raise ConfigError(f"{source}: a list of rules under the one key 'rules' is wanted. Add it.")
        rules = tuple(_rule(row, number, source) for number, row in enumerate(rows, start=1))
        if rules[-1].conditions:
            raise ConfigError(
                f"{source}, rule {len(rules)} '{rules[-1].name}': the last rule has a condition, so some"
                " situations stay undecided. Only a last rule without 'when' is allowed. Add one at the end."
            )
        return cls(rules, source)

    def choose(self, situation: Situation) -> Decision:
        """The decision of the first row that matches."""
        return next(rule for rule in self.rules if rule.matches(situation)).decision


def default_path() -> Path:
    """Where Balm's own policy lies: beside this module, in a checkout as a link to the root's file."""
    return Path(__file__).with_name("care_policy.yml")


def _rule(row: Any, number: int, source: str) -> Rule:
    where = f"{source}, rule {number}:"
    if not isinstance(row, dict):
        known = ", ".join(RULE_KEYS)
        raise ConfigError(f"{where} rule '{row}': not a mapping. Known keys: {known}. Write key: value.")
    for key in row:
        if key not in RULE_KEYS:
            hint = " A condition belongs under 'when'." if key in COLUMNS else ""
            raise ConfigError(unknown(where, "key", key, RULE_KEYS) + hint)
    strategy = _word(row, "strategy", where)
    if strategy not in STRATEGIES:
        raise ConfigError(unknown(where, "strategy", strategy, STRATEGIES))
    return Rule(
        number=number,
        name=_word(row, "name", where),
        strategy=strategy,
        conditions=read_conditions(where, row["when"]) if "when" in row else {},
        reason=_word(row, "reason", where) if "reason" in row else None,
    )


def _word(row: Mapping[str, Any], key: str, where: str) -> str:
    value = row.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ConfigError(f"{where} {key} '{value}': no text. A short text is wanted. Add '{key}: ...'.")
    return value
