"""The way from torch into one ONNX graph with every output, in int8 or in float32."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from balm.encoder.network.fused import FusedLayer
from balm.encoder.network.student import Student

OPSET = 17
OUTPUTS = ("tokens", "embedding", "scores", "contributions")


class Int8Rows(nn.Module):
    """An embedding table in int8 with one scale a row: a quarter of the size, no measurable loss."""

    def __init__(self, rows: Tensor) -> None:
        super().__init__()
        scale = rows.abs().amax(1, keepdim=True).clamp(min=1e-8) / 127
        self.register_buffer("scale", scale)
        self.register_buffer("rows", (rows / scale).round().to(torch.int8))

    def forward(self, ids: Tensor) -> Tensor:
        return self.rows[ids].float() * self.scale[ids]  # type: ignore[index]


def write_graph(student: Student, folder: Path, *, quantise: bool = True) -> None:
    """Write model.onnx: int8 matrix products and word vectors, or everything in float32."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    plain = folder / "float.onnx"
    student.layers = nn.ModuleList(FusedLayer(layer) for layer in student.layers)  # type: ignore[arg-type]
    if quantise:
        student.words = Int8Rows(student.words.weight.detach())  # type: ignore[assignment]
    _trace(student, plain)
    if not quantise:
        plain.rename(folder / "model.onnx")
        return
    quantize_dynamic(
        plain, folder / "model.onnx", op_types_to_quantize=["MatMul", "Gemm"], per_channel=True,
        reduce_range=True, weight_type=QuantType.QInt8,
    )  # fmt: skip
    plain.unlink()


def _trace(student: Student, path: Path) -> None:
    ids = torch.tensor([[2, 900, 901, 902, 3], [2, 900, 3, 0, 0]]).clamp(max=student_size(student) - 1)
    free = {"ids": {0: "batch", 1: "tokens"}, "mask": {0: "batch", 1: "tokens"}}
    free |= {"tokens": {0: "batch", 1: "tokens"}, "contributions": {0: "batch", 1: "tokens"}}
    free |= {"embedding": {0: "batch"}, "scores": {0: "batch"}}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            student, (ids, (ids > 0).long()), str(path),
            input_names=["ids", "mask"], output_names=list(OUTPUTS), dynamic_axes=free,
            opset_version=OPSET, dynamo=False,
        )  # fmt: skip


def student_size(student: Student) -> int:
    """How many rows the vocabulary has."""
    words: Any = student.words
    return len(words.state_dict()["rows" if isinstance(words, Int8Rows) else "weight"])
