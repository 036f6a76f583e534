"""The data sets: which files, how many examples an intent, and what lies outside every intent."""

from __future__ import annotations

import hashlib
import json
import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import yaml

from balm.errors import ConfigError, unknown

ROOT = Path(__file__).parents[2]


class Example(NamedTuple):
    """A message and the intent that a person gave it."""

    text: str
    intent: str


@dataclass(frozen=True)
class IntentSet:
    """What a method learns from and is asked. `foreign` has no intent; `validation` sets the threshold."""

    name: str
    language: str
    train: tuple[Example, ...]
    test: tuple[Example, ...]
    validation: tuple[Example, ...] = ()
    foreign: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """Changes whenever a sentence or an intent of the set does."""
        content = (self.train, self.test, self.validation, self.foreign)
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Source:
    """Where a set lies in the data folder; of each intent `shots` examples are drawn, or all are taken."""

    folder: str
    shots: int | None = None
    validation: str = ""
    foreign: str = ""


SOURCES = {
    "bitext-10": Source("bitext_cs", shots=10),
    "bitext-50": Source("bitext_cs", shots=50),
    "bitext-full": Source("bitext_cs"),
    "banking77-10": Source("banking77", shots=10),
    "banking77-full": Source("banking77"),
    "clinc150": Source("clinc150", validation="val", foreign="oos_test"),
    "hwu64": Source("hwu64"),
}
OWN = {"own-zh": "zh", "own-en": "en"}
GROUPS = {"own": tuple(OWN)}
DEFAULT = (*SOURCES, *GROUPS)


def wanted(names: str) -> list[str]:
    """The sets in a list with commas; `own` stands for both languages.

    Raises:
        ConfigError: a name that is no set.

    >>> wanted("hwu64, own")
    ['hwu64', 'own-zh', 'own-en']
    """
    found: dict[str, None] = {}
    for name in filter(None, map(str.strip, names.split(","))):
        if name not in {*SOURCES, *OWN, *GROUPS}:
            raise ConfigError(unknown("--sets:", "set", name, [*SOURCES, *OWN, *GROUPS]))
        found.update(dict.fromkeys(GROUPS.get(name, (name,))))
    return list(found)


def load(name: str, data: Path | None, *, seed: int, root: Path = ROOT) -> IntentSet:
    """The set called `name`: a public one from the folder `data`, or the bot's own from `root`.

    Raises:
        ConfigError: a file is missing.
    """
    if name in OWN:
        language = OWN[name]
        train = _own(sorted((root / "data/nlu" / language).glob("*.yml")))
        return IntentSet(name, language, train, _own([root / f"tests/nlu/held_out_{language}.yml"]))
    source = SOURCES[name]
    folder = _folder(data, source.folder)
    train = _examples(folder, "train")
    return IntentSet(
        name=name,
        language="en",
        train=train if source.shots is None else shots(train, source.shots, seed=seed),
        test=_examples(folder, "test"),
        validation=_examples(folder, source.validation),
        foreign=tuple(example.text for example in _examples(folder, source.foreign)),
    )


def shots(examples: Iterable[Example], count: int, *, seed: int) -> tuple[Example, ...]:
    """`count` different sentences of each intent, the same ones for the same seed.

    An intent that has fewer gives all. What is drawn for one intent does not depend on the others.
    """
    texts: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for text, intent in examples:
        texts[intent][text] = None
    drawn: list[Example] = []
    for intent in sorted(texts):
        known = sorted(texts[intent])
        chosen = random.Random(f"{seed}/{intent}").sample(known, min(count, len(known)))
        drawn += [Example(text, intent) for text in chosen]
    return tuple(drawn)


def _folder(data: Path | None, name: str) -> Path:
    if data is None or not (data / name).is_dir():
        raise ConfigError(
            f"--data folder '{data or ''}': has no folder {name}. Allowed: the folder that holds the public "
            "sets, one folder each. Correct the path, or leave the set out with --sets."
        )
    return data / name


def _examples(folder: Path, split: str) -> tuple[Example, ...]:
    if not split:
        return ()
    path = folder / f"{split}.jsonl"
    try:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        return tuple(Example(row["text"], row["label"]) for row in rows)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigError(
            f"data file '{path}': cannot be read ({error!r}). "
            'Allowed: one object {"text", "label"} a line. Mend the file.'
        ) from error


def _own(paths: Sequence[Path]) -> tuple[Example, ...]:
    """The sentences of Rasa's training files, without their entity marks."""
    from rasa.shared.nlu.training_data.entities_parser import replace_entities

    found: list[Example] = []
    for path in paths:
        blocks = yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]
        for block in (block for block in blocks if "intent" in block):
            lines = (line.strip().removeprefix("- ").strip() for line in block["examples"].splitlines())
            found += [Example(replace_entities(line), block["intent"]) for line in lines if line]
    return tuple(found)
