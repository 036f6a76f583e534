"""Labelled messages from `emotion_data/*.yml`, as the project ships them and designers add to them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from balm.emotion.labels import CAUSES, EMOTIONS
from balm.errors import ConfigError, unknown

STRONGEST = 3
"""Files grade intensity 0 (none), 1 (mild), 2 (clear), 3 (strong); readings run from 0 to 1."""

LANGUAGES = ("en", "zh")
SPEAKERS = ("agent", "customer")
_CONVERSATION = (
    "A conversation has the keys emotion and turns (and may have alone), and its last turn is a customer's. "
    "See emotion_data/README.md."
)
_LABEL = re.compile(r"\s*\{([^{}]*)\}$")


@dataclass(frozen=True)
class EmotionLabel:
    """What a reader sees in one message; `None` where the reader did not say."""

    emotion: str
    intensity: float | None = None
    cause: str | None = None
    needs_human: bool | None = None
    sarcasm: bool | None = None

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> EmotionLabel:
        """The label in a row whose intensity is graded 0 to 3.

        >>> EmotionLabel.from_row({"emotion": "joy", "intensity": 3}).intensity
        1.0
        """
        grade = row.get("intensity")
        return cls(
            emotion=row["emotion"],
            intensity=None if grade is None else grade / STRONGEST,
            cause=row.get("cause"),
            needs_human=None if row.get("needs_human") is None else bool(row["needs_human"]),
            sarcasm=None if row.get("sarcasm") is None else bool(row["sarcasm"]),
        )


@dataclass(frozen=True)
class EmotionMessage:
    """One labelled message. Messages with the same `twin` say the same in two languages, or differ
    by the few words that change the feeling. `before` holds the turns that a reader must know, oldest
    first, as `said` writes them."""

    text: str
    language: str
    label: EmotionLabel
    twin: str | None = None
    before: tuple[str, ...] = ()


def read_folder(folder: str | Path) -> list[EmotionMessage]:
    """The messages of every .yml file in a folder, files in the order of their names.

    Raises:
        ConfigError: the folder holds no such file, or a line is wrong (file and line are named).
    """
    paths = sorted(Path(folder).glob("*.yml"))
    if not paths:
        raise ConfigError(
            f"emotion data folder '{folder}': holds no .yml file. Allowed: a folder like emotion_data/. "
            "Check the path."
        )
    return [message for path in paths for message in read_file(path)]


def read_file(path: str | Path) -> list[EmotionMessage]:
    """The messages of one file.

    Raises:
        ConfigError: the file is not of the shape that emotion_data/README.md shows.
    """
    path = Path(path)
    where = path.name
    blocks = _top(path)
    language = _known(_value(blocks.pop("language", None)), LANGUAGES, f"{where}:", "language")
    conversations = blocks.pop("conversations", None)
    if conversations is not None and not blocks:
        return [_conversation(node, language, where) for node in _items(conversations, where)]
    return [
        message
        for emotion, block in _sections(blocks.pop("emotions", None), where, blocks)
        for message in _examples(block, emotion=emotion, language=language, where=where)
    ]


def said(speaker: str, text: str) -> str:
    """An earlier turn as the encoder reads it.

    >>> said("agent", "One moment, please.")
    'agent: One moment, please.'
    """
    return f"{speaker}: {text}"


def _top(path: Path) -> dict[str, Any]:
    """The file's top-level keys with their YAML nodes, which know their lines."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=loader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(f"{path.name}: cannot be read as YAML ({error}). Mend the file.") from error
    return {key.value: node for key, node in root.value} if isinstance(root, yaml.MappingNode) else {}


def _value(node: Any) -> object:
    return getattr(node, "value", None)


def _known(value: object, allowed: Sequence[str], where: str, subject: str) -> str:
    if value not in allowed:
        raise ConfigError(unknown(where, subject, value, allowed))
    return str(value)


def _items(node: Any, where: str) -> list[Any]:
    if not isinstance(node.value, list) or any(not isinstance(item.value, list) for item in node.value):
        raise ConfigError(f"{where}: 'conversations' is no list. See emotion_data/README.md for the shape.")
    return list(node.value)


