"""Step `tune`: the heads learn emotion, intensity, cause, need, sarcasm; the embedding stays where it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

import torch
from torch import Tensor
from torch.nn import functional

from balm.emotion.data import EmotionLabel
from balm.emotion.labels import CAUSES, EMOTIONS
from balm.encoder.recipe.align import away, tokenise
from balm.encoder.recipe.batches import bucket, pad
from balm.encoder.recipe.sources import pairs, real, written
from balm.encoder.recipe.student import COLUMNS, Shape, Student
from balm.encoder.recipe.teacher import Teacher
from balm.encoder.recipe.training import CHARACTERS, Run, fit, letters
from balm.encoder.recipe.workplace import Workplace

UNLABELLED = -1
SMOOTHING = 0.05
REHEARSED = 3_000
"""Unlabelled pairs that are read along, so that the embedding forgets nothing."""


@dataclass(frozen=True)
class Labels:
    """The labels of all training messages, side by side; `UNLABELLED` where nobody labelled."""

    emotion: Tensor  # (messages,)
    cause: Tensor
    intensity: Tensor
    needs_human: Tensor
    sarcasm: Tensor


def run(place: Workplace) -> None:
    """Write tuned.pt, the student with its heads."""
    rng = Random(place.plan.seed)
    examples = [*real(place, dev=False), *written(place)]
    rehearsed = rng.sample(pairs(place), REHEARSED)
    labels = columns([e.label for e in examples] + [None] * REHEARSED, place.device)
    texts = [e.text for e in examples] + [text for text, _ in rehearsed]
    ids = tokenise(place, [letters(text) if rng.random() < CHARACTERS else text for text in texts])
    student = load(place, "aligned.pt", dropout=0.15)
    targets = _targets(
        place, student, texts, [e.english for e in examples] + [english for _, english in rehearsed]
    )
    fit(
        place,
        student,
        Run("tune", place.plan.tune_rate, place.plan.tune_tokens, place.plan.batch_tokens),
        ids,
        objective(student, place, labels, targets),
    )
    torch.save(student.state_dict(), place.path("tuned.pt"))


def load(place: Workplace, name: str, *, dropout: float = 0.1) -> Student:
    """The student that a step has written."""
    state = torch.load(place.path(name), map_location=place.device)
    torch.manual_seed(place.plan.seed)
    student = Student(Shape(len(state["words.weight"])), dropout)
    student.load_state_dict(state)
    return student.to(place.device)


def columns(labels: Sequence[EmotionLabel | None], device: str) -> Labels:
    """The labels as tensors."""

    def pick(value: Callable[[EmotionLabel], float | None]) -> Tensor:
        found = [value(label) if label else None for label in labels]
        return torch.tensor([UNLABELLED if one is None else one for one in found], device=device)

    return Labels(
        emotion=pick(lambda label: EMOTIONS.index(label.emotion)),
        cause=pick(lambda label: CAUSES.index(label.cause) if label.cause else None),
        intensity=pick(lambda label: label.intensity),
        needs_human=pick(lambda label: label.needs_human),
        sarcasm=pick(lambda label: label.sarcasm),
    )


def objective(
    student: Student, place: Workplace, labels: Labels, targets: Tensor
) -> Callable[[list[int], Tensor, Tensor], Tensor]:
    """The loss of a batch: every head's, plus the distance of the embedding from its target."""
    rare = _balance(labels.emotion, len(EMOTIONS))
    plain = _balance(labels.cause, len(CAUSES))

    def loss(indices: list[int], ids: Tensor, mask: Tensor) -> Tensor:
        with torch.autocast(place.device, dtype=torch.bfloat16):
            out = student(ids, mask)
        emotion, intensity, cause, human, sarcasm = out.scores.float().split(list(COLUMNS.values()), dim=1)
        return (
            _choice(emotion, labels.emotion[indices], rare)
            + 0.5 * _choice(cause, labels.cause[indices], plain)
            + 0.5 * _degree(intensity, labels.intensity[indices])
            + 0.5 * _degree(human, labels.needs_human[indices])
            + 0.3 * _degree(sarcasm, labels.sarcasm[indices])
            + place.plan.distill_weight * away(out.embedding.float(), targets[indices])
        )

    return loss


def _balance(labels: Tensor, classes: int) -> Tensor:
    """Class weights: the inverse square root of each class's count, one on average."""
    counts = torch.bincount(labels[labels >= 0].long(), minlength=classes).clamp(min=1).float()
    weights = counts.rsqrt()
    return weights / weights.mean()


def _choice(logits: Tensor, labels: Tensor, weights: Tensor) -> Tensor:
    known = labels >= 0
    if not known.any():
        return logits.sum() * 0.0
    return functional.cross_entropy(logits[known], labels[known].long(), weights, label_smoothing=SMOOTHING)


def _degree(logits: Tensor, labels: Tensor) -> Tensor:
    known = labels >= 0
    if not known.any():
        return logits.sum() * 0.0
    return functional.binary_cross_entropy_with_logits(logits[known, 0], labels[known].float())


def _targets(place: Workplace, student: Student, texts: list[str], meanings: list[str | None]) -> Tensor:
    """Where each embedding belongs: at the teacher's view of its English, or where alignment left it."""
    targets = _own_view(place, student, tokenise(place, texts))
    translated = [i for i, meaning in enumerate(meanings) if meaning]
    targets[translated] = torch.from_numpy(Teacher(place).embed([meanings[i] or "" for i in translated]))
    return targets.to(place.device)


def _own_view(place: Workplace, student: Student, ids: list[list[int]]) -> Tensor:
    student.eval()
    out = torch.zeros(len(ids), student.words.embedding_dim)
    with torch.no_grad(), torch.autocast(place.device, dtype=torch.bfloat16):
        for batch in bucket([len(row) for row in ids], 8_192):
            padded, mask = pad([ids[i] for i in batch])
            out[batch] = student(padded.to(place.device), mask.to(place.device)).embedding.float().cpu()
    return out
