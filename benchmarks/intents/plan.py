"""Which cells are to be measured, and which of them already are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from benchmarks import report
from benchmarks.intents import sets as data_sets
from benchmarks.intents.cells import Cell, Cells
from benchmarks.intents.methods import METHODS, Options


@dataclass(frozen=True)
class Wanted:
    """One cell to measure."""

    data: data_sets.IntentSet
    method: str
    seed: int
    label: str
    made_of: str

    @property
    def name(self) -> str:
        """The cell in words."""
        return f"{self.data.name}, {self.method}, seed {self.seed}"

    def cell(self, figures: Mapping[str, float], limit_min: float | None) -> Cell:
        """The cell with its figures, as of today."""
        today = date.today().isoformat()
        which = self.data.name, self.method, self.seed, self.label
        return Cell(*which, self.made_of, today, figures, limit_min)


def wanted(
    sets: list[str], methods: list[str], *, data: Path | None, seeds: int, options: Options
) -> Iterator[Wanted]:
    """All cells that were asked for, set by set, so that a stopped run has whole rows."""
    for name in sets:
        for seed in range(seeds):
            loaded = data_sets.load(name, data, seed=seed)
            for method in methods:
                way = METHODS[method]
                made_of = f"data {loaded.digest}, {way.made_of(options)}, {report.machine()}"
                yield Wanted(loaded, method, seed, way.label(options), made_of)


def missing(want: Wanted, cells: Cells, limit_min: float | None) -> bool:
    """Whether the cell was never measured as it is now."""
    known = cells.find(want.data.name, want.method, want.seed)
    return known is None or not known.holds(want.made_of, limit_min)
