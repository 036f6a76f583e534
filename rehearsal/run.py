"""`balm test`: reads stories, plays them, reports."""

from __future__ import annotations

import asyncio
import logging
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.progress import track

from balm.settings import Settings

from .stories import Story, read_stories

if TYPE_CHECKING:
    from .player import Played


def rehearse(
    paths: Iterable[Path], *, model: Path, actions: str, settings: Settings, verbose: bool = False
) -> bool:
    """Whether every story passed; what did not is printed.

    Raises:
        ConfigError: a story file that cannot be meant, or no trained model.
    """
    stories = read_stories(paths)
    console = Console(highlight=False)
    with tempfile.TemporaryDirectory() as folder:
        played = list(_play(stories, model=model, actions=actions, settings=settings, folder=Path(folder)))
    for result in played:
        if result.failures or verbose:
            _print(console, result)
    failed = sum(bool(result.failures) for result in played)
    console.print(f"{len(played) - failed} passed, {failed} failed")
    return failed == 0


def mark(paths: Iterable[Path], *, model: Path) -> None:
    """Writes the entity marks of the story files in `paths` anew, and prints which files changed.

    Raises:
        ConfigError: a path that is not there, or no trained model.
    """
    _quiet()
    from .marks import mark_files
    from .stage import agent_of

    changed = asyncio.new_event_loop().run_until_complete(mark_files(agent_of(model), paths))
    for file in changed:
        print(f"marked anew: {file}")
    print(f"{len(changed)} files changed.")


def _play(
    stories: list[Story], *, model: Path, actions: str, settings: Settings, folder: Path
) -> Iterator[Played]:
    _quiet()
    from .player import play
    from .stage import Stage

    loop = asyncio.new_event_loop()
    stage = Stage.open(model=model, actions=actions, settings=settings, folder=folder)
    for story in track(stories, description="Playing", transient=True):
        yield loop.run_until_complete(play(stage, story))
    loop.close()


def _quiet() -> None:
    """Silences the dozens of deprecations that Rasa's libraries announce, and its debug log."""
    import warnings

    warnings.filterwarnings("ignore")
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.WARNING)


def _print(console: Console, played: Played) -> None:
    mark = "[red]failed[/]" if played.failures else "[green]passed[/]"
    console.print(f"{mark}  {escape(played.story.name)}  [dim]{escape(played.story.source)}[/]")
    for exchange, outcome in zip(played.story.exchanges, played.outcomes, strict=True):
        console.print(f"    [bold]customer[/]  {escape(exchange.text)}")
        chosen = f"{outcome.card.get('strategy')} ({outcome.card.get('rule')})"
        console.print(f"    [dim]{outcome.intent}, {outcome.emotion} → {escape(chosen)}[/]")
        console.print(f"    [bold]bot[/]       {escape(outcome.text)}")
    for failure in played.failures:
        console.print(f"    [red]✗ {escape(failure)}[/]")
