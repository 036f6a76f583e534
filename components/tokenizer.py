"""Tokens and language of each message, in Chinese, English and both at once."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from balm.language import detect

from .component import Component
from .encoders import code_hash
from .options import Options, is_path_or_none
from .segmenting import Segmenter
from .words import elements, read_dictionary


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

    def check_paths(self) -> None:
        """Refuses a dictionary that cannot be read."""
        read_dictionary(self.dictionary)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=True)
class BilingualTokenizer(Component, Tokenizer):
    """Sets the tokens of each message, and its property `language` ("zh", "en" or None)."""

    options = TokenizerOptions

    def __init__(self, options: TokenizerOptions, storage: ModelStorage, resource: Resource) -> None:
        Component.__init__(self, options, storage, resource)
        Tokenizer.__init__(self, asdict(options))
        self._segmenter = Segmenter()

    @staticmethod
    def required_packages() -> list[str]:
        """What must be installed."""
        return ["spacy", "jieba", "marisa_trie"]

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """The dictionary's words and the code: when one changes, the component trains anew."""
        words = read_dictionary(TokenizerOptions.for_fingerprint(config).dictionary)
        return "\n".join([*words, code_hash(cls.__module__)])

    def restore(self, folder: Path) -> None:
        """Takes over the dictionary, and loads spaCy so that the first customer does not wait."""
        self._segmenter = Segmenter.load(folder)
        self._segmenter.spans("你好 hello")

    def train(self, training_data: TrainingData) -> Resource:
        """Keeps the words of the dictionary and the lookup tables, and jieba's own, with the model."""
        words = read_dictionary(self._options.dictionary)
        if self._options.lookup_words:
            words += [word for table in training_data.lookup_tables for word in elements(table)]
        self._segmenter = Segmenter(words)
        with self._storage.write_to(self._resource) as folder:
            self._segmenter.save(folder)
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
