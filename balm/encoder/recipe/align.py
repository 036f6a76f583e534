"""Step `align`: Chinese sentences learn to stand where the teacher puts their English translations."""

from __future__ import annotations

from random import Random

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from balm.encoder.recipe.sources import english, pairs
from balm.encoder.recipe.student import Shape, Student, adopt
from balm.encoder.recipe.teacher import Teacher
from balm.encoder.recipe.training import CHARACTERS, Run, fit, letters
from balm.encoder.recipe.workplace import Workplace

CONTRAST = 0.1
SHARPNESS = 20.0


def run(place: Workplace) -> None:
    """Write aligned.pt, the student after alignment."""
    rng = Random(place.plan.seed)
    rows = pairs(place) + [(text, text) for text in english(place, 12_000)]
    texts = tokenise(place, [letters(text) if rng.random() < CHARACTERS else text for text, _ in rows])
    targets = _targets(place, [meaning for _, meaning in rows])
    student = fresh(place)
    fit(
        place,
        student,
        Run("align", place.plan.align_rate, place.plan.align_tokens, 2 * place.plan.batch_tokens),
        texts,
        lambda indices, ids, mask: _loss(student, place, targets[indices], ids, mask),
    )
    torch.save(student.state_dict(), place.path("aligned.pt"))


def fresh(place: Workplace) -> Student:
    """A student with the teacher's body and the vocabulary's first rows."""
    torch.manual_seed(place.plan.seed)
    rows = torch.load(place.path("rows.pt"))
    student = Student(Shape(len(rows)))
    adopt(student, Teacher(place).weights, rows)
    return student.to(place.device)


def tokenise(place: Workplace, texts: list[str]) -> list[list[int]]:
    """The ids of each text, cut at the plan's length."""
    tokenizer = Tokenizer.from_file(str(place.path("tokenizer.json")))
    tokenizer.enable_truncation(place.plan.max_tokens)
    return [row.ids for row in tokenizer.encode_batch(texts)]


def away(embedding: Tensor, target: Tensor) -> Tensor:
    """How far the embeddings are from their targets, 0 (there) to 2 (opposite), on average."""
    return 1.0 - (embedding * target).sum(-1).mean()


def _targets(place: Workplace, meanings: list[str]) -> Tensor:
    cached = place.path("targets.npy")
    if not (cached.exists() and len(np.load(cached, mmap_mode="r")) == len(meanings)):
        np.save(cached, Teacher(place).embed(meanings))
    return torch.from_numpy(np.load(cached)).to(place.device)


def _loss(student: Student, place: Workplace, target: Tensor, ids: Tensor, mask: Tensor) -> Tensor:
    with torch.autocast(place.device, dtype=torch.bfloat16):
        embedding = student(ids, mask).embedding.float()
    same = torch.arange(len(target), device=target.device)
    contrast = torch.nn.functional.cross_entropy(SHARPNESS * embedding @ target.T, same)
    return away(embedding, target) + CONTRAST * contrast
