"""The encoder that the classifiers share, loaded once a process, and the options that they have in common."""

from __future__ import annotations

import contextlib
import hashlib
import importlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage

from balm.encoder.folder import BUNDLED, bundled_folder
from balm.errors import BalmError, ModelError

from .options import Options, RefusedModel
from .tokenizer import LANGUAGES

MODEL_RULE = f"'{BUNDLED}', a folder with a Hugging Face encoder, or its id on the hub"
Chosen = TypeVar("Chosen", bound="EncoderOptions")


@dataclass(frozen=True)
class EncoderOptions(Options):
    """`model`: the encoder. `seed`: of the training."""

    model: str = BUNDLED
    seed: int = 7

    def __post_init__(self) -> None:
        self.require("model", isinstance(self.model, str) and bool(self.model.strip()), MODEL_RULE)
        seed = isinstance(self.seed, int) and not isinstance(self.seed, bool) and self.seed >= 0
        self.require("seed", seed, "a whole number from 0")

    def existing(self: Chosen) -> Chosen:
        """These options.

        Raises:
            RefusedModel: when `model` names a folder that is not there.
        """
        weights(self.model)
        return self

    @staticmethod
    def languages() -> list[str]:
        """The values of `language:` in config.yml that a classifier accepts; each reads both languages."""
        return LANGUAGES

    @staticmethod
    def packages() -> list[str]:
        """What the bundled encoder needs; another encoder needs Balm's extra `hf`."""
        return ["onnxruntime", "tokenizers"]


def shared(model: str) -> Any:
    """The encoder of `model`, the same object for everyone who names the same files.

    Raises:
        RefusedModel: when there is no such model, or it cannot be loaded.
    """
    return _load(model, weights(model))


@lru_cache(maxsize=2)
def _load(model: str, _weights: str) -> Any:
    from balm.encoder import Encoder

    try:
        return Encoder.load(model)
    except ModelError as error:
        raise RefusedModel(f"config.yml, model '{model}': {error}") from error


def weights(model: str) -> str:
    """A hash of the model's files, or of its id when it lies on the hub.

    Raises:
        RefusedModel: when `model` names a folder that is not there.
    """
    folder = bundled_folder() if model == BUNDLED else Path(model).expanduser()
    if folder.is_dir():
        return files_hash(path for path in folder.rglob("*") if path.is_file())
    if model.startswith((".", "/", "~")) or model.count("/") > 1:
        raise RefusedModel(
            f"config.yml, model '{model}': there is no such folder. Allowed: {MODEL_RULE}. Correct the path."
        )
    return hashlib.sha256(model.encode()).hexdigest()


def fingerprint(options: EncoderOptions, area: str, component: type) -> str:
    """What a trained classifier depends on beside its data: the weights and the code."""
    return weights(options.model) + code_hash(f"balm.{area}", "balm.encoder", component.__module__)


def code_hash(*names: str) -> str:
    """A hash of the code beside the named modules.

    Rasa's own key holds the source of the component's class, but none of what it calls.
    """
    folders = {Path(str(importlib.import_module(name).__file__)).parent for name in names}
    return files_hash(path for folder in folders for path in folder.glob("*.py"))


def files_hash(paths: Iterable[Path]) -> str:
    """A hash of the names and bytes of files, in whatever order they come."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.name.encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


@contextlib.contextmanager
def kept(component: str, storage: ModelStorage, resource: Resource) -> Iterator[Path]:
    """The folder in the model archive that a component trained into.

    Raises:
        RefusedModel: it is missing, or what is read from it inside `with` is broken.
    """
    try:
        with storage.read_from(resource) as folder:
            yield folder
    except (ValueError, OSError, BalmError) as error:
        raise RefusedModel(f"{component} model '{resource.name}': {error} Run `rasa train`.") from error
