"""Finding what is regular in a text: the longest match of each place, written one way."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

LATIN = "A-Za-z0-9"


@dataclass(frozen=True)
class Pattern:
    """A regular expression for one entity. Where it has a group `value`, only that group is the entity."""

    entity: str
    regex: re.Pattern[str]


@dataclass(frozen=True)
class Found:
    """One entity with its place; `value` is what stands there, folded.

    `covers` is the whole match, wider than the entity where its pattern has a group `value`: nothing else
    is found in it ("手机尾号4821" names no phone to buy).
    """

    entity: str
    start: int
    end: int
    value: str = ""
    covers: tuple[int, int] = (0, 0)


def fold(text: str) -> str:
    """The text with full-width letters and digits made plain; every character keeps its place.

    >>> fold("ＢＭ１００２４６８３，谢谢…")
    'BM10024683,谢谢…'
    """
    folded = (unicodedata.normalize("NFKC", char) for char in text)
    return "".join(new if len(new) == 1 else old for old, new in zip(text, folded, strict=True))


def lookup_regex(words: Iterable[str]) -> str:
    """An expression for any of the words, the longest first; Latin ones stand alone and may be plural.

    >>> bool(re.search(lookup_regex(["cup"]), "two cups")), bool(re.search(lookup_regex(["cup"]), "cupboard"))
    (True, False)
    """
    longest_first = sorted({fold(word.strip()) for word in words if word.strip()}, key=len, reverse=True)
    groups: dict[tuple[str, str], list[str]] = {}  # one check of the edges for all words of a kind: fast
    for word in longest_first:
        groups.setdefault(_edges(word), []).append(re.escape(word))
    return "|".join(f"{before}(?:{'|'.join(group)}){after}" for (before, after), group in groups.items())


def _edges(word: str) -> tuple[str, str]:
    before = f"(?<![{LATIN}])" if re.match(f"[{LATIN}]", word) else ""
    after = f"(?:e?s)?(?![{LATIN}])" if re.search(f"[{LATIN}]$", word) else ""
    return before, after


def find(text: str, patterns: Sequence[Pattern]) -> list[Found]:
    """All matches that do not overlap, in order: a longer one beats a shorter, then the earlier pattern wins.

    >>> patterns = [Pattern("day", re.compile("5月1日")), Pattern("month", re.compile("5月"))]
    >>> [(found.entity, found.value) for found in find("5月1日，5月", patterns)]
    [('day', '5月1日'), ('month', '5月')]
    """
    folded = fold(text)
    matches = [found for pattern in patterns for found in _matches(pattern, folded)]
    kept: list[Found] = []
    for found in sorted(matches, key=_shortness):  # a stable sort: patterns keep their order
        if not any(overlap(found.covers, other.covers) for other in kept):
            kept.append(found)
    return sorted(kept, key=lambda found: found.start)


def _matches(pattern: Pattern, folded: str) -> Iterable[Found]:
    group = "value" if "value" in pattern.regex.groupindex else 0
    for match in pattern.regex.finditer(folded):
        if match[group]:
            yield Found(pattern.entity, *match.span(group), value=match[group], covers=match.span())


def _shortness(found: Found) -> int:
    return found.covers[0] - found.covers[1]


def overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two places share a character."""
    return one[0] < other[1] and other[0] < one[1]


@dataclass(frozen=True)
class Writing:
    """How a value is written: without what `remove` matches, `upper`, its `last` characters, `prefix`ed."""

    remove: str = ""
    upper: bool = False
    last: int = 0
    prefix: str = ""

    def __call__(self, value: str) -> str:
        """The value, written this way.

        >>> Writing(remove=r"[\\s-]", upper=True, prefix="BM")("bm 1002-4683")
        'BM10024683'
        """
        value = re.sub(self.remove, "", value) if self.remove else value
        value = value.upper() if self.upper else value
        value = value[-self.last :] if self.last else value
        return value if value.startswith(self.prefix) else self.prefix + value


AS_IT_STANDS = Writing()


def written(found: Found, writings: Mapping[str, Writing]) -> str:
    """The value of one entity in its one way of writing."""
    return writings.get(found.entity, AS_IT_STANDS)(found.value)
