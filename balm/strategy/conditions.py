"""What one cell of the policy table may say: a value, a list of values, or a comparison.

A condition is a set: `Among` of names, `Span` of numbers. Sets can be met with each other and taken
from each other, which is all that the lint needs to prove which rows can ever be reached.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

# An end of a span is (number, shift): shift 1 or -1 leaves the number itself out.
End = tuple[float, int]
COMPARISON = re.compile(r"(>=|<=|>|<)\s*(-?\d+(?:\.\d+)?)")
RANGE = re.compile(r"(-?\d+(?:\.\d+)?)\s*\.\.\s*(-?\d+(?:\.\d+)?)")


@dataclass(frozen=True)
class Among:
    """The names in `names`. For a flag the names are `true` and `false`."""

    names: frozenset[str]

    def holds(self, value: object) -> bool:
        """Whether `value` is one of the names; None is called `none`."""
        return name_of(value) in self.names

    def empty(self) -> bool:
        """Whether nothing can satisfy it."""
        return not self.names

    def meet(self, other: Among) -> Among:
        """What satisfies both."""
        return Among(self.names & other.names)

    def minus(self, other: Among) -> tuple[Among, ...]:
        """What satisfies this and not `other`."""
        left = Among(self.names - other.names)
        return () if left.empty() else (left,)

    def __str__(self) -> str:
        return " or ".join(sorted(self.names))


@dataclass(frozen=True)
class Span:
    """The numbers from `low` to `high`; only whole ones where `whole`."""

    low: End
    high: End
    whole: bool = False

    def __post_init__(self) -> None:
        if self.whole:  # "> 1" and ">= 2" are the same counts
            object.__setattr__(self, "low", _whole(self.low))
            object.__setattr__(self, "high", _whole(self.high))

    def holds(self, value: object) -> bool:
        """Whether the number lies inside."""
        return isinstance(value, (int, float)) and self.low <= (value, 0) <= self.high

    def empty(self) -> bool:
        """Whether no number lies inside."""
        return self.low > self.high

    def meet(self, other: Span) -> Span:
        """The numbers in both."""
        return Span(max(self.low, other.low), min(self.high, other.high), self.whole)

    def minus(self, other: Span) -> tuple[Span, ...]:
        """The numbers in this and not in `other`: none, one or two spans."""
        below = Span(self.low, min(self.high, (other.low[0], other.low[1] - 1)), self.whole)
        above = Span(max(self.low, (other.high[0], other.high[1] + 1)), self.high, self.whole)
        return tuple(span for span in (below, above) if not span.empty())

    def sample(self) -> float:
        """A number inside, closed ends first."""
        if self.low[1] == 0:
            return self.low[0]
        return self.high[0] if self.high[1] == 0 else (self.low[0] + self.high[0]) / 2

    def __str__(self) -> str:
        if self.low == self.high:
            return f"{self.low[0]:g}"
        if self.low == (0, 0):
            return f"{'<' if self.high[1] else '<='} {self.high[0]:g}"
        if self.high in ((1, 0), (math.inf, 0)):
            return f"{'>' if self.low[1] else '>='} {self.low[0]:g}"
        return f"{self.low[0]:g}..{self.high[0]:g}"


Condition = Among | Span


def name_of(value: object) -> str:
    """The name that the table uses for a value.

    >>> name_of(None), name_of(True), name_of("anger")
    ('none', 'true', 'anger')
    """
    if value is None:
        return "none"
    return str(value).lower() if isinstance(value, bool) else str(value)


def comparison(text: str, *, least: float, most: float, whole: bool) -> Span | None:
    """The numbers that `> 0.6`, `<= 2`, `0.3..0.7` or a plain number means; None when it is no comparison.

    >>> comparison(">= 2", least=0, most=math.inf, whole=True).holds(2)
    True
    """
    text = text.strip()
    if ends := RANGE.fullmatch(text):
        return Span((float(ends[1]), 0), (float(ends[2]), 0), whole)
    if not (match := COMPARISON.fullmatch(text)):
        return _exactly(text, whole)
    sign, number = match[1], float(match[2])
    if sign.startswith(">"):
        return Span((number, int(sign == ">")), (most, 0), whole)
    return Span((least, 0), (number, -int(sign == "<")), whole)


def _exactly(text: str, whole: bool) -> Span | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return Span((number, 0), (number, 0), whole) if math.isfinite(number) else None


def _whole(end: End) -> End:
    """The whole number that an end stands for: up from an open low end, down from an open high one."""
    number, shift = end
    if math.isinf(number):
        return end
    if number != int(number):
        raise ValueError(number)
    return (number + shift, 0)
