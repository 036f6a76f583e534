"""Makes any string safe to tokenise without moving a character."""

from __future__ import annotations

import re

LONGEST = 4_000
"""Characters read of one message; more than this says nothing new about a feeling."""

_UNREADABLE = re.compile("[\ud800-\udfff\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


def readable(text: str) -> str:
    """The text with lone surrogates and control characters blanked, at most `LONGEST` long.

    Every character keeps its place, so that spans still point into the customer's own words.

    >>> readable("a\\x00b")
    'a b'
    """
    return _UNREADABLE.sub(" ", text[:LONGEST])
