"""Entities that no list holds: products and sizes as customers name them, learned from annotated examples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from .encoders import EncoderOptions, fingerprint, kept, shared


@dataclass(frozen=True)
class LearnedEntityOptions(EncoderOptions):
    """`entities`: which to learn, None for all that are annotated. `sure`: the least certainty, 0 to 1."""

    component: ClassVar[str] = "TransformerEntityExtractor"

    entities: list[str] | None = None
    sure: float = 0.6

    def __post_init__(self) -> None:
        super().__post_init__()
        names = self.entities is None or (
            isinstance(self.entities, list) and all(isinstance(name, str) for name in self.entities)
        )
        self.require("entities", names, "a list of entity names, or nothing")
        sure = isinstance(self.sure, (int, float)) and not isinstance(self.sure, bool) and 0 < self.sure <= 1
        self.require("sure", sure, "a number above 0, at most 1")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class TransformerEntityExtractor(GraphComponent, EntityExtractorMixin):
    """Adds entities like those annotated in data/nlu; PatternEntityExtractor behind it has the last word."""

    def __init__(self, options: LearnedEntityOptions, storage: ModelStorage, resource: Resource) -> None:
        self._options, self._storage, self._resource = options, storage, resource
        self._model: Any = None

    get_default_config = staticmethod(LearnedEntityOptions.defaults)
    supported_languages = staticmethod(LearnedEntityOptions.languages)
    required_packages = staticmethod(LearnedEntityOptions.packages)

    @classmethod
    def required_components(cls) -> list[type]:
        """A tokenizer stands before this component."""
        return [Tokenizer]

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """The encoder's files and the code that trains on them."""
        return fingerprint(LearnedEntityOptions.for_fingerprint(config), "entities", cls)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TransformerEntityExtractor:
        """The extractor before training; a wrong path is told now."""
        return cls(LearnedEntityOptions.parse(config).existing(), model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> TransformerEntityExtractor:
        """The trained extractor.

        Raises:
            RefusedModel: the archive holds no head, or one that was fitted on another encoder.
        """
        from balm.entities.learned import EntityModel

        extractor = cls(LearnedEntityOptions.parse(config), model_storage, resource)
        with kept(cls.__name__, model_storage, resource) as folder:
            extractor._model = EntityModel.load(folder, shared(extractor._options.model))
        return extractor

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from the annotated examples, and keeps that with the model."""
        from balm.entities.learned import EntityModel, Example

        examples = [
            Example(message.get(TEXT), words(message), self._marks(message))
            for message in training_data.nlu_examples
            if message.get(TEXT)
        ]
        encoder = shared(self._options.model)
        with self._storage.write_to(self._resource) as folder:
            EntityModel.fit(examples, encoder=encoder, seed=self._options.seed).save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """The same messages with the entities found added to those there are."""
        for message in messages:
            found = self._model.find(message.get(TEXT) or "", words(message), sure=self._options.sure)
            rows = [
                {"entity": one.entity, "start": one.start, "end": one.end, "value": one.value}
                for one in found
            ]
            message.set(
                ENTITIES, message.get(ENTITIES, []) + self.add_extractor_name(rows), add_to_output=True
            )
        return messages

    def _marks(self, message: Message) -> tuple[tuple[int, int, str], ...]:
        wanted = self._options.entities
        marks = [(one["start"], one["end"], one["entity"]) for one in message.get(ENTITIES, [])]
        return tuple(mark for mark in marks if wanted is None or mark[2] in wanted)


def words(message: Message) -> tuple[tuple[int, int], ...]:
    """The places of a message's tokens."""
    return tuple((token.start, token.end) for token in message.get(TOKENS_NAMES[TEXT]) or ())
