"""What is fine-tuned: a network between texts and their embeddings."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from balm.encoder.folder import is_exported
from balm.errors import ModelError

if TYPE_CHECKING:
    from torch import Tensor, nn

LIBRARIES = {
    "head": (),
    "full": ("torch", "onnx", "transformers"),
    "lora": ("torch", "onnx", "transformers", "peft"),
}
"""What each method needs at training; serving needs none of them for an encoder of Balm's own kind."""


class Body(Protocol):
    """A trainable encoder; the loop, LoRA and the adversary know nothing else of it."""

    @property
    def module(self) -> nn.Module:
        """The network that holds all weights."""

    @property
    def words(self) -> nn.Module:
        """Its table of word vectors."""

    @property
    def layers(self) -> Sequence[nn.Module]:
        """Its transformer layers, the lowest first."""

    def embed(self, texts: Sequence[str]) -> Tensor:
        """The unit embeddings (texts, hidden), through which gradients flow."""

    def save(self, folder: Path) -> None:
        """Writes what `Encoder.load` reads. The body is spent afterwards."""


def open_body(source: str) -> Body:
    """The trainable form of the encoder whose `source` this is.

    Raises:
        ModelError: it cannot be loaded, or its graph is not one that Balm wrote.
    """
    if not source:
        raise ModelError(
            "encoder '': comes from no folder, so it cannot be fine-tuned. "
            "Allowed: what Encoder.load returns. Load it, or use the method 'head'."
        )
    if is_exported(Path(source)):
        from balm.tuning.exported import ExportedBody

        return ExportedBody(Path(source))
    from balm.tuning.hugging_face import HuggingFaceBody

    return HuggingFaceBody(source)


def check_libraries(method: str) -> None:
    """Nothing when everything that the method needs is installed.

    Raises:
        ModelError: naming what is missing.
    """
    missing = [name for name in LIBRARIES[method] if find_spec(name) is None]
    if missing:
        raise ModelError(
            f"tuning method '{method}': needs {', '.join(missing)}, not installed here. "
            "Allowed without: head. Install Balm's extra 'hf'."
        )
