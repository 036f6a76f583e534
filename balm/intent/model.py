"""Ranked intents from a linear head over an encoder's embedding and the letters of the text."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from balm.emotion.calibration import softmax
from balm.emotion.reading import Scored
from balm.encoder import Encoder
from balm.encoder.encoding import Floats
from balm.encoder.linear import LinearHead, numbered
from balm.errors import ConfigError, ModelError
from balm.intent.learning import learn, logits
from balm.tuning import TuneOptions

FORMAT = 2
ENCODER = "encoder"
"""Where a fine-tuned encoder lies inside the folder of the model that owns it."""


@dataclass(frozen=True, eq=False)
class IntentModel:
    """Ranks the intents of messages; the same training data gives the same bits.

    `encoder` is the one that was given, or what fine-tuning made of it (`owned`). The given one never
    changes, because emotions and entities rest on it; so a fine-tuned model reads each message in a pass
    of its own, which costs as much time again as the pass it no longer shares, and as much room on disk.
    """

    encoder: Encoder
    intents: tuple[str, ...]
    head: LinearHead
    rarity: Floats
    temperature: float = 1.0
    owned: bool = False

    @classmethod
    def fit(
        cls,
        texts: Sequence[str],
        labels: Sequence[str],
        *,
        encoder: Encoder,
        seed: int = 0,
        tuning: TuneOptions | None = None,
    ) -> IntentModel:
        """A model of the intents in `labels`, one per text, learned as `tuning` says.

        Raises:
            ConfigError: there are no examples, fewer than two intents, or labels and texts differ in number.
            ModelError: `tuning` needs a library that is missing, or the encoder cannot be trained.
        """
        if len(texts) != len(labels) or len(set(labels)) < 2:
            raise ConfigError(
                f"intent examples '{len(texts)}': have {len(labels)} labels of {len(set(labels))} intents. "
                "Allowed: one label per text and at least two intents. Add examples."
            )
        intents, truth = numbered(labels)
        tuning = tuning or TuneOptions()
        got = learn(texts, truth, encoder=encoder, seed=seed, tuning=tuning)
        return cls(got.encoder, intents, got.head, got.rarity, got.temperature, tuning.trains_encoder)

    def predict(self, texts: Sequence[str]) -> list[list[Scored]]:
        """Every intent with its calibrated confidence, the likeliest first, for each text.

        What lacks to a sum of one is the chance that the text means nothing at all.
        """
        if not texts:
            return []
        seen = logits(self.head, self.encoder.encode(texts).embeddings, texts, self.rarity)
        chances = softmax(seen / self.temperature)
        return [
            [Scored(self.intents[i], round(float(row[i]), 4)) for i in np.argsort(-row, kind="stable")]
            for row in chances[:, : len(self.intents)]
        ]

    def save(self, folder: str | Path) -> None:
        """Write the head into a folder, and the encoder only if this model owns it."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        about = {
            "format": FORMAT,
            "encoder": self.encoder.identity,
            "intents": self.intents,
            "temperature": self.temperature,
            "owned": self.owned,
        }
        shutil.rmtree(folder / ENCODER, ignore_errors=True)
        if self.owned:
            shutil.copytree(self.encoder.source, folder / ENCODER)
        (folder / "intent.json").write_text(json.dumps(about, indent=1, ensure_ascii=False), encoding="utf-8")
        np.savez(folder / "intent.npz", weights=self.head.weights, bias=self.head.bias, rarity=self.rarity)

    @classmethod
    def load(cls, folder: str | Path, encoder: Encoder) -> IntentModel:
        """The model that `save` wrote; one that owns its encoder brings it along and ignores the given one.

        Raises:
            ModelError: the folder is missing or broken, or belongs to another encoder.
        """
        about, arrays = _read(Path(folder))
        owned = bool(about.get("owned"))
        if owned:
            encoder = Encoder.load(Path(folder) / ENCODER)
        if about["encoder"] != encoder.identity:
            raise ModelError(
                f"intent folder '{folder}': was trained on the encoder '{about['encoder']}'. "
                f"Given: '{encoder.identity}'. Train again, or give that encoder."
            )
        head = LinearHead(arrays["weights"], arrays["bias"])
        return cls(
            encoder, tuple(about["intents"]), head, arrays["rarity"], float(about["temperature"]), owned
        )


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
