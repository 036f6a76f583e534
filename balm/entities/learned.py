"""Entities that no list can hold, learned from annotated examples: each word is judged in its sentence.

A linear head looks at the encoder's vectors of a word and its two neighbours. The encoder reads the sentence
once for all its users, so that a message costs a fraction of a millisecond more.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from balm.emotion.calibration import softmax
from balm.encoder import Encoded, Encoder
from balm.encoder.linear import LinearHead, fit, numbered
from balm.entities.patterns import Found
from balm.errors import ModelError

Array = NDArray[Any]
Span = tuple[int, int]

FORMAT = 1
STRENGTH = 10.0
NEIGHBOUR = 0.5
"""The weight of a neighbour beside the word itself."""
NARROW = 96
"""Numbers kept of a neighbour's vector: its kind matters, not its every shade."""
PLAIN_SHARE = 0.3
"""The share of the examples without any entity that is learned from: enough to know plain words by."""
NOTHING = ""
FILES = ("entities.json", "entities.npz")


@dataclass(frozen=True)
class Example:
    """A text, the places of its words, and what was marked in it: start, end and name of each entity."""

    text: str
    words: tuple[Span, ...]
    marks: tuple[tuple[int, int, str], ...] = ()


@dataclass(frozen=True, eq=False)
class EntityModel:
    """Finds marked-alike words in new sentences; the same examples give the same bits."""

    encoder: Encoder
    names: tuple[str, ...]
    head: LinearHead
    narrow: Array  # (hidden, NARROW)

    @classmethod
    def fit(cls, examples: Sequence[Example], *, encoder: Encoder, seed: int = 0) -> EntityModel:
        """A model of the entities marked in `examples`, judged word by word."""
        rng = np.random.default_rng(seed)
        narrow = rng.standard_normal((encoder.hidden, NARROW)).astype(np.float32) / np.sqrt(NARROW)
        chosen = [example for example in examples if example.marks or rng.random() < PLAIN_SHARE]
        rows = [row for part in encoder.parts([one.text for one in chosen]) for row in part.rows]
        pairs = zip(chosen, rows, strict=True)
        seen = [np.zeros((0, encoder.hidden + 2 * NARROW), np.float32)]
        seen += [_features(row, example.words, narrow) for example, row in pairs]
        labels = [_mark(place, example) for example in chosen for place in example.words]
        names, truth = numbered([NOTHING, *labels])
        head = fit(np.concatenate(seen), truth[1:], len(names), strength=STRENGTH)
        return cls(encoder, names, head, narrow)

    def find(self, text: str, words: Sequence[Span], *, sure: float) -> list[Found]:
        """The entities among the words at these places that the model is at least `sure` of.

        Words of the same entity side by side are one.
        """
        if not words or len(self.names) < 2:
            return []
        row = self.encoder.encode([text]).rows[0]
        chances = softmax(self.head.logits(_features(row, words, self.narrow)))
        chances[:, self.names.index(NOTHING)] = 0.0
        found: list[Found] = []
        for place, best, chance in zip(words, chances.argmax(1), chances.max(1), strict=True):
            if chance >= sure:
                _join(found, Found(self.names[best], *place, text[slice(*place)], place), text)
        return found

    def save(self, folder: str | Path) -> None:
        """Writes the head into a folder (the encoder stays where it is)."""
        about = {"format": FORMAT, "encoder": self.encoder.identity, "names": self.names}
        (Path(folder) / FILES[0]).write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")
        np.savez(Path(folder) / FILES[1], weights=self.head.weights, bias=self.head.bias, narrow=self.narrow)

    @classmethod
    def load(cls, folder: str | Path, encoder: Encoder) -> EntityModel:
        """The model that `save` wrote.

        Raises:
            ModelError: the folder is missing or broken, or belongs to another encoder.
        """
        try:
            about = json.loads((Path(folder) / FILES[0]).read_text(encoding="utf-8"))
            with np.load(Path(folder) / FILES[1], allow_pickle=False) as kept:
                arrays = {name: kept[name] for name in ("weights", "bias", "narrow")}
            if about["format"] != FORMAT:
                raise ValueError(f"format {about['format']}")
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelError(f"entity folder '{folder}': cannot be read ({error!r}). Train again.") from error
        if about["encoder"] != encoder.identity:
            raise ModelError(
                f"entity folder '{folder}': was trained on the encoder '{about['encoder']}'. "
                f"Given: '{encoder.identity}'. Train again, or give that encoder."
            )
        head = LinearHead(arrays["weights"], arrays["bias"])
        return cls(encoder, tuple(about["names"]), head, arrays["narrow"])


def _mark(place: Span, example: Example) -> str:
    return next((name for start, end, name in example.marks if place[0] < end and start < place[1]), NOTHING)


def _features(row: Encoded, places: Sequence[Span], narrow: Array) -> Array:
    """(words, NARROW + hidden + NARROW): the word before, the word, the word after."""
    if not places:
        return np.zeros((0, narrow.shape[0] + 2 * NARROW), np.float32)
    tokens = row.tokens / np.maximum(np.linalg.norm(row.tokens, axis=1, keepdims=True), 1e-6)
    starts, ends = np.array(row.spans, int).reshape(-1, 2).T
    touching = [np.flatnonzero((starts < end) & (start < ends)) for start, end in places]
    words = np.stack([_mean(tokens[which]) for which in touching])  # (words, hidden)
    beside = NEIGHBOUR * words @ narrow  # (words, NARROW)
    edge = np.zeros((1, NARROW), np.float32)
    return np.hstack([np.vstack([edge, beside[:-1]]), words, np.vstack([beside[1:], edge])])


def _mean(tokens: Array) -> Array:
    """The mean vector of a word's tokens; zeros where the encoder read none."""
    return tokens.mean(0) if len(tokens) else np.zeros(tokens.shape[1], np.float32)


def _join(found: list[Found], new: Found, text: str) -> None:
    """Adds `new`, as a part of the entity before it where only white space lies between the two."""
    last = found[-1] if found else None
    if last and last.entity == new.entity and not text[last.end : new.start].strip():
        place = (last.start, new.end)
        found[-1] = Found(new.entity, *place, text[slice(*place)], place)
    else:
        found.append(new)
