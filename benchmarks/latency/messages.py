"""Short, medium and long messages from the project's own, both languages in equal parts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random

from balm.emotion.data import read_folder

BANDS: dict[str, dict[str, tuple[int, int]]] = {
    "short": {"zh": (2, 12), "en": (2, 40)},
    "medium": {"zh": (20, 45), "en": (60, 140)},
    "long": {"zh": (70, 4_000), "en": (250, 4_000)},
}
"""Fewest and most characters of a message, by language: a few words, a sentence or two, a whole story."""


def by_length(own: Path, *, count: int, seed: int) -> dict[str, list[str]]:
    """At most `count` different messages of each length, the same for everyone who measures.

    Raises:
        ConfigError: the folder holds no emotion data.
    """
    messages = sorted({(message.language, message.text) for message in read_folder(own)})
    found: dict[str, list[str]] = {}
    for length, band in BANDS.items():
        parts = [_within(messages, language, *limits) for language, limits in band.items()]
        drawn = [Random(seed).sample(part, min(count // 2, len(part))) for part in parts]
        found[length] = [text for pair in zip(*drawn, strict=False) for text in pair]
    return found


def _within(messages: Sequence[tuple[str, str]], language: str, fewest: int, most: int) -> list[str]:
    return [text for spoken, text in messages if spoken == language and fewest <= len(text) <= most]
