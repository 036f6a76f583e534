"""One contestant in a process of its own: `python -m benchmarks.latency.worker JOB ANSWER`, both JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

WARM_UP = 10


def main(job: Path, answer: Path) -> None:
    """Loads the contestant that the job names, and writes what it took."""
    asked = json.loads(job.read_text(encoding="utf-8"))
    answer.write_text(json.dumps(measure(asked)), encoding="utf-8")


def measure(job: Mapping[str, Any]) -> dict[str, Any]:
    """Seconds to import and load, MB of memory, and the milliseconds of each message by length."""
    begun = perf_counter()
    from benchmarks.latency.contestants import CONTESTANTS, Files

    contestant = CONTESTANTS[job["name"]]
    read = contestant.load(Files(**{name: Path(path) for name, path in job["files"].items()}))
    read("你好 hello")
    ready = perf_counter() - begun
    loaded = resident()
    waits = {length: timed(read, texts) for length, texts in job["messages"].items()}
    return {"ready_s": ready, "loaded_mb": loaded, "resident_mb": resident(), "waits_ms": waits}


def timed(read: Any, texts: Sequence[str]) -> list[float]:
    """Milliseconds of each message, one after the other, after some that do not count."""
    for text in texts[-WARM_UP:]:
        read(f"{text} ~")  # not the very text: the encoder remembers what it has just read
    found = []
    for text in texts:
        start = perf_counter()
        read(text)
        found.append(1_000 * (perf_counter() - start))
    return found


def resident() -> float:
    """This process's resident memory in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
