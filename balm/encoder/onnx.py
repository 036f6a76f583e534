"""Runs an exported encoder with ONNX Runtime: no torch, no transformers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from balm.encoder.encoding import Encoded
from balm.encoder.folder import Card
from balm.errors import ModelError

_OUTPUTS = ["tokens", "embedding", "scores", "contributions"]


class OnnxBackend:
    """One ONNX session and its tokenizer."""

    def __init__(self, folder: Path, *, threads: int) -> None:
        self.card = Card.load(folder)
        self.hidden = self.card.hidden
        self.identity = f"onnx:{self.card.sha256}"
        self._tokenizer = _tokenizer(folder)
        self._session = _session(folder, threads)

    def run(self, texts: Sequence[str]) -> list[Encoded]:
        """Each text encoded, in the order given.

        One text a pass: the int8 ranges are those of a pass, so that in a batch the neighbours of a text
        would change its numbers, and what is learned in batches would not fit what is served one by one.
        """
        rows = self._tokenizer.encode_batch(list(texts))
        return [
            self._one(text, *_cut(row, self.card.max_tokens)) for text, row in zip(texts, rows, strict=True)
        ]

    def _one(self, text: str, ids: list[int], spans: list[tuple[int, int]]) -> Encoded:
        """The outputs of one pass without the two frame tokens."""
        feed = {"ids": np.array([ids], np.int64), "mask": np.ones((1, len(ids)), np.int64)}
        tokens, embedding, scores, contributions = (array[0] for array in self._session.run(_OUTPUTS, feed))
        inner = slice(1, len(ids) - 1)
        return Encoded(text, embedding, tokens[inner], tuple(spans[inner]), scores, contributions[inner])


def _tokenizer(folder: Path) -> Any:
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    except Exception as error:  # the library raises bare Exception and nothing narrower
        raise ModelError(
            f"encoder folder '{folder}': its tokenizer.json is broken ({error}). Restore it."
        ) from error
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def _session(folder: Path, threads: int) -> Any:
    """A session that suits one event loop: few threads, which sleep between messages instead of spinning."""
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    try:
        return ort.InferenceSession(str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's errors share no public base class
        raise ModelError(
            f"encoder folder '{folder}': its model.onnx cannot be loaded ({error}). Restore it."
        ) from error


def _cut(row: Any, limit: int) -> tuple[list[int], list[tuple[int, int]]]:
    """Ids and spans of at most `limit` tokens: the beginning and the end, where feelings stand."""
    ids, spans = list(row.ids), list(row.offsets)
    if len(ids) <= limit:
        return ids, spans
    head, tail = limit * 2 // 3, limit - limit * 2 // 3
    return ids[:head] + ids[-tail:], spans[:head] + spans[-tail:]
