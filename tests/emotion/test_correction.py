"""A designer's labels: followed where they were given, by every head, and nowhere else."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balm.emotion.correction import FILE, moment, usual
from balm.emotion.data import EmotionLabel
from balm.emotion.model import EmotionModel
from balm.encoder import Encoder
from balm.encoder.folder import bundled_folder
from balm.encoder.linear import fit
from balm.errors import ModelError

LABEL = EmotionLabel("joy", 1.0, "policy", needs_human=True, sarcasm=True)
SENTENCE = "the blue gate hums on Tuesdays"
OTHERS = (
    "where is my parcel?",
    "快递到哪了",
    "I want my money back, you liars!",
    "谢谢，收到了",
    "how do I log in",
)


@pytest.fixture(scope="module")
def bundled():
    return Encoder.load("bundled")


@pytest.fixture(scope="module")
def base(bundled):
    return EmotionModel(bundled)


@pytest.fixture(scope="module")
def corrected(bundled):
    return EmotionModel.fit([SENTENCE], [LABEL], encoder=bundled)


def test_one_label_is_followed_by_every_head(base, corrected):
    (before,), (after,) = base.read([SENTENCE]), corrected.read([SENTENCE])
    assert after.name == "joy" != before.name
    assert after.cause.name == "policy" != before.cause.name
    assert after.intensity > before.intensity + 0.2
    assert after.needs_human > before.needs_human + 0.2
    assert after.sarcasm > before.sarcasm + 0.2


def test_one_label_leaves_other_messages_as_they_were(base, corrected):
    for before, after in zip(base.read(OTHERS), corrected.read(OTHERS), strict=True):
        assert (after.name, after.cause.name) == (before.name, before.cause.name)
        assert abs(after.confidence - before.confidence) < 0.1
        assert abs(after.needs_human - before.needs_human) < 0.1
        assert abs(after.sarcasm - before.sarcasm) < 0.1


def test_a_bare_emotion_says_nothing_of_the_other_heads(base, bundled):
    (before,), (after,) = (
        base.read([SENTENCE]),
        EmotionModel.fit([SENTENCE], ["anger"], encoder=bundled).read([SENTENCE]),
    )
    assert after.name == "anger"
    assert (after.cause, after.intensity, after.needs_human, after.sarcasm) == (
        before.cause, before.intensity, before.needs_human, before.sarcasm,
    )  # fmt: skip


def test_a_saved_correction_reads_the_same(bundled, corrected, tmp_path):
    corrected.save(tmp_path)
    assert EmotionModel.load(tmp_path, bundled).read([SENTENCE, *OTHERS]) == corrected.read(
        [SENTENCE, *OTHERS]
    )


def test_the_bundled_folder_knows_what_customers_usually_write(bundled):
    found = usual(bundled_folder(), bundled.hidden)
    assert np.allclose(found, found.T) and found[-1, -1] == 1.0
    assert np.linalg.eigvalsh(found).min() > -1e-3


def test_a_folder_without_usual_messages_spreads_them_and_a_broken_file_is_named(tmp_path):
    assert np.trace(usual(tmp_path, 4)) == pytest.approx(2.0)
    np.save(tmp_path / FILE, np.zeros((3, 3)))
    with pytest.raises(ModelError, match="usual.npy is broken"):
        usual(tmp_path, 4)
    (tmp_path / FILE).write_bytes(b"nothing of the kind")
    with pytest.raises(ModelError, match="usual.npy is broken"):
        usual(tmp_path, 4)


def test_a_model_folder_without_the_file_can_still_be_corrected(tmp_path):
    folder = shutil.copytree(bundled_folder(), tmp_path / "model")
    (folder / FILE).unlink()
    assert (
        EmotionModel.fit([SENTENCE], [LABEL], encoder=Encoder.load(folder)).read([SENTENCE])[0].name == "joy"
    )


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1_000))
def test_steady_features_keep_their_logits_while_the_others_learn(seed):
    rng = np.random.default_rng(seed)
    features, kept = rng.normal(size=(6, 20)), rng.normal(size=(8, 20))
    truth = np.array([0, 1, 2, 0, 1, 2])
    free = fit(features, truth, 3, strength=60.0)
    held = fit(features, truth, 3, strength=60.0, steady=len(kept) * 100 * moment(kept))
    assert np.abs(held.logits(kept)).max() < 0.2 * np.abs(free.logits(kept)).max()
    assert (held.logits(features).argmax(1) == truth).all()


def test_chances_teach_as_class_numbers_do():
    features, truth = np.random.default_rng(0).normal(size=(9, 5)), np.arange(9) % 3
    by_number = fit(features, truth, 3, strength=2.0)
    by_chance = fit(features, np.eye(3)[truth], 3, strength=2.0)
    assert np.array_equal(by_number.weights, by_chance.weights)
