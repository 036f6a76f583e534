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
from balm.encoder.network.pace import half
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
    """The labels of all training messages, side by side; `UNLABELLED` where nobody labelled.

    Where several readers labelled a message, `emotion` holds the share of each emotion among them and the
    degrees are their mean; a row of zeros is a message that nobody labelled.
    """

    emotion: Tensor  # (messages, emotions)
    cause: Tensor  # (messages,)
    intensity: Tensor
    needs_human: Tensor
    sarcasm: Tensor


@dataclass(frozen=True, eq=False)
class Material:
    """Labelled messages, and where their embeddings belong (messages, hidden).

    Of all the tokens that are read they get their `share`; some of them are read `in_context`.
    """

    examples: Sequence[Example]
    targets: Tensor
    share: float
    in_context: float


def run(place: Workplace) -> None:
    """Write tuned.pt: the mean of the weights of several runs, each with a seed of its own.

    Single runs vary much; their mean does less, and serves at the cost of one.
    Source: Wortsman et al. 2022, Model soups.
    """
    seeds = range(place.plan.seed, place.plan.seed + place.plan.tune_runs)
    places = [replace(place, plan=replace(place.plan, seed=seed)) for seed in seeds]
    materials = gathered(place)
    torch.save(mean([_taught(one, materials) for one in places]), place.path("tuned.pt"))
    for one in places:
        _kept(one).unlink()


def gathered(place: Workplace) -> list[Material]:
    """The labelled messages that every run reads."""
    student = load(place, "pretrained.pt")
    sources = [(real(place, dev=False), REAL, IN_CONTEXT), (written(place), 1 - REAL - REHEARSED, 1.0)]
    return [Material(some, _targets(place, student, some), *how) for some, *how in sources]


def mean(weights: Sequence[Mapping[str, Tensor]]) -> dict[str, Tensor]:
    """The mean of the weights of networks that began as the same one."""
    return {name: torch.stack([one[name] for one in weights]).mean(0) for name in weights[0]}


def _taught(place: Workplace, materials: Sequence[Material]) -> dict[str, Tensor]:
    """The weights of the student with its heads after one run, which an interruption does not lose."""
    plan = place.plan.until("tune")
    if _kept(place).exists() and (found := torch.load(_kept(place)))["plan"] == plan:
        kept: dict[str, Tensor] = found["weights"]
        return kept
    student = load(place, "pretrained.pt", dropout=0.15)
    tasks = [labelled(place, student, material) for material in materials]
    tasks.append(_rehearsal(place, student))
    run = Run("tune", place.plan.tune_rate, place.plan.tune_tokens, place.plan.batch_tokens, words=3.0)
    fit(place, student, run, tasks)
    weights = {name: tensor.cpu() for name, tensor in student.state_dict().items()}
    torch.save({"plan": plan, "weights": weights}, _kept(place))
    return weights


def _kept(place: Workplace) -> Path:
    return place.path(f"tuned.{place.plan.seed}.pt")


def labelled(place: Workplace, student: Student, material: Material) -> Task:
    """Learn these labels."""
    rng, examples = Random(place.plan.seed), material.examples
    labels = columns([(e.label, *e.others) for e in examples], place.device)
    texts = [loosened(e.text, rng) for _ in range(CUTS) for e in examples]
    before = [e.before if rng.random() < material.in_context else () for _ in range(CUTS) for e in examples]
    loss = objective(student, place, labels, material.targets)

    def anew(indices: list[int], ids: Tensor, mask: Tensor) -> Tensor:
        return loss([i % len(examples) for i in indices], blanked(ids), mask)

    return Task(tokenise(place, texts, before), anew, material.share)


def blanked(ids: Tensor) -> Tensor:
    """The ids with some words made unknown, so that no single one decides."""
    chance = torch.rand(ids.shape, device=ids.device)
    return ids.masked_fill((chance < BLANKED) & (ids >= FRAMED), UNKNOWN)


def _rehearsal(place: Workplace, student: Student) -> Task:
    """Unlabelled pairs, so that the embedding forgets nothing."""
    rows = Random(place.plan.seed).sample(pairs(place), PAIRS)
    targets = torch.from_numpy(Teacher(place).embed([english for _, english in rows])).to(place.device)

    def loss(indices: list[int], ids: Tensor, mask: Tensor) -> Tensor:
        return place.plan.distill_weight * pull(student, place, targets[indices], ids, mask)

    return Task(tokenise(place, [text for text, _ in rows]), loss, REHEARSED)


