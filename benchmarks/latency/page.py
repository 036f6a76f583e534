"""The report on latency in Markdown and its picture, written from the figures alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks.latency.contestants import CONTESTANTS
from benchmarks.latency.messages import BANDS
from benchmarks.plots import CLAY, LEAF, LEAF_DEEP, SOFT, picture
from benchmarks.report import table

QUANTILES = (50, 95, 99)
BAR = 5.0
"""Milliseconds that emotion, intent and entities of a message may take at the median."""
HOW = """
Each contestant ran in a process of its own, two threads each, one message at a time, the same messages for
all, tokenising included. The torch models and the twin have random weights: their answers mean nothing, their
time does.
"""
COST = """
Ready: from the first import to the first answer; the interpreter's own start is not in it. The median of
several starts. Memory is resident, after the first answer and after all messages.
"""
OVER = (
    ("models", "nothing", "Balm's three models"),
    ("rasa_models", "rasa", "Balm's three models"),
    ("starter", "rasa", "The starter bot"),
)
"""Pairs of contestants, and what the first holds beyond the second."""
Found = Mapping[str, Mapping[str, Any]]


def summary(answers: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The answers of a worker's starts as one: medians of the starts, quantiles of the last one's waits."""
    waits = {
        length: {f"p{q}_ms": round(float(np.percentile(times, q)), 2) for q in QUANTILES}
        for length, times in answers[-1]["waits_ms"].items()
    }
    starts = {name: round(median(one[name] for one in answers), 2) for name in ("ready_s", "loaded_mb")}
    return {**starts, "resident_mb": round(answers[-1]["resident_mb"], 2), "waits": waits}


def sections(found: Found, stream: Mapping[str, float], messages: Mapping[str, int]) -> list[str]:
    """The paragraphs and tables of the report."""
    counts = ", ".join(f"{count} {length}" for length, count in messages.items())
    return [
        "## One message",
        f"{' '.join(HOW.split())} Messages: {counts}; Chinese and English in equal parts, from emotion_data.",
        _waits(found),
        "![Milliseconds of one message](latency.svg)",
        "## Start and memory",
        " ".join(COST.split()),
        _costs(found),
        *_over(found),
        "## A stream of messages: `balm read`",
        f"{stream['messages']} messages: {stream['per_s_in_all']:.0f} a second from the start of the "
        f"process, {stream['per_s_running']:.0f} a second once the first answer is there, which takes "
        f"{stream['first_s']:.2f} s.",
    ]


def _waits(found: Found) -> str:
    names = [f"p{q}_ms" for q in QUANTILES]
    rows = [
        [CONTESTANTS[name].title, *(_slashed(times, names) for times in row["waits"].values())]
        for name, row in found.items()
        if row["waits"]
    ]
    return table(["ms a message, p50 / p95 / p99", *BANDS], rows)


def _slashed(times: Mapping[str, float], names: Sequence[str]) -> str:
    return " / ".join(f"{times[name]:.2f}" for name in names)


def _costs(found: Found) -> str:
    rows = [
        [CONTESTANTS[name].title, row["ready_s"], round(row["loaded_mb"]), round(row["resident_mb"])]
        for name, row in found.items()
    ]
    return table(["process", "ready s", "MB after the first", "MB after all"], rows)


def _over(found: Found) -> list[str]:
    """What is added to the processes without it, where both were measured."""
    return [
        f"{what} over {CONTESTANTS[less].title[0].lower()}{CONTESTANTS[less].title[1:]}: "
        f"{found[more]['ready_s'] - found[less]['ready_s']:+.2f} s, "
        f"{found[more]['loaded_mb'] - found[less]['loaded_mb']:+.0f} MB."
        for more, less, what in OVER
        if more in found and less in found
    ]


def draw(path: Path, found: Found) -> None:
    """The medians as bars, up to the 95th of a hundred a line, the wanted median dashed."""
    read = {
        name: row["waits"] for name, row in reversed(list(found.items())) if row["waits"] and name != "rasa"
    }
    titles = [CONTESTANTS[name].title for name in read]
    colours = [LEAF if CONTESTANTS[name].ours else SOFT for name in read]
    widest = max((row["p95_ms"] for waits in read.values() for row in waits.values()), default=1.0)
    with picture(path, columns=len(BANDS), width=11, height=1.3 + 0.42 * len(read)) as axes:
        for axis, length in zip(axes, BANDS, strict=True):
            rows = [waits[length] for waits in read.values()]
            axis.barh(titles, [row["p50_ms"] for row in rows], color=colours, height=0.6)
            for place, row in enumerate(rows):
                axis.plot([row["p50_ms"], row["p95_ms"]], [place, place], color=LEAF_DEEP, linewidth=1.2)
                axis.text(row["p95_ms"] * 1.12, place, f"{row['p50_ms']:.1f}", va="center", fontsize=8)
            axis.axvline(BAR, color=CLAY, linewidth=1.1, linestyle="--")
            axis.set_xscale("log")
            axis.set_xlim(0.5, 4 * widest)
            axis.set_xticks([1, 5, 20, 100], ["1", "5", "20", "100"])
            axis.set(title=f"{length} messages", xlabel="ms: bar p50, line to p95")
            axis.grid(False, axis="y")
            axis.minorticks_off()
