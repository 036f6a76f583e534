"""The report on emotion in Markdown, written from the figures alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchmarks.emotion.curve import Point
from benchmarks.emotion.figures import Rows
from benchmarks.emotion.material import LANGUAGES, NAMES
from benchmarks.report import table

HOW = """
Real customer turns of helpdesk dialogues that trained nothing here, in neither language, labelled by one
careful reader. In brackets: the range that 95 % of redrawn sets of these turns fall into. The starter bot's
labels were revised with these turns in view (docs/model_card.md).
"""
SVM = """
The SVM learned from the same messages, and from those labelled since the model was made, but not from the
written conversations, whose last message may say nothing without the turns before it, which an SVM does not
read. The offsets of Balm's logits were fitted on other turns than those they judge, but in the second row,
which stands as shipped.
"""
TRIED = """
What people type to see whether a bot understands them: written for this purpose and labelled in one go,
without a look at the training data, every emotion about equally often (tests/emotion/held_out_*.yml). They
show their feelings more plainly than customers do: an easy set, on which a lost point is a warning.
"""
CALIBRATION = """
The shipped temperature and threshold were chosen on these very turns; "ECE, cross-fitted" fits the
temperature on one half and judges the other half.
"""
POLARITY = """
The seven emotions and the scores of the sentiment tools, both turned into negative, neutral and positive
(confusion is neutral, anxiety negative). A tuned tool got the thresholds that suit real training turns best.
"""
CURVE = """
Macro-F1 of fresh linear heads on the frozen encoder, which itself has seen all of these labels: the curve
shows what labels are worth to a head, not what they were worth to the encoder. Mean and deviation over the
seeds, each of which draws other messages.
"""
TITLES = {
    "ece": "ECE, cross-fitted",
    "ece_as_shipped": "ECE, as shipped",
    "answered": "Share answered (not abstained)",
    "accuracy_answered": "Accuracy where it answers",
    "accuracy_abstained": "Accuracy where it abstains",
    "cause_accuracy": "Cause, accuracy over 11",
    "needs_human_f1": "Needs a human, F1",
    "intensity_mae": "Intensity, mean absolute error (0 to 1)",
}
Found = Mapping[str, Mapping[str, Rows]]


def sections(
    found: Found, notes: Mapping[str, str], points: Sequence[Point], turns: Mapping[str, int]
) -> list[str]:
    """The paragraphs and tables of the report; `turns` are the development turns by language."""
    counts = " and ".join(f"{number} {NAMES[language]}" for language, number in turns.items())
    return [
        f"{counts} turns. {' '.join(HOW.split())}",
        "## Seven emotions, beside peers",
        _contestants(found["emotions"], {}),
        _ahead(found["ahead_of_svm"]),
        "## Messages written to try it out",
        TRIED.strip(),
        _contestants(found["tried"], {}),
        "## Every head",
        _heads(found["heads"], found["certainty"]),
        CALIBRATION.strip(),
        "![How often a reading is right at each confidence](reliability.svg)",
        "![Which emotion was read as which](confusion.svg)",
        "## Polarity, beside sentiment tools",
        POLARITY.strip(),
        _contestants(found["polarity"], notes),
        "## What labels are worth",
        CURVE.strip(),
        "![Macro-F1 against labelled messages](learning_curve.svg)",
        _curve(points),
    ]


def _contestants(rows: Mapping[str, Rows], notes: Mapping[str, str]) -> str:
    head = [f"{NAMES[lang]}, {name}" for lang in LANGUAGES for name in ("macro-F1", "accuracy")]
    body = [
        [name, *_pairs(figures), *([notes.get(name, "")] if notes else [])] for name, figures in rows.items()
    ]
    return table(["Reader", *head, *(["thresholds"] if notes else [])], body)


def _pairs(figures: Rows) -> list[str]:
    return [
        str(figures[name].get(lang, "")) for lang in LANGUAGES for name in ("macro_f1", "accuracy")
    ]  # fmt: skip


def _ahead(rows: Mapping[str, Rows]) -> str:
    said = [
        f"{NAMES[lang]} {figure.value:+.3f} ({figure.low:+.2f} to {figure.high:+.2f})"
        for figures in rows.values()
        for lang, figure in figures["macro_f1"].items()
    ]
    return f"Balm ahead of the SVM on the same redrawn turns, macro-F1: {', '.join(said)}.\n\n{SVM.strip()}"


def _heads(heads: Mapping[str, Rows], certainty: Mapping[str, Rows]) -> str:
    name, rows = next(iter(heads.items()))
    both = {**rows, **certainty[name]}
    return table(
        ["", *(NAMES[lang] for lang in LANGUAGES)],
        [[_title(figure), *(str(by[lang]) for lang in LANGUAGES)] for figure, by in both.items()],
    )


def _title(figure: str) -> str:
    kind, _, emotion = figure.partition(".")
    return f"F1 of {emotion}" if kind == "f1" else TITLES[kind]


def _curve(points: Sequence[Point]) -> str:
    shares = list(dict.fromkeys(point.share for point in points))
    lines = list(dict.fromkeys((point.language, point.source) for point in points))
    cells = {(p.language, p.source, p.share): f"{p.macro_f1:.3f} ± {p.spread:.3f}" for p in points}
    most = {(p.language, p.source): p.messages for p in points if p.share == max(shares)}
    body = [
        [NAMES[language], source, most[language, source], *(cells[language, source, s] for s in shares)]
        for language, source in lines
    ]
    return table(["", "learned from", "messages", *(f"{share:.0%}" for share in shares)], body)
