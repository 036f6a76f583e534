"""The designer's emotion labels: `metadata: {emotion: anger}` in data/nlu, and labelled messages apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from rasa.shared.nlu.constants import METADATA, METADATA_EXAMPLE, METADATA_INTENT, TEXT
from rasa.shared.nlu.training_data.training_data import TrainingData

from balm.emotion.labels import EMOTIONS
from balm.errors import ConfigError, unknown

from .options import RefusedConfig


class Labelled(NamedTuple):
    """A message, an emotion or a whole EmotionLabel, and the turns before it."""

    text: str
    label: Any
    before: tuple[str, ...] = ()


_WHERE = "config.yml, TransformerEmotionClassifier: emotion_data"


def in_training_data(training_data: TrainingData) -> Iterator[Labelled]:
    """Each NLU example that has a label of its own, or whose intent has one.

    Raises:
        RefusedConfig: for an emotion that does not exist.
    """
    for example in training_data.training_examples:
        metadata = example.get(METADATA) or {}
        label = _emotion(metadata.get(METADATA_EXAMPLE)) or _emotion(metadata.get(METADATA_INTENT))
        if label is None or not example.get(TEXT):
            continue
        if label not in EMOTIONS:
            raise RefusedConfig(unknown(f"NLU data, '{example.get(TEXT)[:40]}':", "emotion", label, EMOTIONS))
        yield Labelled(example.get(TEXT), label)


def in_files(path: str | None) -> Iterator[Labelled]:
    """Each message in a file or folder of emotion data; nothing for None.

    Raises:
        RefusedConfig: when the path does not exist, or a line in it is wrong.
    """
    from balm.emotion.data import read_file

    if path is None:
        return
    for file in files_of(path):
        try:
            messages = read_file(file)
        except ConfigError as error:
            raise RefusedConfig(f"{_WHERE} '{path}': {error}") from error
        yield from (Labelled(message.text, message.label, message.before) for message in messages)


def files_of(path: str | None) -> list[Path]:
    """The files that `in_files` reads.

    Raises:
        RefusedConfig: when there is no such file, or the folder holds none.
    """
    if path is None:
        return []
    files = sorted(Path(path).glob("*.yml")) if Path(path).is_dir() else [Path(path)]
    if not files or not files[0].is_file():
        raise RefusedConfig(
            f"{_WHERE} '{path}': no such file. Allowed: a .yml file or a folder of them. Correct the path."
        )
    return files


def _emotion(metadata: Any) -> str | None:
    return metadata.get("emotion") if isinstance(metadata, Mapping) else None
