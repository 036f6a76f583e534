"""How intents are learned: a calibrated linear head, on an encoder as it is or on a fine-tuned one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from balm.emotion.calibration import fit_temperature, surprise
from balm.encoder import Encoder
from balm.encoder.encoding import Floats
from balm.encoder.linear import LinearHead, SideBySide, fit, folds
from balm.encoder.text import readable
from balm.intent.gibberish import gibberish
from balm.intent.grams import matrix, rarity, weighed
from balm.tuning import TuneOptions
from balm.tuning.augment import augmented

Array = NDArray[Any]
HELD_OUT = 4
"""One example in so many calibrates a model that was trained without it."""
TRIED = 6_000
"""So many examples, drawn by the seed, are enough to choose a way with."""


class Way(NamedTuple):
    """How much the embedding counts beside the letters; how far the weights may go (inverse L2 penalty)."""

    meaning: float
    strength: float


WAYS = (Way(2.0, 4.0), Way(1.0, 16.0), Way(1.0, 64.0))
"""The candidates: few examples of many intents want the first, many that are alike the last."""
CLEARLY = 1.03
"""How much worse than the best an earlier way may be: less is noise, and the earlier one is the safer."""


@dataclass(frozen=True, eq=False)
class Learned:
    """What a model of intents consists of; the head has one class more than there are: gibberish."""

    encoder: Encoder
    head: LinearHead
    rarity: Floats
    temperature: float = 1.0


class Reader:
    """Embeds each text once, however often it is asked for."""

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder
        self._known: dict[str, Floats] = {}

    def embed(self, texts: Sequence[str]) -> Floats:
        """The embeddings (texts, hidden)."""
        fresh = [text for text in dict.fromkeys(texts) if text not in self._known]
        self._known.update(zip(fresh, self.encoder.embed(fresh), strict=True))
        return np.stack([self._known[text] for text in texts])


def learn(texts: Sequence[str], truth: Array, *, encoder: Encoder, seed: int, tuning: TuneOptions) -> Learned:
    """The head, and the encoder that it reads, for texts with class numbers `truth`, which leave none out.

    A part of the examples, held out at first, chooses the way and calibrates; then all of them teach. An
    encoder that has learned an example, or an altered copy of it, is too sure of it: such a one is trained
    twice.
    """
    classes = len(np.unique(truth))
    hidden, rest = _parted(truth, seed)
    reader = Reader(encoder)
    way, temperature, head = WAYS[0], 1.0, None
    if len(hidden) and len(np.unique(truth[rest])) > 1:
        trial = _taught([texts[i] for i in rest], truth[rest], classes, reader, seed, tuning)
        asked = trial.features([texts[i] for i in hidden])
        heads = trial.heads()
        place, temperature = _chosen([one.logits(asked) for one in heads], truth[hidden])
        way, head = WAYS[place], heads[place]
    taught = _taught(texts, truth, classes, reader, seed, tuning)
    return Learned(taught.reader.encoder, taught.head(way, head), taught.rarity, temperature)


def features(embeddings: Floats, texts: Sequence[str], known: Floats) -> SideBySide:
    """(texts, hidden + letters)."""
    return SideBySide(embeddings, matrix([readable(text) for text in texts], known))


def logits(head: LinearHead, embeddings: Floats, texts: Sequence[str], known: Floats) -> Array:
    """(texts, classes): what `head` says of their `features`, touching only the letters that a text has."""
    meaning, letters = np.split(head.weights, [embeddings.shape[1]])
    seen = [weighed(readable(text), known) for text in texts]
    told = np.stack([row.weights @ letters[row.columns] for row in seen])
    return np.asarray(embeddings @ meaning + told + head.bias)


def _parted(truth: Array, seed: int) -> tuple[Array, Array]:
    """The rows that are held out, and those that teach in the meantime."""
    drawn = np.sort(np.random.default_rng(seed).permutation(len(truth))[:TRIED])
    hidden = drawn[folds(truth[drawn], HELD_OUT, seed)[0]]
    return hidden, np.setdiff1d(drawn, hidden)


def _chosen(tried: Sequence[Array], truth: Array) -> tuple[int, float]:
    """The first logits that make the true classes about as likely as the best do, and their temperature."""
    temperatures = [fit_temperature(logits, truth) for logits in tried]
    losses = [surprise(logits / t, truth) for logits, t in zip(tried, temperatures, strict=True)]
    place = next(i for i, loss in enumerate(losses) if loss <= CLEARLY * min(losses))
    return place, temperatures[place]


@dataclass(frozen=True, eq=False)
class _Taught:
    """Examples and gibberish as a head sees them, and the reader, whose encoder was fine-tuned if asked."""

    reader: Reader
    rarity: Floats
    seen: SideBySide  # (examples, hidden + letters)
    truth: Array
    classes: int
    weights: Array | None

    def features(self, texts: Sequence[str]) -> SideBySide:
        """Other texts as the head sees them."""
        return features(self.reader.embed(texts), texts, self.rarity)

    def heads(self) -> list[LinearHead]:
        """The head that each way learns; each begins where the one before has ended."""
        found: list[LinearHead] = []
        for way in WAYS:
            found.append(self.head(way, found[-1] if found else None))
        return found

    def head(self, way: Way, start: LinearHead | None) -> LinearHead:
        """The head that this way learns; the embedding's weight is part of it."""
        scale = np.ones((self.seen.shape[1], 1), np.float32)
        scale[: self.reader.encoder.hidden] = way.meaning
        found = fit(
            SideBySide(self.seen.dense * way.meaning, self.seen.sparse), self.truth, self.classes,
            strength=way.strength, weights=self.weights,
            start=start and LinearHead(start.weights / scale, start.bias),
        )  # fmt: skip
        return LinearHead(found.weights * scale, found.bias)


def _taught(
    texts: Sequence[str], truth: Array, classes: int, reader: Reader, seed: int, tuning: TuneOptions
) -> _Taught:
    texts, truth = augmented(texts, truth, tuning=tuning, seed=seed)
    if tuning.trains_encoder:
        from balm.tuning.tuned import tuned

        reader = Reader(tuned(reader.encoder, texts, truth, tuning=tuning, seed=seed))
    known = rarity([readable(text) for text in texts])
    nonsense = gibberish(texts, seed)
    texts, truth = [*texts, *nonsense], np.append(truth, np.full(len(nonsense), classes))
    seen = features(reader.embed(texts), texts, known)
    return _Taught(reader, known, seen, truth, classes + 1, _weights(truth, tuning))


def _weights(truth: Array, tuning: TuneOptions) -> Array | None:
    """What each example counts (rows,), so that all classes count alike; None for one each."""
    if tuning.class_weights == "equal":
        return None
    counts = np.bincount(truth)
    share: Array = len(truth) / (len(np.unique(truth)) * counts[truth])
    return share
