"""Intent models: learn from a few examples, rank, calibrate, and come back from disk."""

from __future__ import annotations

from time import perf_counter

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from balm.encoder import Encoder
from balm.errors import ConfigError, ModelError
from balm.intent import IntentModel
from balm.intent.learning import features, logits
from tests.encoder import tiny_models

EXAMPLES = {
    "refund": [
        "I want a refund",
        "give me my money back",
        "refund please",
        "我要退款",
        "把钱退给我",
        "申请退款",
    ],
    "track": [
        "where is my parcel",
        "track my order",
        "when will it arrive",
        "我的快递到哪了",
        "查一下物流",
        "什么时候到货",
    ],
    "greet": ["hello", "hi there", "good morning", "你好", "在吗", "早上好"],
    "size": [
        "which size fits me",
        "is it true to size",
        "size chart?",
        "我穿多大码",
        "尺码怎么选",
        "有没有加大码",
    ],
}
TEXTS = [text for texts in EXAMPLES.values() for text in texts]
LABELS = [name for name, texts in EXAMPLES.items() for _ in texts]


@pytest.fixture(scope="module")
def bundled():
    return Encoder.load("bundled")


@pytest.fixture(scope="module")
def hugging_face(tmp_path_factory):
    return Encoder.load(tiny_models.hugging_face(tmp_path_factory.mktemp("hf")))


@pytest.fixture(scope="module")
def small(bundled):
    return IntentModel.fit(["a", "b"] * 4, ["x", "y"] * 4, encoder=bundled)


@pytest.fixture(scope="module", params=["bundled", "hugging face"])
def model(request, bundled, hugging_face):
    encoder = {"bundled": bundled, "hugging face": hugging_face}[request.param]
    return IntentModel.fit(TEXTS, LABELS, encoder=encoder)


NEW = [
    ("I'd like my money back please", "refund"),
    ("麻烦给我退个款", "refund"),
    ("has my package been shipped, where is it", "track"),
    ("我的快递怎么还没到", "track"),
    ("hello there", "greet"),
    ("你好呀", "greet"),
    ("what size should I take", "size"),
    ("身高170穿什么码", "size"),
]


@pytest.mark.parametrize(("text", "intent"), NEW, ids=[text[:14] for text, _ in NEW])
def test_new_wordings_find_their_intent(bundled, text, intent):
    assert IntentModel.fit(TEXTS, LABELS, encoder=bundled).predict([text])[0][0].name == intent


def test_training_examples_are_known(model):
    assert [ranking[0].name for ranking in model.predict(TEXTS)] == LABELS


@pytest.mark.parametrize("text", ["", "  ", "😡", "\ud83d\x00", "x" * 100_000, "退" * 100_000], ids=range(6))
def test_bad_text_gets_a_whole_ranking(model, text):
    ranking = model.predict([text])[0]
    confidences = [row.confidence for row in ranking]
    assert sorted(row.name for row in ranking) == sorted(EXAMPLES)
    assert confidences == sorted(confidences, reverse=True)
    assert 0.0 <= sum(confidences) <= 1.01


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=st.text(st.characters(), max_size=80))
def test_any_string_gets_a_ranking(small, text):
    assert len(small.predict([text])[0]) == 2


def test_no_text_no_ranking(model):
    assert model.predict([]) == []


def test_a_saved_model_ranks_as_before(model, tmp_path):
    model.save(tmp_path)
    assert IntentModel.load(tmp_path, model.encoder).predict(TEXTS) == model.predict(TEXTS)


def test_training_twice_gives_the_same_bits(bundled, tmp_path):
    for name in ("one", "two"):
        IntentModel.fit(TEXTS, LABELS, encoder=bundled, seed=3).save(tmp_path / name)
    for file in ("intent.json", "intent.npz"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_a_model_refuses_another_encoder(bundled, hugging_face, tmp_path):
    IntentModel.fit(TEXTS, LABELS, encoder=bundled).save(tmp_path)
    with pytest.raises(ModelError, match="was trained on"):
        IntentModel.load(tmp_path, hugging_face)


def test_a_missing_folder_is_told(bundled, tmp_path):
    with pytest.raises(ModelError, match="cannot be read"):
        IntentModel.load(tmp_path / "none", bundled)


@pytest.mark.parametrize(
    ("texts", "labels"),
    [([], []), (["a", "b"], ["x", "x"]), (["a"], ["x", "y"])],
    ids=["none", "one intent", "uneven"],
)
def test_useless_examples_are_refused(bundled, texts, labels):
    with pytest.raises(ConfigError, match="at least two intents"):
        IntentModel.fit(texts, labels, encoder=bundled)


def test_emotion_and_intent_share_one_pass(bundled):
    from balm.emotion.model import EmotionModel

    intents = IntentModel.fit(TEXTS, LABELS, encoder=bundled)
    emotions = EmotionModel(bundled)
    emotions.read(["so where is it?"])
    before = bundled.encode(["so where is it?"]).rows[0]
    intents.predict(["so where is it?"])
    assert bundled.encode(["so where is it?"]).rows[0] is before


def test_a_message_is_ranked_within_milliseconds(bundled):
    model = IntentModel.fit(TEXTS, LABELS, encoder=bundled)
    model.predict(["warm up"])
    start = perf_counter()
    for number in range(20):
        model.predict([f"where is my order {number}"])
    assert (perf_counter() - start) / 20 < 0.1


def test_served_logits_are_those_that_were_trained(model):
    texts = ["我要退款", "track my ordr!!", "", "🙂", "好"]
    embeddings = model.encoder.embed(texts)
    served = logits(model.head, embeddings, texts, model.rarity)
    trained = model.head.logits(features(embeddings, texts, model.rarity))
    assert np.allclose(served, trained, atol=1e-4)
