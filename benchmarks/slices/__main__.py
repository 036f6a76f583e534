"""The command line: reads all slices, writes the tables."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from balm.emotion.model import EmotionModel
from balm.encoder import Encoder
from benchmarks import command, report
from benchmarks.slices import figures, page

HELP = """
Measures whether a reading holds when words change and the feeling does not (typos, homophones, traditional
characters, politeness, length, emoji ...), and whether it depends on a person's gender, name, age or region.
Half a minute on two cores; needs no data folder.

Examples:

  python -m benchmarks.slices

  python -m benchmarks.slices --model ~/balm_work/bundle --results /tmp/candidate

Writes slices.md and slices.json. The messages are in benchmarks/slices/*.yml.
"""
COMMAND = "python -m benchmarks.slices"
PACKAGES = ("onnxruntime", "tokenizers", "numpy")


def main(
    model: Annotated[str, typer.Option(help="`bundled`, or the folder that the recipe wrote.")] = "bundled",
    results: Annotated[Path, typer.Option(help="Folder for the tables.")] = report.RESULTS,
    seeds: Annotated[int, typer.Option(help="Draws of each change that chance has a part in.", min=1)] = 3,
) -> None:
    reader, load = EmotionModel(Encoder.load(model)), os.getloadavg()[0]

    setting = report.setting(*command.installed(PACKAGES))
    robust, fair = figures.robustness(reader.read, seeds=range(seeds)), figures.fairness(reader.read)
    about = {**setting, "load_at_start": round(load, 2), "model": reader.encoder.identity, "seeds": seeds}
    found = {
        "robustness": [figures.rounded(row) for row in robust],
        "fairness": [figures.rounded(row) for row in fair],
    }
    opening = [
        "# When the words change and the feeling does not: slices",
        report.headline(setting, command=COMMAND),
        f"Model {reader.encoder.identity[:17]}. Seeds 0 to {seeds - 1}.",
    ]
    report.write(
        "slices", {**about, **found}, "\n\n".join([*opening, *page.sections(robust, fair)]), folder=results
    )
    typer.echo((results / "slices.md").read_text(encoding="utf-8"))


if __name__ == "__main__":
    command.run(main, examples=HELP)
