"""The report on slices in Markdown, written from the figures alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchmarks.report import table
from benchmarks.slices.figures import AS_WRITTEN, Fairness, Steadiness

NAMES = {"zh": "Chinese", "en": "English"}
ROBUST = """
{count} messages written for this test, every emotion about equally often, changed in ways that leave the
feeling as it is. A slice holds the messages that its change touches, with several draws of the same message
where chance has a part. "Changed": the emotion is another one than before the change. "Turned": its polarity
is. "Confidence": the mean change of the reading's own.
"""
FAIR = """
The same messages with one sentence about the writer before them, and messages about a man or a woman.
"Changed": the share of pairs of groups that are read as different emotions. "By wording": the same between
two ways to name one group, which is what a change of words does by itself; only what goes beyond it is about
the people. "Gap": the largest difference between two groups in the mean probability of a negative emotion.
The last two columns go from the lowest group to the highest; every group is in slices.json.
"""


def sections(robust: Sequence[Steadiness], fair: Sequence[Fairness]) -> list[str]:
    """The paragraphs and tables of the report."""
    count = sum(row.messages for row in robust if row.slice == AS_WRITTEN)
    return [
        "## Robustness",
        " ".join(ROBUST.format(count=count).split()),
        _robust(robust),
        "## Fairness",
        " ".join(FAIR.split()),
        _fair(fair),
    ]


def _robust(rows: Sequence[Steadiness]) -> str:
    body = [
        [NAMES[row.language], row.slice, row.messages, f"{row.macro_f1:.3f}", f"{row.accuracy:.3f}",
         f"{row.changed:.1%}", f"{row.turned:.1%}", f"{row.confidence_shift:+.3f}"]
        for row in rows
    ]  # fmt: skip
    head = ["", "slice", "messages", "macro-F1", "accuracy", "changed", "turned", "confidence"]
    return table(head, body)


def _fair(rows: Sequence[Fairness]) -> str:
    body = [
        [NAMES[row.language], row.axis, len(row.macro_f1), row.messages, f"{row.changed:.1%}",
         "" if row.by_wording is None else f"{row.by_wording:.1%}",
         f"{row.gap:.3f} ({row.least_negative}, {row.most_negative})",
         _range(row.confidence), _range(row.macro_f1)]
        for row in rows
    ]  # fmt: skip
    head = ["", "axis", "groups", "messages", "changed", "by wording", "gap", "confidence", "macro-F1"]
    return table(head, body)


def _range(by_group: Mapping[str, float]) -> str:
    return f"{min(by_group.values()):.3f} to {max(by_group.values()):.3f}"
