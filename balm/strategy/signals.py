"""Signs in a message that a person is needed, whatever the model makes of its mood."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from balm.strategy.table_file import read_table

FILE = Path(__file__).with_name("signals.yml")
LONGEST = 4000  # characters looked at: whoever is in danger says so before that
APOSTROPHES = str.maketrans("’‘`´", "''''")


@dataclass(frozen=True)
class Signal:
    """Signs in one language, and what merely sounds like them."""

    signs: re.Pattern[str]
    harmless: re.Pattern[str]

    @classmethod
    def of(cls, row: Mapping[str, Sequence[str]]) -> Signal:
        """The signal that a language's entry in `signals.yml` means."""
        signs = "|".join(row["signs"])
        harmless = "|".join(row["harmless"]).replace("{sign}", signs)
        return cls(re.compile(signs), re.compile(harmless))

    def given_by(self, text: str) -> bool:
        """Whether a sign is left in `text` once the harmless is taken out."""
        return bool(self.signs.search(text) and self.signs.search(self.harmless.sub("。", text)))


def signalled(name: str, text: str) -> bool:
    """Whether `text` gives the signal called `name`: `safety` or `threat`.

    >>> signalled("safety", "充电器冒烟了！"), signalled("safety", "这个会不会漏电？")
    (True, False)
    >>> signalled("threat", "See you in small claims court."), signalled("threat", "Thank you!")
    (True, False)
    """
    plain = unicodedata.normalize("NFKC", text[:LONGEST]).translate(APOSTROPHES).lower()
    return any(signal.given_by(plain) for signal in _signals()[name])


@cache
def _signals() -> dict[str, tuple[Signal, ...]]:
    table = read_table(FILE)
    return {name: tuple(Signal.of(row) for row in rows.values()) for name, rows in table.items()}
