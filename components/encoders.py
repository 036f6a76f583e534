"""The encoder that the classifiers share, loaded once a process, and the options that they have in common."""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, ClassVar

from balm.encoder.folder import BUNDLED, bundled_folder
from balm.errors import ModelError

from .component import Component
from .options import Options, RefusedModel

MODEL_RULE = f"'{BUNDLED}', a folder with a Hugging Face encoder, or its id on the hub"


@dataclass(frozen=True)
class EncoderOptions(Options):
    """`model`: the encoder. `seed`: of the training."""

    model: str = BUNDLED
    seed: int = 7

    def __post_init__(self) -> None:
        self.require("model", isinstance(self.model, str) and bool(self.model.strip()), MODEL_RULE)
        seed = isinstance(self.seed, int) and not isinstance(self.seed, bool) and self.seed >= 0
        self.require("seed", seed, "a whole number from 0")

    def check_paths(self) -> None:
        """Refuses a `model` that names a folder which is not there."""
        weights(self.model)


NOTE = "examples.txt"
_PART = 2**16


class EncoderComponent(Component):
    """Base of the components that look at a message through the shared encoder.

    Each notes its number of examples beside what it learned, because Rasa's cache loses an empty folder.
    """

    area: ClassVar[str]  # the package of the core that does the work

    @staticmethod
    def required_packages() -> list[str]:
        """What the bundled encoder needs; another encoder needs Balm's extra `hf`."""
        return ["onnxruntime", "tokenizers"]

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """The encoder's files and the code: when one changes, the component trains anew."""
        options = cls.options.for_fingerprint(config)
        return weights(options.model) + code_hash(f"balm.{cls.area}", "balm.encoder", cls.__module__)

    @staticmethod
    def learned(folder: Path) -> bool:
        """Whether `folder` holds more than the note."""
        return any(path.name != NOTE for path in folder.iterdir())

    @cached_property
    def encoder(self) -> Any:
        """The encoder, loaded when first asked for."""
        return shared(self._options.model)


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
        digest.update(_file_hash(path))
    return digest.hexdigest()


def _file_hash(path: Path) -> bytes:
    """In small parts: after one block of 26 MB, glibc gives no freed memory back before that much is free."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(_PART):
            digest.update(part)
    return digest.digest()
