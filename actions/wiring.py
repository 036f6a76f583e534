"""The one place where the action server chooses its parts."""

from __future__ import annotations

from dataclasses import dataclass

from balm.bootstrap import care_desk
from balm.care import CareDesk
from balm.settings import Settings


@dataclass(frozen=True)
class Parts:
    """What the actions work with."""

    settings: Settings
    desk: CareDesk


_in_use: list[Parts] = []


def parts() -> Parts:
    """The parts of this process, made from the settings at the first turn."""
    if not _in_use:
        settings = Settings.load()
        use(Parts(settings, care_desk(settings)))
    return _in_use[0]


def use(parts: Parts) -> None:
    """Puts `parts` to work from now on: a rehearsal brings its own."""
    _in_use[:] = [parts]
