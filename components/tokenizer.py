"""Tokens and language of each message, in Chinese, English and both at once."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from balm.language import detect

from .options import Options, RefusedModel, is_path_or_none
from .segmenting import Segmenter
from .words import elements, read_dictionary

LANGUAGES = ["zh", "en"]
_WORDS_FILE = "words.json"


@dataclass(frozen=True)
class TokenizerOptions(Options):
    """`dictionary`: a text file of words, one a line, never cut. `lookup_words`: nor those of lookup tables.

    The three `intent_…`/`prefix_…` keys are those of every Rasa tokenizer.
    """

    component: ClassVar[str] = "BilingualTokenizer"

    dictionary: str | None = None
    lookup_words: bool = True
    intent_tokenization_flag: bool = False
    intent_split_symbol: str = "_"
    prefix_separator_symbol: str | None = None

    def __post_init__(self) -> None:
        self.require("dictionary", is_path_or_none(self.dictionary), "the path of a text file, or nothing")
        self.require("lookup_words", isinstance(self.lookup_words, bool), "true, false")
        self.require(
            "intent_tokenization_flag", isinstance(self.intent_tokenization_flag, bool), "true, false"
        )


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=True)
class BilingualTokenizer(Tokenizer):
    """Sets the tokens of each message, and its property `language` ("zh", "en" or None)."""

    def __init__(
        self, options: TokenizerOptions, storage: ModelStorage, resource: Resource, words: list[str]
    ) -> None:
        super().__init__(asdict(options))
        self._options, self._storage, self._resource = options, storage, resource
        self._segmenter = Segmenter(words)

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Every key with its default."""
        return TokenizerOptions.defaults()

    @staticmethod
    def supported_languages() -> list[str]:
        """The two values of `language:` in config.yml that this component accepts; each reads both."""
        return LANGUAGES

    @staticmethod
    def required_packages() -> list[str]:
        """What must be installed."""
        return ["spacy", "jieba"]

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """The dictionary's words, so that editing the file trains anew."""
        return "\n".join(read_dictionary(TokenizerOptions.for_fingerprint(config).dictionary))

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> BilingualTokenizer:
        """The tokenizer before training: with the dictionary's words, without those of lookup tables."""
        options = TokenizerOptions.parse(config)
        return cls(options, model_storage, resource, read_dictionary(options.dictionary))

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> BilingualTokenizer:
        """The trained tokenizer, with its dictionaries in memory so that the first customer does not wait."""
        try:
            with model_storage.read_from(resource) as folder:
                words = json.loads((folder / _WORDS_FILE).read_text("utf-8"))
        except (ValueError, OSError) as error:
            raise RefusedModel(
                f"BilingualTokenizer model '{resource.name}': no word list in it. Run `rasa train`."
            ) from error
        tokenizer = cls(TokenizerOptions.parse(config), model_storage, resource, words)
        tokenizer._segmenter.spans("你好 hello")
        return tokenizer

    def train(self, training_data: TrainingData) -> Resource:
        """Keeps the words of the dictionary and the lookup tables with the model."""
        words = read_dictionary(self._options.dictionary)
        if self._options.lookup_words:
            words += [word for table in training_data.lookup_tables for word in elements(table)]
        self._segmenter = Segmenter(words)
        with self._storage.write_to(self._resource) as folder:
            (folder / _WORDS_FILE).write_text(json.dumps(sorted(set(words)), ensure_ascii=False), "utf-8")
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """The same messages with tokens and `language`."""
        for message in messages:
            message.set("language", detect(message.get(TEXT) or ""), add_to_output=True)
        return super().process(messages)

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """The words of one attribute, with their offsets in it."""
        text = message.get(attribute)
        return [Token(text[start:end], start, end) for start, end in self._segmenter.spans(text)]
