"""Word lists that designers keep: dictionary files and Rasa lookup tables."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rasa.nlu.utils.pattern_utils import read_lookup_table_file

from .options import RefusedConfig


def elements(table: Mapping[str, Any]) -> list[str]:
    """The words of one lookup table, whether they stand in the NLU file or in a text file that it names.

    Raises:
        RefusedConfig: when that text file cannot be read.
    """
    words = table["elements"]
    if isinstance(words, list):
        return words
    try:
        return read_lookup_table_file(words)
    except ValueError as error:
        raise RefusedConfig(f"NLU data, lookup {table['name']} '{words}': {error}") from error


def read_dictionary(path: str | None) -> list[str]:
    """The words of a UTF-8 text file, one a line; `#` starts a comment line. None is no words.

    Raises:
        RefusedConfig: when the file cannot be read.
    """
    if path is None:
        return []
    try:
        lines = Path(path).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise RefusedConfig(
            f"config.yml, BilingualTokenizer: dictionary '{path}' cannot be read ({error}). "
            "Allowed: a UTF-8 text file with one word a line. Correct the path or remove the key."
        ) from error
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]
