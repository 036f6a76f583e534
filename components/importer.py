"""Training files are parsed once: Rasa's own importer parses the same ones up to five times a training."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from rasa.shared.core.domain import Domain
from rasa.shared.core.training_data.structures import StoryGraph
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.training_data import TrainingData

from .encoders import files_hash

Read = TypeVar("Read")


class CachedFileImporter(RasaFileImporter):
    """Gives what `RasaFileImporter` gives, afresh each time, and parses files when they have changed."""

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """The examples, synonyms, regexes and lookup tables in all NLU files."""
        own = super().get_nlu_data
        return _once(("nlu", str(language)), self._nlu_files, lambda: own(language))

    def get_stories(self, exclusion_percentage: int | None = None) -> StoryGraph:
        """The stories and rules in all files; a part drawn by chance is drawn each time."""
        if exclusion_percentage:
            return super().get_stories(exclusion_percentage)
        return _once(("stories",), [*self._story_files, *_below(self._domain_path)], super().get_stories)

    def get_domain(self) -> Domain:
        """The domain, from its file or folder."""
        return _once(("domain",), _below(self._domain_path), super().get_domain)


Kind = tuple[str, ...]
_REMEMBERED: dict[Kind, tuple[str, bytes]] = {}
"""Of each kind the state of its files and what they held."""


def _once(kind: Kind, files: Iterable[str], read: Callable[[], Read]) -> Read:
    """What `read` makes of the files; it is asked when a file has changed."""
    state = files_hash(map(Path, files))
    if kind not in _REMEMBERED or _REMEMBERED[kind][0] != state:
        _REMEMBERED[kind] = state, pickle.dumps(read())
    copy: Read = pickle.loads(_REMEMBERED[kind][1])
    return copy


def _below(path: str | None) -> list[str]:
    """The file itself, or all files in the folder and below it."""
    if path is None or not Path(path).exists():
        return []
    found = [Path(path)] if Path(path).is_file() else Path(path).rglob("*")
    return [str(one) for one in found if one.is_file()]
