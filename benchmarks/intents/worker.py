"""One cell in a process of its own, so that memory and time are the method's alone.

Run by the benchmark: `python -m benchmarks.intents.worker FOLDER` reads FOLDER/job.json and writes
FOLDER/outcome.json. The intents of the test messages are not in the job.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from benchmarks.intents.methods import METHODS, Method, Options, Task
from benchmarks.intents.sets import Example

WARM_UP = 5


def run(job: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Seconds of training by the clock and of the cores, seconds a message, all guesses, peak memory."""
    task = Task(job["language"], job["seed"], folder, Options(**job["options"]))
    examples = [Example(*row) for row in job["train"]]
    method = METHODS[job["method"]].build(task)
    started, worked = perf_counter(), process_time()
    method.fit(examples)
    elapsed, worked = perf_counter() - started, process_time() - worked
    method.predict([text for text, _ in examples[:WARM_UP]])
    waits = _waits(method, job["timed"])
    return {
        "train_s": elapsed,
        "train_cpu_s": worked,
        "waits_s": waits,
        "guesses": {name: method.predict(texts) if texts else [] for name, texts in job["asked"].items()},
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _waits(method: Method, texts: Sequence[str]) -> list[float]:
    waits: list[float] = []
    for text in texts:
        started = perf_counter()
        method.predict([text])
        waits.append(perf_counter() - started)
    return waits


if __name__ == "__main__":
    place = Path(sys.argv[1])
    outcome = run(json.loads((place / "job.json").read_text(encoding="utf-8")), place)
    (place / "outcome.json").write_text(json.dumps(outcome), encoding="utf-8")
