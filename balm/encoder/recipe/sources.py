"""Reads the data sets that the recipe trains on; none of their text enters the project."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from balm.emotion.data import EmotionLabel, read_folder
from balm.encoder.recipe.workplace import Workplace

DEV_SHARE = 5
"""One labelled dialogue in five is kept for development and never trains, in neither language."""

ENGLISH = (
    "banking77/train.jsonl",
    "bitext_cs/train.jsonl",
    "clinc150/train.jsonl",
    "goemotions/train.jsonl",
    "hwu64/train.jsonl",
    "nlupp/banking.jsonl",
)
DIALOGUES = (
    ("crosswoz/val.jsonl", "crosswoz_en/val.jsonl"),
    ("crosswoz/test.jsonl", "crosswoz_en/test.jsonl"),
    ("multiwoz_zh/val.jsonl", "multiwoz_en/val.jsonl"),
    ("multiwoz_zh/test.jsonl", "multiwoz_en/test.jsonl"),
)


@dataclass(frozen=True)
class Example:
    """One labelled message; `english` is its translation where there is one."""

    text: str
    language: str
    label: EmotionLabel
    real: bool
    english: str | None = None


def held_out(dialogue_id: str) -> bool:
    """Whether a dialogue belongs to the development set, in both of its languages."""
    return int(hashlib.sha256(dialogue_id.encode()).hexdigest(), 16) % DEV_SHARE == 0


def turns(place: Workplace, language: str) -> dict[tuple[str, int], str]:
    """The customer turns of the helpdesk dialogues by dialogue and index."""
    return {
        (row["dialogue_id"], index): turn["text"]
        for row in place.read(f"stc3_{language}/train.jsonl")
        for index, turn in enumerate(row["turns"])
        if turn["role"] == "user"
    }


def real(place: Workplace, *, dev: bool) -> list[Example]:
    """The labelled helpdesk turns of the development set, or those that train.

    A label also serves the turn's translation when it trains; the development set holds only
    turns that were labelled in their own language.
    """
    texts = {language: turns(place, language) for language in ("zh", "en")}
    examples = []
    for language in ("zh", "en"):
        for row in place.read(f"stc3_labels/{language}.jsonl"):
            key = row["dialogue_id"], row["turn"]
            if held_out(key[0]) != dev:
                continue
            label = EmotionLabel.from_row(row)
            for written in (language,) if dev else ("zh", "en"):
                if key in texts[written]:
                    examples.append(Example(texts[written][key], written, label, True, texts["en"].get(key)))
    return examples


def written(place: Workplace) -> list[Example]:
    """The project's own messages, each Chinese one with its English rendering where it has one."""
    messages = read_folder(place.own)
    twins = {message.twin: message.text for message in messages if message.twin and message.language == "en"}
    return [
        Example(
            message.text, message.language, message.label, False,
            message.text if message.language == "en" else twins.get(message.twin or ""),
        )
        for message in messages
    ]  # fmt: skip


def pairs(place: Workplace) -> list[tuple[str, str]]:
    """(text, English meaning): Chinese beside its translation, without the development dialogues."""
    found = [(row["zh"], row["en"]) for row in place.read("tatoeba_en_zh/pairs.jsonl")]
    found += [(row["zh"], "; ".join(row["en"][:3])) for row in place.read("lexicon_zh_en/words.jsonl")]
    found += [(e.text, e.english) for e in written(place) if e.english and e.language == "zh"] * 2
    found += list(_dialogue_pairs(place, "stc3_zh/train.jsonl", "stc3_en/train.jsonl")) * 2
    rng = Random(place.plan.seed)
    for chinese, english in DIALOGUES:
        found += rng.sample(sorted(set(_dialogue_pairs(place, chinese, english))), 2_000)
    return found


def _dialogue_pairs(place: Workplace, chinese: str, english: str) -> Iterator[tuple[str, str]]:
    translated = {row["dialogue_id"]: row["turns"] for row in place.read(english)}
    for row in place.read(chinese):
        for one, other in zip(row["turns"], translated.get(row["dialogue_id"], ()), strict=False):
            if one["text"].strip() and other["text"].strip() and not held_out(row["dialogue_id"]):
                yield one["text"], other["text"]


def english(place: Workplace, limit: int) -> list[str]:
    """English sentences that keep English where the teacher put it."""
    rng = Random(place.plan.seed)
    found = [row["text"] for name in ENGLISH for row in place.read(name)]
    return rng.sample(sorted(set(found)), limit) + [e.text for e in written(place) if e.language == "en"]


def chinese(place: Workplace) -> list[str]:
    """Chinese text to count words in, customers' and agents' turns alike."""
    names = ("stc3_zh/train.jsonl", "crosswoz/val.jsonl", "multiwoz_zh/val.jsonl")
    found = [turn["text"] for name in names for row in place.read(name) for turn in row["turns"]]
    found += [row["zh"] for row in place.read("tatoeba_en_zh/pairs.jsonl")]
    return found + [e.text for e in written(place) if e.language == "zh"]
