"""Reads the data sets that the recipe trains on; none of their text enters the project."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import chain
from random import Random
from typing import Any

from balm.emotion.data import EmotionLabel, read_folder, said
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

SPEAKER = {"user": "customer", "agent": "agent"}
WRITTEN = ("", "starter")
PAIRS_A_SET = 2_000
LABELLED_TURNS = (
    ("cped/test.jsonl", "cped/valid.jsonl"),
    ("topical_chat/valid_freq.jsonl", "topical_chat/test_freq.jsonl"),
)
PROSE = (
    "cold/train.jsonl",
    "goemotions/train.jsonl",
    "stc3_zh/train.jsonl",
    "stc3_en/train.jsonl",
    "cped/test.jsonl",
    "kdconv/dev.jsonl",
    "kdconv/test.jsonl",
    "tatoeba_en_zh/pairs.jsonl",
)


@dataclass(frozen=True)
class Example:
    """One labelled message; `english` is its translation where there is one, `others` what more readers said.

    The labels of real messages were given without the turns before them.
    """

    text: str
    language: str
    label: EmotionLabel
    real: bool
    english: str | None = None
    before: tuple[str, ...] = ()
    others: tuple[EmotionLabel, ...] = ()

    @property
    def leans(self) -> bool:
        """Whether the label may hold only with the turns before, as in a written conversation."""
        return bool(self.before) and not self.real


def held_out(name: str) -> bool:
    """Whether a dialogue, in both of its languages, or a conversation belongs to the development set."""
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % DEV_SHARE == 0


Turn = tuple[str, int]
"""A dialogue and the index of a turn in it."""


@dataclass(frozen=True)
class Post:
    """A customer's turn in a helpdesk dialogue, with the two turns before it."""

    text: str
    before: tuple[str, ...]


def posts(place: Workplace, language: str) -> dict[Turn, Post]:
    """The customer turns of the helpdesk dialogues by dialogue and index, but for empty ones."""
    return {
        (row["dialogue_id"], index): Post(
            turn["text"], tuple(said(SPEAKER[t["role"]], t["text"]) for t in row["turns"][:index][-2:])
        )
        for row in place.read(f"stc3_{language}/train.jsonl")
        for index, turn in enumerate(row["turns"])
        if turn["role"] == "user" and turn["text"].strip()
    }


def real(place: Workplace, *, dev: bool) -> list[Example]:
    """The labelled helpdesk turns of the development set, or what others wrote and trains.

    A label also serves the turn's translation when it trains; the development set holds only turns that
    were labelled in their own language, in the data folder. The labels in `labels/` add to training alone.
    """
    return turns(place, dev=True) if dev else [*turns(place, dev=False), *public(place, dev=False)]


def turns(place: Workplace, *, dev: bool) -> list[Example]:
    """The labelled turns of helpdesk dialogues: the development set, or the rest with all who read them."""
    found = {language: posts(place, language) for language in ("zh", "en")}
    own = {language: _readings(place.read(f"stc3_labels/{language}.jsonl")) for language in ("zh", "en")}
    more = [_readings(more_labels(name)) for name in ("stc3_zh", "stc3_zh_again")]
    sets = [*own.values(), *more]
    merged = {key: [one[key] for one in sets if key in one] for key in chain(*sets)}
    return [
        _example(found, key, language, [own[language][key]] if dev else readings)
        for language in ("zh", "en")
        for key, readings in merged.items()
        if held_out(key[0]) == dev and key in found[language] and (key in own[language] or not dev)
    ]


def _readings(rows: Sequence[Mapping[str, Any]]) -> dict[Turn, EmotionLabel]:
    return {(row["dialogue_id"], row["turn"]): EmotionLabel.from_row(row) for row in rows}


def second_dev(place: Workplace) -> list[Example]:
    """The Chinese development turns that only `labels/` labels: another reading, to check the first with."""
    found = {"zh": posts(place, "zh"), "en": {}}
    return [
        _example(found, key, "zh", [label])
        for key, label in _readings(more_labels("stc3_zh")).items()
        if held_out(key[0]) and key in found["zh"]
    ]


def _example(
    found: Mapping[str, Mapping[Turn, Post]], key: Turn, language: str, readings: Sequence[EmotionLabel]
) -> Example:
    post, english = found[language][key], found["en"].get(key)
    meaning = english.text if english else None
    return Example(post.text, language, readings[0], True, meaning, post.before, tuple(readings[1:]))


