"""Step `evaluate`: calibrates the exported model and measures it on real turns that it never saw."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from balm.emotion.calibration import (
    calibration_error,
    choose_threshold,
    fit_offsets,
    fit_temperature,
    softmax,
)
from balm.emotion.heads import BundledHeads
from balm.emotion.labels import CAUSES, EMOTIONS
from balm.encoder import Encoder
from balm.encoder.folder import Card
from balm.encoder.recipe.baseline import svm
from balm.encoder.recipe.sources import Example, conversations, public, real, second_dev, written
from balm.encoder.recipe.workplace import Workplace

Array = NDArray[Any]
STRENGTH = 0.75
"""How far the emotions' frequencies are followed: other customers may be calmer or angrier."""


@dataclass(frozen=True, eq=False)
class Judged:
    """The development messages and what the model said about them."""

    examples: Sequence[Example]
    logits: Array  # (messages, emotions)
    intensity: Array
    cause: Array
    needs_human: Array

    @property
    def truth(self) -> Array:
        return np.array([EMOTIONS.index(example.label.emotion) for example in self.examples])

    def part(self, language: str) -> Array:
        """Which messages are in this language."""
        return np.array([example.language == language for example in self.examples], bool)

    def take(self, rows: Array) -> Judged:
        """The messages of these rows, some of them perhaps several times."""
        parts = self.logits, self.intensity, self.cause, self.needs_human
        return Judged([self.examples[row] for row in rows], *(part[rows] for part in parts))


def run(place: Workplace) -> None:
    """Write the calibration and the figures into the bundle's card and figures.json."""
    folder = place.path("bundle/model.onnx").parent
    dev, second = real(place, dev=True), second_dev(place)
    raw = judge(folder, [*dev, *second], offsets=())
    card = json.loads((folder / "balm.json").read_text())
    card.update(calibration(raw), sha256=fingerprint(folder))
    (folder / "balm.json").write_text(json.dumps(card, indent=1))  # some of the figures read it
    card["figures"] = figures(place, crossed(raw), dev, second)
    (folder / "balm.json").write_text(json.dumps(card, indent=1))
    place.path("figures.json").write_text(json.dumps(card["figures"], indent=1))


def calibration(raw: Judged) -> dict[str, Any]:
    """The card's offsets, temperature and threshold, fitted on these messages."""
    offsets = balance(raw.logits, raw.truth)
    logits = raw.logits + offsets
    temperature = fit_temperature(logits, raw.truth)
    return {
        "offsets": [round(float(one), 4) for one in offsets],
        "temperature": temperature,
        "abstain_below": choose_threshold(softmax(logits / temperature), raw.truth),
    }


def figures(
    place: Workplace, judged: Judged, dev: Sequence[Example], second: Sequence[Example]
) -> dict[str, Any]:
    """All that the card tells about the model beside its peers."""
    folder = place.path("bundle/model.onnx").parent
    rows = np.arange(len(dev) + len(second))
    first, again = judged.take(rows[: len(dev)]), judged.take(rows[len(dev) :])
    spoken = {language: first.take(np.flatnonzero(first.part(language))) for language in ("zh", "en")}
    return {
        "dev_messages": {language: len(some.examples) for language, some in spoken.items()},
        **{language: measure(some) for language, some in spoken.items()},
        "zh_second_reading": measure(again),
        "en_native": measure(judge(folder, public(place, dev=True))),
        "conversations": in_context(folder, conversations(place)),
        "baseline_svm": baseline(place, dev),
        "latency_ms": latency(folder, dev),
        "megabytes": round(sum(path.stat().st_size for path in folder.iterdir()) / 1e6, 1),
    }


def balance(logits: Array, truth: Array) -> Array:
    """(emotions,) a part of the way from the frequencies that training taught to those of these messages."""
    return STRENGTH * fit_offsets(logits, truth, temperature=fit_temperature(logits, truth))


def crossed(judged: Judged) -> Judged:
    """Each half of the messages under the offsets of the other, so that no half grades itself."""
    halves = np.arange(len(judged.examples)) % 2 == 0
    logits = judged.logits.copy()
    for half in (halves, ~halves):
        logits[half] += balance(judged.logits[~half], judged.truth[~half])
    return replace(judged, logits=logits)


