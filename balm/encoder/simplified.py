"""Reads traditional Chinese as simplified, character by character, so that spans stay where they are."""

from __future__ import annotations

from functools import cache
from pathlib import Path

FILE = "simplified.txt"
"""Beside a tokenizer: one traditional character and its simplified one a line."""


@cache
def table(folder: Path) -> dict[int, str]:
    """What `str.translate` needs; empty when the folder has no table.

    >>> table(Path("no such folder"))
    {}
    """
    path = folder / FILE
    if not path.is_file():
        return {}
    return {ord(pair[0]): pair[1] for pair in path.read_text(encoding="utf-8").split()}
