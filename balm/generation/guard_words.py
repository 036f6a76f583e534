"""The word lists of the guard, read from guard.yml."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from balm.errors import ConfigError

PATH = Path(__file__).with_name("guard.yml")


@dataclass(frozen=True)
class Row:
    """One kind of thing that may not be said.

    It may where one of `unless` (kinds of fact) is on the sheet, or the designer's wording matches `wording`.
    """

    name: str
    what: str
    pattern: re.Pattern[str]
    unless: frozenset[str] = frozenset()
    wording: re.Pattern[str] | None = None


@dataclass(frozen=True)
class GuardWords:
    """All word lists of the guard."""

    length: Mapping[str, Mapping[str, int]]
    claims: tuple[Row, ...]
    states: tuple[Row, ...]
    spared: re.Pattern[str]
    echoed: re.Pattern[str]
    wondered: re.Pattern[str]
    upset: tuple[Row, ...]
    never: tuple[Row, ...]
    denied: re.Pattern[str]
    denied_after: re.Pattern[str]
    dates: re.Pattern[str]
    promised_dates: re.Pattern[str]
    links: re.Pattern[str]
    asks: Mapping[str, re.Pattern[str]]


@lru_cache(maxsize=1)
def guard_words() -> GuardWords:
    """The word lists, read once.

    Raises:
        ConfigError: the file cannot be read or a pattern in it is wrong.
    """
    import yaml

    try:
        return _parse(yaml.safe_load(PATH.read_text(encoding="utf8")))
    except (OSError, yaml.YAMLError, KeyError, re.error) as error:
        raise ConfigError(f"{PATH}: the guard's word lists cannot be used: {error!r}.") from error


def _parse(raw: Mapping[str, Any]) -> GuardWords:
    return GuardWords(
        length=raw["length"],
        claims=tuple(_claim(name, row) for name, row in raw["claims"].items()),
        states=tuple(_claim(name, row) for name, row in raw["states"].items()),
        spared=_any((*raw["spared"]["zh"], *raw["spared"]["en"])),
        echoed=_any(raw["echoed"].values()),
        wondered=_any(raw["wondered"]),
        upset=tuple(_row(name, row) for name, row in raw["upset"].items()),
        never=tuple(_row(name, row) for name, row in raw["never"].items()),
        denied=_any(raw["denied"]),
        denied_after=_any(raw["denied_after"]),
        dates=_any(raw["dates"]),
        promised_dates=_any(raw["promised_dates"]),
        links=_any(raw["links"]),
        asks={ask: _any(patterns) for ask, patterns in raw["asks"].items()},
    )


def _claim(name: str, row: Mapping[str, Any]) -> Row:
    patterns = (*row["zh"], *row["en"])
    wording = _any(row.get("wording", patterns))
    return Row(name, row["what"], _any(patterns), frozenset(row["backed_by"]), wording)


def _row(name: str, row: Mapping[str, Any]) -> Row:
    return Row(name, row["what"], _any(row["patterns"]), frozenset(row.get("unless", ())))


def _any(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)