def load(place: Workplace, name: str, *, dropout: float = 0.1) -> Student:
    """The student that a step has written."""
    state = torch.load(place.path(name), map_location=place.device)
    torch.manual_seed(place.plan.seed)
    student = Student(Shape(len(state["words.weight"])), dropout)
    student.load_state_dict(state)
    return student.to(place.device)


def columns(readings: Sequence[Sequence[EmotionLabel]], device: str) -> Labels:
    """What the readers of each message said, as tensors; the cause is the first reader's."""

    def said(value: Callable[[EmotionLabel], float | None]) -> Tensor:
        known = [[v for label in labels if (v := value(label)) is not None] for labels in readings]
        return torch.tensor([sum(some) / len(some) if some else UNLABELLED for some in known], device=device)

    shares = [[sum(label.emotion == name for label in labels) for name in EMOTIONS] for labels in readings]
    return Labels(
        emotion=functional.normalize(torch.tensor(shares, dtype=torch.float32, device=device), p=1.0, dim=1),
        cause=torch.tensor([_cause(labels) for labels in readings], device=device),
        intensity=said(lambda label: label.intensity),
        needs_human=said(lambda label: label.needs_human),
        sarcasm=said(lambda label: label.sarcasm),
    )


def _cause(labels: Sequence[EmotionLabel]) -> int:
    return CAUSES.index(labels[0].cause) if labels and labels[0].cause else UNLABELLED


def objective(
    student: Student, place: Workplace, labels: Labels, targets: Tensor
) -> Callable[[list[int], Tensor, Tensor], Tensor]:
    """The loss of a batch: every head's, plus the distance of the embedding from its target."""
    rare = _balance(labels.emotion.sum(0))
    plain = _balance(torch.bincount(labels.cause[labels.cause >= 0], minlength=len(CAUSES)))

    def loss(indices: list[int], ids: Tensor, mask: Tensor) -> Tensor:
        with half(place.device):
            out = student(ids, mask)
        emotion, intensity, cause, human, sarcasm = out.scores.float().split(list(COLUMNS.values()), dim=1)
        return (
            _choice(emotion, labels.emotion[indices], labels.emotion[indices].sum(1) > 0, rare)
            + 0.5 * _choice(cause, labels.cause[indices], labels.cause[indices] >= 0, plain)
            + 0.5 * _degree(intensity, labels.intensity[indices])
            + 0.5 * _degree(human, labels.needs_human[indices])
            + 0.3 * _degree(sarcasm, labels.sarcasm[indices])
            + place.plan.distill_weight * away(out.embedding.float(), targets[indices])
        )

    return loss


def _balance(counts: Tensor) -> Tensor:
    """Class weights: the inverse square root of each class's count, one on average."""
    weights = counts.clamp(min=1).float().rsqrt()
    return weights / weights.mean()


def _choice(logits: Tensor, labels: Tensor, known: Tensor, weights: Tensor) -> Tensor:
    """Cross entropy with the `known` labels: class numbers (messages,) or shares (messages, classes)."""
    if not known.any():
        return logits.sum() * 0.0
    return functional.cross_entropy(logits[known], labels[known], weights, label_smoothing=SMOOTHING)


def _degree(logits: Tensor, labels: Tensor) -> Tensor:
    known = labels >= 0
    if not known.any():
        return logits.sum() * 0.0
    return functional.binary_cross_entropy_with_logits(logits[known, 0], labels[known].float())


def _targets(place: Workplace, student: Student, examples: Sequence[Example]) -> Tensor:
    """Where each embedding belongs: at the teacher's view of its English, or where alignment left it."""
    targets = own_view(place, student, examples)
    translated = {i: e.english for i, e in enumerate(examples) if e.english}
    taught = torch.from_numpy(Teacher(place).embed(list(translated.values())))
    targets[list(translated)] = taught.to(place.device)
    return targets


def own_view(place: Workplace, student: Student, examples: Sequence[Example]) -> Tensor:
    """(messages, hidden) where the student itself puts each message."""
    student.eval()
    ids = tokenise(place, [example.text for example in examples])
    out = torch.zeros(len(ids), student.words.embedding_dim, device=place.device)
    with torch.no_grad(), half(place.device):
        for batch in bucket([len(row) for row in ids], 8_192):
            padded, mask = pad([ids[i] for i in batch])
            out[batch] = student(padded.to(place.device), mask.to(place.device)).embedding.float()
    return out
