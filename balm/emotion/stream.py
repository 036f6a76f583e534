"""Readings for a stream of JSON lines: what `balm read` prints."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedIOBase
from itertools import count

from balm.emotion.data import LANGUAGES, SPEAKERS, said
from balm.emotion.model import EmotionModel
from balm.emotion.reading import EmotionReading
from balm.encoder import Encoder
from balm.language import detect

PART = 1 << 16
"""Bytes that are taken from a stream at once."""

_TURN = '{"role": "agent" or "customer", "text": ...}'


@dataclass(frozen=True)
class Answer:
    """The output line for one input line, and what was wrong with it, if anything."""

    line: str
    complaint: str = ""

    @property
    def failed(self) -> bool:
        """Whether the input line could not be read."""
        return bool(self.complaint)


@dataclass(frozen=True)
class Request:
    """One input line: a message, the turns before it (oldest first), and its language where it is given."""

    text: str
    before: tuple[str, ...] = ()
    language: str | None = None


def read_lines(stream: BufferedIOBase, *, batch: int = 32, model: str = "bundled") -> Iterator[Answer]:
    """One answer for each line, in order; a wrong line gets an `error` and the rest goes on.

    At most `batch` lines are read together, but none waits for another that has not come yet.
    """
    reader = EmotionModel(Encoder.load(model))
    numbers = count(1)
    for lines in _arriving(stream):
        for start in range(0, len(lines), batch):
            yield from _answers(reader, [(next(numbers), line) for line in lines[start : start + batch]])


def _arriving(stream: BufferedIOBase) -> Iterator[list[bytes]]:
    """The whole lines among what has come in the meantime, again and again."""
    begun: list[bytes] = []
    while part := stream.read1(PART):
        *lines, rest = part.split(b"\n")
        if lines:
            yield [b"".join([*begun, lines[0]]), *lines[1:]]
            begun = []
        begun.append(rest)
    if any(begun):
        yield [b"".join(begun)]


def _answers(reader: EmotionModel, chunk: list[tuple[int, bytes]]) -> Iterator[Answer]:
    parsed = [_parse(number, raw) for number, raw in chunk]
    asked = [item for item in parsed if isinstance(item, Request)]
    readings = iter(reader.read([one.text for one in asked], [one.before for one in asked]))
    for item in parsed:
        yield item if isinstance(item, Answer) else _answer(item, next(readings))


def _answer(request: Request, reading: EmotionReading) -> Answer:
    language = request.language or detect(request.text)
    return Answer(_dump({**reading.to_dict(), "language": language}))


def _parse(number: int, raw: bytes) -> Request | Answer:
    try:
        return _request(json.loads(raw))
    except RecursionError:
        return _wrong(number, "it is nested too deeply.")
    except ValueError as error:
        return _wrong(number, str(error) if type(error) is ValueError else "it is not JSON.")


def _request(record: object) -> Request:
    if not isinstance(record, dict) or "text" not in record:
        raise ValueError('it is not a JSON object with a "text".')
    text, language = record["text"], record.get("lang")
    if not isinstance(text, str):
        raise ValueError('"text" is not a string.')
    if language is not None and language not in LANGUAGES:
        raise ValueError(f'"lang" is {str(language)[:20]!r}. Allowed: {", ".join(LANGUAGES)}, or left out.')
    return Request(text, _before(record.get("context") or ()), language)


def _before(context: object) -> tuple[str, ...]:
    turns = [context] if isinstance(context, str) else context
    if not isinstance(turns, (list, tuple)) or not all(_is_turn(turn) for turn in turns):
        raise ValueError(f'"context" is no list of earlier turns. Allowed: texts, or {_TURN}.')
    return tuple(turn if isinstance(turn, str) else said(turn["role"], turn["text"]) for turn in turns)


def _is_turn(turn: object) -> bool:
    if isinstance(turn, dict):
        return turn.get("role") in SPEAKERS and isinstance(turn.get("text"), str)
    return isinstance(turn, str)


def _wrong(number: int, why: str) -> Answer:
    complaint = f"line {number}: {why}"
    return Answer(_dump({"error": complaint}), complaint)


def _dump(record: dict[str, object]) -> str:
    return json.dumps(record, ensure_ascii=False).encode("utf8", "replace").decode("utf8")
