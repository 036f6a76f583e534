"""The command line: measures every contestant, writes tables and a picture."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer

from benchmarks import command, report
from benchmarks.latency import course, messages, page
from benchmarks.latency.contestants import CONTESTANTS, chosen

HELP = """
Measures what one message costs: emotion, intent and entities together, beside eager torch, a model of
BERT-base's size and its int8 twin; then start, memory and the throughput of `balm read`. About four minutes
on two quiet cores.

Examples:

  python -m benchmarks.latency

  python -m benchmarks.latency --messages 40 --only models,encoder,nothing --results /tmp/try

  python -m benchmarks.latency --bot models/balm.tar.gz

Writes latency.md, latency.json and latency.svg. Trains the starter bot first if it is not current.
"""
COMMAND = "python -m benchmarks.latency"
PACKAGES = ("rasa", "onnxruntime", "tokenizers", "torch", "transformers")
SEED = 7


def main(
    own: Annotated[Path, typer.Option(help="Folder with the project's emotion data.")] = Path("emotion_data"),
    bot: Annotated[Path | None, typer.Option(help="Trained bot to use as it is.")] = None,
    only: Annotated[str, typer.Option(help="Contestants, with commas.")] = ",".join(CONTESTANTS),
    count: Annotated[int, typer.Option("--messages", help="Messages of each length.", min=20)] = 200,
    starts: Annotated[int, typer.Option(help="Starts of each process.", min=1)] = 3,
    lines: Annotated[int, typer.Option(help="Messages for `balm read`.", min=50)] = course.LINES,
    results: Annotated[Path, typer.Option(help="Folder for the tables and the picture.")] = report.RESULTS,
) -> None:
    names, load = chosen(only), os.getloadavg()[0]
    setting = report.setting(*command.installed(PACKAGES))
    texts = messages.by_length(own, count=count, seed=SEED)
    with TemporaryDirectory() as folder:
        found = measured(names, texts, Path(folder), bot, starts)
    command.say("Timing `balm read` ...")
    stream = {name: round(value, 2) for name, value in course.stream(own, lines=lines).items()}
    counts = {length: len(some) for length, some in texts.items()}
    about = {**setting, "load_at_start": round(load, 2), "seed": SEED, "starts": starts, "messages": counts}
    report.write(
        "latency", {**about, "contestants": found, "stream": stream},
        "\n\n".join([*opening(setting, load), *page.sections(found, stream, counts)]), folder=results,
    )  # fmt: skip
    if any(row["waits"] for row in found.values()):
        page.draw(results / "latency.svg", found)
    typer.echo((results / "latency.md").read_text(encoding="utf-8"))


def measured(
    names: list[str], texts: dict[str, list[str]], work: Path, bot: Path | None, starts: int
) -> dict[str, Any]:
    """The figures of each contestant, one after the other."""
    files = course.prepare(work, bot)
    if "bert_int8" in names:
        command.say("Exporting an int8 model of BERT-base's size ...")
        course.make_twin(files.twin)
    found = {}
    for name in command.watched(names, "Contestants"):
        some: dict[str, list[str]] = texts if CONTESTANTS[name].reads else {}
        answers = [course.measured(name, files, {}, work) for _ in range(starts - 1)]
        found[name] = page.summary([*answers, course.measured(name, files, some, work)])
    return found


def opening(setting: dict[str, Any], load: float) -> list[str]:
    """Title and circumstances."""
    return [
        "# What a message costs: latency and memory",
        report.headline(setting, command=COMMAND),
        f"Seed {SEED} for the choice of messages. Load when it began: {load:.1f}.",
    ]


if __name__ == "__main__":
    command.run(main, examples=HELP)
