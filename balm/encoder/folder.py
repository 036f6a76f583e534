"""The card of an encoder folder: balm.json beside model.onnx and tokenizer.json."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from balm.errors import ModelError

BUNDLED = "bundled"
FORMAT = 1
_NEEDED = ("model.onnx", "tokenizer.json")


@dataclass(frozen=True)
class Card:
    """What the recipe noted about an exported encoder.

    `offsets` belong to the emotions' logits, which are then divided by `temperature`; `context` says whether
    it reads earlier turns, too.
    """

    folder: Path
    hidden: int
    max_tokens: int
    columns: Mapping[str, int]
    emotions: tuple[str, ...]
    causes: tuple[str, ...]
    sha256: str
    offsets: tuple[float, ...] = ()
    temperature: float = 1.0
    abstain_below: float = 0.0
    context: bool = False
    figures: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path) -> Card:
        """The card in a folder.

        Raises:
            ModelError: a file is missing, unreadable or written for another version of Balm.
        """
        for name in _NEEDED:
            if not (folder / name).is_file():
                raise ModelError(
                    f"encoder folder '{folder}': has no {name}. Give the folder that the recipe wrote."
                )
        try:
            raw = json.loads((folder / "balm.json").read_text(encoding="utf-8"))
            return cls._read(folder, raw)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelError(
                f"encoder folder '{folder}': its balm.json cannot be read ({error!r}). "
                f"Allowed: format {FORMAT}. Export the encoder again with `python -m balm.encoder.recipe`."
            ) from error

    @classmethod
    def _read(cls, folder: Path, raw: Mapping[str, Any]) -> Card:
        if raw["format"] != FORMAT:
            raise ValueError(f"format {raw['format']}")
        return cls(
            folder=folder,
            hidden=int(raw["hidden"]),
            max_tokens=int(raw["max_tokens"]),
            columns=dict(raw["columns"]),
            emotions=tuple(raw["emotions"]),
            causes=tuple(raw["causes"]),
            sha256=str(raw["sha256"]),
            offsets=tuple(map(float, raw.get("offsets", ()))),
            temperature=float(raw.get("temperature", 1.0)),
            abstain_below=float(raw.get("abstain_below", 0.0)),
            context=bool(raw.get("context", False)),
            figures=dict(raw.get("figures", {})),
        )


def bundled_folder() -> Path:
    """The folder of the encoder that comes with Balm."""
    return Path(__file__).parent / BUNDLED


def is_exported(folder: Path) -> bool:
    """Whether the recipe wrote this folder (as opposed to a Hugging Face model)."""
    return (folder / "balm.json").is_file()
