"""What the training steps share: tasks, the optimiser, progress, checkpoints."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from random import Random
from typing import Any

import torch
from torch import Tensor, nn

from balm.encoder.network.batches import bucket, pad
from balm.encoder.network.pace import HEAD_RATE, pace
from balm.encoder.network.student import Student
from balm.encoder.recipe.workplace import Workplace

CHARACTERS = 0.15
"""Share of the messages that are read letter by letter, so that unknown words still mean something."""


MILESTONES = 20
"""How many lines a run leaves in a log, where no progress bar shows."""


@dataclass(frozen=True)
class Run:
    """One training step: its name, peak learning rate, size in tokens and batch size in tokens.

    `words` is how much faster than the body the word vectors learn.
    """

    name: str
    rate: float
    tokens: int
    batch: int
    words: float = 4.0


@dataclass(frozen=True, eq=False)
class Task:
    """Tokenised texts and what is lost on a batch of them: `loss(indices, ids, mask)`.

    Of all the tokens that a run reads, a task gets its `share`, as far as whole batches allow.
    """

    texts: list[list[int]]
    loss: Callable[[list[int], Tensor, Tensor], Tensor]
    share: float = 1.0


def fit(
    place: Workplace,
    student: Student,
    run: Run,
    tasks: Sequence[Task],
    *,
    helper: nn.Module | None = None,
) -> None:
    """Train the student in place, and the `helper` whose parts the tasks' losses need.

    An interrupted run goes on from its last milestone when it is started again, as long as the plan stays
    the same for it and for the steps before it.
    """
    from rich.progress import Progress, TextColumn

    optimiser = _optimiser(student, run, helper)
    peaks = [float(group["lr"]) for group in optimiser.param_groups]
    parts = {"student": student, "optimiser": optimiser, **({"helper": helper} if helper else {})}
    checkpoint = Checkpoint(place, run, parts)
    seen, average = checkpoint.resume(), 0.0
    student.train()
    columns = (*Progress.get_default_columns(), TextColumn("loss {task.fields[loss]:.4f}"))
    with Progress(*columns) as progress:
        bar = progress.add_task(run.name, total=run.tokens, completed=seen, loss=0.0)
        for task, indices in _forever(tasks, run, Random(place.plan.seed + seen)):
            if seen >= run.tokens:
                break
            for group, peak in zip(optimiser.param_groups, peaks, strict=True):
                group["lr"] = peak * pace(seen / run.tokens)
            ids, mask = pad([task.texts[i] for i in indices])
            loss = task.loss(indices, ids.to(place.device), mask.to(place.device))
            _step(student, optimiser, loss)
            before = seen
            seen += int(mask.sum())
            average += (float(loss.detach()) - average) * (0.02 if average else 1.0)
            progress.update(bar, completed=min(seen, run.tokens), loss=average)
            if seen // (run.tokens / MILESTONES) > before // (run.tokens / MILESTONES):
                progress.console.print(f"{run.name}: {seen:,} tokens, loss {average:.4f}")
                checkpoint.save(seen)
    checkpoint.drop()


class Checkpoint:
    """What an interrupted run goes on from: weights, the optimiser's memory, how much was read."""

    def __init__(self, place: Workplace, run: Run, parts: Mapping[str, Any]) -> None:
        self._path = place.path(f"{run.name}.checkpoint.pt")
        self._plan = {**asdict(run), **place.plan.until(run.name)}
        self._device = place.device
        self._parts = parts

    def resume(self) -> int:
        """The tokens that an earlier start under such a plan has read; its weights are taken over."""
        if not self._path.exists():
            return 0
        found = torch.load(self._path, map_location=self._device)
        if found["plan"] != self._plan:
            return 0
        for name, part in self._parts.items():
            part.load_state_dict(found[name])
        return int(found["seen"])

    def save(self, seen: int) -> None:
        """Keep the state; a half-written file never replaces a whole one."""
        states = {name: part.state_dict() for name, part in self._parts.items()}
        fresh = self._path.with_suffix(".new")
        torch.save({"plan": self._plan, "seen": seen, **states}, fresh)
        fresh.replace(self._path)

    def drop(self) -> None:
        """Nothing is left to go on from."""
        self._path.unlink(missing_ok=True)


def letters(text: str) -> str:
    """The text with its Chinese words taken apart, as an unknown word would be.

    >>> letters("退款呢 ok")
    '退 款 呢  ok'
    """
    return "".join(f"{letter} " if "\u3400" <= letter <= "\u9fff" else letter for letter in text)


def loosened(text: str, rng: Random) -> str:
    """The text, in half of all cases with some or all of its Chinese words taken apart.

    The same message in several cuts keeps the student from learning it by heart.
    """
    fate = rng.random()
    if fate < 0.5:
        return text
    apart = 1.0 if fate < 0.75 else 0.3
    return "".join(f"{c} " if "\u3400" <= c <= "\u9fff" and rng.random() < apart else c for c in text)


def _optimiser(student: Student, run: Run, helper: nn.Module | None) -> torch.optim.Optimizer:
    groups = _groups(student, run, helper)
    return torch.optim.AdamW(groups, weight_decay=0.01, betas=(0.9, 0.98), fused=True)


def _groups(student: Student, run: Run, helper: nn.Module | None) -> list[dict[str, Any]]:
    words = list(student.words.parameters())
    heads = [*student.heads.parameters(), *(helper.parameters() if helper else ())]
    taken = {id(p) for p in (*words, *heads)}
    body = [p for p in student.parameters() if id(p) not in taken]
    return [
        {"params": body, "lr": run.rate},
        {"params": words, "lr": run.rate * run.words, "weight_decay": 0.0},
        {"params": heads, "lr": run.rate * HEAD_RATE},
    ]


def _forever(tasks: Sequence[Task], run: Run, rng: Random) -> Iterator[tuple[Task, list[int]]]:
    """Batches without end, always of the task that is furthest behind its share."""
    endless = [_epochs(task, run, rng) for task in tasks]
    spent = [0.0] * len(tasks)
    while True:
        behind = min(range(len(tasks)), key=lambda i: spent[i])
        indices = next(endless[behind])
        spent[behind] += sum(len(tasks[behind].texts[i]) for i in indices) / tasks[behind].share
        yield tasks[behind], indices


def _epochs(task: Task, run: Run, rng: Random) -> Iterator[list[int]]:
    while True:
        yield from bucket([len(row) for row in task.texts], run.batch, rng)


def _step(student: Student, optimiser: torch.optim.Optimizer, loss: Tensor) -> None:
    optimiser.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(student.parameters(), 1.0)
    optimiser.step()
