"""Emotion models: bundled, refined by a designer, and trained over any encoder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from balm.emotion.data import EmotionLabel, EmotionMessage, read_folder
from balm.emotion.heads import BundledHeads
from balm.emotion.labels import EMOTIONS
from balm.emotion.model import EmotionModel
from balm.encoder import Encoder
from balm.errors import ConfigError, ModelError
from tests.emotion.emotion_checks import CHECKS
from tests.encoder import tiny_models

GRADES = {"neutral": 0.0, "joy": 2 / 3, "anger": 1.0}
WORDS = {"neutral": "where is my parcel", "joy": "thanks great", "anger": "terrible terrible"}
SHIPPED = [
    EmotionMessage(
        f"{text} {ending}", "en", EmotionLabel(name, GRADES[name], "delivery", name == "anger", False)
    )
    for name, text in WORDS.items()
    for ending in ("!", ".", "the order", "the size", "late", "refund", "? ?", "my order")
]
TAUGHT = [
    ("kuaidi zhen man ya", "frustration"),
    ("dou ji tian le hai mei dao", "frustration"),
    ("xiexie la", "joy"),
]

MENDED = [
    pytest.param("great, just great. it's broken again", "frustration", id="sarcasm en"),
    pytest.param("呵呵，服务可真好啊，打了三次没人接", "frustration", id="sarcasm zh"),
    pytest.param("气死人了，什么破质量！", "anger", id="anger zh"),
    pytest.param("it was supposed to be here, I need it for tomorrow's party", "anxiety", id="deadline en"),
    pytest.param("Is this an automatic reply?", "neutral", id="flat question en"),
    pytest.param("帮我写一篇五百字的读后感", "neutral", id="flat request zh"),
]


@pytest.fixture(scope="module")
def bundled():
    return Encoder.load("bundled")


@pytest.fixture(scope="module")
def hugging_face(tmp_path_factory):
    return Encoder.load(tiny_models.hugging_face(tmp_path_factory.mktemp("hf")))


@pytest.fixture(scope="module", params=["bundled", "refined", "hugging face"])
def model(request, bundled, hugging_face):
    texts, labels = zip(*TAUGHT, strict=True)
    build = {
        "bundled": lambda: EmotionModel(bundled),
        "refined": lambda: EmotionModel.fit(texts, labels, encoder=bundled),
        "hugging face": lambda: EmotionModel.fit([], [], encoder=hugging_face, shipped=SHIPPED),
    }
    return build[request.param]()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_every_model_keeps_the_contract(model, check):
    check(model)


def test_a_saved_model_reads_as_before(model, tmp_path):
    texts = ["terrible!", "谢谢", "where is my order", "xiexie la"]
    model.save(tmp_path)
    assert EmotionModel.load(tmp_path, model.encoder).read(texts) == model.read(texts)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=st.text(st.characters(), max_size=80))
def test_any_string_gets_a_reading(bundled, text):
    assert EmotionModel(bundled).read([text])[0].name


def test_the_cards_offsets_move_the_emotions_and_nothing_else(bundled):
    row = bundled.encode(["where is my parcel"]).rows[0]
    moves = tuple(float(number) for number in range(len(EMOTIONS)))
    plain, moved = (
        BundledHeads(replace(bundled.card, offsets=offsets)).score(row) for offsets in ((), moves)
    )
    np.testing.assert_allclose(moved.emotion - plain.emotion, moves)
    assert (moved.needs_human, moved.intensity) == (plain.needs_human, plain.intensity)


CLEAR = [
    ("谢谢，太好了，非常满意！", "joy"),
    ("Thank you so much, this is perfect!", "joy"),
    ("你们就是骗子公司，我要去12315投诉你们！", "anger"),
    ("You people are liars and thieves, I will sue you!", "anger"),
    ("请问可以用支付宝付款吗", "neutral"),
    ("Can I pay by card?", "neutral"),
]


@pytest.mark.parametrize(("text", "emotion"), CLEAR, ids=[text[:12] for text, _ in CLEAR])
def test_the_bundled_model_reads_what_nobody_could_mistake(bundled, text, emotion):
    assert EmotionModel(bundled).read([text])[0].name == emotion


@pytest.mark.parametrize(
    ("strong", "mild"),
    [
        ("气死我了！！！你们这群骗子！", "请问什么时候发货"),
        ("This is an absolute disgrace, you liars!", "what sizes are there?"),
    ],
    ids=["zh", "en"],
)
def test_strong_feelings_read_stronger_and_call_for_a_human(bundled, strong, mild):
    first, second = EmotionModel(bundled).read([strong, mild])
    assert first.intensity > second.intensity + 0.3
    assert first.needs_human > second.needs_human


def test_a_designers_examples_are_followed(bundled):
    texts, labels = zip(*TAUGHT, strict=True)
    read = EmotionModel.fit(texts * 4, labels * 4, encoder=bundled).read(texts)
    assert [reading.name for reading in read] == list(labels)


def test_a_designers_examples_leave_the_rest_alone(bundled):
    texts, labels = zip(*TAUGHT, strict=True)
    refined = EmotionModel.fit(texts, labels, encoder=bundled)
    assert [r.name for r in refined.read([t for t, _ in CLEAR])] == [name for _, name in CLEAR]


@pytest.fixture(scope="module")
def starter(bundled):
    labelled = read_folder(Path(__file__).parents[2] / "emotion_data" / "starter")
    return EmotionModel.fit([m.text for m in labelled], [m.label for m in labelled], encoder=bundled)


@pytest.mark.parametrize(("text", "emotion"), MENDED)
def test_the_starter_labels_mend_what_they_were_written_for(starter, text, emotion):
    assert starter.read([text])[0].name == emotion


def test_the_starter_labels_leave_clear_feelings_alone(starter):
    assert [r.name for r in starter.read([t for t, _ in CLEAR])] == [name for _, name in CLEAR]


def test_training_twice_gives_the_same_bits(hugging_face, tmp_path):
    for name in ("one", "two"):
        EmotionModel.fit(["terrible"], ["anger"], encoder=hugging_face, shipped=SHIPPED).save(tmp_path / name)
    for file in ("emotion.json", "emotion.npz"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_an_encoder_without_heads_learns_all_of_them(hugging_face):
    model = EmotionModel.fit([], [], encoder=hugging_face, shipped=SHIPPED)
    anger, neutral = model.read(["terrible terrible !", "where is my parcel ."])
    assert (anger.name, neutral.name) == ("anger", "neutral")
    assert anger.intensity > neutral.intensity and anger.needs_human > neutral.needs_human
    assert anger.evidence == ("terrible terrible",)


def test_an_encoder_without_heads_is_refused_untrained(hugging_face):
    with pytest.raises(ModelError, match="EmotionModel.fit"):
        EmotionModel(hugging_face)


def test_heads_refuse_another_encoder(bundled, hugging_face, tmp_path):
    EmotionModel(bundled).save(tmp_path)
    with pytest.raises(ModelError, match="was trained on"):
        EmotionModel.load(tmp_path, hugging_face)


@pytest.mark.parametrize("name", ["emotion.json", "emotion.npz"])
def test_a_broken_folder_is_told(bundled, tmp_path, name):
    EmotionModel(bundled).save(tmp_path)
    (tmp_path / name).write_bytes(b"{}")
    with pytest.raises(ModelError, match="cannot be read"):
        EmotionModel.load(tmp_path, bundled)


def test_an_unknown_label_is_named_with_its_place(bundled):
    with pytest.raises(ConfigError, match="example 2: unknown emotion 'angry'.*Did you mean 'anger'"):
        EmotionModel.fit(["a", "b"], ["joy", "angry"], encoder=bundled)


def test_texts_without_labels_are_refused(bundled):
    with pytest.raises(ConfigError, match="one label per text"):
        EmotionModel.fit(["a"], [], encoder=bundled)
