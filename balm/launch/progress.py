"""What is seen while the bot trains and starts."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from balm.launch.place import Place


@contextmanager
def training_progress(place: Place) -> Iterator[Callable[[str], None]]:
    """A bar over the components of `config.yml`; call what it yields as each one's turn comes."""
    with _bar() as progress:
        task = progress.add_task("Training: starting Rasa", total=_trainable(place))

        def on_step(name: str) -> None:
            progress.update(task, description=f"Training: {name}", advance=1)

        started = time.monotonic()
        yield on_step
        progress.update(task, description="Trained", completed=progress.tasks[0].total)
    Console().print(f"Trained in {time.monotonic() - started:.0f} s.")


@contextmanager
def waiting_progress() -> Iterator[Callable[[list[str]], None]]:
    """A spinner with the names of the servers that do not answer yet."""
    with _bar() as progress:
        task = progress.add_task("Starting", total=None)

        def on_wait(names: list[str]) -> None:
            progress.update(task, description=f"Waiting for {' and '.join(names)}" if names else "Ready")

        yield on_wait


def _bar() -> Progress:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    return Progress(*columns, console=Console(), transient=True)


def _trainable(place: Place) -> int | None:
    """How many components Rasa will train; None when the configuration cannot be read yet."""
    import yaml

    try:
        config = yaml.safe_load((place.root / "config.yml").read_text(encoding="utf8"))
        return len(config["pipeline"]) + len(config["policies"])
    except (OSError, yaml.YAMLError, KeyError, TypeError):
        return None  # Rasa will say what is wrong with the file
