"""Epochs over the examples: each message is drawn to its intent's place and away from the others'."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from balm.encoder.network.pace import HEAD_RATE, pace
from balm.tuning.adversary import Adversary
from balm.tuning.body import Body
from balm.tuning.options import TuneOptions

SHARPNESS = 20.0
"""Cosines between -1 and 1 become logits by this factor, as in the recipe's alignment."""
WEIGHT_DECAY = 0.01
STEEPEST = 1.0
Loss = Callable[[Sequence[int]], Tensor]


class Places(nn.Module):
    """Where each intent stands among the embeddings; at first, at the mean of its examples."""

    def __init__(self, embeddings: Tensor, truth: Tensor) -> None:
        super().__init__()
        classes = int(truth.max()) + 1
        sums = torch.zeros(classes, embeddings.shape[1], device=embeddings.device)
        self.places = nn.Parameter(sums.index_add(0, truth, embeddings))

    def forward(self, embeddings: Tensor) -> Tensor:
        """(texts, classes) logits."""
        return SHARPNESS * embeddings @ functional.normalize(self.places, dim=-1).T


def train(
    body: Body, texts: Sequence[str], truth: NDArray[np.int_], *, tuning: TuneOptions, seed: int
) -> None:
    """Trains the body in place on texts whose class numbers `truth` run from 0 without a gap."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    body.module.to(device)
    goal = torch.from_numpy(truth).to(device)
    places = Places(_embed(body, texts, tuning.batch), goal)
    weights = _balance(goal) if tuning.class_weights == "balanced" else None

    def loss(indices: Sequence[int]) -> Tensor:
        with torch.autocast(device, dtype=torch.bfloat16):
            embeddings = body.embed([texts[i] for i in indices])
        return functional.cross_entropy(places(embeddings.float()), goal[list(indices)], weights)

    groups = [*rates(body, tuning), {"params": list(places.parameters()), "lr": tuning.rate * HEAD_RATE}]
    body.module.train()
    _run(body, loss, groups, [len(text) for text in texts], tuning, Random(seed))
    body.module.eval()


def rates(body: Body, tuning: TuneOptions) -> list[dict[str, Any]]:
    """The weights that learn, in groups: the top layer at the full rate, each lower one slower.

    What lies below the layers, the word vectors above all, learns as slowly as one more layer would.
    """
    stages = [list(layer.parameters()) for layer in reversed(body.layers)]
    taken = {id(weight) for stage in stages for weight in stage}
    stages.append([weight for weight in body.module.parameters() if id(weight) not in taken])
    groups = [
        {"params": [w for w in stage if w.requires_grad], "lr": tuning.rate * tuning.layer_decay**depth}
        for depth, stage in enumerate(stages)
    ]
    return [group for group in groups if group["params"]]


def batches(lengths: Sequence[int], size: int, rng: Random) -> list[list[int]]:
    """Lists of `size` indices, of similar length inside and in any order among each other.

    >>> sorted(map(sorted, batches([5, 900, 7, 800], 2, Random(1))))
    [[0, 2], [1, 3]]
    """
    order = sorted(range(len(lengths)), key=lambda i: lengths[i] * rng.uniform(0.8, 1.2))
    found = [order[start : start + size] for start in range(0, len(order), size)]
    rng.shuffle(found)
    return found


def _run(
    body: Body,
    loss: Loss,
    groups: list[dict[str, Any]],
    lengths: Sequence[int],
    tuning: TuneOptions,
    rng: Random,
) -> None:
    weights = [weight for group in groups for weight in group["params"]]
    optimiser = torch.optim.AdamW(groups, weight_decay=WEIGHT_DECAY, fused=True)
    peaks = [float(group["lr"]) for group in groups]
    adversary = Adversary(body.words, tuning.adversarial) if tuning.adversarial else None
    total = tuning.epochs * -(-len(lengths) // tuning.batch)
    steps = (batch for _ in range(tuning.epochs) for batch in batches(lengths, tuning.batch, rng))
    for number, indices in enumerate(_shown(steps, total)):
        for group, peak in zip(optimiser.param_groups, peaks, strict=True):
            group["lr"] = peak * pace(number / total)
        optimiser.zero_grad(set_to_none=True)
        _follow(loss, indices, adversary)
        nn.utils.clip_grad_norm_(weights, STEEPEST)
        optimiser.step()


def _follow(loss: Loss, indices: Sequence[int], adversary: Adversary | None) -> None:
    """Gathers the slopes of the loss on a batch, and on the same batch under attack."""
    loss(indices).backward()  # type: ignore[no-untyped-call]
    if adversary:
        with adversary.attack():
            loss(indices).backward()  # type: ignore[no-untyped-call]


def _shown(steps: Iterator[list[int]], total: int) -> Iterator[list[int]]:
    """The steps, with a progress bar."""
    from rich.progress import track

    yield from track(steps, "fine-tuning", total=total)


def _embed(body: Body, texts: Sequence[str], size: int) -> Tensor:
    with torch.inference_mode():
        parts = [body.embed(texts[start : start + size]) for start in range(0, len(texts), size)]
    return torch.cat(parts).clone()


def _balance(truth: Tensor) -> Tensor:
    """Class weights under which every class counts alike, one on average over the examples."""
    counts = torch.bincount(truth).float()
    return len(truth) / (len(counts) * counts)