def fingerprint(folder: Path) -> str:
    """One hash over all that decides a reading; whoever learned on other files must learn again."""
    files = sorted(path for path in folder.iterdir() if path.name != "balm.json")
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def judge(
    folder: Path,
    examples: Sequence[Example],
    *,
    context: bool = False,
    offsets: tuple[float, ...] | None = None,
) -> Judged:
    """What the exported model says about the examples, with the turns before them when `context`.

    `offsets` take the place of the card's.
    """
    card = Card.load(folder)
    heads = BundledHeads(card if offsets is None else replace(card, offsets=offsets))
    before = [e.before for e in examples] if context else ()
    rows = Encoder.load(folder).encode([e.text for e in examples], before).rows
    scores = [heads.score(row) for row in rows]
    return Judged(
        examples,
        np.stack([one.emotion for one in scores]),
        np.array([one.intensity for one in scores]),
        np.array([one.cause.argmax() for one in scores]),
        np.array([one.needs_human > 0.5 for one in scores]),
    )


def in_context(folder: Path, examples: Sequence[Example]) -> dict[str, Any]:
    """How often the emotion in written conversations is read rightly, without and with the turns before."""
    figures: dict[str, Any] = {"messages": len(examples)}
    for name, context in (("alone", False), ("in_context", True)):
        judged = judge(folder, examples, context=context)
        guess = judged.logits.argmax(1)
        figures[name] = {
            "accuracy": round(float((guess == judged.truth).mean()), 4),
            "macro_f1": round(float(np.mean(class_f1(judged.truth, guess, len(EMOTIONS)))), 4),
        }
    return figures


def measure(judged: Judged) -> dict[str, Any]:
    """The figures of some messages; the calibration error is cross-fitted, so that no half grades itself."""
    truth, guess = judged.truth, judged.logits.argmax(1)
    labels = [example.label for example in judged.examples]
    intensity = np.array([label.intensity for label in labels])
    by_class = class_f1(truth, guess, len(EMOTIONS))
    return {
        "macro_f1": round(float(np.mean(by_class)), 4),
        "accuracy": round(float((truth == guess).mean()), 4),
        "f1": dict(zip(EMOTIONS, [round(f, 3) for f in by_class], strict=True)),
        "ece": round(crossed_error(judged.logits, truth), 4),
        "cause_accuracy": _share(judged.cause, [CAUSES.index(label.cause or "none") for label in labels]),
        "needs_human_f1": round(class_f1(_flags(labels), judged.needs_human.astype(int), 2)[1], 4),
        "intensity_mae": round(float(np.abs(judged.intensity - intensity).mean()), 4),
    }


def class_f1(truth: Array, guess: Array, classes: int) -> list[float]:
    """The F1 of each class, 0 for one that is neither there nor guessed.

    >>> class_f1(np.array([0, 1]), np.array([0, 0]), 2)
    [0.6666666666666666, 0.0]
    """
    found = []
    for label in range(classes):
        right = int(((truth == label) & (guess == label)).sum())
        total = int((truth == label).sum() + (guess == label).sum())
        found.append(2 * right / total if total else 0.0)
    return found


def crossed_error(logits: Array, truth: Array) -> float:
    """The calibration error of each half under the temperature of the other."""
    halves = np.arange(len(truth)) % 2 == 0
    errors = []
    for half in (halves, ~halves):
        temperature = fit_temperature(logits[~half], truth[~half])
        errors.append(calibration_error(softmax(logits[half] / temperature), truth[half]))
    return float(np.mean(errors))


def baseline(place: Workplace, dev: Sequence[Example]) -> dict[str, float]:
    """The macro-F1 of a linear SVM by language, on the same data in the same run."""
    train = [*real(place, dev=False), *written(place)]
    found = {}
    for language in ("zh", "en"):
        unseen = [e for e in dev if e.language == language]
        guess = svm([e for e in train if e.language == language], [e.text for e in unseen])
        truth = np.array([EMOTIONS.index(e.label.emotion) for e in unseen])
        found[language] = round(float(np.mean(class_f1(truth, guess, len(EMOTIONS)))), 4)
    return found


def latency(folder: Path, dev: Sequence[Example], *, rounds: int = 300) -> dict[str, float]:
    """Milliseconds of one pass for one message, tokenising included."""
    encoder = Encoder.load(folder)
    texts = [f"{example.text} {number}" for number, example in enumerate(dev[:rounds])]
    encoder.encode(texts[:1])
    taken = []
    for text in texts:
        start = perf_counter()
        encoder.encode([text])
        taken.append(1_000 * (perf_counter() - start))
    return {"p50": round(float(np.quantile(taken, 0.5)), 2), "p95": round(float(np.quantile(taken, 0.95)), 2)}


def _share(guess: Array, truth: Sequence[int]) -> float:
    return round(float((guess == np.array(truth)).mean()), 4)


def _flags(labels: Sequence[Any]) -> Array:
    return np.array([int(bool(label.needs_human)) for label in labels])
