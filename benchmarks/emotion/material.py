"""The messages of the benchmark: real turns kept for development, and what everybody trains on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray

from balm.emotion.data import read_file
from balm.emotion.labels import EMOTIONS
from balm.encoder.recipe.sources import Example, real, second_dev, written
from balm.encoder.recipe.workplace import Workplace
from balm.errors import ConfigError

NAMES = {"zh": "Chinese", "en": "English"}
LANGUAGES = tuple(NAMES)
NEEDED = tuple(f"{kind}/{name}.jsonl" for kind, name in (
    ("stc3_labels", "zh"), ("stc3_labels", "en"), ("stc3_zh", "train"), ("stc3_en", "train"),
    ("banking77", "train"), ("dstc11_track2", "development"), ("goemotions", "train"), ("nlupp", "banking"),
))  # fmt: skip


@dataclass(frozen=True)
class Material:
    """Development turns, and the real turns and written messages that trained the model.

    `second` are more development turns, which only help to calibrate.
    """

    dev: tuple[Example, ...]
    real: tuple[Example, ...]
    written: tuple[Example, ...]
    second: tuple[Example, ...] = ()

    @property
    def train(self) -> tuple[Example, ...]:
        """All that a peer may learn from, which is what the model learned from."""
        return (*self.real, *self.written)


def load(data: Path, own: Path, *, sample: int | None = None, seed: int = 0) -> Material:
    """The material in the data folder; with `sample`, at most so many messages of each kind a language.

    Raises:
        ConfigError: the folder does not hold the labelled dialogues, or one of its files is broken.
    """
    for name in NEEDED:
        if not (data / name).is_file():
            raise ConfigError(
                f"benchmark data folder '{data}': has no {name}. Allowed: the folder with the public data "
                "sets that `python -m balm.encoder.recipe` takes, too. Give it with --data."
            )
    place = Workplace(data, work=data, own=own)
    kinds = real(place, dev=True), real(place, dev=False), written(place)
    dev, taught, own_messages = (tuple(few(kind, sample, seed)) for kind in kinds)
    return Material(dev, taught, own_messages, tuple(second_dev(place)))


def tried(folder: Path) -> tuple[Example, ...]:
    """The messages written to try the model out, one file a language."""
    return tuple(
        Example(message.text, language, message.label, real=False)
        for language in LANGUAGES
        for message in read_file(folder / f"held_out_{language}.yml")
    )


def few(examples: Sequence[Example], sample: int | None, seed: int) -> list[Example]:
    """At most `sample` examples of each language, drawn by the seed, in their order."""
    if sample is None:
        return list(examples)
    chosen: set[int] = set()
    for language in LANGUAGES:
        here = [index for index, example in enumerate(examples) if example.language == language]
        chosen.update(Random(seed).sample(here, min(sample, len(here))))
    return [examples[index] for index in sorted(chosen)]


def of(language: str, examples: Sequence[Example]) -> list[Example]:
    """The examples in this language."""
    return [example for example in examples if example.language == language]


def classes(examples: Sequence[Example]) -> NDArray[np.int64]:
    """The number of each example's emotion among EMOTIONS."""
    return np.array([EMOTIONS.index(example.label.emotion) for example in examples], np.int64)
