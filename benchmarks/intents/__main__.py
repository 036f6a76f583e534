"""The benchmark's command line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from benchmarks import command, report
from benchmarks.intents import methods as ways
from benchmarks.intents import sets as data_sets
from benchmarks.intents.cells import Cells
from benchmarks.intents.measure import Course, WorkerFailed, measure
from benchmarks.intents.methods import Options
from benchmarks.intents.page import page
from benchmarks.intents.plan import Wanted, missing, wanted

HELP = """
Measures intents: Balm beside Rasa's DIET, an SVM and an LSTM, on the same cores in one run.

Examples:

  python -m benchmarks.intents --data ~/data

  python -m benchmarks.intents --data ~/data --sets bitext-10,own --methods balm,diet --seeds 3

  python -m benchmarks.intents --data ~/data --sets banking77-full --methods diet --time-limit 120

  python -m benchmarks.intents --data ~/data --sets banking77-10,own --methods tunings

  python -m benchmarks.intents --sets own --again

A cell (one method on one set with one seed) is written as soon as it is finished, and measured again only
with --again, or when its data, code or versions have changed. Stop with Ctrl-C and start anew at any time.
"""
PACKAGES = ("rasa", "tensorflow", "scikit-learn", "onnxruntime")


def main(
    data: Annotated[Path | None, typer.Option(help="Folder with the public sets, one folder each.")] = None,
    sets: Annotated[str, typer.Option(help="Data sets, with commas.")] = ",".join(data_sets.DEFAULT),
    methods: Annotated[str, typer.Option(help="Methods, with commas.")] = ",".join(ways.DEFAULT),
    seeds: Annotated[int, typer.Option(help="How many seeds: 0, 1, ...", min=1)] = 1,
    again: Annotated[bool, typer.Option(help="Measure what is already measured.")] = False,
    time_limit: Annotated[float | None, typer.Option(help="Minutes that a cell may take.", min=0)] = None,
    timed: Annotated[int, typer.Option(help="Messages whose waits are measured.", min=1)] = Course.timed,
    diet_epochs: Annotated[int, typer.Option(help="Epochs of DIET.", min=1)] = Options.diet_epochs,
    model: Annotated[str, typer.Option(help="Balm's encoder: `bundled` or a folder.")] = Options.model,
    results: Annotated[
        Path, typer.Option(help="Folder of intents.json and intents.md.", show_default="benchmarks/results")
    ] = report.RESULTS,
) -> None:
    course = Course(timed, time_limit, Options(diet_epochs, model))
    cells = Cells.read(results / "intents.json")
    names = data_sets.wanted(sets), ways.wanted(methods)
    asked = wanted(*names, data=data, seeds=seeds, options=course.options)
    todo = [want for want in asked if again or missing(want, cells, time_limit)]
    failures = list(run(todo, cells, course, results))
    _write(cells, results)
    command.say(f"The report is in {results / 'intents.md'}.")
    if failures:
        raise WorkerFailed("\n".join([f"{len(failures)} of {len(todo)} cells failed.", *failures]))


def run(todo: list[Wanted], cells: Cells, course: Course, results: Path) -> Iterator[str]:
    """Measures the cells and writes each at once; yields what went wrong with those that failed."""
    with _progress(len(todo)) as (bar, task):
        for want in todo:
            bar.update(task, description=want.name)
            try:
                figures = measure(want.data, want.method, want.seed, course)
            except WorkerFailed as error:
                yield str(error)
            else:
                cells.put(want.cell(figures, course.limit_min))
                _write(cells, results)
                bar.console.print(f"{want.name}: {told(figures, course.limit_min)}", soft_wrap=True)
            bar.advance(task)


@contextmanager
def _progress(total: int) -> Iterator[tuple[Progress, Any]]:
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True)) as bar:
        yield bar, bar.add_task("", total=total)


def told(figures: Mapping[str, float], limit_min: float | None) -> str:
    """A cell's figures in one line."""
    if not figures:
        return f"not finished in {limit_min:g} min"
    trained, waited = f"{figures['train_s']:.1f} s of training", f"{figures['p50_ms']:.2f} ms a message"
    return f"accuracy {figures['accuracy']:.3f}, {trained}, {waited}"


def _write(cells: Cells, results: Path) -> None:
    setting = report.setting(*PACKAGES)
    report.write("intents", {**setting, "cells": cells.rows()}, page(setting, cells), folder=results)


if __name__ == "__main__":
    command.run(main, examples=HELP)
