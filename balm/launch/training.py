"""Training the bot when what it was trained from has changed."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import balm
from balm.errors import ModelError
from balm.launch.log import cause
from balm.launch.place import Place, adapter, environment, python

CODE = ("emotion", "encoder", "entities", "intent", "tuning")
SOURCES = ("config.yml", "domain.yml", "domain", "data", "emotion_data")
STEP = re.compile(r"(?:Starting to train component|Restored component) '(\w+)'")


def is_current(place: Place) -> bool:
    """Whether the model in `place` was trained from the files as they are now."""
    record = place.memory / "trained.json"
    if not (place.model.exists() and record.exists()):
        return False
    return bool(json.loads(record.read_text())["fingerprint"] == fingerprint(place))


def train(place: Place, *, on_step: Callable[[str], None] = lambda step: None) -> None:
    """Trains the bot; `on_step` hears the name of each component as its turn comes.

    Raises:
        ModelError: Rasa refused; the sentence names its complaint and the log.
    """
    log = place.memory / "train.log"
    wanted = fingerprint(place)
    command = python(
        "-m", "rasa", "train", "--domain", str(place.domain), "--out", str(place.model.parent),
        "--fixed-model-name", place.model.name.removesuffix(".tar.gz"),
    )  # fmt: skip
    with log.open("w", encoding="utf8") as file:
        process = subprocess.Popen(
            command,
            cwd=place.root,
            env=environment(),
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        for line in process.stdout or ():
            file.write(line)
            if step := STEP.search(line):
                on_step(step[1])
    if process.wait() != 0:
        raise ModelError(f"training failed: {cause(log)} The whole log is in {log}.")
    (place.memory / "trained.json").write_text(json.dumps({"fingerprint": wanted}))


def fingerprint(place: Place) -> str:
    """A hash of everything that the trained model depends on."""
    digest = hashlib.sha256(balm.__version__.encode())
    for path in _sources(place):
        digest.update(str(path).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _sources(place: Place) -> Iterator[Path]:
    import importlib.util

    code = [Path(balm.__file__).parent / part for part in CODE]
    components = importlib.util.find_spec(adapter("components"))
    if components and components.submodule_search_locations:
        code.append(Path(components.submodule_search_locations[0]))
    for source in [*(place.root / name for name in SOURCES), *code]:
        if source.is_dir():
            yield from sorted(path for path in source.rglob("*") if path.is_file() and path.suffix != ".pyc")
        elif source.exists():
            yield source
