"""Changes of a message's words that leave its feeling as it is: one row of the table each."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeVar

from benchmarks.slices.material import LANGUAGES, Base, Words

Change = Callable[[Base, Words, Random], str]
Item = TypeVar("Item")

EACH_WORD = 6
EACH_CHARACTER = 12
"""One typo in so many long words, or in so many Chinese characters; at least one a message."""
REPLACED = 2
"""Words of a message that a hurried writer mistakes or abbreviates, at most."""

STOP = {"zh": "。", "en": "."}

_LONG_WORD = re.compile(r"[A-Za-z]{4,}")
_HAN_PAIR = re.compile(r"(?=[\u4e00-\u9fff]{2})")


def slips(message: Base, words: Words, rng: Random) -> str:
    """Letters inside long words swapped, left out or doubled."""
    text = message.text
    places = [match.span() for match in _LONG_WORD.finditer(text)]
    for start, end in sorted(_some(places, len(places) // EACH_WORD, rng), reverse=True):
        at = rng.randrange(start + 1, end - 1)
        first, second = text[at], text[at + 1]
        text = text[:at] + rng.choice((second + first, second, first + first + second)) + text[at + 2 :]
    return text


def swaps(message: Base, words: Words, rng: Random) -> str:
    """Neighbouring Chinese characters swapped."""
    text = message.text
    places = [match.start() for match in _HAN_PAIR.finditer(text)]
    for at in _some(places, len(places) // EACH_CHARACTER, rng):
        text = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text


def homophones(message: Base, words: Words, rng: Random) -> str:
    """What a hurried input method makes of a few words."""
    return _replaced(message.text, words.homophones, rng)


def abbreviations(message: Base, words: Words, rng: Random) -> str:
    """A few words cut to their pinyin initials, or as in text messages."""
    return _replaced(message.text, words.abbreviations, rng)


def traditional(message: Base, words: Words, rng: Random) -> str:
    """The same in traditional characters."""
    return message.text.translate(words.traditional)


def lower(message: Base, words: Words, rng: Random) -> str:
    """Without a capital."""
    return message.text.lower()


def upper(message: Base, words: Words, rng: Random) -> str:
    """Nothing but capitals."""
    return message.text.upper()


def bare(message: Base, words: Words, rng: Random) -> str:
    """Without punctuation; a space stands in its place, apostrophes stay."""
    marks = (" " if unicodedata.category(char)[0] == "P" and char != "'" else char for char in message.text)
    return " ".join("".join(marks).split())


def polite(message: Base, words: Words, rng: Random) -> str:
    """With a greeting before it and thanks behind."""
    before, after = rng.choice(words.polite)
    return f"{before}{message.text}{after}"


def padded(message: Base, words: Words, rng: Random) -> str:
    """With flat facts about the order, before or behind."""
    fact = rng.choice(words.padding)
    first, second = rng.choice(((fact, message.text), (message.text, fact)))
    closed = unicodedata.category(first[-1])[0] == "P"
    return (
        f"{first}{'' if closed else STOP[message.language]}{'' if message.language == 'zh' else ' '}{second}"
    )


def thing(message: Base, words: Words, rng: Random) -> str:
    """With an emoji of a thing."""
    return f"{message.text}{rng.choice(words.things)}"


def feeling(message: Base, words: Words, rng: Random) -> str:
    """With an emoji that says what the words say."""
    return f"{message.text}{rng.choice(words.feelings[message.emotion])}"


@dataclass(frozen=True)
class Slice:
    """A change, the languages it makes sense in, and whether chance has a part in it."""

    title: str
    change: Change
    languages: Sequence[str] = LANGUAGES
    drawn: bool = True

    def changed(self, message: Base, words: Words, seed: int) -> str:
        """The message changed; the same seed gives the same change."""
        return self.change(message, words, Random(f"{self.title} {seed} {message.text}"))


SLICES = (
    Slice("typos", slips, ("en",)),
    Slice("swapped characters", swaps, ("zh",)),
    Slice("homophones", homophones, ("zh",)),
    Slice("traditional characters", traditional, ("zh",), drawn=False),
    Slice("abbreviations", abbreviations),
    Slice("lower case", lower, ("en",), drawn=False),
    Slice("capitals", upper, ("en",), drawn=False),
    Slice("no punctuation", bare, drawn=False),
    Slice("politeness", polite),
    Slice("flat facts added", padded),
    Slice("emoji of a thing", thing),
    Slice("emoji of the feeling", feeling),
)


def _some(places: Sequence[Item], count: int, rng: Random) -> list[Item]:
    return rng.sample(places, min(len(places), max(1, count)))


def _replaced(text: str, table: Mapping[str, str], rng: Random) -> str:
    """The text with a few of the table's words replaced, each wherever it stands."""
    known = [word for word in table if _pattern(word).search(text)]
    for word in _some(known, REPLACED, rng):
        text = _pattern(word).sub(table[word], text)
    return text


def _pattern(word: str) -> re.Pattern[str]:
    """The word by itself where letters part words, anywhere in Chinese."""
    edge = r"\b" if word.isascii() else ""
    return re.compile(f"{edge}{re.escape(word)}{edge}", re.IGNORECASE)
