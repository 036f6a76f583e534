"""Every encoder, bundled, exported or from Hugging Face, keeps the same promises."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from balm.encoder import Encoder
from balm.encoder.folder import Card, bundled_folder
from balm.errors import ModelError
from tests.encoder import tiny_models

TEXTS = ["where is my parcel?", "我的快递呢", "😡", "", "mixed 退款 please!"]
BAD = [
    "",
    "   ",
    "\n\t",
    "😡",
    "\ud83d",
    "a\x00b\x1b",
    "\u200b\ufeff",
    "x" * 100_000,
    "退" * 100_000,
    "[CLS] [PAD]",
]


@pytest.fixture(scope="module", params=["bundled", "hugging face", "exported"])
def encoder(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("encoder")
    build = {
        "bundled": lambda: "bundled",
        "hugging face": lambda: tiny_models.hugging_face(folder / "hf"),
        "exported": lambda: tiny_models.exported(folder / "onnx", quantise=False),
    }
    return Encoder.load(build[request.param]())


@pytest.fixture(scope="module")
def bundled():
    return Encoder.load("bundled")


def test_embeddings_are_unit_rows_in_the_order_of_the_texts(encoder):
    found = encoder.encode(TEXTS).embeddings
    assert found.shape == (len(TEXTS), encoder.hidden)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1.0, atol=1e-3)
    np.testing.assert_allclose(encoder.encode(TEXTS[1:2]).embeddings[0], found[1], atol=1e-3)


def test_no_text_yields_an_empty_table(encoder):
    assert encoder.encode([]).embeddings.shape == (0, encoder.hidden)


def test_spans_point_into_the_text(encoder):
    for row in encoder.encode(TEXTS).rows:
        assert len(row.spans) == len(row.tokens)
        assert all(0 <= start <= end <= len(row.text) for start, end in row.spans)


@pytest.mark.parametrize("text", BAD, ids=lambda text: f"{text[:4]!a}x{len(text)}")
def test_bad_text_gets_an_embedding(encoder, text):
    assert np.isfinite(encoder.encode([text]).embeddings).all()


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(st.characters(), max_size=60))
def test_any_string_gets_an_embedding(bundled, text):
    assert np.isfinite(bundled.encode([text]).embeddings).all()


def test_the_same_text_is_read_once(encoder):
    first = encoder.encode(["refund please"]).rows[0]
    assert encoder.encode(["refund please"]).rows[0] is first


def test_the_memory_stays_small(encoder):
    first = encoder.encode(["order 0"]).rows[0]
    encoder.encode([f"order {number}" for number in range(1, 50)])
    assert encoder.encode(["order 0"]).rows[0] is not first


def test_threads_share_an_encoder(bundled):
    expected = bundled.encode(["order 7"]).embeddings
    found: list[np.ndarray] = []
    read = lambda: found.append(bundled.encode(["order 7", "order 8"]).embeddings[:1])  # noqa: E731
    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    for one in found:
        np.testing.assert_allclose(one, expected, atol=0.06)


def test_both_ends_of_a_long_message_are_read(bundled):
    start, end = "thanks " * 600, "thanks " * 350 + "you are liars"
    assert not np.allclose(
        bundled.encode([start[:2400]]).embeddings, bundled.encode([end]).embeddings, atol=1e-3
    )


def test_translations_stand_closer_than_strangers(bundled):
    pairs = [("我想退款", "I want a refund"), ("你好", "hello"), ("我的快递到哪了", "where is my parcel")]
    zh = bundled.encode([one for one, _ in pairs]).embeddings
    en = bundled.encode([other for _, other in pairs]).embeddings
    assert (zh @ en.T).argmax(1).tolist() == [0, 1, 2]


@pytest.mark.parametrize(("quantise", "tolerance"), [(False, 1e-4), (True, 0.05)], ids=["float32", "int8"])
def test_the_exported_graph_agrees_with_torch(tmp_path, quantise, tolerance):
    import torch

    folder = tiny_models.exported(tmp_path, quantise=quantise)
    model, tokenizer = tiny_models.student(), tiny_models.tokenizer()
    for text in ("where is my parcel?", "退款 thanks!"):
        ids = torch.tensor([tokenizer.encode(text).ids])
        with torch.no_grad():
            expected = model(ids, torch.ones_like(ids))
        row = Encoder.load(folder).encode([text]).rows[0]
        np.testing.assert_allclose(row.embedding, expected.embedding[0], atol=tolerance)
        np.testing.assert_allclose(row.scores, expected.scores[0], atol=tolerance)
        np.testing.assert_allclose(row.contributions, expected.contributions[0][1:-1], atol=tolerance)


def test_padding_changes_nothing(tmp_path):
    folder = tiny_models.exported(tmp_path, quantise=False)
    alone = Encoder.load(folder).encode(["refund"]).rows[0]
    beside = Encoder.load(folder).encode(["refund", "where is my parcel ? late late late"]).rows[0]
    np.testing.assert_allclose(alone.scores, beside.scores, atol=1e-5)


def test_the_bundled_encoder_needs_neither_torch_nor_transformers():
    code = (
        "import sys; from balm.encoder import Encoder; from balm.emotion.model import EmotionModel;"
        "EmotionModel(Encoder.load('bundled')).read(['hi']);"
        "print([m for m in ('torch', 'transformers', 'scipy', 'sklearn') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_hugging_face_model_without_torch_says_what_to_install():
    code = (
        "import sys; sys.modules['torch'] = None\nfrom balm.encoder import Encoder\n"
        "try: Encoder.load('some/model')\nexcept Exception as error: print(type(error).__name__, error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("ModelError") and "extra 'hf'" in done.stdout


def test_the_bundle_stays_within_its_size():
    assert sum(path.stat().st_size for path in bundled_folder().iterdir()) <= 40_000_000


def test_the_bundled_card_names_the_very_files():
    from balm.encoder.recipe.evaluate import fingerprint

    assert fingerprint(bundled_folder()) == Card.load(bundled_folder()).sha256


@pytest.mark.parametrize("missing", ["model.onnx", "tokenizer.json"])
def test_a_folder_without_a_file_names_it(tmp_path, missing):
    shutil.copytree(bundled_folder(), tmp_path / "model")
    (tmp_path / "model" / missing).unlink()
    with pytest.raises(ModelError, match=missing):
        Encoder.load(tmp_path / "model")


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "balm.json"])
def test_a_broken_file_is_told_not_crashed_on(tmp_path, name):
    folder = tiny_models.exported(tmp_path, quantise=False)
    (folder / name).write_text("not a model")
    with pytest.raises(ModelError, match=name):
        Encoder.load(folder)


@pytest.mark.parametrize("name", ["", "./no/such/folder", "/no/such/folder"])
def test_a_missing_folder_is_told(name):
    with pytest.raises(ModelError, match="no such folder"):
        Encoder.load(name)


def test_an_empty_folder_is_no_model(tmp_path):
    with pytest.raises(ModelError, match="cannot be loaded"):
        Encoder.load(tmp_path)
