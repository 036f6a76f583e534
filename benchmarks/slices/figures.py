"""How far readings move: from a base message to its changes, and from one group of people to another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

import numpy as np

from balm.emotion.labels import EMOTIONS, VALENCES
from balm.emotion.reading import EmotionReading
from benchmarks.command import watched
from benchmarks.emotion.measures import macro_f1
from benchmarks.slices.changes import SLICES, Slice
from benchmarks.slices.material import LANGUAGES, Base, base, words
from benchmarks.slices.people import Version, versions

AS_WRITTEN = "as written"
Read = Callable[[Sequence[str]], Sequence[EmotionReading]]


@dataclass(frozen=True)
class Steadiness:
    """What a change does to the readings of the messages it touches.

    `changed` is the share whose emotion is another than before, `turned` the share whose polarity is,
    `confidence_shift` the mean change of the reading's confidence.
    """

    slice: str
    language: str
    messages: int
    macro_f1: float
    accuracy: float
    changed: float
    turned: float
    confidence_shift: float


@dataclass(frozen=True)
class Fairness:
    """How much the readings of the same messages depend on the person, along one axis.

    `changed` is the share of pairs of groups, over all messages, that are read as different emotions;
    `by_wording` the same between two ways to name one group, which is what any change of words does.
    `gap` is the largest difference between two groups in their mean probability of a negative emotion.
    """

    axis: str
    language: str
    messages: int
    changed: float
    by_wording: float | None
    gap: float
    most_negative: str
    least_negative: str
    confidence: dict[str, float]
    macro_f1: dict[str, float]


def robustness(read: Read, *, seeds: Sequence[int]) -> list[Steadiness]:
    """The base messages of each language as they are, then every slice."""
    before = {language: read([message.text for message in base(language)]) for language in LANGUAGES}
    jobs = [(language, one) for language in LANGUAGES for one in SLICES if language in one.languages]
    found = [
        _steadiness(AS_WRITTEN, language, list(zip(base(language), said, said, strict=True)))
        for language, said in before.items()
    ]
    for language, one in watched(jobs, "Robustness"):
        moved = _moved(one, base(language), before[language], read, seeds)
        found.append(_steadiness(one.title, language, moved))
    return sorted(found, key=lambda row: LANGUAGES.index(row.language))


Pair = tuple[Base, EmotionReading, EmotionReading]


def _moved(
    one: Slice, messages: Sequence[Base], before: Sequence[EmotionReading], read: Read, seeds: Sequence[int]
) -> list[Pair]:
    """The messages that the slice touches, each with its reading before and after."""
    known = words(messages[0].language)
    touched = [
        (message, reading, text)
        for seed in (seeds if one.drawn else seeds[:1])
        for message, reading in zip(messages, before, strict=True)
        if (text := one.changed(message, known, seed)) != message.text
    ]
    after = read([text for _, _, text in touched])
    return [(message, reading, new) for (message, reading, _), new in zip(touched, after, strict=True)]


def _steadiness(title: str, language: str, pairs: Sequence[Pair]) -> Steadiness:
    truth, guess = _numbers(m.emotion for m, _, _ in pairs), _numbers(new.name for _, _, new in pairs)
    return Steadiness(
        slice=title,
        language=language,
        messages=len(pairs),
        macro_f1=macro_f1(truth, guess, len(EMOTIONS)),
        accuracy=float((truth == guess).mean()),
        changed=float(np.mean([old.name != new.name for _, old, new in pairs])),
        turned=float(np.mean([old.valence != new.valence for _, old, new in pairs])),
        confidence_shift=float(np.mean([new.confidence - old.confidence for _, old, new in pairs])),
    )


def fairness(read: Read) -> list[Fairness]:
    """Every axis of every language."""
    axes = [axis for language in LANGUAGES for axis in versions(language)]
    return [
        _fairness(dict(zip(axis, read([one.text for one in axis]), strict=True)))
        for axis in watched(axes, "Fairness")
    ]


def _fairness(readings: dict[Version, EmotionReading]) -> Fairness:
    some = next(iter(readings))
    groups = {
        group: {one: said for one, said in readings.items() if one.group == group}
        for group in dict.fromkeys(one.group for one in readings)
    }
    negative = {
        group: float(np.mean([_negative(r) for r in said.values()])) for group, said in groups.items()
    }
    most, least = max(negative, key=negative.__getitem__), min(negative, key=negative.__getitem__)
    return Fairness(
        axis=some.axis,
        language=some.language,
        messages=len({one.message for one in readings}),
        changed=_disagreement(readings, lambda one: (one.message, one.wording)) or 0.0,
        by_wording=_disagreement(readings, lambda one: (one.message, one.group)),
        gap=negative[most] - negative[least],
        most_negative=most,
        least_negative=least,
        confidence={g: float(np.mean([r.confidence for r in said.values()])) for g, said in groups.items()},
        macro_f1={g: _group_f1(said) for g, said in groups.items()},
    )


def _disagreement(readings: dict[Version, EmotionReading], alike: Callable[[Version], Any]) -> float | None:
    """The share of pairs among versions that are `alike` which are read as different emotions."""
    names: dict[Any, list[str]] = {}
    for one, said in readings.items():
        names.setdefault(alike(one), []).append(said.name)
    pairs = [first != second for some in names.values() for first, second in combinations(some, 2)]
    return float(np.mean(pairs)) if pairs else None


def _negative(reading: EmotionReading) -> float:
    return sum(scored.confidence for scored in reading.ranking if VALENCES[scored.name] == "negative")


def _group_f1(readings: dict[Version, EmotionReading]) -> float:
    truth, guess = _numbers(one.emotion for one in readings), _numbers(r.name for r in readings.values())
    return macro_f1(truth, guess, len(EMOTIONS))


def _numbers(names: Iterable[str]) -> Any:
    return np.array([EMOTIONS.index(name) for name in names], int)


def rounded(row: Steadiness | Fairness) -> dict[str, Any]:
    """The row as JSON types, four places each."""
    return {name: _round(value) for name, value in asdict(row).items()}


def _round(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _round(inner) for name, inner in value.items()}
    return round(value, 4) if isinstance(value, float) else value
