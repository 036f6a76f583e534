"""Step `tune`: the heads learn emotion, intensity, cause, need, sarcasm; the embedding stays where it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import torch
from torch import Tensor
from torch.nn import functional

from balm.emotion.data import EmotionLabel
from balm.emotion.labels import CAUSES, EMOTIONS
from balm.encoder.network.batches import bucket, pad
from balm.encoder.network.student import COLUMNS, FRAMED, UNKNOWN, Shape, Student
from balm.encoder.recipe.align import away, pull, tokenise
from balm.encoder.recipe.sources import Example, pairs, real, written
from balm.encoder.recipe.teacher import Teacher
from balm.encoder.recipe.training import Run, Task, fit, loosened
from balm.encoder.recipe.workplace import Workplace

UNLABELLED = -1
SMOOTHING = 0.05
CUTS = 3
"""How many cuts into words each message comes in."""
BLANKED = 0.08
PAIRS = 6_000
REAL, REHEARSED = 0.55, 0.1
"""The shares of real labelled messages and of unlabelled pairs; what is left goes to written messages."""
IN_CONTEXT = 0.25
"""How many of the real messages are read with the turns before them, which their labels did not need."""


@dataclass(frozen=True)
class Labels:
    """The labels of all training messages, side by side; `UNLABELLED` where nobody labelled."""

    emotion: Tensor  # (messages,)
    cause: Tensor
    intensity: Tensor
    needs_human: Tensor
    sarcasm: Tensor


def run(place: Workplace) -> None:
    """Write tuned.pt: the mean of the weights of several runs, each with a seed of its own.

    Single runs vary much; their mean does less, and serves at the cost of one.
    Source: Wortsman et al. 2022, Model soups.
    """
    seeds = range(place.plan.seed, place.plan.seed + place.plan.tune_runs)
    places = [replace(place, plan=replace(place.plan, seed=seed)) for seed in seeds]
    torch.save(mean([_taught(one) for one in places]), place.path("tuned.pt"))
    for one in places:
        _kept(one).unlink()


def mean(weights: Sequence[Mapping[str, Tensor]]) -> dict[str, Tensor]:
    """The mean of the weights of networks that began as the same one."""
    return {name: torch.stack([one[name] for one in weights]).mean(0) for name in weights[0]}


def _taught(place: Workplace) -> dict[str, Tensor]:
    """The weights of the student with its heads after one run, which an interruption does not lose."""
    plan = place.plan.until("tune")
    if _kept(place).exists() and (found := torch.load(_kept(place)))["plan"] == plan:
        kept: dict[str, Tensor] = found["weights"]
        return kept
    student = load(place, "pretrained.pt", dropout=0.15)
    labelled = [(real(place, dev=False), REAL, IN_CONTEXT), (written(place), 1 - REAL - REHEARSED, 1.0)]
    tasks = [_labelled(place, student, *one) for one in labelled]
    rows = Random(place.plan.seed).sample(pairs(place), PAIRS)
    tasks.append(_rehearsal(place, student, rows))
    run = Run("tune", place.plan.tune_rate, place.plan.tune_tokens, place.plan.batch_tokens, words=3.0)
    fit(place, student, run, tasks)
    weights = {name: tensor.cpu() for name, tensor in student.state_dict().items()}
    torch.save({"plan": plan, "weights": weights}, _kept(place))
    return weights


def _kept(place: Workplace) -> Path:
    return place.path(f"tuned.{place.plan.seed}.pt")


def _labelled(
    place: Workplace, student: Student, examples: Sequence[Example], share: float, in_context: float
) -> Task:
    """Learn these labels; a share `in_context` is read with the turns before it."""
    rng = Random(place.plan.seed)
    targets = _targets(place, student, [e.text for e in examples], [e.english for e in examples])
    labels = columns([e.label for e in examples], place.device)
    texts = [loosened(e.text, rng) for _ in range(CUTS) for e in examples]
    before = [e.before if rng.random() < in_context else () for _ in range(CUTS) for e in examples]
    loss = objective(student, place, labels, targets)

    def anew(indices: list[int], ids: Tensor, mask: Tensor) -> Tensor:
        return loss([i % len(examples) for i in indices], blanked(ids), mask)

    return Task(tokenise(place, texts, before), anew, share)


def blanked(ids: Tensor) -> Tensor:
    """The ids with some words made unknown, so that no single one decides."""
    chance = torch.rand(ids.shape, device=ids.device)
    return ids.masked_fill((chance < BLANKED) & (ids >= FRAMED), UNKNOWN)


def _rehearsal(place: Workplace, student: Student, rows: Sequence[tuple[str, str]]) -> Task:
    """Unlabelled pairs, so that the embedding forgets nothing."""
    texts = [text for text, _ in rows]
    targets = _targets(place, student, texts, [english for _, english in rows])

    def loss(indices: list[int], ids: Tensor, mask: Tensor) -> Tensor:
        return place.plan.distill_weight * pull(student, place, targets[indices], ids, mask)

    return Task(tokenise(place, texts), loss, REHEARSED)


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
