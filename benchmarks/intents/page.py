"""The report in Markdown, written from the cells alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import mean, pstdev
from typing import Any

from benchmarks.intents.cells import Cell, Cells
from benchmarks.intents.figures import FALSE_ALARMS
from benchmarks.intents.methods import METHODS, PEERS, TUNINGS, Options
from benchmarks.intents.sets import OWN, SOURCES
from benchmarks.report import headline, table

COMMAND = "python -m benchmarks.intents --data FOLDER"
SETS = (*SOURCES, *OWN)
HOW = """
Each row is the mean over its seeds; a seed draws the examples of the 10- and 50-shot sets and starts the
training. Every method ran in a process of its own, on the same cores and the same examples. Accuracy
takes the likeliest intent, whether a fallback would refuse it or not. Training is without imports, by the
clock and in seconds of the cores. A wait is that for one message at a time, after a warm-up: through
Rasa's `parse` for DIET and Balm, in the model alone for Balm's IntentModel, the SVM and the LSTM. Balm
runs Rasa's graph as every bot with its emotion component does (`components/graph.py`). Memory is the
process's peak, training included; where a message passes through Rasa, most of it is Rasa and TensorFlow.
Load is what else kept the cores busy as the cell began: it slows what goes by the clock.
"""
AFTER = """
Accuracy. The last three columns are Balm's, beside DIET: points of accuracy, training in seconds of the cores
(which do not hang on what else ran), median wait for an answer.
"""
SCOPE = f"""
A guess below the threshold is refused. Each method's threshold is the one that refuses at most
{FALSE_ALARMS:.0%} of the validation messages that have an intent. Recall and precision are those of refusing
messages that have none; AUROC needs no threshold.
"""


def page(setting: Mapping[str, Any], cells: Cells) -> str:
    """Title, setting, the comparison with DIET, all figures, and messages that have no intent."""
    parts = [
        "# What the customer wants: intents",
        headline(setting, command=COMMAND),
        *_section("Balm beside its peers", _summary(cells), after=AFTER),
        *_section("All figures", _figures(cells, PEERS), before=HOW),
        *_section("Messages without an intent", _scope(cells), before=SCOPE),
        *_section("Ways to train Balm's model", _figures(cells, TUNINGS)),
    ]
    return "\n\n".join(parts)


def _section(title: str, body: str, *, before: str = "", after: str = "") -> list[str]:
    return [part.strip() for part in (f"## {title}", before, body, after) if part] if body else []


def groups(cells: Cells, methods: Iterable[str]) -> dict[tuple[str, str], list[Cell]]:
    """The cells of each set and method, in the order of the report."""
    found: dict[tuple[str, str], list[Cell]] = {(s, m): [] for s in SETS for m in methods}
    for cell in cells:
        if (cell.set, cell.method) in found:
            found[cell.set, cell.method].append(cell)
    return {key: group for key, group in found.items() if group}


def average(cells: Sequence[Cell], name: str) -> float | None:
    """The mean of a figure over the finished cells; `None` when there is none."""
    values = [cell.figures[name] for cell in cells if name in cell.figures]
    return mean(values) if values else None


def _summary(cells: Cells) -> str:
    shown = ("balm", "diet", "svm", "lstm")
    found = groups(cells, shown)
    names = [METHODS[name].title for name in shown]
    head = ["set", "examples", *names, "points over DIET", "trains faster", "answers faster"]
    rows = [_compared(name, found, shown) for name in SETS if (name, "balm") in found]
    return table(head, rows) if rows else ""


def _compared(name: str, found: Mapping[tuple[str, str], list[Cell]], shown: Sequence[str]) -> list[str]:
    of = {method: found.get((name, method), []) for method in shown}
    scores = [_score(of[method], "accuracy") + _special(method, of[method]) for method in shown]
    ours, theirs = (average(of[method], "accuracy") for method in ("balm", "diet"))
    ahead = "" if ours is None or theirs is None else f"{100 * (ours - theirs):+.1f}"
    times = [_times(of, "train_cpu_s"), _times(of, "p50_ms")]
    examples = average(of["balm"], "train_examples")
    return [name, "" if examples is None else f"{examples:.0f}", *scores, ahead, *times]


def _special(method: str, group: Sequence[Cell]) -> str:
    """What was special about the cells of a method, such as fewer epochs than usual."""
    told = {cell.label for cell in group if cell.figures} - {METHODS[method].label(Options())}
    return "".join(f" ({label.removeprefix(METHODS[method].title + ', ')})" for label in sorted(told))


def _times(of: Mapping[str, list[Cell]], figure: str) -> str:
    ours, theirs = (average(of[method], figure) for method in ("balm", "diet"))
    return f"{theirs / ours:.1f} times" if ours and theirs else ""


def _figures(cells: Cells, methods: Iterable[str]) -> str:
    head = "set|method|measured|accuracy|macro-F1|training s|core s|p50 ms|p95 ms|peak MB|load|seeds".split(
        "|"
    )
    rows = [
        [name, group[-1].label, METHODS[method].through, *_row(group)]
        for (name, method), group in groups(cells, methods).items()
    ]
    return table(head, rows) if rows else ""


def _row(group: Sequence[Cell]) -> list[str]:
    if average(group, "accuracy") is None:
        return [unfinished(group), *[""] * 7, str(len(group))]
    digits = {"train_s": 1, "train_cpu_s": 1, "p50_ms": 2, "p95_ms": 2, "peak_mb": 0, "load_before": 1}
    costs = [_plain(group, name, places) for name, places in digits.items()]
    scores = [_score(group, "accuracy"), _score(group, "macro_f1")]
    return [*scores, *costs, str(len(group))]


def unfinished(group: Sequence[Cell]) -> str:
    """What stands in place of the figures of cells that ran out of time."""
    limit = max(cell.limit_min or 0 for cell in group)
    return f"not finished in {limit:g} min"


def _score(group: Sequence[Cell], name: str) -> str:
    """The mean, with the deviation when there are several seeds."""
    values = [cell.figures[name] for cell in group if name in cell.figures]
    if not values:
        return unfinished(group) if group else ""
    spread = f" ± {pstdev(values):.3f}" if len(values) > 1 else ""
    return f"{mean(values):.3f}{spread}"


def _plain(group: Sequence[Cell], name: str, digits: int) -> str:
    value = average(group, name)
    return "" if value is None else f"{value:.{digits}f}"


def _scope(cells: Cells) -> str:
    names = ("in_scope_accuracy", "recall", "precision", "false_alarm_rate", "auroc", "threshold")
    head = ["set", "method", "accuracy in scope", "recall", "precision", "false alarms", "AUROC", "threshold"]
    rows = [
        [name, group[-1].label, *(_score(group, f"oos_{figure}") for figure in names)]
        for (name, _), group in groups(cells, METHODS).items()
        if average(group, "oos_recall") is not None
    ]
    return table(head, rows) if rows else ""
