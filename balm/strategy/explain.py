"""Why the policy decided as it did: every row tried, and the value that kept it from matching."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from balm.strategy.conditions import Condition, name_of
from balm.strategy.policy import CarePolicy, Decision, Rule
from balm.strategy.situation import Situation


@dataclass(frozen=True)
class Trial:
    """One row that was tried; `misses` is empty for the row that fired."""

    rule: Rule
    misses: tuple[str, ...]

    @property
    def fired(self) -> bool:
        """Whether this row decided."""
        return not self.misses

    def __str__(self) -> str:
        verdict = f"fired: {self.rule.strategy}" if self.fired else "no: " + "; ".join(self.misses)
        return f"{self.rule.number:>2} {self.rule.name}: {verdict}"


@dataclass(frozen=True)
class Explanation:
    """The decision and the rows down to the one that fired."""

    decision: Decision
    tried: tuple[Trial, ...]

    def to_dict(self) -> dict[str, Any]:
        """The explanation as JSON types."""
        return {
            "rule": self.decision.rule,
            "strategy": self.decision.strategy,
            "tried": [
                {"rule": trial.rule.name, "strategy": trial.rule.strategy, "misses": list(trial.misses)}
                for trial in self.tried
            ],
        }

    def __str__(self) -> str:
        return "\n".join(str(trial) for trial in self.tried)


def explain(policy: CarePolicy, situation: Situation) -> Explanation:
    """How `policy.choose(situation)` comes about.

    >>> policy = CarePolicy.parse({"rules": [
    ...     {"name": "furious", "when": {"intensity": "> 0.6"}, "strategy": "apologise"},
    ...     {"name": "otherwise", "strategy": "inform"}]})
    >>> print(explain(policy, Situation(intensity=0.4)))
     1 furious: no: intensity is 0.4, wanted > 0.6
     2 otherwise: fired: inform
    """
    tried: list[Trial] = []
    for rule in policy.rules:
        trial = Trial(rule, misses(rule, situation))
        tried.append(trial)
        if trial.fired:
            break
    return Explanation(tried[-1].rule.decision, tuple(tried))


def misses(rule: Rule, situation: Situation) -> tuple[str, ...]:
    """Each condition of the row that does not hold, with the value behind it; empty when all hold."""
    return tuple(
        _miss(column, condition, getattr(situation, column))
        for column, condition in rule.conditions.items()
        if not condition.holds(getattr(situation, column))
    )


def _miss(column: str, condition: Condition, value: object) -> str:
    return f"{column} is {name_of(value)}, wanted {condition}"
