"""How the reading grows with labels: fresh linear heads on the frozen encoder, on shares of the data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from balm.emotion.labels import EMOTIONS
from balm.emotion.training import FRESH
from balm.encoder import Encoder
from balm.encoder.linear import fit
from balm.encoder.recipe.sources import Example
from benchmarks.command import watched
from benchmarks.emotion.material import LANGUAGES, Material, classes, of
from benchmarks.emotion.measures import macro_f1

Array = NDArray[Any]
SHARES = (0.05, 0.1, 0.25, 0.5, 1.0)
BATCH = 64


@dataclass(frozen=True)
class Point:
    """Macro-F1 of heads that saw `messages` messages of one source, mean and spread over the seeds."""

    language: str
    source: str
    share: float
    messages: int
    macro_f1: float
    spread: float


def curve(material: Material, folder: Path, *, seeds: Sequence[int]) -> list[Point]:
    """The points of all languages, sources and shares; each seed draws other messages."""
    encoder = Encoder.load(folder)
    found: list[Point] = []
    for language in LANGUAGES:
        dev = of(language, material.dev)
        found.extend(_language(language, _sources(language, material), dev, encoder, seeds))
    return found


def _sources(language: str, material: Material) -> dict[str, list[Example]]:
    kinds = {"real turns": material.real, "written": material.written, "both": material.train}
    found = {source: of(language, examples) for source, examples in kinds.items()}
    return {source: examples for source, examples in found.items() if examples}


def _language(
    language: str,
    sources: dict[str, list[Example]],
    dev: list[Example],
    encoder: Encoder,
    seeds: Sequence[int],
) -> Iterator[Point]:
    known = embeddings(encoder, [*sources["both"], *dev], language)
    test, truth = _features(dev, known), classes(dev)
    jobs = [(source, share) for source in sources for share in SHARES]
    for source, share in watched(jobs, f"Learning curve, {language}"):
        examples = sources[source]
        size = max(round(share * len(examples)), 1)
        scores = []
        for seed in seeds if size < len(examples) else seeds[:1]:
            seen = [examples[row] for row in np.random.default_rng(seed).permutation(len(examples))[:size]]
            head = fit(_features(seen, known), classes(seen), len(EMOTIONS), strength=FRESH)
            scores.append(macro_f1(truth, head.logits(test).argmax(1), len(EMOTIONS)))
        yield Point(language, source, share, size, float(np.mean(scores)), float(np.std(scores)))


def embeddings(encoder: Encoder, examples: Sequence[Example], language: str) -> dict[str, Array]:
    """The sentence embedding of each text."""
    texts = sorted({example.text for example in examples})
    chunks = [texts[start : start + BATCH] for start in range(0, len(texts), BATCH)]
    found: dict[str, Array] = {}
    for chunk in watched(chunks, f"Encoding {len(texts)} messages, {language}"):
        found.update(zip(chunk, encoder.embed(chunk), strict=True))
    return found


def _features(examples: Sequence[Example], known: dict[str, Array]) -> Array:
    return np.stack([known[example.text] for example in examples])
