"""What a customer says around a request, read from `phrases.yml`."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from balm.shop.given import plain

FILE = Path(__file__).with_name("phrases.yml")
LONGEST = 2000  # characters looked at


def says(name: str, text: str) -> bool:
    """Whether `text` says what the entry called `name` lists.

    >>> says("someone_elses", "Where is my sister's order?"), says("someone_elses", "给我妈买的毛衣到哪了")
    (True, False)
    """
    return bool(_phrases()[name].search(plain(text[:LONGEST]).lower().replace("’", "'")))


def names() -> frozenset[str]:
    """The entries that there are."""
    return frozenset(_phrases())


@cache
def _phrases() -> dict[str, re.Pattern[str]]:
    import yaml

    raw: dict[str, list[str]] = yaml.safe_load(FILE.read_text(encoding="utf8"))
    person = "|".join(raw.pop("person"))
    return {
        name: re.compile("|".join(f"(?:{row.replace('{person}', person)})" for row in rows))
        for name, rows in raw.items()
    }
