"""Brings the torch network back from the ONNX graph that Balm wrote, so that no second copy is shipped."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from balm.encoder.network.student import Shape, Student
from balm.errors import ModelError

Array = NDArray[Any]
CLOSE = 0.99
"""The least cosine between an embedding in torch and in int8; measured: 0.995, the median 0.998."""
_PRODUCTS = ("MatMul", "MatMulInteger")


class Graph:
    """The parameters inside model.onnx under the names that the torch network gives them."""

    def __init__(self, path: Path) -> None:
        import onnx
        from onnx.numpy_helper import to_array

        graph = onnx.load(str(path)).graph
        self.nodes = list(graph.node)
        self.stored: dict[str, Array] = {one.name: to_array(one) for one in graph.initializer}
        for node in self.nodes:
            if (
                node.op_type == "Identity" and node.input[0] in self.stored
            ):  # equal parameters are stored once
                self.stored[node.output[0]] = self.stored[node.input[0]]

    @property
    def quantised(self) -> bool:
        """Whether the matrix products are in int8."""
        return any(node.op_type == "MatMulInteger" for node in self.nodes)

    @cached_property
    def parameters(self) -> dict[str, Array]:
        """Every parameter in float32; int8 ones times their scales, which is exact."""
        found = {name: array for name, array in self.stored.items() if name.endswith((".weight", ".bias"))}
        found["segment"] = self.stored["segment"]
        if "words.rows" in self.stored:
            found["words.weight"] = self.stored["words.rows"].astype(np.float32) * self.stored["words.scale"]
        found.update(self._matrices())
        return dict(_apart(found))

    def shape(self) -> Shape:
        """The sizes of the network."""
        found = self.parameters
        return Shape(
            vocabulary=len(found["words.weight"]),
            hidden=len(found["segment"]),
            layers=len({name.split(".")[1] for name in found if name.startswith("layers.")}),
            attention_heads=self._attention_heads(),
            inner=len(found["layers.0.widen.bias"]),
            positions=len(found["positions.weight"]),
            trunk=len(found["heads.trunk.1.bias"]),
        )

    def _matrices(self) -> Iterator[tuple[str, Array]]:
        """The weight (out, in) of every product; the bias that is added to it tells its name."""
        readers = {name: node for node in self.nodes for name in node.input}
        for node in self.nodes:
            matrix = self._matrix(node) if node.op_type in _PRODUCTS else None
            if matrix is None:
                continue
            while node.op_type != "Add":
                node = readers[node.output[0]]
            bias = next(name for name in node.input if name.endswith(".bias"))
            yield bias.replace(".bias", ".weight"), matrix.T

    def _matrix(self, node: Any) -> Array | None:
        """The constant factor (in, out) of a product, `None` where both factors are computed."""
        factor = self.stored.get(node.input[1])
        if factor is None or node.op_type == "MatMul":
            return factor
        name = node.input[1].removesuffix("_quantized")
        whole = factor.astype(np.float32) - self.stored[f"{name}_zero_point"].astype(np.float32)
        return np.asarray(whole * self.stored[f"{name}_scale"], np.float32)

    def _attention_heads(self) -> int:
        attention = next(node for node in self.nodes if node.op_type == "MultiHeadAttention")
        return int(next(one.i for one in attention.attribute if one.name == "num_heads"))


def _apart(parameters: dict[str, Array]) -> Iterator[tuple[str, Array]]:
    """The parameters with every `FusedLayer`'s one product as the three of a `Layer`."""
    for name, array in parameters.items():
        if ".inputs." in name:
            for part, third in zip(("query", "key", "value"), np.split(array, 3), strict=True):
                yield name.replace("inputs", part), third
        else:
            yield name, array


def student(graph: Graph, path: Path) -> Student:
    """The network of a graph, in evaluation mode.

    Its weights are those of the graph. A graph in float32 yields the same embeddings to 1e-5; one in int8,
    which rounds what enters each product too, the same to a cosine of at least `CLOSE`.

    Raises:
        ModelError: Balm did not write this graph.
    """
    import torch

    try:
        network = Student(graph.shape())
        state = {name: torch.from_numpy(array.copy()) for name, array in graph.parameters.items()}
        network.load_state_dict(state)
    except (KeyError, IndexError, StopIteration, RuntimeError) as error:
        raise ModelError(
            f"encoder '{path}': its weights cannot be brought back for fine-tuning ({error!r}). "
            "Allowed: a graph that the recipe exported. Export it again, or use the method 'head'."
        ) from error
    return network.eval()
