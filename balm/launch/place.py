"""Where a bot's files are, and the environment that its processes run in."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "PYTHONWARNINGS": "ignore",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "PYTHONUNBUFFERED": "1",
}


@dataclass(frozen=True)
class Place:
    """The folder of a bot. Logs, the shop and what is remembered between starts lie in `.balm`."""

    root: Path = Path()

    @property
    def memory(self) -> Path:
        """The folder `.balm`, made when it is missing."""
        folder = self.root / ".balm"
        folder.mkdir(exist_ok=True)
        return folder

    @property
    def model(self) -> Path:
        """The trained model."""
        return self.root / "models" / "balm.tar.gz"

    @property
    def domain(self) -> Path:
        """The domain: the folder `domain/`, or the file `domain.yml` of a bot that keeps it in one."""
        folder = self.root / "domain"
        return folder if folder.is_dir() else self.root / "domain.yml"


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The variables for Rasa's processes: no telemetry, no warnings, compiled bytecode kept.

    Without bytecode TensorFlow takes three times as long to import, so a shell's
    PYTHONDONTWRITEBYTECODE is not passed on.
    """
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, **QUIET, **(extra or {})}


def adapter(name: str) -> str:
    """The import path of the adapter package `name`, in this repository or in the installed wheel."""
    installed = importlib.util.find_spec("balm_rasa") is not None
    return f"balm_rasa.{name}" if installed else name


def python(*arguments: str) -> list[str]:
    """The command that runs this Python with `arguments`."""
    return [sys.executable, *arguments]
