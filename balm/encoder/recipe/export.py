"""Step `export`: one int8 ONNX graph with every output, the tokenizer, and what a loader must know."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

from balm.emotion.labels import CAUSES, EMOTIONS
from balm.encoder import simplified
from balm.encoder.network.export import write_graph
from balm.encoder.network.student import COLUMNS, Student
from balm.encoder.recipe.tune import load
from balm.encoder.recipe.workplace import Workplace


def run(place: Workplace) -> None:
    """Write the folder `bundle` that `Encoder.load` reads; calibration follows in step `evaluate`."""
    folder = place.path("bundle/model.onnx").parent
    student = load(place, "settled.pt").eval().cpu()
    write_graph(student, folder)
    for name in ("tokenizer.json", simplified.FILE):
        shutil.copy(place.path(name), folder / name)
    (folder / "balm.json").write_text(json.dumps(card(student, folder), indent=1))


def card(student: Student, folder: Path) -> dict[str, Any]:
    """What a loader must know about the graph."""
    return {
        "format": 1,
        "hidden": student.positions.embedding_dim,
        "max_tokens": 160,
        "columns": COLUMNS,
        "emotions": EMOTIONS,
        "causes": CAUSES,
        "offsets": [],
        "temperature": 1.0,
        "abstain_below": 0.0,
        "context": True,
        "sha256": hashlib.sha256((folder / "model.onnx").read_bytes()).hexdigest(),
    }
