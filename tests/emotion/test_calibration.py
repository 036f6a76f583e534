"""Calibration and evidence as plain arithmetic."""

from __future__ import annotations

import numpy as np
import pytest

from balm.emotion import evidence
from balm.emotion.calibration import (
    calibration_error,
    choose_threshold,
    fit_offsets,
    fit_temperature,
    softmax,
)


def boastful(share: float, size: int = 400) -> tuple[np.ndarray, np.ndarray]:
    """Logits that are sure of class 0, which is right in `share` of the cases."""
    truth = (np.arange(size) >= share * size).astype(int)
    return np.tile([4.0, 0.0], (size, 1)), truth


def test_temperature_takes_the_boast_out():
    logits, truth = boastful(0.75)
    before = calibration_error(softmax(logits), truth)
    after = calibration_error(softmax(logits / fit_temperature(logits, truth)), truth)
    assert before > 0.2 and after < 0.03


def test_no_data_leaves_the_model_as_it_is():
    assert fit_temperature(np.zeros((0, 7)), np.zeros(0, int)) == 1.0
    assert choose_threshold(np.zeros((0, 7)), np.zeros(0, int)) == 0.25


def test_offsets_make_a_class_expected_as_often_as_it_is_true():
    rng = np.random.default_rng(4)
    truth = rng.choice(3, 2_000, p=[0.7, 0.25, 0.05])
    logits = rng.normal(0.0, 1.0, (2_000, 3))
    logits[np.arange(2_000), truth] += 1.5
    offsets = fit_offsets(logits, truth, temperature=1.3)
    expected = softmax((logits + offsets) / 1.3).mean(0)
    np.testing.assert_allclose(expected, (np.bincount(truth) + 1) / 2_003, atol=1e-3)
    assert offsets[0] > offsets[1] > offsets[2] and abs(offsets.sum()) < 1e-9


def test_the_threshold_silences_the_least_certain():
    chances = np.column_stack([np.linspace(0.3, 1.0, 100), np.linspace(0.7, 0.0, 100)])
    threshold = choose_threshold(chances, np.zeros(100, int))
    assert 0.5 <= threshold < 0.6


SENTENCES = [
    ("so late again", [(0, 2), (3, 7), (8, 13)], [0.0, 1.0, 0.9], ("late again",)),
    ("unbeliev able", [(0, 2), (2, 8), (9, 13)], [0.4, 0.5, 0.0], ("unbeliev",)),
    ("我很生气！", [(0, 1), (1, 2), (2, 4), (4, 5)], [0.1, 0.8, 1.0, 2.0], ("很生气",)),
    ("fine.", [(0, 4), (4, 5)], [-1.0, -1.0], ()),
    ("", [], [], ()),
    ("x" * 99, [(0, 99)], [1.0], ()),
    ("好😡", [(0, 1), (1, 2)], [0.0, 1.0], ("😡",)),
]


@pytest.mark.parametrize(
    ("text", "spans", "shares", "expected"), SENTENCES, ids=[row[0][:12] or "empty" for row in SENTENCES]
)
def test_evidence_is_whole_words(text, spans, shares, expected):
    assert evidence.words(text, spans, np.array(shares, np.float32)) == expected
