"""Intent models that were fine-tuned: they rank, come back from disk, and need no torch to serve."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from balm.emotion.model import EmotionModel
from balm.encoder import Encoder
from balm.errors import ModelError
from balm.intent import IntentModel
from balm.tuning import TuneOptions
from tests.tuning.examples import LABELS, TEXTS

WAYS = {
    "full": TuneOptions(method="full", epochs=2, batch=8, adversarial=0.05, layer_decay=0.9),
    "lora": TuneOptions(method="lora", epochs=2, batch=8, class_weights="balanced"),
    "head, balanced": TuneOptions(class_weights="balanced"),
    "head, more examples": TuneOptions(augment="both", copies=2),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_model_learned_in_any_way_comes_back_the_same(encoder, way, tmp_path):
    model = IntentModel.fit(TEXTS, LABELS, encoder=encoder, seed=1, tuning=WAYS[way])
    ranking = model.predict(TEXTS)
    assert np.mean([row[0].name == label for row, label in zip(ranking, LABELS, strict=True)]) >= 0.9
    model.save(tmp_path)
    assert (tmp_path / "encoder").is_dir() == WAYS[way].trains_encoder == model.owned
    again = IntentModel.load(tmp_path, encoder)
    assert again.predict(TEXTS) == ranking
    assert again.predict(["", "😡", "x" * 10_000])


def test_a_fine_tuned_model_needs_only_the_encoder_it_owns(encoder, tmp_path):
    IntentModel.fit(TEXTS, LABELS, encoder=encoder, tuning=WAYS["full"]).save(tmp_path)
    other = Encoder.load("bundled")
    assert IntentModel.load(tmp_path, other).predict(["退款"])[0][0].name in LABELS


def test_a_fine_tuned_model_that_lost_its_encoder_is_refused(encoder, tmp_path):
    model = IntentModel.fit(TEXTS, LABELS, encoder=encoder, tuning=WAYS["full"])
    model.save(tmp_path)
    (tmp_path / "encoder").rename(tmp_path / "gone")
    with pytest.raises(ModelError, match="encoder"):
        IntentModel.load(tmp_path, encoder)


def test_a_head_saved_over_a_fine_tuned_model_forgets_that_encoder(encoder, tmp_path):
    IntentModel.fit(TEXTS, LABELS, encoder=encoder, tuning=WAYS["full"]).save(tmp_path)
    IntentModel.fit(TEXTS, LABELS, encoder=encoder).save(tmp_path)
    assert IntentModel.load(tmp_path, encoder).encoder is encoder
    assert not (tmp_path / "encoder").exists()


def test_plain_options_are_the_default_to_the_last_bit(encoder, tmp_path):
    for name, tuning in (("default", None), ("plain", TuneOptions())):
        IntentModel.fit(TEXTS, LABELS, encoder=encoder, seed=3, tuning=tuning).save(tmp_path / name)
    for file in ("intent.json", "intent.npz"):
        assert (tmp_path / "default" / file).read_bytes() == (tmp_path / "plain" / file).read_bytes()


def test_balanced_weights_help_the_rare_intent(encoder):
    texts, labels = TEXTS[:5] + TEXTS[:4] * 10, LABELS[:5] + LABELS[:4] * 10
    chance = {}
    for weights in ("equal", "balanced"):
        tuning = TuneOptions(class_weights=weights)
        model = IntentModel.fit(texts, labels, encoder=encoder, tuning=tuning)
        logits = model.head.bias
        chance[weights] = logits[model.intents.index("track")] - logits[model.intents.index("refund")]
    assert chance["balanced"] > chance["equal"]


@pytest.mark.parametrize("count", [1, 2], ids=["one each", "two each"])
def test_the_fewest_examples_are_enough_to_fine_tune(encoder, count):
    texts = [text for start in (0, 4) for text in TEXTS[start : start + count]]
    labels = [label for start in (0, 4) for label in LABELS[start : start + count]]
    for seed in range(3):
        model = IntentModel.fit(
            texts, labels, encoder=encoder, seed=seed, tuning=TuneOptions(method="full", epochs=1)
        )
        assert len(model.predict(["hi"])[0]) == 2


def test_the_bundled_encoder_is_fine_tuned_and_emotions_stay_as_they_were(tmp_path):
    bundled = Encoder.load("bundled")
    asked = ["great, just great 😡", "我的快递呢？？", "thanks!"]
    before = EmotionModel(bundled).read(asked)
    tuning = TuneOptions(method="full", epochs=1, batch=16)
    IntentModel.fit(TEXTS, LABELS, encoder=bundled, tuning=tuning).save(tmp_path)
    assert EmotionModel(Encoder.load("bundled")).read(asked) == before
    code = (
        "import sys; sys.modules['torch'] = sys.modules['peft'] = sys.modules['onnx'] = None\n"
        "from balm.encoder import Encoder; from balm.intent import IntentModel\n"
        f"model = IntentModel.load({str(tmp_path)!r}, Encoder.load('bundled'))\n"
        "print([row[0].name for row in model.predict(['I want a refund', '我的快递到哪了'])])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['refund', 'track']"
