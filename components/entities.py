"""Entities that are regular: order numbers, amounts, dates, sizes, and the words of the lookup tables."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from balm.entities.patterns import Found, Pattern, Writing, find, lookup_regex, overlap, written
from balm.errors import unknown

from .component import Component
from .encoders import code_hash
from .options import Options, RefusedConfig
from .words import elements

_PATTERNS_FILE = "patterns.json"


@dataclass(frozen=True)
class EntityOptions(Options):
    """`writing`: per entity, how its value is written: keys `remove`, `upper`, `last`, `prefix`."""

    component: ClassVar[str] = "PatternEntityExtractor"

    writing: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        known = [spec.name for spec in fields(Writing)]
        for entity, spec in self.writing.items():
            for key in spec:
                if key not in known:
                    raise RefusedConfig(
                        unknown(f"config.yml, {self.component}, writing of {entity}:", "key", key, known)
                    )

    @cached_property
    def writings(self) -> dict[str, Writing]:
        """The ways of writing, ready to call."""
        return {entity: Writing(**spec) for entity, spec in self.writing.items()}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class PatternEntityExtractor(Component, EntityExtractorMixin):
    """Finds the `regex:` and `lookup:` entries of data/nlu, the longest at each place, none overlapping.

    Beyond Rasa's RegexEntityExtractor it reads full-width characters, writes each value one way, needs no
    annotated example, and replaces what an earlier extractor found at the same place.
    """

    options = EntityOptions
    _patterns: Sequence[Pattern] = ()

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """The code that makes expressions of lookup tables: when it changes, they are made anew."""
        return code_hash("balm.entities", cls.__module__)

    def restore(self, folder: Path) -> None:
        """Takes over the expressions."""
        self._patterns = _compiled(json.loads((folder / _PATTERNS_FILE).read_text("utf-8")))

    def train(self, training_data: TrainingData) -> Resource:
        """Keeps the expressions and lookup tables of the training data, in their order, with the model."""
        rows = [(row["name"], row["pattern"]) for row in training_data.regex_features]
        rows += [(row["name"], lookup_regex(elements(row))) for row in training_data.lookup_tables]
        self._patterns = _compiled(rows)
        with self._storage.write_to(self._resource) as folder:
            (folder / _PATTERNS_FILE).write_text(json.dumps(rows, ensure_ascii=False), "utf-8")
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """The same messages with the entities found, beside earlier ones at other places."""
        for message in messages:
            found = find(message.get(TEXT) or "", self._patterns)
            earlier = [
                old
                for old in message.get(ENTITIES, [])
                if not any(overlap(new.covers, (old["start"], old["end"])) for new in found)
            ]
            new = self.add_extractor_name([self._entity(one) for one in found])
            message.set(ENTITIES, sorted(earlier + new, key=lambda one: one["start"]), add_to_output=True)
        return messages

    def _entity(self, found: Found) -> dict[str, Any]:
        return {
            "entity": found.entity,
            "start": found.start,
            "end": found.end,
            "value": written(found, self._options.writings),
        }


def _compiled(rows: list[Any]) -> list[Pattern]:
    patterns = []
    for entity, expression in rows:
        try:
            patterns.append(Pattern(entity, re.compile(expression, re.IGNORECASE)))
        except re.error as error:
            raise RefusedConfig(
                f"NLU data, regex {entity} '{expression}': {error}. Correct the expression."
            ) from error
    return patterns