def _conversation(node: Any, language: str, where: str) -> EmotionMessage:
    """The last turn of one conversation, labelled, with the turns before it."""
    line = f"{where}, line {node.start_mark.line + 1}:"
    keys = {key.value: value for key, value in node.value}
    if not {"emotion", "turns"} <= set(keys) <= {"emotion", "turns", "alone"}:
        raise ConfigError(f"{line} a conversation has the keys {sorted(keys)}. {_CONVERSATION}")
    turns = [(key.value, value.value) for turn in keys["turns"].value for key, value in turn.value]
    for speaker, _ in turns:
        _known(speaker, SPEAKERS, line, "speaker")
    if len(turns) < 2 or turns[-1][0] != "customer":
        raise ConfigError(f"{line} the last turn is no customer's, or the only one. {_CONVERSATION}")
    emotion, _, marks = str(keys["emotion"].value).partition(" ")
    _known(emotion, EMOTIONS, line, "emotion")
    message = parse(f"- {marks}", emotion=emotion, language=language, where=line)
    before = tuple(said(speaker, text) for speaker, text in turns[:-1])
    return replace(message, text=turns[-1][1], before=before)


def _sections(node: Any, where: str, others: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """(emotion, examples node) for each entry of the list `emotions`."""
    for key in others:
        raise ConfigError(unknown(f"{where}:", "key", key, ("language", "emotions")))
    if node is None or not isinstance(node.value, list):
        raise ConfigError(f"{where}: has no list 'emotions'. See emotion_data/README.md for the shape.")
    for entry in node.value:
        line = f"{where}, line {entry.start_mark.line + 1}:"
        keys = {key.value: value for key, value in entry.value} if isinstance(entry.value, list) else {}
        if set(keys) != {"emotion", "examples"}:
            raise ConfigError(
                f"{line} an entry has the keys {sorted(keys)}. Allowed: emotion, examples. Rename them."
            )
        yield _known(_value(keys["emotion"]), EMOTIONS, line, "emotion"), keys["examples"]


def _examples(node: Any, *, emotion: str, language: str, where: str) -> Iterator[EmotionMessage]:
    """The messages of one `examples: |` block."""
    first = node.start_mark.line + 2
    for number, raw in enumerate(str(node.value).splitlines(), start=first):
        line = raw.strip()
        if not line:
            continue
        if not line.startswith("- "):
            raise ConfigError(
                f"{where}, line {number}: '{line[:40]}' is no example. Begin the line with '- '."
            )
        yield parse(line[2:], emotion=emotion, language=language, where=f"{where}, line {number}:")


def parse(line: str, *, emotion: str, language: str, where: str = "example:") -> EmotionMessage:
    """The message in one example line.

    >>> parse("三天了还没到 {2 delivery human #a1}", emotion="frustration", language="zh").label.cause
    'delivery'
    """
    found = _LABEL.search(line)
    words = found.group(1).split() if found else []
    text = (line[: found.start()] if found else line).strip().replace("\\n", "\n")
    if not text:
        raise ConfigError(f"{where} the example has no text. Write the customer's words before the braces.")
    marks = _marks(words, where)
    return EmotionMessage(
        text, language, EmotionLabel.from_row({**marks, "emotion": emotion}), marks.get("twin")
    )


def _marks(words: Sequence[str], where: str) -> dict[str, Any]:
    """The label fields that the words in the braces set; a brace, even empty, settles both flags."""
    if not words:
        return {}
    marks: dict[str, Any] = {"needs_human": "human" in words, "sarcasm": "sarcasm" in words}
    grades = [str(grade) for grade in range(STRONGEST + 1)]
    for word in words:
        if word.startswith("#"):
            marks["twin"] = word
        elif word in grades:
            marks["intensity"] = int(word)
        elif word in CAUSES:
            marks["cause"] = word
        elif word not in ("human", "sarcasm"):
            raise ConfigError(unknown(where, "label", word, (*grades, *CAUSES, "human", "sarcasm")))
    return marks
