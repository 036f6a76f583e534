"""Runs an exported encoder with ONNX Runtime: no torch, no transformers."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from balm.encoder.encoding import Encoded, Passage
from balm.encoder.folder import Card
from balm.encoder.tokens import Framed, Tokens
from balm.errors import ModelError

_OUTPUTS = ["tokens", "embedding", "scores", "contributions"]


BULK = 8
"""From so many passages on, several are read at once."""


class OnnxBackend:
    """One ONNX session and its tokenizer.

    A pass takes one thread: a second one makes a single message no faster, but reads another message.
    """

    def __init__(self, folder: Path, *, threads: int) -> None:
        self.card = Card.load(folder)
        self.hidden = self.card.hidden
        self.identity = f"onnx:{self.card.sha256}"
        self._tokens = Tokens(folder, self.card.max_tokens)
        self._session = _session(folder)
        self._threads = threads

    def run(self, passages: Sequence[Passage]) -> list[Encoded]:
        """Each passage encoded, in the order given.

        One a pass: the int8 ranges are those of a pass, so that in a batch the neighbours of a text
        would change its numbers, and what is learned in batches would not fit what is served one by one.
        """
        texts, framed = [passage.text for passage in passages], self._tokens.frame(passages)
        if len(texts) < BULK or self._threads == 1:
            return list(map(self._one, texts, framed))
        with ThreadPoolExecutor(self._threads) as readers:
            return list(readers.map(self._one, texts, framed))

    def _one(self, text: str, framed: Framed) -> Encoded:
        """The outputs of one pass for the message without its two frame tokens."""
        ids, spans = framed
        feed = {"ids": np.array([ids], np.int64), "mask": np.ones((1, len(ids)), np.int64)}
        tokens, embedding, scores, contributions = (array[0] for array in self._session.run(_OUTPUTS, feed))
        inner = slice(1, len(spans) - 1)
        return Encoded(
            text, embedding, tokens[inner], tuple(spans[inner]), scores, contributions[inner],
            in_context=len(ids) > len(spans),
        )  # fmt: skip


def _session(folder: Path) -> Any:
    """A session that suits one event loop: no threads of its own that wait for messages."""
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.log_severity_level = 3
    try:
        return ort.InferenceSession(str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's errors share no public base class
        raise ModelError(
            f"encoder folder '{folder}': its model.onnx cannot be loaded ({error}). Restore it."
        ) from error
