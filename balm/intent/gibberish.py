"""Messages that mean nothing, made up: what people type who try a bot, and what a child or a cat types.

Without them a head must take "asdfgh" for one of the intents it knows, since some of its letters were seen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random

SHARE, LEAST = 0.04, 10
"""How many are made up for each example, and at least; more would make a small bot doubt its customers."""
ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
HELD_DOWN = "bcdfgjkmnpqrstvxyz"
"""Letters that say nothing when they are repeated; a drawn-out vowel is a cry, and hhh a laugh."""
FOREIGN = tuple(
    tuple(map(chr, range(ord(ends[0]), ord(ends[1]) + 1)))
    for ends in ("ая", "αω", "あん", "가힣", "اي", "กฮ", "कह")
)
"""The letters of other scripts: nobody here reads them."""
ENOUGH = 200
"""Distinct Chinese characters without which no Chinese nonsense is made up."""

_CHINESE = re.compile("[\u3400-\u9fff]")
_WORD = re.compile("[a-z]{4,}")


def gibberish(texts: Sequence[str], seed: int) -> list[str]:
    """Distinct messages without meaning, in the letters of `texts`; equal input gives equal messages."""
    rng, known = Random(seed), {text.lower() for text in texts}
    characters = sorted({c for text in texts for c in _CHINESE.findall(text)})
    words = sorted({word for text in known for word in _WORD.findall(text)})
    kinds: list[Callable[[Random], str]] = [_along_the_keys, _any_letters, _one_key_held_down, _foreign]
    if len(characters) >= ENOUGH:
        kinds += [lambda rng: "".join(rng.choices(characters, k=rng.randint(3, 8)))]
    if len(words) >= ENOUGH:
        kinds += [
            lambda rng: " ".join(_shuffled(word, rng) for word in rng.choices(words, k=rng.randint(1, 5)))
        ]
    wanted = max(LEAST, round(SHARE * len(texts)))
    made = (kinds[number % len(kinds)](rng) for number in range(2 * wanted))
    return [text for text in dict.fromkeys(made) if text not in known][:wanted]


def _along_the_keys(rng: Random) -> str:
    return " ".join(_stretch(rng) for _ in range(rng.choice((1, 1, 2))))


def _stretch(rng: Random) -> str:
    """Neighbouring keys of one row from either side, mostly from its end on."""
    row = rng.choice(ROWS)[:: rng.choice((1, -1))]
    length = rng.randint(3, len(row))
    start = rng.choice((0, rng.randint(0, len(row) - length)))
    return row[start : start + length]


def _any_letters(rng: Random) -> str:
    return "".join(rng.choices("".join(ROWS), k=rng.randint(4, 14)))


def _one_key_held_down(rng: Random) -> str:
    return rng.choice(HELD_DOWN) * rng.choice((3, 4, 5, 6, 8, 12, 20, 50, 150))


def _foreign(rng: Random) -> str:
    letters = rng.choice(FOREIGN)
    return " ".join("".join(rng.choices(letters, k=rng.randint(2, 8))) for _ in range(rng.randint(1, 3)))


def _shuffled(word: str, rng: Random) -> str:
    return "".join(rng.sample(word, len(word)))
