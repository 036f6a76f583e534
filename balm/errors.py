"""Everything that Balm raises on purpose.

    BalmError
    ├── ConfigError          a setting, policy row or response file is wrong: the designer mends it
    ├── ModelError           a model folder is missing, broken or of another kind
    ├── GenerationError      a generator gave no usable draft: the template answers instead
    │   └── DraftTimeout     ... because its deadline passed
    ├── ShopError            the shop's database could not be read or written
    │   └── NotProven        the asker has not shown that the order is theirs
    └── HandoffError         a handoff could not be stored, found or moved: nobody claims that a human comes

Messages read `<where> <subject> '<value>': <what is wrong>. <What is allowed>. <What to do>.`
They are for logs and designers; a customer never sees one.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class BalmError(Exception):
    """The root: `except BalmError` catches what Balm raises and nothing else."""


class ConfigError(BalmError):
    """A setting, policy row or response file that cannot be meant."""


class ModelError(BalmError):
    """A model that cannot be loaded or run."""


class GenerationError(BalmError):
    """A generator that gave no usable draft."""


class DraftTimeout(GenerationError):
    """A generator that missed its deadline."""


class ShopError(BalmError):
    """The shop's database could not be read or written."""


class NotProven(ShopError):
    """The asker has not shown that the order is theirs."""


class HandoffError(BalmError):
    """A handoff could not be stored, found or moved."""


def unknown(where: str, subject: str, value: object, known: Iterable[str]) -> str:
    """The sentence for a value outside a closed set, with the nearest known one.

    >>> unknown("care_policy.yml, rule 3:", "strategy", "sooth", ["inform", "soothe"])
    "care_policy.yml, rule 3: unknown strategy 'sooth'. Known: inform, soothe. Did you mean 'soothe'?"
    """
    known = sorted(known)
    near = get_close_matches(str(value), known, n=1)
    hint = f" Did you mean '{near[0]}'?" if near else ""
    return f"{where} unknown {subject} '{value}'. Known: {', '.join(known)}.{hint}"
