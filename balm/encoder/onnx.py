"""Runs an exported encoder with ONNX Runtime: no torch, no transformers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from balm.encoder.encoding import Encoded
from balm.encoder.folder import Card
from balm.errors import ModelError

BATCH_TOKENS = 4_096
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
        """Each text encoded, in the order given; texts of similar length share a batch."""
        rows = [_cut(row, self.card.max_tokens) for row in self._tokenizer.encode_batch(list(texts))]
        found: list[Encoded | None] = [None] * len(rows)
        for batch in _batches([len(ids) for ids, _ in rows]):
            outputs = self._session.run(_OUTPUTS, _feed([rows[i][0] for i in batch]))
            for place, index in enumerate(batch):
                ids, spans = rows[index]
                found[index] = _encoded(texts[index], ids, spans, [array[place] for array in outputs])
        return [row for row in found if row is not None]


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


def _batches(lengths: Sequence[int]) -> list[list[int]]:
    batches: list[list[int]] = []
    for index in sorted(range(len(lengths)), key=lengths.__getitem__):
        if not batches or lengths[index] * (len(batches[-1]) + 1) > BATCH_TOKENS:
            batches.append([])
        batches[-1].append(index)
    return batches


def _feed(rows: Sequence[Sequence[int]]) -> dict[str, Any]:
    width = max(map(len, rows))
    ids = np.zeros((len(rows), width), np.int64)
    for line, row in zip(ids, rows, strict=True):
        line[: len(row)] = row
    mask = (np.arange(width) < np.array([[len(row)] for row in rows])).astype(np.int64)
    return {"ids": ids, "mask": mask}


def _encoded(
    text: str, ids: Sequence[int], spans: Sequence[tuple[int, int]], outputs: Sequence[Any]
) -> Encoded:
    """One row of a batch without its padding and its two frame tokens."""
    tokens, embedding, scores, contributions = outputs
    inner = slice(1, len(ids) - 1)
    return Encoded(text, embedding, tokens[inner], tuple(spans[inner]), scores, contributions[inner])
