"""Words of mixed Chinese and English text, with their places: spaCy's rules for en, jieba's words for zh."""

from __future__ import annotations

import contextlib
import logging
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any

Span = tuple[int, int]

_HAN_RUN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]+")


class Segmenter:
    """Cuts text into words; the words in `whole` (brands, products) are never cut.

    Nothing is loaded before the first text. A `whole` word in Chinese joins jieba's dictionary, so
    that it competes with its neighbours; one with Latin letters or digits is matched as it stands.
    """

    def __init__(self, whole: Iterable[str] = ()) -> None:
        words = sorted({word.strip() for word in whole if word.strip()})
        self._chinese = tuple(word for word in words if _HAN_RUN.fullmatch(word))
        self._other = _alternation([word for word in words if not _HAN_RUN.fullmatch(word)])

    def spans(self, text: str) -> list[Span]:
        """Start and end of each word, in order, without white space and without overlap."""
        return list(_cut(text, self._other, lambda start, end: self._runs(text, start, end)))

    def _runs(self, text: str, start: int, end: int) -> Iterator[Span]:
        yield from _cut(text, _HAN_RUN, lambda a, b: _english(text, a, b), start, end, self._words)

    def _words(self, text: str, start: int, end: int) -> Iterator[Span]:
        for word in chinese(self._chinese)(text[start:end]):
            yield start + word.idx, start + word.idx + len(word)


def _cut(
    text: str,
    pattern: re.Pattern[str] | None,
    between: Callable[[int, int], Iterable[Span]],
    start: int = 0,
    end: int | None = None,
    within: Callable[[str, int, int], Iterable[Span]] | None = None,
) -> Iterator[Span]:
    """Spans of `pattern` (cut further by `within`), and what `between` makes of the rest."""
    end = len(text) if end is None else end
    for match in pattern.finditer(text, start, end) if pattern else ():
        yield from between(start, match.start())
        yield from within(text, *match.span()) if within else [match.span()]
        start = match.end()
    yield from between(start, end)


def _english(text: str, start: int, end: int) -> Iterator[Span]:
    for word in english()(text[start:end]) if start < end else ():
        if not word.is_space:
            yield start + word.idx, start + word.idx + len(word)


def _alternation(words: list[str]) -> re.Pattern[str] | None:
    """A pattern for the longest of `words`, not inside a longer Latin word."""
    if not words:
        return None
    longest_first = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return re.compile(f"(?<![A-Za-z0-9])(?:{longest_first})(?![A-Za-z0-9])", re.IGNORECASE)


@lru_cache(maxsize=1)
def english() -> Any:
    """spaCy's blank English tokenizer."""
    with _spacy_alone():
        from spacy.lang.en import English
    return English().tokenizer


@lru_cache(maxsize=2)
def chinese(words: tuple[str, ...] = ()) -> Any:
    """spaCy's blank Chinese tokenizer over an own jieba dictionary with `words` added.

    The dictionary is not jieba's global one: two bots in a process keep their words apart.
    """
    with _spacy_alone():
        from spacy.lang.zh import Chinese
    tokenizer = Chinese().tokenizer
    tokenizer.segmenter, tokenizer.jieba_seg = "jieba", _dictionary(words)
    return tokenizer


def _dictionary(words: tuple[str, ...]) -> Any:
    import jieba

    jieba.setLogLevel(logging.WARNING)
    dictionary = jieba.Tokenizer()
    dictionary.initialize()  # reads jieba's cache file in the temporary folder, or writes it
    for word in words:
        dictionary.add_word(word)
    return dictionary


@contextlib.contextmanager
def _spacy_alone() -> Iterator[None]:
    """Hides torch from spaCy, which imports it where it can: 1.4 s and 450 MB for nothing here."""
    hide = "torch" not in sys.modules and "thinc" not in sys.modules
    if hide:
        sys.modules["torch"] = None  # type: ignore[assignment]  # makes `import torch` raise ImportError
    try:
        yield
    finally:
        if hide:
            del sys.modules["torch"]
