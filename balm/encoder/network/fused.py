"""The layers as an exported graph runs them: one operator for attention, one product for its three inputs."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from balm.encoder.network.student import Layer


class FusedLayer(nn.Module):
    """Computes what `Layer` computes, in a third of the operators: in a short message they are what costs."""

    def __init__(self, layer: Layer) -> None:
        super().__init__()
        parts = layer.query, layer.key, layer.value
        self.inputs = nn.Linear(layer.query.in_features, sum(part.out_features for part in parts))
        self.inputs.weight = nn.Parameter(torch.cat([part.weight for part in parts]))
        self.inputs.bias = nn.Parameter(torch.cat([part.bias for part in parts]))
        self.heads, self.mix = layer.heads, layer.mix
        self.widen, self.narrow = layer.widen, layer.narrow
        self.norm1, self.norm2 = layer.norm1, layer.norm2

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        shown = (bias[:, 0, 0] == 0).to(torch.int32)
        query, key, value = self.inputs(x).chunk(3, dim=-1)
        mixed = MultiHeadAttention.apply(query, key, value, shown, self.heads)  # type: ignore[no-untyped-call]
        x = self.norm1(x + self.mix(mixed))
        after: Tensor = self.norm2(x + self.narrow(nn.functional.gelu(self.widen(x))))
        return after


class MultiHeadAttention(torch.autograd.Function):
    """ONNX Runtime's operator `com.microsoft.MultiHeadAttention`; only tracing ever calls it."""

    @staticmethod
    def forward(_: Any, query: Tensor, key: Tensor, value: Tensor, shown: Tensor, heads: int) -> Tensor:
        """A tensor of the right shape: a trace asks for no numbers."""
        return torch.zeros_like(query)

    @staticmethod
    def symbolic(graph: Any, query: Any, key: Any, value: Any, shown: Any, heads: int) -> Any:
        """The operator on (batch, tokens, hidden) and the mask (batch, tokens), without a bias of its own."""
        from torch.onnx.symbolic_helper import _optional_input_placeholder_tensor

        none = _optional_input_placeholder_tensor(graph)  # type: ignore[no-untyped-call]
        inputs = query, key, value, none, shown
        mixed = graph.op("com.microsoft::MultiHeadAttention", *inputs, num_heads_i=heads)
        mixed.setType(query.type())
        return mixed
