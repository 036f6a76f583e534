"""The base messages, the words that changes need, and the people that messages are about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from balm.emotion.data import read_file

HERE = Path(__file__).parent
LANGUAGES = ("zh", "en")


@dataclass(frozen=True)
class Base:
    """One message and the feeling that every change of it must keep."""

    text: str
    language: str
    emotion: str


def base(language: str) -> list[Base]:
    """The messages of one language, written for these slices alone."""
    messages = read_file(HERE / f"{language}.yml")
    return [Base(message.text, message.language, message.label.emotion) for message in messages]


@dataclass(frozen=True)
class Words:
    """What a change puts in place of what, in one language."""

    polite: Sequence[tuple[str, str]]
    padding: Sequence[str]
    things: Sequence[str]
    feelings: Mapping[str, Sequence[str]]
    abbreviations: Mapping[str, str]
    homophones: Mapping[str, str]
    traditional: Mapping[int, str]


@cache
def words(language: str) -> Words:
    """The words of words.yml."""
    known = _read("words.yml")
    here = known[language]
    return Words(
        polite=tuple((before, after) for before, after in here["polite"]),
        padding=tuple(here["padding"]),
        things=tuple(here["things"]),
        feelings=known["feelings"],
        abbreviations=here["abbreviations"],
        homophones=here.get("homophones", {}),
        traditional={ord(pair[0]): pair[1] for pair in here.get("traditional", "").split()},
    )


def axes(language: str) -> list[dict[str, Any]]:
    """The rows of people.yml: an axis with `openings`, or with `groups` and `frames`."""
    found: list[dict[str, Any]] = _read("people.yml")[language]
    return found


def _read(name: str) -> Any:
    import yaml

    return yaml.safe_load((HERE / name).read_text(encoding="utf-8"))
