"""Which product a customer means, in either language."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from sqlalchemy import select
from sqlalchemy.orm import Session

from balm.shop.given import plain
from balm.shop.models import Product
from balm.turn import Turn

NEAR = 0.84  # how alike a misspelt word must be; a wrong product is worse than none
SHORTEST = 5  # letters of a word that may be misspelt
FRESH_S = 60.0
CJK = re.compile(r"[\u3400-\u9fff]")
LATIN_WORD = re.compile(r"[a-z0-9]+(?:[-'][a-z0-9]+)*")
SPACES = re.compile(r"\s+")
NOTHING = re.compile(r"(?!)")


@dataclass(frozen=True)
class Catalogue:
    """The words of all products; `find` gives the ids of those that a text means."""

    ids: Mapping[str, tuple[str, ...]]
    phrases: tuple[str, ...]
    chinese: re.Pattern[str]
    latin: re.Pattern[str]

    @classmethod
    def of(cls, products: Iterable[tuple[str, Iterable[str]]]) -> Catalogue:
        """The catalogue of products, each an id with the words for it."""
        ids: dict[str, tuple[str, ...]] = {}
        phrases: set[str] = set()
        for product, words in products:
            lowered = {_singular(plain(word).lower().strip()) for word in words} - {""}
            phrases |= lowered
            for key in {_key(word) for word in lowered}:
                ids[key] = (*ids.get(key, ()), product)
        longest = sorted(phrases, key=len, reverse=True)
        latin = [word for word in longest if not CJK.search(word)]
        return cls(
            ids,
            tuple(latin),
            _any(re.escape(SPACES.sub("", word)) for word in longest if CJK.search(word)),
            _any(
                (
                    SPACES.sub(r"[\\s-]?", re.escape(word).replace(r"\ ", " ").replace(r"\-", " "))
                    for word in latin
                ),
                edge=True,
            ),
        )

    @classmethod
    def load(cls, session: Session) -> Catalogue:
        """The catalogue of the shop behind `session`."""
        rows = session.execute(select(Product.id, Product.name, Product.aliases))
        return cls.of(
            (row.id, [*row.name.values(), *(word for words in row.aliases.values() for word in words)])
            for row in rows
        )

    def find(self, turn: Turn) -> tuple[str, ...]:
        """Ids of the products that a turn means, the surest first; none when in doubt."""
        text = plain(turn.text).lower()
        found = [*self._exact(text)]
        if not found:
            named = " ".join(plain(value).lower() for value in turn.entities.get("product", ()))
            found = [*self._exact(named)] or [*self._near(f"{named} {text}")]
        found.sort(key=len, reverse=True)
        return tuple(dict.fromkeys(product for word in found for product in self.ids[word]))

    def _exact(self, text: str) -> Iterator[str]:
        for match in self.chinese.finditer(SPACES.sub("", text)):
            yield match[0]
        for match in self.latin.finditer(text):
            yield _key(match[1])

    def _near(self, text: str) -> Iterator[str]:
        """The word of a product that a misspelt text comes closest to, if it comes close at all."""
        tokens = LATIN_WORD.findall(text)
        best, score = "", NEAR
        for phrase in self.phrases:
            size = phrase.count(" ") + 1
            for start in range(len(tokens) - size + 1 if len(phrase) >= SHORTEST else 0):
                alike = _alike(phrase, _singular(" ".join(tokens[start : start + size])))
                if alike > score:
                    best, score = _key(phrase), alike
        if best:
            yield best


@dataclass
class Shelf:
    """The catalogue of one database, read again once a minute."""

    _catalogue: Catalogue | None = None
    _read_at: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def catalogue(self, session: Session) -> Catalogue:
        """A catalogue that is at most a minute old."""
        with self._lock:
            if self._catalogue is None or time.monotonic() - self._read_at > FRESH_S:
                self._catalogue, self._read_at = Catalogue.load(session), time.monotonic()
            return self._catalogue


def _key(word: str) -> str:
    """A word as it is looked up: without spaces and hyphens."""
    return SPACES.sub("", word).replace("-", "")


def _singular(word: str) -> str:
    """An English word without the s of its plural."""
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def _any(words: Iterable[str], *, edge: bool = False) -> re.Pattern[str]:
    """A pattern for any of the words, the longest first; latin ones must stand alone."""
    choice = "|".join(words)
    if not choice:
        return NOTHING
    return re.compile(rf"(?<![a-z0-9])({choice})(?:e?s)?(?![a-z0-9])" if edge else f"({choice})")


def _alike(word: str, other: str) -> float:
    if abs(len(word) - len(other)) > 2 or word[0] != other[0]:
        return 0.0
    return SequenceMatcher(None, word, other).ratio()
