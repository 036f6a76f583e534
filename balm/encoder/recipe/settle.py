"""Step `settle`: a slow last run, in which the embedding stays where it is and real messages come first."""

from __future__ import annotations

from random import Random

import torch

from balm.encoder.recipe.sources import real, written
from balm.encoder.recipe.training import Run, fit
from balm.encoder.recipe.tune import IN_CONTEXT, Material, labelled, load, own_view
from balm.encoder.recipe.workplace import Workplace

REAL = 0.65
"""The share of real messages; what is left goes to some of the written ones."""
WRITTEN = 9_000


def run(place: Workplace) -> None:
    """Write settled.pt, the student that is exported."""
    student = load(place, "tuned.pt")
    some = written(place)
    some = Random(place.plan.seed).sample(some, min(WRITTEN, len(some)))
    sources = ((real(place, dev=False), REAL, IN_CONTEXT), (some, 1 - REAL, 1.0))
    materials = [Material(found, own_view(place, student, found), *how) for found, *how in sources]
    run = Run("settle", place.plan.settle_rate, place.plan.settle_tokens, place.plan.batch_tokens, words=1.0)
    fit(place, student, run, [labelled(place, student, material) for material in materials])
    torch.save(student.state_dict(), place.path("settled.pt"))
