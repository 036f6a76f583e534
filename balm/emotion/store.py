"""Keeps emotion heads in a folder: emotion.json says what they are, emotion.npz holds the numbers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from balm.emotion.heads import BundledHeads, EmotionHeads, LinearHeads, RefinedHeads
from balm.emotion.model import EmotionModel
from balm.encoder import Encoder
from balm.encoder.linear import LinearHead
from balm.errors import ModelError

FORMAT = 2
_LINEAR = ("emotion", "intensity", "cause", "needs_human", "sarcasm")


def save(model: EmotionModel, folder: Path) -> None:
    """Write both files."""
    folder.mkdir(parents=True, exist_ok=True)
    kind, heads = _parts(model.heads)
    about = {
        "format": FORMAT,
        "kind": kind,
        "encoder": model.encoder.identity,
        "temperature": model.temperature,
        "abstain_below": model.abstain_below,
    }
    arrays = {
        f"{name}.{part}": getattr(head, part) for name, head in heads.items() for part in ("weights", "bias")
    }
    (folder / "emotion.json").write_text(json.dumps(about, indent=1), encoding="utf-8")
    np.savez(folder / "emotion.npz", **arrays)


def load(folder: Path, encoder: Encoder) -> EmotionModel:
    """The model that `save` wrote."""
    about, heads = _read(folder)
    if about["encoder"] != encoder.identity:
        raise ModelError(
            f"emotion folder '{folder}': was trained on the encoder '{about['encoder']}'. "
            f"Given: '{encoder.identity}'. Train again, or give that encoder."
        )
    return EmotionModel(
        encoder,
        heads=_build(about["kind"], heads, encoder),
        temperature=about["temperature"],
        abstain_below=about["abstain_below"],
    )


def _parts(heads: EmotionHeads) -> tuple[str, dict[str, LinearHead]]:
    if isinstance(heads, LinearHeads):
        return "linear", {name: getattr(heads, name) for name in _LINEAR}
    if isinstance(heads, RefinedHeads):
        return "refined", dict(heads.corrections)
    return "bundled", {}


def _build(kind: str, heads: Mapping[str, LinearHead], encoder: Encoder) -> EmotionHeads | None:
    if kind == "linear":
        return LinearHeads(**heads)
    if kind == "refined" and encoder.card is not None:
        return RefinedHeads(BundledHeads(encoder.card), heads)
    return None


def _read(folder: Path) -> tuple[dict[str, Any], dict[str, LinearHead]]:
    try:
        about = json.loads((folder / "emotion.json").read_text(encoding="utf-8"))
        with np.load(folder / "emotion.npz", allow_pickle=False) as arrays:
            names = sorted({key.rpartition(".")[0] for key in arrays.files})
            heads = {name: LinearHead(arrays[f"{name}.weights"], arrays[f"{name}.bias"]) for name in names}
        if about["format"] != FORMAT:
            raise ValueError(f"format {about['format']}")
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(
            f"emotion folder '{folder}': cannot be read ({error!r}). "
            "Allowed: what EmotionModel.save wrote. Train again."
        ) from error
    return about, heads
