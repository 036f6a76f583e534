"""What both training steps share: the optimiser, its schedule, progress, checkpoints."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import torch
from torch import Tensor

from balm.encoder.recipe.batches import bucket, pad
from balm.encoder.recipe.student import Student
from balm.encoder.recipe.workplace import Workplace

WORD_RATE = 4.0
"""Word vectors learn this much faster than the body: most of them are new."""
HEAD_RATE = 5.0
WARM_UP = 0.06
CHARACTERS = 0.15
"""Share of the messages that are read letter by letter, so that unknown words still mean something."""


MILESTONES = 20
"""How many lines a run leaves in a log, where no progress bar shows."""


@dataclass(frozen=True)
class Run:
    """One training step: its name, peak learning rate, size in tokens and batch size in tokens."""

    name: str
    rate: float
    tokens: int
    batch: int


def fit(
    place: Workplace,
    student: Student,
    run: Run,
    texts: list[list[int]],
    loss_of: Callable[[list[int], Tensor, Tensor], Tensor],
) -> None:
    """Train the student in place; `loss_of(indices, ids, mask)` yields a batch's loss."""
    from rich.progress import Progress, TextColumn

    groups = _groups(student, run.rate)
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01, betas=(0.9, 0.98), fused=True)
    peaks = [float(group["lr"]) for group in groups]
    student.train()
    seen, average = 0, 0.0
    columns = (*Progress.get_default_columns(), TextColumn("loss {task.fields[loss]:.4f}"))
    with Progress(*columns) as progress:
        bar = progress.add_task(run.name, total=run.tokens, loss=0.0)
        for indices in _forever(texts, run, Random(place.plan.seed)):
            for group, peak in zip(optimiser.param_groups, peaks, strict=True):
                group["lr"] = peak * pace(seen / run.tokens)
            ids, mask = pad([texts[i] for i in indices])
            loss = _step(student, optimiser, loss_of, indices, ids.to(place.device), mask.to(place.device))
            before = seen
            seen += int(mask.sum())
            average = loss if not average else 0.98 * average + 0.02 * loss
            progress.update(bar, completed=min(seen, run.tokens), loss=average)
            if seen // (run.tokens / MILESTONES) > before // (run.tokens / MILESTONES):
                progress.console.print(f"{run.name}: {seen:,} tokens, loss {average:.4f}")
            if seen >= run.tokens:
                break


def pace(done: float) -> float:
    """The share of the peak rate at this point of a run: warm-up, then a straight way down.

    >>> pace(0.5)
    0.5
    """
    return min(done / WARM_UP + 0.01, 1.0 - done)


def letters(text: str) -> str:
    """The text with its Chinese words taken apart, as an unknown word would be.

    >>> letters("退款呢 ok")
    '退 款 呢  ok'
    """
    return "".join(f"{letter} " if "\u3400" <= letter <= "\u9fff" else letter for letter in text)


def _groups(student: Student, rate: float) -> list[dict[str, Any]]:
    words = list(student.words.parameters())
    heads = list(student.heads.parameters())
    taken = {id(p) for p in (*words, *heads)}
    body = [p for p in student.parameters() if id(p) not in taken]
    return [
        {"params": body, "lr": rate},
        {"params": words, "lr": rate * WORD_RATE, "weight_decay": 0.0},
        {"params": heads, "lr": rate * HEAD_RATE},
    ]


def _forever(texts: list[list[int]], run: Run, rng: Random) -> Iterator[list[int]]:
    while True:
        yield from bucket([len(row) for row in texts], run.batch, rng)


def _step(
    student: Student,
    optimiser: torch.optim.Optimizer,
    loss_of: Callable[[list[int], Tensor, Tensor], Tensor],
    indices: list[int],
    ids: Tensor,
    mask: Tensor,
) -> float:
    loss = loss_of(indices, ids, mask)
    optimiser.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(student.parameters(), 1.0)
    optimiser.step()
    return float(loss.detach())
