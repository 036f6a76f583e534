"""Ranked intents from a linear head over the encoder's embedding and the letters of the text."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from balm.emotion.calibration import fit_temperature, softmax
from balm.emotion.reading import Scored
from balm.encoder import Encoder
from balm.encoder.encoding import Floats
from balm.encoder.linear import LinearHead, blind, fit, numbered
from balm.encoder.text import readable
from balm.errors import ConfigError, ModelError
from balm.intent.grams import matrix, rarity

FORMAT = 1
STRENGTH = 4.0
MEANING = 2.0
"""The embedding's weight beside the letters, chosen on Bitext, Banking77 and the starter bot."""


@dataclass(frozen=True, eq=False)
class IntentModel:
    """Ranks the intents of messages; the same training data gives the same bits."""

    encoder: Encoder
    intents: tuple[str, ...]
    head: LinearHead
    rarity: Floats
    temperature: float = 1.0

    @classmethod
    def fit(
        cls, texts: Sequence[str], labels: Sequence[str], *, encoder: Encoder, seed: int = 0
    ) -> IntentModel:
        """A model of the intents in `labels`, one per text.

        Raises:
            ConfigError: there are no examples, fewer than two intents, or labels and texts differ in number.
        """
        if len(texts) != len(labels) or len(set(labels)) < 2:
            raise ConfigError(
                f"intent examples '{len(texts)}': have {len(labels)} labels of {len(set(labels))} intents. "
                "Allowed: one label per text and at least two intents. Add examples."
            )
        intents, truth = numbered(labels)
        known = rarity([readable(text) for text in texts])
        seen = _features(encoder.embed(texts), texts, known)
        hidden, logits = blind(seen, truth, len(intents), strength=STRENGTH, seed=seed)
        head = fit(seen, truth, len(intents), strength=STRENGTH)
        return cls(encoder, intents, head, known, fit_temperature(logits, truth[hidden]))

    def predict(self, texts: Sequence[str]) -> list[list[Scored]]:
        """Every intent with its calibrated confidence, the likeliest first, for each text."""
        if not texts:
            return []
        seen = _features(self.encoder.encode(texts).embeddings, texts, self.rarity)
        chances = softmax(self.head.logits(seen) / self.temperature)
        return [
            [Scored(self.intents[i], round(float(row[i]), 4)) for i in np.argsort(-row, kind="stable")]
            for row in chances
        ]

    def save(self, folder: str | Path) -> None:
        """Write the head into a folder (the encoder stays where it is)."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        about = {
            "format": FORMAT,
            "encoder": self.encoder.identity,
            "intents": self.intents,
            "temperature": self.temperature,
        }
        (folder / "intent.json").write_text(json.dumps(about, indent=1, ensure_ascii=False), encoding="utf-8")
        np.savez(folder / "intent.npz", weights=self.head.weights, bias=self.head.bias, rarity=self.rarity)

    @classmethod
    def load(cls, folder: str | Path, encoder: Encoder) -> IntentModel:
        """The model that `save` wrote.

        Raises:
            ModelError: the folder is missing or broken, or belongs to another encoder.
        """
        about, arrays = _read(Path(folder))
        if about["encoder"] != encoder.identity:
            raise ModelError(
                f"intent folder '{folder}': was trained on the encoder '{about['encoder']}'. "
                f"Given: '{encoder.identity}'. Train again, or give that encoder."
            )
        head = LinearHead(arrays["weights"], arrays["bias"])
        return cls(encoder, tuple(about["intents"]), head, arrays["rarity"], float(about["temperature"]))


def _features(embeddings: Floats, texts: Sequence[str], known: Floats) -> Floats:
    """(texts, hidden + letters)."""
    letters = matrix([readable(text) for text in texts], known)
    return np.hstack([MEANING * embeddings, letters])


def _read(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    try:
        about = json.loads((folder / "intent.json").read_text(encoding="utf-8"))
        with np.load(folder / "intent.npz", allow_pickle=False) as found:
            arrays = {name: found[name] for name in ("weights", "bias", "rarity")}
        if about["format"] != FORMAT:
            raise ValueError(f"format {about['format']}")
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(
            f"intent folder '{folder}': cannot be read ({error!r}). "
            "Allowed: what IntentModel.save wrote. Train again."
        ) from error
    return about, arrays
