"""Reliability, confusions and the learning curve as pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from balm.emotion.labels import EMOTIONS
from benchmarks.emotion.curve import Point
from benchmarks.emotion.material import NAMES
from benchmarks.emotion.measures import confusion
from benchmarks.plots import CLAY, INK, LEAF, LEAF_DEEP, LEAF_TINT, SERIES, SOFT, SURFACE, leaves, picture

Array = NDArray[Any]
BINS = 10


def reliability(path: Path, certain: Mapping[str, tuple[Array, Array]], threshold: float) -> None:
    """How often a reading is right at each confidence; `certain` holds (chances, truth) by language."""
    with picture(path, columns=len(certain), height=4.4) as axes:
        for axis, (language, (chances, truth)) in zip(axes, certain.items(), strict=True):
            middles, rates, counts = bins(chances, truth)
            axis.bar(middles, rates, width=0.092, color=LEAF_TINT, edgecolor=LEAF)
            axis.plot([0, 1], [0, 1], color=SOFT, linewidth=1, linestyle="--")
            axis.axvline(threshold, color=CLAY, linewidth=1.2)
            axis.text(threshold - 0.015, 0.97, "abstains below", color=CLAY, fontsize=8, ha="right", va="top")
            for middle, rate, count in zip(middles, rates, counts, strict=True):
                axis.text(middle, rate + 0.012, count, ha="center", fontsize=8, color=LEAF_DEEP)
            axis.set(xlim=(0, 1), ylim=(0, 1.08), title=f"{NAMES[language]}, {len(truth)} turns")
            axis.set(xlabel="confidence of the reading", ylabel="share read rightly")


def bins(chances: Array, truth: Array) -> tuple[Array, Array, Array]:
    """Middle, accuracy and number of messages of each tenth of confidence that holds any."""
    certainty, right = chances.max(1), chances.argmax(1) == truth
    place = np.minimum((certainty * BINS).astype(int), BINS - 1)
    filled = np.unique(place)
    rates = np.array([right[place == one].mean() for one in filled])
    return (filled + 0.5) / BINS, rates, np.array([(place == one).sum() for one in filled])


def confusions(path: Path, read: Mapping[str, tuple[Array, Array]]) -> None:
    """Which emotion was read as which; `read` holds (truth, guess) by language."""
    with picture(path, columns=len(read), width=11.5, height=5.4) as axes:
        for axis, (language, (truth, guess)) in zip(axes, read.items(), strict=True):
            counts = confusion(truth, guess, len(EMOTIONS))
            shares = counts / np.maximum(counts.sum(1, keepdims=True), 1)
            axis.imshow(shares, cmap=leaves(), vmin=0, vmax=1)
            for row, column in np.argwhere(counts):
                colour = SURFACE if shares[row, column] > 0.5 else INK
                axis.text(
                    column, row, counts[row, column], ha="center", va="center", color=colour, fontsize=9
                )
            axis.grid(False)
            axis.set_xticks(range(len(EMOTIONS)), EMOTIONS, rotation=40, ha="right")
            axis.set_yticks(range(len(EMOTIONS)), EMOTIONS)
            axis.set(title=f"{NAMES[language]}, {len(truth)} turns", xlabel="read as", ylabel="labelled")


def learning(
    path: Path, points: Sequence[Point], finished: Mapping[str, float], svm: Mapping[str, float]
) -> None:
    """Macro-F1 against labels; dashed the bundled heads, dotted the SVM on everything."""
    languages = list(dict.fromkeys(point.language for point in points))
    with picture(path, columns=len(languages), width=10, height=4.6) as axes:
        for axis, language in zip(axes, languages, strict=True):
            _lines(axis, [point for point in points if point.language == language])
            axis.axhline(
                finished[language], color=LEAF_DEEP, linestyle="--", linewidth=1.2, label="the model's heads"
            )
            axis.axhline(svm[language], color=SOFT, linestyle=":", linewidth=1.4, label="SVM on everything")
            axis.set(title=NAMES[language], xlabel="labelled messages", ylabel="macro-F1 on real turns")
            axis.legend(fontsize=8, loc="lower right")


def _lines(axis: Any, points: Sequence[Point]) -> None:
    sources = list(dict.fromkeys(point.source for point in points))
    for colour, source in zip(SERIES, sources, strict=False):
        here = [point for point in points if point.source == source]
        sizes = [point.messages for point in here]
        means, spreads = np.array([p.macro_f1 for p in here]), np.array([p.spread for p in here])
        axis.plot(sizes, means, color=colour, marker="o", markersize=4, label=source)
        axis.fill_between(sizes, means - spreads, means + spreads, color=colour, alpha=0.15, linewidth=0)
    ticks = (100, 300, 1_000, 3_000, 10_000)
    axis.set_xscale("log")
    axis.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
    axis.minorticks_off()
