"""The report of the intent benchmark, and the cells that it is written from."""

from __future__ import annotations

import json

import pytest

from balm.errors import ConfigError
from benchmarks.intents.cells import Cell, Cells
from benchmarks.intents.methods import METHODS, TUNINGS, Options
from benchmarks.intents.page import page

SETTING = {"machine": "1 core", "python": "3.10", "versions": {"rasa": "3.6"}, "date": "2026-01-01"}
FIGURES = {
    "train_examples": 20,
    "accuracy": 0.9,
    "macro_f1": 0.8,
    "train_s": 2.0,
    "train_cpu_s": 3.0,
    "p50_ms": 2.0,
    "p95_ms": 4.0,
    "peak_mb": 99.6,
    "load_before": 0.4,
}
SCOPE = {
    f"oos_{name}": 0.25
    for name in ("in_scope_accuracy", "recall", "precision", "false_alarm_rate", "auroc", "threshold")
}


def cell(set="bitext-10", method="balm", seed=0, made_of="this", limit_min=None, diet_epochs=100, **figures):
    label = METHODS[method].label(Options(diet_epochs))
    return Cell(set, method, seed, label, made_of, "2026-01-01", figures, limit_min)


def lines(*cells):
    """The rows of all tables, as lists of their columns."""
    text = page(SETTING, Cells(cells))
    return [
        [column.strip() for column in line.strip("|").split("|")] for line in text.splitlines() if "|" in line
    ]


def test_balm_is_compared_with_diet_on_each_set():
    diet = cell(method="diet", **{**FIGURES, "accuracy": 0.85, "train_cpu_s": 13.5, "p50_ms": 11.0})
    row = lines(cell(**FIGURES), diet)[2]
    assert row == ["bitext-10", "20", "0.900", "0.850", "", "", "+5.0", "4.5 times", "5.5 times"]


def test_seeds_are_averaged():
    found = lines(cell(**FIGURES), cell(seed=1, **{**FIGURES, "accuracy": 0.8}))
    row = next(row for row in found if row[:3] == ["bitext-10", "Balm", "Rasa's parse"])
    assert row[3:] == ["0.850 ± 0.050", "0.800 ± 0.000", "2.0", "3.0", "2.00", "4.00", "100", "0.4", "2"]


def test_a_method_that_ran_out_of_time_is_told_and_not_compared():
    found = lines(cell(**FIGURES), cell(method="diet", limit_min=90))
    assert found[2][3:] == ["not finished in 90 min", "", "", "", "", ""]
    assert ["bitext-10", "Rasa's DIET, 100 epochs", "Rasa's parse", "not finished in 90 min"] in [
        row[:4] for row in found
    ]


def test_the_epochs_of_diet_are_told():
    found = lines(cell(**FIGURES), cell(method="diet", diet_epochs=3, **FIGURES))
    assert found[2][3] == "0.900 (3 epochs)" and "Rasa's DIET, 3 epochs" in {row[1] for row in found}


def test_messages_without_an_intent_have_a_table_of_their_own():
    text = page(SETTING, Cells((cell(set="clinc150", **FIGURES, **SCOPE), cell(**FIGURES))))
    part = text.split("## Messages without an intent")[1]
    assert "| clinc150 | Balm | 0.250 |" in part and "bitext" not in part


def test_ways_to_train_stand_apart_from_the_peers():
    text = page(SETTING, Cells((cell(method="balm-lora", **FIGURES), cell(**FIGURES))))
    assert "LoRA" not in text.split("## Ways to train")[0] and "LoRA" in text.split("## Ways to train")[1]


def test_an_empty_report_is_its_title_and_setting():
    assert page(SETTING, Cells()).count("\n\n") == 1


def test_every_way_to_train_is_one_that_balm_knows():
    from balm.tuning import TuneOptions

    made = [TuneOptions(**METHODS[name].options["tuning"]) for name in TUNINGS]
    assert len(set(made)) == len(TUNINGS)


@pytest.mark.parametrize(
    ("known", "made_of", "limit", "holds"),
    [
        (cell(**FIGURES), "this", None, True),
        (cell(**FIGURES), "that", None, False),
        (cell(limit_min=10), "this", 5, True),
        (cell(limit_min=10), "this", 10, True),
        (cell(limit_min=10), "this", 20, False),
        (cell(limit_min=10), "this", None, False),
    ],
    ids=["finished", "changed", "less time", "as much time", "more time", "all the time"],
)
def test_a_cell_is_measured_again_only_when_that_could_tell_more(known, made_of, limit, holds):
    assert known.holds(made_of, limit) is holds


def test_cells_come_back_from_disk(tmp_path):
    path = tmp_path / "intents.json"
    kept = [cell(**FIGURES), cell(method="diet", limit_min=3.5)]
    path.write_text(json.dumps({"cells": Cells(tuple(kept)).rows()}))
    assert list(Cells.read(path)) == kept


@pytest.mark.parametrize(
    "text", ["", "[]", '{"cells": [{"set": "x"}]}'], ids=["empty", "a list", "half a cell"]
)
def test_another_file_in_place_of_the_results_is_refused(tmp_path, text):
    path = tmp_path / "intents.json"
    path.write_text(text)
    with pytest.raises(ConfigError, match="cannot be read"):
        Cells.read(path)
