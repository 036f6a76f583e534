"""Readings for a stream of JSON lines: what `balm read` prints."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from balm.emotion.model import EmotionModel
from balm.encoder import Encoder


@dataclass(frozen=True)
class Answer:
    """The output line for one input line, and what was wrong with it, if anything."""

    line: str
    complaint: str = ""

    @property
    def failed(self) -> bool:
        """Whether the input line could not be read."""
        return bool(self.complaint)


def read_lines(lines: Iterable[bytes], *, batch: int = 32, model: str = "bundled") -> Iterator[Answer]:
    """One answer for each of `lines`, in order; a wrong line gets an `error` and the rest goes on."""
    reader = EmotionModel(Encoder.load(model))
    numbered = enumerate(lines, start=1)
    while chunk := list(islice(numbered, batch)):
        yield from _answers(reader, chunk)


def _answers(reader: EmotionModel, chunk: list[tuple[int, bytes]]) -> Iterator[Answer]:
    parsed = [_parse(number, raw) for number, raw in chunk]
    readings = iter(reader.read([item for item in parsed if isinstance(item, str)]))
    for item in parsed:
        yield item if isinstance(item, Answer) else Answer(_dump(next(readings).to_dict()))


def _parse(number: int, raw: bytes) -> str | Answer:
    try:
        text = json.loads(raw)["text"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        return _wrong(number, f'it is not a JSON object with a "text" ({type(error).__name__}).')
    return text if isinstance(text, str) else _wrong(number, '"text" is not a string.')


def _wrong(number: int, why: str) -> Answer:
    complaint = f"line {number}: {why}"
    return Answer(_dump({"error": complaint}), complaint)


def _dump(record: dict[str, object]) -> str:
    return json.dumps(record, ensure_ascii=False).encode("utf8", "replace").decode("utf8")
