"""Seven emotions and the scores of sentiment tools on one scale of three."""

from __future__ import annotations

import numpy as np
import pytest

from balm.emotion.labels import EMOTIONS, VALENCES
from benchmarks.emotion.measures import macro_f1
from benchmarks.emotion.polarity import LEXICONS, POLARITIES, Scale, best_scale, of_emotions

TOOLS = {lexicon.name: lexicon for lexicon in LEXICONS}


@pytest.mark.parametrize("name", EMOTIONS)
def test_an_emotion_has_the_polarity_of_its_reading(name: str) -> None:
    polarity = POLARITIES[of_emotions(np.array([EMOTIONS.index(name)]))[0]]
    assert polarity == VALENCES[name]


@pytest.mark.parametrize(
    ("score", "polarity"),
    [(-1.0, "negative"), (-0.05, "negative"), (-0.049, "neutral"), (0.0, "neutral"), (0.05, "positive")],
)
def test_vader_is_read_by_its_authors_thresholds(score: float, polarity: str) -> None:
    assert POLARITIES[TOOLS["VADER"].published.polarity(np.array([score]))[0]] == polarity


def test_the_best_scale_parts_what_can_be_parted() -> None:
    scores, truth = np.array([0.1, 0.2, 0.5, 0.55, 0.8, 0.9]), np.array([0, 0, 1, 1, 2, 2])
    assert best_scale(scores, truth).polarity(scores).tolist() == truth.tolist()


@pytest.mark.parametrize("seed", range(5))
def test_a_tuned_tool_is_never_worse_where_it_was_tuned(seed: int) -> None:
    rng = np.random.default_rng(seed)
    truth = rng.integers(3, size=80)
    scores = np.round(truth / 2 + rng.normal(0, 0.6, 80), 1)  # with ties, as in VADER's zeros
    tuned = best_scale(scores, truth).polarity(scores)
    either_way = max(macro_f1(truth, Scale(a, b).polarity(scores), 3) for a, b in ((0.4, 0.6), (0.2, 0.8)))
    assert macro_f1(truth, tuned, 3) > either_way - 0.05


@pytest.mark.parametrize(
    ("tool", "package", "kind", "hostile"),
    [
        ("VADER", "vaderSentiment", "wonderful, thank you", "this is a terrible scam"),
        ("SnowNLP", "snownlp", "非常好，很喜欢", "垃圾，太差了"),
    ],
)
def test_a_tool_tells_kind_from_hostile(tool: str, package: str, kind: str, hostile: str) -> None:
    pytest.importorskip(package)
    assert TOOLS[tool].published.polarity(TOOLS[tool].scores([kind, hostile])).tolist() == [2, 0]


@pytest.mark.parametrize("tool", TOOLS)
def test_a_tool_takes_text_without_words(tool: str) -> None:
    pytest.importorskip({"VADER": "vaderSentiment", "SnowNLP": "snownlp"}[tool])
    assert np.isfinite(TOOLS[tool].scores(["", " ", "😡", "!!!", "123"])).all()
