"""Step `evaluate`: calibrates the exported model and measures it on real turns that it never saw."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from balm.emotion.calibration import calibration_error, choose_threshold, fit_temperature, softmax
from balm.emotion.heads import BundledHeads
from balm.emotion.labels import CAUSES, EMOTIONS
from balm.encoder import Encoder
from balm.encoder.folder import Card
from balm.encoder.recipe.baseline import svm
from balm.encoder.recipe.sources import Example, conversations, real, second_dev, written
from balm.encoder.recipe.workplace import Workplace

Array = NDArray[Any]


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
        return np.array([example.language == language for example in self.examples])


def run(place: Workplace) -> None:
    """Write the temperature, the threshold and the figures into the bundle's card and figures.json."""
    folder = place.path("bundle/model.onnx").parent
    dev = real(place, dev=True)
    judged = judge(folder, dev)
    temperature = fit_temperature(judged.logits, judged.truth)
    figures = {
        "dev_messages": {language: int(judged.part(language).sum()) for language in ("zh", "en")},
        **{language: measure(judged, language) for language in ("zh", "en")},
        "zh_second_reading": measure(judge(folder, second_dev(place)), "zh"),
        "conversations": in_context(folder, conversations(place)),
        "baseline_svm": baseline(place, dev),
        "latency_ms": latency(folder, dev),
        "megabytes": round(sum(path.stat().st_size for path in folder.iterdir()) / 1e6, 1),
    }
    card = json.loads((folder / "balm.json").read_text())
    threshold = choose_threshold(softmax(judged.logits / temperature), judged.truth)
    card.update(temperature=temperature, abstain_below=threshold, figures=figures, sha256=fingerprint(folder))
    (folder / "balm.json").write_text(json.dumps(card, indent=1))
    place.path("figures.json").write_text(json.dumps(figures, indent=1))


def fingerprint(folder: Path) -> str:
    """One hash over all that decides a reading; whoever learned on other files must learn again."""
    files = sorted(path for path in folder.iterdir() if path.name != "balm.json")
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def judge(folder: Path, examples: Sequence[Example], *, context: bool = False) -> Judged:
    """What the exported model says about the examples, with the turns before them when `context`."""
    heads = BundledHeads(Card.load(folder))
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


def measure(judged: Judged, language: str) -> dict[str, Any]:
    """The figures of one language; the calibration error is cross-fitted, so that no half grades itself."""
    here = judged.part(language)
    truth, guess = judged.truth[here], judged.logits[here].argmax(1)
    labels = [example.label for example, inside in zip(judged.examples, here, strict=True) if inside]
    intensity = np.array([label.intensity for label in labels])
    by_class = class_f1(truth, guess, len(EMOTIONS))
    return {
        "macro_f1": round(float(np.mean(by_class)), 4),
        "accuracy": round(float((truth == guess).mean()), 4),
        "f1": dict(zip(EMOTIONS, [round(f, 3) for f in by_class], strict=True)),
        "ece": round(crossed_error(judged.logits[here], truth), 4),
        "cause_accuracy": _share(
            judged.cause[here], [CAUSES.index(label.cause or "none") for label in labels]
        ),
        "needs_human_f1": round(class_f1(_flags(labels), judged.needs_human[here].astype(int), 2)[1], 4),
        "intensity_mae": round(float(np.abs(judged.intensity[here] - intensity).mean()), 4),
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