def public(place: Workplace, *, dev: bool) -> list[Example]:
    """English messages to banks and insurers, and posts about goods, labelled for this project.

    One in five never trains. Most were picked because a model did not find them surely neutral.
    """
    labels = [row for row in more_labels("public_en") if held_out(f"{row['file']} {row['row']}") == dev]
    texts = {name: place.read(name) for name in {row["file"] for row in labels}}
    found = [(texts[row["file"]][row["row"]]["text"], EmotionLabel.from_row(row)) for row in labels]
    return [Example(text, "en", label, True, text) for text, label in found]


def more_labels(name: str) -> list[dict[str, Any]]:
    """Labels of texts in the data folder that it leaves unlabelled: one careful reading each, no text."""
    path = files("balm.encoder.recipe").joinpath(f"labels/{name}.jsonl")
    if not path.is_file():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def written(place: Workplace) -> list[Example]:
    """The project's own messages, each Chinese one with its English rendering where it has one."""
    messages = [message for folder in WRITTEN for message in read_folder(place.own / folder)]
    twins = {message.twin: message.text for message in messages if message.twin and message.language == "en"}
    return [
        Example(
            message.text, message.language, message.label, False,
            message.text if message.language == "en" else twins.get(message.twin or ""), message.before,
        )
        for message in messages
        if not (message.before and held_out(message.text))
    ]  # fmt: skip


def conversations(place: Workplace) -> list[Example]:
    """The written conversations that never train, with the turns before their last message."""
    return [
        Example(message.text, message.language, message.label, False, None, message.before)
        for message in read_folder(place.own)
        if message.before and held_out(message.text)
    ]


def pairs(place: Workplace) -> list[tuple[str, str]]:
    """(text, English meaning): Chinese beside its translation, without the development dialogues."""
    found = [(row["zh"], row["en"]) for row in place.read("tatoeba_en_zh/pairs.jsonl")]
    found += [(row["zh"], "; ".join(row["en"][:3])) for row in place.read("lexicon_zh_en/words.jsonl")]
    found += [(e.text, e.english) for e in written(place) if e.english and e.language == "zh"] * 2
    found += list(_dialogue_pairs(place, "stc3_zh/train.jsonl", "stc3_en/train.jsonl")) * 2
    rng = Random(place.plan.seed)
    for chinese, english in DIALOGUES:
        found += rng.sample(sorted(set(_dialogue_pairs(place, chinese, english))), PAIRS_A_SET)
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


def prose(place: Workplace) -> list[str]:
    """Text of both languages to guess words in: posts, service talk, chat; no development dialogue."""
    found = [text for name in PROSE for row in place.read(name) for text in _texts(row)]
    return [text for text in found if len(text) > 3] + [e.text for e in written(place)] * 2


def _texts(row: Mapping[str, Any]) -> list[str]:
    if held_out(str(row.get("dialogue_id"))):
        return []
    turns = [turn["text"] for turn in row.get("turns", ())]
    return [*turns, *(row[key] for key in ("text", "zh") if key in row)]


@dataclass(frozen=True, eq=False)
class Kindred:
    """A data set whose labels are akin to emotions: one label a text."""

    texts: list[str]
    labels: list[str]

    @property
    def classes(self) -> list[str]:
        return sorted(set(self.labels))


def kindred(place: Workplace) -> list[Kindred]:
    """The sets that others labelled with feelings, offence or satisfaction."""
    flat = {name: place.read(name) for name in ("goemotions/train.jsonl", "cold/train.jsonl")}
    personas = [r for n in ("zh_train", "en_train") for r in place.read(f"empathetic_personas/{n}.jsonl")]
    rows = [[(row["text"], _first(row["label"])) for row in found] for found in (*flat.values(), personas)]
    rows += [list(_labelled_turns(place, names)) for names in LABELLED_TURNS]
    rows.append(
        [
            (turn["text"], row["satisfaction_label"])
            for row in place.read("stc3_zh/train.jsonl")
            for turn in row["turns"]
            if turn["role"] == "user" and not held_out(row["dialogue_id"])
        ]
    )
    return [Kindred([text for text, _ in found], [label for _, label in found]) for found in rows]


def _labelled_turns(place: Workplace, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    for name in names:
        for row in place.read(name):
            yield from ((t["text"], t["label"]) for t in row["turns"] if t.get("label") and t["text"].strip())


def _first(label: str | list[str]) -> str:
    return label if isinstance(label, str) else label[0]
