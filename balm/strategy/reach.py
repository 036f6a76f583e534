"""Which situations reach a row: exact answers, by taking the earlier rows away from it.

A box is one condition per column. A row is a box; what reaches it is its box without the boxes of
all earlier rows. Taking one box from another leaves at most one piece per column, so the search
for a single situation that is left goes piece by piece and stops at the first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from balm.emotion.labels import EMOTIONS, VALENCES
from balm.strategy.columns import COLUMNS
from balm.strategy.conditions import Among, Condition, Span
from balm.strategy.policy import CarePolicy, Rule
from balm.strategy.situation import Situation

Box = Mapping[str, Condition]

NEGATIVE = frozenset(name for name, valence in VALENCES.items() if valence == "negative")
FELT_IN_DOUBT = frozenset(("neutral", "frustration"))  # what may be felt when the model abstains
# No turn is ever like this: whoever abstains feels no more than that, a negative turn is a run of one, and
# facts that could not be had show nothing.
IMPOSSIBLE: tuple[Box, ...] = (
    {"abstained": Among(frozenset(("true",))), "emotion": Among(frozenset(EMOTIONS) - FELT_IN_DOUBT)},
    {"emotion": Among(NEGATIVE), "negative_run": Span((0, 0), (0, 0), True)},
    {"failed": Among(frozenset(("true",))), "our_fault": Among(frozenset(("true",)))},
)
FLAGS = ("abstained", "failed", "our_fault", "apologised", "safety", "threat")
PLAIN = ("neutral", "none", "false")  # the least remarkable names make the plainest example


def reaching(policy: CarePolicy, rule: Rule, *, within: Box | None = None) -> Situation | None:
    """A situation inside `within` that `rule` decides, or None when there can be none.

    >>> policy = CarePolicy.parse({"rules": [
    ...     {"name": "any", "when": {"frustration": "> 0.2"}, "strategy": "soothe"},
    ...     {"name": "never", "when": {"frustration": "> 0.5"}, "strategy": "escalate"},
    ...     {"name": "otherwise", "strategy": "inform"}]})
    >>> reaching(policy, policy.rules[1]) is None
    True
    """
    start = meet(meet(everything(policy), rule.conditions), within or {})
    earlier = [*IMPOSSIBLE, *(other.conditions for other in policy.rules[: rule.number - 1])]
    left = None if start is None else next(_left(start, earlier), None)
    return None if left is None else _sample(left)


def covers(wide: Rule, narrow: Rule) -> bool:
    """Whether `wide` matches whatever `narrow` matches."""
    return all(
        column in narrow.conditions and not narrow.conditions[column].minus(condition)  # type: ignore[arg-type]
        for column, condition in wide.conditions.items()
    )


def everything(policy: CarePolicy) -> dict[str, Condition]:
    """The box of all situations that the policy can tell apart."""
    intents = [rule.conditions.get("intent") for rule in policy.rules]
    mentioned = {name for condition in intents if isinstance(condition, Among) for name in condition.names}
    return {name: column.everything(mentioned) for name, column in COLUMNS.items()}


def meet(box: Box | None, other: Box) -> dict[str, Condition] | None:
    """The situations in both boxes; None when there are none."""
    if box is None:
        return None
    both = dict(box)
    for column, condition in other.items():
        both[column] = both[column].meet(condition)  # type: ignore[arg-type]
        if both[column].empty():
            return None
    return both


def _left(box: Box, taken: Sequence[Box]) -> Iterator[Box]:
    """The parts of `box` that lie in none of the boxes in `taken`, as they are found."""
    for index, other in enumerate(taken):
        if meet(box, other) is None:
            continue
        for piece in _minus(box, other):
            yield from _left(piece, taken[index + 1 :])
        return
    yield box


def _minus(box: Box, other: Box) -> Iterator[Box]:
    """`box` without `other`, in pieces that do not overlap."""
    kept = dict(box)
    for column, condition in other.items():
        for part in box[column].minus(condition):  # type: ignore[arg-type]
            yield {**kept, column: part}
        kept[column] = kept[column].meet(condition)  # type: ignore[arg-type]


def _sample(box: Box) -> Situation:
    values: dict[str, Any] = {column: _value(condition) for column, condition in box.items()}
    for flag in FLAGS:
        values[flag] = values[flag] == "true"
    for optional in ("intent", "asks"):
        values[optional] = None if values[optional] == "none" else values[optional]
    return Situation(**values)


def _value(condition: Condition) -> Any:
    if isinstance(condition, Among):
        return next((plain for plain in PLAIN if plain in condition.names), min(condition.names))
    return int(condition.sample()) if condition.whole else condition.sample()
