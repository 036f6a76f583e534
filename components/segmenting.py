"""Words of mixed Chinese and English text, with their places: spaCy's rules for en, jieba's words for zh."""

from __future__ import annotations

import contextlib
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from .dictionary import dictionary, load, save

Span = tuple[int, int]

_WORDS, _DICTIONARY = "words.json", "dictionary.npz"
_SURROGATE = re.compile("[\ud800-\udfff]")
_HAN_RUN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]+")


class Segmenter:
    """Cuts text into words; the words in `whole` (brands, products) are never cut.

    Nothing is loaded before the first text. A `whole` word in Chinese joins jieba's dictionary, so
    that it competes with its neighbours; one with Latin letters or digits is matched as it stands.
    """

    def __init__(self, whole: Iterable[str] = ()) -> None:
        self._whole = sorted({word.strip() for word in whole if word.strip()})
        self._other = _alternation([word for word in self._whole if not _HAN_RUN.fullmatch(word)])

    @classmethod
    def load(cls, folder: Path) -> Segmenter:
        """The segmenter that `save` wrote, with a dictionary that takes little memory.

        Raises:
            ModelError: the dictionary cannot be read.
            OSError: the words cannot be read.
            ValueError: the words are no JSON.
        """
        segmenter = cls(json.loads((folder / _WORDS).read_text("utf-8")))
        segmenter._dictionary = load(folder / _DICTIONARY)
        return segmenter

    def save(self, folder: Path) -> None:
        """Writes the words and the dictionary into a folder."""
        (folder / _WORDS).write_text(json.dumps(self._whole, ensure_ascii=False), "utf-8")
        save(self._dictionary, folder / _DICTIONARY)

    def spans(self, text: str) -> list[Span]:
        """Start and end of each word, in order, without white space and without overlap."""
        text = _SURROGATE.sub("\ufffd", text)  # what no library can encode
        return list(_cut(text, self._other, lambda start, end: self._runs(text, start, end)))

    @cached_property
    def _dictionary(self) -> Any:
        return dictionary(tuple(word for word in self._whole if _HAN_RUN.fullmatch(word)))

    def _runs(self, text: str, start: int, end: int) -> Iterator[Span]:
        yield from _cut(text, _HAN_RUN, lambda a, b: _english(text, a, b), start, end, self._words)

    def _words(self, text: str, start: int, end: int) -> Iterator[Span]:
        for _, first, last in self._dictionary.tokenize(text[start:end]):
            yield start + first, start + last


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
