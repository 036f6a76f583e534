"""Who is measured: each row says how to load something that takes a message."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from balm.encoder.folder import Card, bundled_folder
from balm.errors import ConfigError, unknown

Reader = Callable[[str], object]
THREADS = 2
BERT = {"hidden": 768, "layers": 12, "attention_heads": 12, "inner": 3_072}
"""The sizes of BERT-base. Source: Devlin et al. 2019."""

_WORD = re.compile(r"[\u4e00-\u9fff]{1,2}|[^\W\u4e00-\u9fff]+")


@dataclass(frozen=True)
class Files:
    """Where the trained bots are, and the int8 twin of BERT-base."""

    bot: Path
    stock: Path
    twin: Path


@dataclass(frozen=True)
class Contestant:
    """Something that is loaded in a process of its own; without `reads` only its memory counts.

    `ours` says whether a picture shows it as Balm.
    """

    title: str
    load: Callable[[Files], Reader]
    reads: bool = True
    ours: bool = False


def nothing(files: Files) -> Reader:
    """A bare Python: what every other process holds, too."""
    return lambda text: None


def models(files: Files) -> Reader:
    """Emotion, intent and entities of a message, by the models that Rasa's components call."""
    from balm.emotion.model import EmotionModel
    from balm.encoder import Encoder
    from balm.entities.learned import EntityModel
    from balm.intent.model import IntentModel

    encoder = Encoder.load()
    emotion = EmotionModel.load(part(files.bot, "TransformerEmotionClassifier"), encoder)
    intent = IntentModel.load(part(files.bot, "TransformerIntentClassifier"), encoder)
    entities = EntityModel.load(part(files.bot, "TransformerEntityExtractor"), encoder)

    def read(text: str) -> object:
        words = tuple(match.span() for match in _WORD.finditer(text))
        return emotion.read([text]), intent.predict([text]), entities.find(text, words, sure=0.8)

    return read


def encoder_alone(files: Files) -> Reader:
    """The encoder without what is made of its vectors."""
    from balm.encoder import Encoder

    encoder = Encoder.load()
    return lambda text: encoder.encode([text])


def eager_student(files: Files) -> Reader:
    """The encoder's shape in eager torch, in float32, with random weights."""
    from balm.encoder.network.student import Shape, Student

    torch, tokenize, size = _torch()
    student = Student(Shape(vocabulary=size)).eval()

    def read(text: str) -> object:
        ids = torch.tensor([tokenize(text)])
        with torch.inference_mode():
            return student(ids, torch.ones_like(ids))

    return read


def eager_bert(files: Files) -> Reader:
    """A model of BERT-base's size from the library transformers, in float32, with random weights."""
    import transformers

    library: Any = transformers  # its classes are untyped
    torch, tokenize, size = _torch()
    bert = library.BertModel(library.BertConfig(vocab_size=size)).eval()

    def read(text: str) -> object:
        ids = torch.tensor([tokenize(text)])
        with torch.inference_mode():
            return bert(input_ids=ids).last_hidden_state

    return read


def int8_bert(files: Files) -> Reader:
    """BERT-base's size with Balm's heads, exported and run as the bundled encoder is."""
    from balm.encoder import Encoder

    encoder = Encoder.load(files.twin, threads=THREADS)
    return lambda text: encoder.encode([text])


def stock_rasa(files: Files) -> Reader:
    """A bare Rasa: the smallest bot, which knows intents by keywords."""
    return _agent(files.stock)


def rasa_with_models(files: Files) -> Reader:
    """The bare Rasa with Balm's three models in the same process."""
    read, parse = models(files), stock_rasa(files)
    return lambda text: (parse(text), read(text))


def starter_bot(files: Files) -> Reader:
    """The starter bot's whole pipeline in Rasa, segmenter and patterns included."""
    return _agent(files.bot)


CONTESTANTS = {
    "nothing": Contestant("A bare Python", nothing, reads=False),
    "models": Contestant("Balm: emotion, intent, entities", models, ours=True),
    "encoder": Contestant("Balm: the encoder alone", encoder_alone, ours=True),
    "student": Contestant("The same shape, eager torch", eager_student),
    "bert_int8": Contestant("BERT-base size, int8 ONNX", int8_bert),
    "bert": Contestant("BERT-base size, eager torch", eager_bert),
    "rasa": Contestant("A bare Rasa (keyword intents)", stock_rasa),
    "rasa_models": Contestant("A bare Rasa and Balm's models", rasa_with_models, reads=False),
    "starter": Contestant("The starter bot in Rasa", starter_bot, ours=True),
}


def chosen(names: str) -> list[str]:
    """The contestants named with commas, in the order of the table.

    >>> chosen("encoder, nothing")
    ['nothing', 'encoder']
    """
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    for name in wanted:
        if name not in CONTESTANTS:
            raise ConfigError(unknown("--only:", "contestant", name, CONTESTANTS))
    return [name for name in CONTESTANTS if name in wanted]


def part(bot: Path, component: str) -> Path:
    """The folder of what a component learned, in an unpacked bot.

    Raises:
        ConfigError: the bot has no such component.
    """
    found = sorted(bot.glob(f"components/train_*{component}*"))
    if not found:
        raise ConfigError(
            f"trained bot '{bot}': has no {component}. Allowed: a bot with Balm's three models in its "
            "pipeline. Train the starter bot with `balm train`."
        )
    return found[0]


def _torch() -> tuple[Any, Callable[[str], list[int]], int]:
    """torch, the bundled tokenizer as a function, and the size of its vocabulary."""
    import torch
    from tokenizers import Tokenizer

    torch.set_num_threads(THREADS)
    torch.manual_seed(0)
    folder = bundled_folder()
    limit = Card.load(folder).max_tokens
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    return torch, lambda text: tokenizer.encode(text).ids[:limit], tokenizer.get_vocab_size()


def _agent(model: Path) -> Reader:
    import asyncio

    from rasa.core.agent import Agent

    agent, loop = Agent.load(str(model)), asyncio.new_event_loop()
    return lambda text: loop.run_until_complete(agent.parse_message(text))
