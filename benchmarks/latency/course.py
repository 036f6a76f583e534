"""Prepares the bots and the twin, runs each contestant, and times `balm read`."""

from __future__ import annotations

import json
import logging
import shutil
import subprocess
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from time import perf_counter
from typing import Any

from balm.emotion.data import read_folder
from balm.encoder.folder import bundled_folder
from balm.errors import ModelError
from balm.launch.place import Place, environment, python
from benchmarks.latency.contestants import BERT, Files

STOCK = Path(__file__).parents[1] / "stock_bot"
LINES = 3_000
"""Messages that `balm read` gets."""


def prepare(work: Path, bot: Path | None) -> Files:
    """The bots, trained where they have to be, and an empty place for the twin."""
    return Files(bot=_unpacked(bot or _starter(), work / "bot"), stock=_stock(), twin=work / "twin")


def _starter() -> Path:
    from balm.launch.progress import training_progress
    from balm.launch.training import is_current, train

    place = Place()
    if not is_current(place):
        with training_progress(place) as on_step:
            train(place, on_step=on_step)
    return place.model


def _unpacked(model: Path, folder: Path) -> Path:
    """The archive, and beside it what is in it: Rasa loads the one, Balm's models the other."""
    try:
        with tarfile.open(model) as archive:
            archive.extractall(folder)
    except (OSError, tarfile.TarError) as error:
        raise ModelError(
            f"trained bot '{model}': cannot be unpacked ({error}). "
            "Allowed: the archive that `balm train` wrote. Train again."
        ) from error
    shutil.copy(model, folder / "model.tar.gz")
    return folder


def _stock() -> Path:
    """The newest model of the trivial bot, trained when there is none."""
    if not list(STOCK.glob("models/*.tar.gz")):
        command = python("-m", "rasa", "train")
        subprocess.run(command, cwd=STOCK, env=environment(), check=True, capture_output=True)
    return max(STOCK.glob("models/*.tar.gz"), key=lambda path: path.stat().st_mtime)


def make_twin(folder: Path) -> None:
    """An int8 ONNX encoder of BERT-base's size with random weights, written as the recipe writes its own."""
    import torch
    from tokenizers import Tokenizer

    from balm.encoder.network.export import write_graph
    from balm.encoder.network.student import Shape, Student
    from balm.encoder.recipe.export import card

    logging.getLogger().setLevel(logging.ERROR)  # the quantiser recommends steps that it does not need
    folder.mkdir(parents=True)
    shutil.copy(bundled_folder() / "tokenizer.json", folder)
    torch.manual_seed(0)
    size = Tokenizer.from_file(str(folder / "tokenizer.json")).get_vocab_size()
    student = Student(Shape(vocabulary=size, **BERT)).eval()
    write_graph(student, folder)
    (folder / "balm.json").write_text(json.dumps(card(student, folder)))


def measured(name: str, files: Files, messages: Mapping[str, Sequence[str]], work: Path) -> dict[str, Any]:
    """What the worker found out about one contestant.

    Raises:
        ModelError: it could not be loaded or run; the sentence ends in its last words.
    """
    job, answer = work / f"{name}.job.json", work / f"{name}.json"
    paths = {kind: str(path) for kind, path in asdict(files).items()}
    job.write_text(json.dumps({"name": name, "files": paths, "messages": messages}))
    command = python("-m", "benchmarks.latency.worker", str(job), str(answer))
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise ModelError(
            f"latency of '{name}': could not be measured ({last}). Mend that, or leave it out with --only."
        )
    found: dict[str, Any] = json.loads(answer.read_text())
    return found


def stream(own: Path, *, lines: int = LINES) -> dict[str, float]:
    """Messages a second through `balm read`: with its start, and once it runs."""
    texts = list(dict.fromkeys(message.text for message in read_folder(own)))[:lines]
    fed = "".join(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in texts)
    begun = perf_counter()
    process = subprocess.Popen(
        python("-m", "balm", "read"), env=environment(), text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    arrivals = _arrivals(process, fed)
    return {
        "messages": len(texts),
        "first_s": arrivals[0] - begun,
        "per_s_in_all": len(arrivals) / (arrivals[-1] - begun),
        "per_s_running": (len(arrivals) - 1) / (arrivals[-1] - arrivals[0]),
    }


def _arrivals(process: subprocess.Popen[str], fed: str) -> list[float]:
    """When each answer came, while the lines are written from another thread."""
    from threading import Thread

    source, answers = process.stdin, process.stdout
    assert source is not None and answers is not None  # both are pipes

    def feed() -> None:
        source.write(fed)
        source.close()

    Thread(target=feed, daemon=True).start()
    found = [perf_counter() for _ in answers]
    process.wait()
    return found
