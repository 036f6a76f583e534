"""The figures of every contestant, each with its range, as rows for the report."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from balm.emotion.calibration import calibration_error
from balm.emotion.labels import EMOTIONS
from balm.encoder.folder import Card
from balm.encoder.recipe.evaluate import Judged, measure
from benchmarks.command import watched
from benchmarks.emotion.material import LANGUAGES, Material, classes, of
from benchmarks.emotion.measures import (
    COVERED,
    Figure,
    accuracy,
    figure,
    flat,
    macro_f1,
    merged,
    resamples,
)
from benchmarks.emotion.peers import Contestant, certainties
from benchmarks.emotion.polarity import POLARITIES, of_emotions

Array = NDArray[Any]
Measure = Callable[[Array], float]
Rows = dict[str, dict[str, Figure]]  # by name of the figure, then by language


def draws(material: Material, *, rounds: int, seed: int) -> dict[str, Array]:
    """Row numbers of the development turns, drawn anew `rounds` times for each language."""
    return {
        language: resamples(len(of(language, material.dev)), rounds=rounds, seed=seed)
        for language in LANGUAGES
    }


def emotions(contestant: Contestant, material: Material, drawn: dict[str, Array]) -> Rows:
    """Macro-F1 over the seven emotions and accuracy."""
    found: Rows = {"macro_f1": {}, "accuracy": {}}
    for language, guess in contestant.guesses.items():
        _both(found, language, classes(of(language, material.dev)), guess, len(EMOTIONS), drawn[language])
    return found


def polarities(contestant: Contestant, material: Material, drawn: dict[str, Array]) -> Rows:
    """Macro-F1 over negative, neutral and positive, and accuracy."""
    found: Rows = {"macro_f1": {}, "accuracy": {}}
    for language in contestant.guesses:
        truth = of_emotions(classes(of(language, material.dev)))
        _both(found, language, truth, contestant.polarity(language), len(POLARITIES), drawn[language])
    return found


def _both(found: Rows, language: str, truth: Array, guess: Array, labels: int, drawn: Array) -> None:
    found["macro_f1"][language] = figure(lambda rows: macro_f1(truth[rows], guess[rows], labels), drawn)
    found["accuracy"][language] = figure(lambda rows: accuracy(truth[rows], guess[rows]), drawn)


def seven(truth: Array, guess: Array) -> float:
    """The macro-F1 over the seven emotions."""
    return macro_f1(truth, guess, len(EMOTIONS))


def ahead(first: Contestant, second: Contestant, material: Material, drawn: dict[str, Array]) -> Rows:
    """By how much the first is ahead in macro-F1, judged on the same drawn messages."""
    found: dict[str, Figure] = {}
    for language in LANGUAGES:
        truth = classes(of(language, material.dev))
        ours, theirs = first.guesses[language], second.guesses[language]
        found[language] = figure(_gap(truth, ours, theirs), drawn[language])
    return {"macro_f1": found}


def _gap(truth: Array, ours: Array, theirs: Array) -> Measure:
    def gap(rows: Array) -> float:
        return seven(truth[rows], ours[rows]) - seven(truth[rows], theirs[rows])

    return gap


def all_heads(judged: Judged, drawn: dict[str, Array]) -> Rows:
    """The figures of the recipe's own evaluation with their ranges, but for those that `emotions` has."""
    found: Rows = {}
    for language in LANGUAGES:
        whole = flat(measure(judged.take(np.flatnonzero(judged.part(language)))))
        for name, values in merged(_redrawn(judged, language, drawn[language])).items():
            low, high = np.percentile(values, COVERED)
            found.setdefault(name, {})[language] = Figure(whole[name], float(low), float(high))
    return {name: by for name, by in found.items() if name not in ("macro_f1", "accuracy")}


def _redrawn(judged: Judged, language: str, drawn: Array) -> list[dict[str, Any]]:
    here = np.flatnonzero(judged.part(language))
    bar = watched(drawn, f"Ranges of all heads, {language}", total=len(drawn))
    return [measure(judged.take(here[rows])) for rows in bar]


def certainty(judged: Judged, card: Card, drawn: dict[str, Array]) -> Rows:
    """Calibration as shipped, and what abstaining below the shipped threshold costs and buys."""
    found: Rows = {}
    for language in LANGUAGES:
        chances, truth = certainties(judged, language, card.temperature)
        for name, value in _certainty(chances, truth, card.abstain_below).items():
            found.setdefault(name, {})[language] = figure(value, drawn[language])
    return found


def _certainty(chances: Array, truth: Array, threshold: float) -> dict[str, Measure]:
    guess, sure = chances.argmax(1), chances.max(1) >= threshold

    def right(rows: Array) -> float:
        return accuracy(truth[rows], guess[rows])

    return {
        "ece_as_shipped": lambda rows: calibration_error(chances[rows], truth[rows]),
        "answered": lambda rows: float(sure[rows].mean()),
        "accuracy_answered": lambda rows: right(rows[sure[rows]]),
        "accuracy_abstained": lambda rows: right(rows[~sure[rows]]),
    }
