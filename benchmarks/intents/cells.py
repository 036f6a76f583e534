"""What has been measured: one cell for each method on a set with a seed, kept in a JSON file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from balm.errors import ConfigError


@dataclass(frozen=True)
class Cell:
    """A measured cell; one that ran out of time has no `figures`.

    `label` names the method in the report. What the figures depend on (data, code, versions, machine) stands
    in `made_of`: a cell that is made of something else is measured anew.
    """

    set: str
    method: str
    seed: int
    label: str
    made_of: str
    date: str
    figures: Mapping[str, float] = field(default_factory=dict)
    limit_min: float | None = None

    @property
    def key(self) -> tuple[str, str, int]:
        """Which cell it is."""
        return self.set, self.method, self.seed

    def holds(self, made_of: str, limit_min: float | None) -> bool:
        """Whether measuring again under `limit_min` could tell nothing new."""
        in_vain = self.limit_min is not None and limit_min is not None and limit_min <= self.limit_min
        return self.made_of == made_of and (bool(self.figures) or in_vain)


class Cells:
    """The cells of a report, in the order in which they came."""

    def __init__(self, cells: tuple[Cell, ...] = ()) -> None:
        self._cells = {cell.key: cell for cell in cells}

    @classmethod
    def read(cls, path: Path) -> Cells:
        """The cells in a report's JSON file; none when there is no file.

        Raises:
            ConfigError: the file is something else.
        """
        if not path.exists():
            return cls()
        try:
            rows = json.loads(path.read_text(encoding="utf-8"))["cells"]
            return cls(tuple(Cell(**row) for row in rows))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ConfigError(
                f"results file '{path}': cannot be read ({error!r}). "
                "Allowed: what this benchmark wrote. Move the file away, and it is written anew."
            ) from error

    def __iter__(self) -> Any:
        return iter(self._cells.values())

    def put(self, cell: Cell) -> None:
        """Keeps the cell in place of an older one."""
        self._cells[cell.key] = cell

    def find(self, set: str, method: str, seed: int) -> Cell | None:
        """The cell, if it was measured."""
        return self._cells.get((set, method, seed))

    def rows(self) -> list[dict[str, Any]]:
        """The cells for JSON."""
        return [asdict(cell) for cell in self._cells.values()]
