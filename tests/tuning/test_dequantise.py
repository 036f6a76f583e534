"""The torch network that comes back from an exported graph says what the graph says."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
import torch

from balm.encoder import Encoder
from balm.encoder.folder import bundled_folder
from balm.errors import ModelError
from balm.tuning.body import open_body
from balm.tuning.dequantise import CLOSE, Graph
from tests.encoder import tiny_models

TEXTS = [
    "where is my parcel",
    "great, just great 😡",
    "我要退款！！",
    "呵呵，你们的服务可真好",
    "我的order BM10024683 還沒到 where??",
    "",
    "😡",
    "退款" * 300,
    "why is it late " * 60,
]


@pytest.fixture(scope="module")
def bundled():
    return open_body(str(bundled_folder()))


def embed(body):
    with torch.inference_mode():
        return body.embed(TEXTS).numpy()


def test_in_torch_the_bundled_encoder_says_nearly_the_same(bundled):
    cosines = (embed(bundled) * Encoder.load("bundled").embed(TEXTS)).sum(1)
    assert cosines.min() >= CLOSE


def test_weights_come_back_exactly(bundled, tmp_path):
    """Exported again untouched, the graph computes the very same numbers: nothing was lost on the way."""
    open_body(str(bundled_folder())).save(tmp_path)
    again, first = Encoder.load(tmp_path), Encoder.load("bundled")
    assert np.array_equal(again.embed(TEXTS), first.embed(TEXTS))
    assert json.loads((tmp_path / "balm.json").read_text())["figures"] == {}


@pytest.mark.parametrize("quantise", [True, False], ids=["int8", "float"])
def test_other_sizes_come_back_too(tmp_path, quantise):
    folder = tiny_models.exported(tmp_path, quantise=quantise)
    seen, wanted = embed(open_body(str(folder))), Encoder.load(folder).embed(TEXTS)
    if quantise:
        assert (seen * wanted).sum(1).min() >= CLOSE
    else:
        assert np.abs(seen - wanted).max() <= 1e-5


def test_a_hugging_face_model_embeds_in_training_as_in_service(tmp_path):
    name = str(tiny_models.hugging_face(tmp_path))
    assert np.abs(embed(open_body(name)) - Encoder.load(name).embed(TEXTS)).max() <= 1e-5


def test_the_shape_is_read_from_the_graph(tmp_path):
    folder = tiny_models.exported(tmp_path, quantise=True)
    shape = Graph(folder / "model.onnx").shape()
    assert (shape.layers, shape.hidden, shape.attention_heads, shape.inner) == (2, 32, 4, 64)


def test_a_graph_that_balm_did_not_write_is_refused(tmp_path):
    import onnx
    from onnx import TensorProto, helper

    folder = tiny_models.exported(tmp_path / "folder", quantise=False)
    value = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1])
    node = helper.make_node("Identity", ["x"], ["y"])
    out = helper.make_tensor_value_info("y", TensorProto.FLOAT, [1])
    graph = helper.make_graph([node], "other", [value], [out])
    onnx.save(helper.make_model(graph), str(folder / "model.onnx"))
    with pytest.raises(ModelError, match="cannot be brought back for fine-tuning"):
        open_body(str(folder))


def test_an_encoder_without_a_folder_is_refused():
    with pytest.raises(ModelError, match="comes from no folder"):
        open_body("")


def test_the_table_of_traditional_characters_comes_along(tmp_path):
    folder = tiny_models.exported(tmp_path / "folder", quantise=False)
    (folder / "simplified.txt").write_text("貨货\n", encoding="utf-8")
    open_body(str(folder)).save(tmp_path / "again")
    assert (tmp_path / "again" / "simplified.txt").read_text(encoding="utf-8") == "貨货\n"
    shutil.rmtree(folder)
    assert len(Encoder.load(tmp_path / "again").embed(["貨"])) == 1
