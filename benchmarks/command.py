"""What the benchmarks' command lines share: help with examples, plain errors, progress bars on stderr."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib.metadata import PackageNotFoundError, version
from typing import Any, TypeVar

import typer

from balm.errors import BalmError, ConfigError

Item = TypeVar("Item")


def run(command: Callable[..., Any], *, examples: str) -> None:
    """Runs the command with the arguments that the user typed; Balm's errors become one sentence."""
    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    app.command(help=examples)(command)
    try:
        app()
    except BalmError as error:
        raise SystemExit(str(error)) from error


def watched(items: Iterable[Item], label: str, *, total: int | None = None) -> Iterable[Item]:
    """The items, with a bar that moves as they are used up."""
    from rich.console import Console
    from rich.progress import track

    return track(items, f"{label:<34}", total=total, console=Console(stderr=True), transient=False)


def installed(packages: Iterable[str]) -> tuple[str, ...]:
    """The packages themselves, when all are there.

    Raises:
        ConfigError: one is missing.
    """
    wanted = tuple(packages)
    for name in wanted:
        try:
            version(name)
        except PackageNotFoundError as error:
            raise ConfigError(
                f"benchmark package '{name}': is not installed. Allowed: the packages of Balm's extra "
                "'benchmarks'. Install them with `pip install 'balm[benchmarks]'`."
            ) from error
    return wanted


def say(text: str) -> None:
    """Tells the user what is being done, beside the results."""
    typer.echo(text, err=True)
