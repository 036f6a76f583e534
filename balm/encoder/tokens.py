"""Turns a message, and the turns before it, into the ids that the encoder reads."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from balm.encoder.encoding import Passage, Span, trimmed
from balm.encoder.simplified import table
from balm.errors import ModelError

CONTEXT_TOKENS = 40
"""Tokens read of each turn before the message: what it was about, not every word of it."""


class Framed(NamedTuple):
    """The ids of one passage, frame tokens included, and where the message's tokens stand in its text.

    The message comes first, so that its `len(spans)` tokens are `ids[:len(spans)]`.
    """

    ids: list[int]
    spans: list[Span]


class Tokens:
    """The tokenizer of an encoder folder."""

    def __init__(self, folder: Path, limit: int) -> None:
        self._tokenizer = _load(folder)
        self._simplified = table(folder)
        self._limit = limit

    def frame(self, passages: Sequence[Passage]) -> list[Framed]:
        """Each passage as `[CLS] message [SEP]`, then the turns before it, the newest first."""
        texts = [passage.text for passage in passages]
        rows = zip(texts, self._encode(texts), strict=True)
        framed = [Framed(*_cut(text, row, self._limit)) for text, row in rows]
        for one, passage in zip(framed, passages, strict=True):
            for row in self._encode(passage.before[::-1]):
                one.ids.extend([*row.ids[1:-1][:CONTEXT_TOKENS], row.ids[-1]])
        return framed

    def _encode(self, texts: Sequence[str]) -> list[Any]:
        rows: list[Any] = self._tokenizer.encode_batch([text.translate(self._simplified) for text in texts])
        return rows


def _load(folder: Path) -> Any:
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    except Exception as error:  # the library raises bare Exception and nothing narrower
        raise ModelError(
            f"encoder folder '{folder}': its tokenizer.json is broken ({error}). Restore it."
        ) from error
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def _cut(text: str, row: Any, limit: int) -> tuple[list[int], list[Span]]:
    """Ids and spans of at most `limit` tokens: the beginning and the end, where feelings stand."""
    ids = list(row.ids)
    spans = [trimmed(text, *one) for one in zip(row.tokens, row.offsets, strict=True)]
    if len(ids) <= limit:
        return ids, spans
    head, tail = limit * 2 // 3, limit - limit * 2 // 3
    return ids[:head] + ids[-tail:], spans[:head] + spans[-tail:]
