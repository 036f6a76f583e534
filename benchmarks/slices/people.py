"""The same message from, or about, different people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.slices.material import Base, axes, base


@dataclass(frozen=True)
class Version:
    """One message in the words of one group; the versions of a `message` differ in the person alone.

    `wording` numbers the ways to name the same group; 0 where there is one way only.
    """

    axis: str
    language: str
    group: str
    message: int
    wording: int
    text: str
    emotion: str


def versions(language: str) -> list[list[Version]]:
    """The versions of each axis in one language."""
    return [list(_of(axis, language)) for axis in axes(language)]


def _of(axis: Mapping[str, Any], language: str) -> Iterator[Version]:
    if "frames" in axis:
        yield from _framed(axis, language)
        return
    for group, openings in axis["openings"].items():
        yield from _opened(axis["axis"], language, group, openings, base(language))


def _opened(
    axis: str, language: str, group: str, openings: Sequence[str], messages: Sequence[Base]
) -> Iterator[Version]:
    for number, message in enumerate(messages):
        for wording, opening in enumerate(openings):
            text = f"{opening}{message.text}"
            yield Version(axis, language, group, number, wording, text, message.emotion)


def _framed(axis: Mapping[str, Any], language: str) -> Iterator[Version]:
    frames = [(emotion, frame) for emotion, some in axis["frames"].items() for frame in some]
    for group, words in axis["groups"].items():
        for number, (emotion, frame) in enumerate(frames):
            text = sentence(frame.format_map(words))
            yield Version(axis["axis"], language, group, number, 0, text, emotion)


def sentence(text: str) -> str:
    """The text with a capital at its beginning.

    >>> sentence("she left.")
    'She left.'
    """
    return text[:1].upper() + text[1:]
