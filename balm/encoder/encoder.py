"""The one door to any encoder, with a memory of the last texts."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Lock
from typing import Protocol

import numpy as np

from balm.encoder.encoding import Encoded, Encoding, Floats, Passage
from balm.encoder.folder import BUNDLED, Card, bundled_folder, is_exported
from balm.encoder.text import readable
from balm.errors import ModelError

REMEMBERED = 32
CHUNK = 256


class Backend(Protocol):
    """What runs the network. `identity` changes whenever its numbers would."""

    @property
    def hidden(self) -> int: ...

    @property
    def identity(self) -> str: ...

    @property
    def card(self) -> Card | None: ...

    def run(self, passages: Sequence[Passage]) -> list[Encoded]: ...


class Encoder:
    """Encodes texts; a text that was just read costs nothing, so that all models of a turn share one pass.

    `source` is the folder or id that it was loaded from.
    """

    def __init__(self, backend: Backend, source: str = "") -> None:
        self.source = source
        self._backend = backend
        self._memory: OrderedDict[Passage, Encoded] = OrderedDict()
        self._lock = Lock()

    @classmethod
    def load(cls, folder_or_id: str | Path = BUNDLED, *, threads: int = 2) -> Encoder:
        """The bundled encoder (`bundled`), an exported folder, or any Hugging Face folder or id.

        Raises:
            ModelError: there is no such model, it is broken, or a library that it needs is missing.
        """
        folder = bundled_folder() if str(folder_or_id) == BUNDLED else Path(folder_or_id)
        if is_exported(folder):
            from balm.encoder.onnx import OnnxBackend

            return cls(OnnxBackend(folder, threads=threads), str(folder))
        if not str(folder_or_id).strip() or (
            str(folder_or_id).startswith((".", "/", "~")) and not folder.is_dir()
        ):
            raise ModelError(
                f"encoder '{folder_or_id}': there is no such folder. "
                "Allowed: 'bundled', a folder, or a Hugging Face id. Check the path."
            )
        from balm.encoder.hf import TransformersBackend

        return cls(TransformersBackend(str(folder_or_id)), str(folder_or_id))

    @property
    def hidden(self) -> int:
        """The length of an embedding."""
        return self._backend.hidden

    @property
    def identity(self) -> str:
        """Names the very weights, so that a head refuses an encoder that it was not trained on."""
        return self._backend.identity

    @property
    def card(self) -> Card | None:
        """What the recipe noted about the emotion heads inside; `None` when there are none."""
        return self._backend.card

    def encode(self, texts: Sequence[str], before: Sequence[Sequence[str]] = ()) -> Encoding:
        """The texts encoded, in their order. Safe to call from several threads.

        `before` holds the turns before each text, oldest first; none where it is empty.
        """
        asked = _passages(texts, before)
        known = self._recall(asked)
        missing = list(dict.fromkeys(one for one in asked if one not in known))
        if missing:
            fresh = dict(zip(missing, self._backend.run(missing), strict=True))
            self._remember(fresh)
            known.update(fresh)
        return Encoding([known[one] for one in asked], self.hidden)

    def parts(self, texts: Sequence[str], before: Sequence[Sequence[str]] = ()) -> Iterator[Encoding]:
        """The texts encoded some hundreds at a time, for training on many in little memory."""
        passages = _passages(texts, before)
        for start in range(0, len(passages), CHUNK):
            yield Encoding(self._backend.run(passages[start : start + CHUNK]), self.hidden)

    def embed(self, texts: Sequence[str]) -> Floats:
        """The embeddings (texts, hidden) alone."""
        none = np.zeros((0, self.hidden), np.float32)
        return np.concatenate([none, *(part.embeddings for part in self.parts(texts))])

    def _recall(self, asked: Sequence[Passage]) -> dict[Passage, Encoded]:
        with self._lock:
            return {one: self._memory[one] for one in asked if one in self._memory}

    def _remember(self, fresh: dict[Passage, Encoded]) -> None:
        with self._lock:
            for one in list(fresh)[-REMEMBERED:]:
                self._memory[one] = fresh[one]
            while len(self._memory) > REMEMBERED:
                self._memory.popitem(last=False)


def _passages(texts: Sequence[str], before: Sequence[Sequence[str]] = ()) -> list[Passage]:
    turns = before or [()] * len(texts)
    return [
        Passage(readable(text), tuple(map(readable, some))) for text, some in zip(texts, turns, strict=True)
    ]
