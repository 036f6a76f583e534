"""Turns each token's share in an emotion into the customer's own words."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

MOST = 3
NOTABLE = 0.35
"""A word is evidence when it carries this share of what the strongest word carries."""

LONGEST = 24
"""Characters of one piece of evidence; a longer run of letters is noise, not a word."""

_LATIN = re.compile(r"[A-Za-z0-9'’]")
_MEANING = re.compile("[^\\W_]|[\u2600-\u27bf\U0001f000-\U0001faff]")

Shared = tuple[tuple[int, int], float]


def words(text: str, spans: Sequence[tuple[int, int]], shares: NDArray[np.float32]) -> tuple[str, ...]:
    """The words of `text` that drove a reading, in their order, three at most.

    `shares` (tokens,) is what each token at `spans` adds to the emotion.

    >>> words("so late!", [(0, 2), (3, 7), (7, 8)], np.array([0.1, 2.0, 0.2], np.float32))
    ('late',)
    """
    merged = _whole(text, spans, shares)
    strongest = max((share for _, share in merged), default=0.0)
    if strongest <= 0:
        return ()
    phrases = _phrases(text, [row for row in merged if row[1] >= NOTABLE * strongest])
    best = sorted(phrases, key=lambda row: -row[1])[:MOST]
    return tuple(dict.fromkeys(text[start:end] for (start, end), _ in sorted(best)))


def _whole(text: str, spans: Sequence[tuple[int, int]], shares: NDArray[np.float32]) -> list[Shared]:
    """Word pieces joined to words with the sum of their shares; what carries no meaning left out."""
    found: list[Shared] = []
    for (start, end), share in zip(spans, shares.tolist(), strict=True):
        if end <= start:
            continue
        if found and found[-1][0][1] == start and _LATIN.match(text[start - 1]) and _LATIN.match(text[start]):
            (first, _), before = found.pop()
            start, share = first, before + share
        found.append(((start, end), share))
    return [(span, share) for span, share in found if _tells(text[span[0] : span[1]])]


def _tells(word: str) -> bool:
    return len(word) <= LONGEST and _MEANING.search(word) is not None


def _phrases(text: str, rows: Sequence[Shared]) -> list[Shared]:
    """Neighbouring words joined to phrases, Chinese without a gap and others across one space."""
    found: list[Shared] = []
    for (start, end), share in rows:
        if (
            found
            and start - found[-1][0][1] <= (text[start - 1 : start] == " ")
            and end - found[-1][0][0] <= LONGEST
        ):
            (first, _), before = found.pop()
            start, share = first, before + share
        found.append(((start, end), share))
    return found
