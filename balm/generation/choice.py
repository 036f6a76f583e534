"""Choosing among variations: fixed by a seed, and not what was said a moment ago."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

RECENT = 3  # replies looked back at


def choose(options: Sequence[str], *, seed: str, slot: str, said: Sequence[str] = ()) -> str | None:
    """One of `options`, the same for the same seed and slot; None when there are none.

    Options that stand in one of the last replies `said` (oldest first) are avoided while others are
    left; one that stands in the very last reply is taken only when there is nothing else.

    >>> choose(["a", "b"], seed="7", slot="opening", said=["b and more"])
    'a'
    """
    for back in (RECENT, 1, 0):
        recent = said[len(said) - back :] if back else ()
        fresh = [option for option in options if not any(option in reply for reply in recent)]
        if fresh:
            return fresh[_number(f"{seed}/{slot}") % len(fresh)]
    return None


def chance(*, seed: str, slot: str, one_in: int) -> bool:
    """True for one in `one_in` seeds."""
    return _number(f"{seed}/{slot}") % one_in == 0


def _number(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf8", "replace"), digest_size=8).digest(), "big")
