"""What every benchmark's report has in common: the machine, the versions, a Markdown table, and its files."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"


def machine() -> str:
    """Cores, processor and memory of this machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores of {_processor()}, {memory:.0f} GB"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def setting(*packages: str) -> dict[str, Any]:
    """Under what the figures were taken: machine, Python, the versions of `packages`, the date."""
    return {
        "machine": machine(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in packages},
        "date": date.today().isoformat(),
    }


def headline(setting: Mapping[str, Any], *, command: str) -> str:
    """The sentences that open a report.

    >>> headline({"machine": "2 cores", "python": "3.10.1", "versions": {"rasa": "3"}, "date": "2026-01-02"},
    ...          command="python -m benchmarks.turns")
    'Written by `python -m benchmarks.turns` on 2026-01-02. Machine: 2 cores. Python 3.10.1, rasa 3.'
    """
    parts = [f"{name} {number}" for name, number in setting["versions"].items()]
    versions = ", ".join([f"Python {setting['python']}", *parts])
    return f"Written by `{command}` on {setting['date']}. Machine: {setting['machine']}. {versions}."


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; numbers stand to the right.

    >>> print(table(["bot", "ms"], [["balm", 1.5]]))
    | bot | ms |
    | --- | ---: |
    | balm | 1.5 |
    """
    body = [list(row) for row in rows]
    numeric = [bool(body) and all(isinstance(row[n], int | float) for row in body) for n in range(len(head))]
    rule = ["---:" if number else "---" for number in numeric]
    lines: list[list[object]] = [[*head], [*rule], *body]
    return "\n".join(f"| {' | '.join(str(cell) for cell in line)} |" for line in lines)


def write(name: str, results: Mapping[str, Any], page: str, *, folder: Path = RESULTS) -> None:
    """`name`.json and `name`.md in `folder`, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    _replace(folder / f"{name}.json", json.dumps(results, indent=1, ensure_ascii=False))
    _replace(folder / f"{name}.md", page)


def _replace(path: Path, text: str) -> None:
    draft = path.with_suffix(f"{path.suffix}.draft")
    draft.write_text(text.rstrip() + "\n", encoding="utf-8")
    draft.replace(path)
