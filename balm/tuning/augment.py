"""Altered copies of examples: other words for the same thing, or the slips of a thumb."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files
from random import Random

import numpy as np
from numpy.typing import NDArray

from balm.tuning.options import TuneOptions

Numbers = NDArray[np.int_]
Alteration = Callable[[str, Random], str]
PER_TYPO = 20
"""One slip for so many characters, and one more."""
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def augmented(
    texts: Sequence[str], truth: Numbers, *, tuning: TuneOptions, seed: int
) -> tuple[list[str], Numbers]:
    """The texts followed by their altered copies, and the class number of each.

    A text that nothing alters gets no copy, so that no example counts twice.
    """
    if tuning.augment == "none":
        return list(texts), truth
    rng, alter = Random(seed), ALTERATIONS[tuning.augment]
    known = set(texts)
    copies: list[str] = []
    owners: list[int] = []
    for text, label in zip(texts, truth, strict=True):
        for _ in range(tuning.copies):
            copy = alter(text, rng)
            if copy not in known:
                known.add(copy)
                copies.append(copy)
                owners.append(int(label))
    return [*texts, *copies], np.concatenate([truth, np.array(owners, truth.dtype)])


def replace_words(text: str, rng: Random) -> str:
    """The text with about half of the words that have a synonym replaced, at least one if there is any.

    >>> replace_words("谢谢", Random(1)) in ("感谢", "多谢")
    True
    """
    pattern, others = _synonyms()
    found = list(pattern.finditer(text))
    if not found:
        return text
    chosen = [match for match in found if rng.random() < 0.5] or [rng.choice(found)]
    for match in reversed(chosen):
        old, new = match.group(), rng.choice(others[match.group().lower()])
        new = new[0].upper() + new[1:] if old[0].isupper() else new
        text = text[: match.start()] + new + text[match.end() :]
    return text


def mistype(text: str, rng: Random) -> str:
    """The text with a few slips: a letter lost, doubled, swapped or missed, or a sound-alike.

    >>> mistype("12", Random(1))
    '12'
    """
    places = [i for i, letter in enumerate(text) if letter.isalpha()]
    for _ in range(1 + len(text) // PER_TYPO if places else 0):
        place = rng.choice(places)
        if place < len(text):
            slip = _alike if text[place] in _homophones() else rng.choice(_SLIPS)
            text = slip(text, place, rng)
    return text


def _drop(text: str, place: int, rng: Random) -> str:
    return text[:place] + text[place + 1 :] if len(text) > 1 else text


def _double(text: str, place: int, rng: Random) -> str:
    return text[: place + 1] + text[place:]


def _swap(text: str, place: int, rng: Random) -> str:
    return text[:place] + text[place : place + 2][::-1] + text[place + 2 :]


def _beside(text: str, place: int, rng: Random) -> str:
    for row in _KEYS:
        at = row.find(text[place].lower())
        if at >= 0:
            near = row[max(at - 1, 0) : at] + row[at + 1 : at + 2]
            return text[:place] + rng.choice(near) + text[place + 1 :]
    return text


def _alike(text: str, place: int, rng: Random) -> str:
    return text[:place] + rng.choice(_homophones()[text[place]]) + text[place + 1 :]


def _either(text: str, rng: Random) -> str:
    return rng.choice((replace_words, mistype))(text, rng)


_SLIPS = (_drop, _double, _swap, _beside)
ALTERATIONS: dict[str, Alteration] = {"synonyms": replace_words, "typos": mistype, "both": _either}


@cache
def _words() -> dict[str, list[list[str]] | list[str]]:
    import yaml

    text = files("balm.tuning").joinpath("synonyms.yml").read_text(encoding="utf-8")
    found: dict[str, list[list[str]] | list[str]] = yaml.safe_load(text)
    return found


@cache
def _synonyms() -> tuple[re.Pattern[str], dict[str, list[str]]]:
    """What finds a word that has synonyms, longest first, and the synonyms of each."""
    others: dict[str, list[str]] = {}
    for group in [*_words()["en"], *_words()["zh"]]:
        for word in group:
            mates = [mate for mate in group if mate != word]
            others.setdefault(word.lower(), []).extend(mates)
    longest = sorted(others, key=lambda word: (-len(word), word))
    parts = [rf"(?<![a-z]){re.escape(word)}(?![a-z])" if word[0].isascii() else word for word in longest]
    return re.compile("|".join(parts), re.IGNORECASE), others


@cache
def _homophones() -> dict[str, str]:
    """Each character with those that sound like it."""
    return {one: group.replace(one, "") for group in _words()["homophones"] for one in group}  # type: ignore[union-attr]
