"""Step `align`: Chinese sentences learn to stand where the teacher puts their English translations."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import torch
from torch import Tensor

from balm.encoder.encoding import Passage
from balm.encoder.network.pace import half
from balm.encoder.network.student import Shape, Student
from balm.encoder.recipe.sources import english, pairs
from balm.encoder.recipe.teacher import Teacher, adopt
from balm.encoder.recipe.training import CHARACTERS, Run, Task, fit, letters
from balm.encoder.recipe.workplace import Workplace
from balm.encoder.tokens import Tokens

CONTRAST = 0.1
SHARPNESS = 20.0


def run(place: Workplace) -> None:
    """Write aligned.pt, the student after alignment."""
    texts, targets = paired(place)
    student = fresh(place)
    fit(
        place,
        student,
        Run("align", place.plan.align_rate, place.plan.align_tokens, 2 * place.plan.batch_tokens),
        [Task(texts, lambda indices, ids, mask: pull(student, place, targets[indices], ids, mask))],
    )
    torch.save(student.state_dict(), place.path("aligned.pt"))


def paired(place: Workplace) -> tuple[list[list[int]], Tensor]:
    """The texts as ids, and where the teacher puts the meaning of each (texts, hidden)."""
    rng = Random(place.plan.seed)
    rows = pairs(place) + [(text, text) for text in english(place, 12_000)]
    texts = tokenise(place, [letters(text) if rng.random() < CHARACTERS else text for text, _ in rows])
    targets = Teacher(place).embed([meaning for _, meaning in rows])
    return texts, torch.from_numpy(targets).to(place.device)


def fresh(place: Workplace) -> Student:
    """A student with the teacher's body and the vocabulary's first rows."""
    torch.manual_seed(place.plan.seed)
    rows = torch.load(place.path("rows.pt"))
    student = Student(Shape(len(rows)))
    adopt(student, Teacher(place).weights, rows)
    return student.to(place.device)


def tokenise(
    place: Workplace, texts: Sequence[str], before: Sequence[tuple[str, ...]] = ()
) -> list[list[int]]:
    """The ids of each text, cut at the plan's length, and of the turns before it."""
    passages = [Passage(text, some) for text, some in zip(texts, before or [()] * len(texts), strict=True)]
    return [row.ids for row in Tokens(place.work, place.plan.max_tokens).frame(passages)]


def away(embedding: Tensor, target: Tensor) -> Tensor:
    """How far the embeddings are from their targets, 0 (there) to 2 (opposite), on average."""
    return 1.0 - (embedding * target).sum(-1).mean()


def pull(student: Student, place: Workplace, target: Tensor, ids: Tensor, mask: Tensor) -> Tensor:
    """How far a batch is from its targets, and how hard each text is to tell from its neighbours."""
    with half(place.device):
        embedding = student.embed(student.body(ids, mask).float(), mask.float())
    same = torch.arange(len(target), device=target.device)
    contrast = torch.nn.functional.cross_entropy(SHARPNESS * embedding @ target.T, same)
    return away(embedding, target) + CONTRAST * contrast
