"""Measures one cell: the worker runs and is timed, its guesses are judged here."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from balm.errors import BalmError
from balm.launch.place import environment, python
from benchmarks.intents.figures import Guess, accuracy, macro_f1, out_of_scope, threshold, waiting
from benchmarks.intents.methods import Options
from benchmarks.intents.sets import IntentSet


class WorkerFailed(BalmError):
    """A method ended before it was measured."""


@dataclass(frozen=True)
class Course:
    """How cells are measured: the waits of `timed` messages, minutes a cell may take, the options."""

    timed: int = 200
    limit_min: float | None = None
    options: Options = Options()


def measure(data: IntentSet, method: str, seed: int, course: Course) -> dict[str, float]:
    """The figures of a method; nothing when it did not finish in time.

    Raises:
        WorkerFailed: the method broke; the message ends with its last words.
    """
    with TemporaryDirectory(prefix="balm_intents_") as name:
        folder = Path(name)
        job = _job(data, method, seed, course)
        (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
        load = os.getloadavg()[0]
        if not _finished(folder, f"{data.name}, {method}", course.limit_min):
            return {}
        outcome = json.loads((folder / "outcome.json").read_text(encoding="utf-8"))
    return {**judged(data, outcome), "load_before": round(load, 2)}


def judged(data: IntentSet, outcome: dict[str, Any]) -> dict[str, float]:
    """The figures behind a worker's outcome."""
    guesses = {name: [Guess(*row) for row in rows] for name, rows in outcome["guesses"].items()}
    truth = [intent for _, intent in data.test]
    found = {
        "train_examples": len(data.train),
        "test_messages": len(data.test),
        "accuracy": accuracy(guesses["test"], truth),
        "macro_f1": macro_f1(guesses["test"], truth),
        "train_s": outcome["train_s"],
        "train_cpu_s": outcome["train_cpu_s"],
        **waiting(outcome["waits_s"]),
        "peak_mb": outcome["peak_mb"],
    }
    if data.foreign:
        below = threshold(guesses["validation"])
        scope = out_of_scope(guesses["test"], truth, guesses["foreign"], below=below)
        found.update({f"oos_{name}": value for name, value in scope.items()})
    return {name: round(value, 4) for name, value in found.items()}


def _job(data: IntentSet, method: str, seed: int, course: Course) -> dict[str, Any]:
    test = [text for text, _ in data.test]
    return {
        "method": method,
        "seed": seed,
        "language": data.language,
        "options": asdict(course.options),
        "train": data.train,
        "timed": sample(test, course.timed),
        "asked": {
            "test": test,
            "validation": [text for text, _ in data.validation] if data.foreign else [],
            "foreign": data.foreign,
        },
    }


def sample(texts: Sequence[str], count: int) -> list[str]:
    """Up to `count` different texts, the same ones for every method and seed."""
    different = list(dict.fromkeys(texts))
    return random.Random(0).sample(different, min(count, len(different)))


def _finished(folder: Path, what: str, limit_min: float | None) -> bool:
    """Whether the worker wrote its outcome in time; Rasa's cache is a fresh one, so that training trains."""
    env = environment({"RASA_CACHE_DIRECTORY": str(folder / "cache"), "TOKENIZERS_PARALLELISM": "false"})
    command = python("-m", "benchmarks.intents.worker", str(folder))
    log = folder / "worker.log"
    with log.open("wb") as file:
        worker = subprocess.Popen(command, env=env, stdout=file, stderr=file, start_new_session=True)
    try:
        code = worker.wait(None if limit_min is None else 60 * limit_min)
    except subprocess.TimeoutExpired:
        return False
    finally:
        _end(worker)
    if code:
        last = "\n".join(log.read_text(errors="replace").splitlines()[-12:])
        raise WorkerFailed(
            f"benchmarks.intents, {what}: the worker ended with code {code}. Its last words:\n{last}"
        )
    return True


def _end(worker: subprocess.Popen[bytes]) -> None:
    """Stops the worker with its children, if it still runs."""
    if worker.poll() is None:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
