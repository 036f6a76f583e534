"""Rasa test stories read as rehearsals: what the customer types, and what must come of it.

A story is in Rasa's own format, so `rasa test` reads the same file. What Rasa has no word for
stands in the story's `metadata`, which Rasa passes over:

    stories:
    - story: a late parcel makes her angry
      metadata:
        customer: C001           # signed in; `llm: down` or `llm: [recorded answers]` as well
        replies:                 # the first entry is about the reply to the first message, and so on
        - {strategy: apologise, says: [羽绒服], never_says: [推荐]}
      steps:
      - user: |
          都三天了还没发货！
        intent: parcel_late
      - action: action_reply
      - slot_was_set:
        - emotion: frustration
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from balm.errors import ConfigError, unknown

STORY_KEYS = {"customer", "llm", "replies"}
STEPS = ("user", "action", "slot_was_set")
REPLY_KEYS = {"emotion", "strategy", "rule", "says", "never_says"}


@dataclass(frozen=True)
class Exchange:
    """One message, and what is expected after it; None or empty means: not looked at."""

    text: str
    intent: str | None = None
    actions: tuple[str, ...] = ()
    slots: Mapping[str, Any] = field(default_factory=dict)
    emotion: str | None = None
    strategy: str | None = None
    rule: str | None = None
    says: tuple[str, ...] = ()
    never_says: tuple[str, ...] = ()


@dataclass(frozen=True)
class Story:
    """One conversation. `llm` is None (the bot's own generator), `down`, or the recorded answers."""

    name: str
    source: str
    exchanges: tuple[Exchange, ...]
    customer: str | None = None
    llm: str | tuple[str, ...] | None = None


def read_stories(paths: Iterable[Path]) -> list[Story]:
    """All stories of the YAML files in `paths`; a folder stands for the files in it.

    Raises:
        ConfigError: no such path, no stories in it, or a key that a rehearsal does not know.
    """
    stories = [story for file in story_files(paths) for story in _stories(file)]
    if not stories:
        raise ConfigError("balm test: no stories found. Name files or folders that hold `stories:`.")
    return stories


def story_files(paths: Iterable[Path]) -> list[Path]:
    """The YAML files among `paths` and in the folders among them.

    Raises:
        ConfigError: no such file or folder.
    """
    files: list[Path] = []
    for path in paths:
        if not path.exists():
            raise ConfigError(f"balm test, path '{path}': there is no such file or folder.")
        files += sorted(path.rglob("*.yml")) if path.is_dir() else [path]
    return files


def _stories(file: Path) -> Iterator[Story]:
    import yaml

    try:
        raw = yaml.safe_load(file.read_text(encoding="utf8")) or {}
    except yaml.YAMLError as error:
        raise ConfigError(f"{file}: this is not YAML: {error}") from error
    for item in raw.get("stories") or ():
        yield _story(item, source=str(file))


def _story(item: Mapping[str, Any], *, source: str) -> Story:
    where = f"{source}, story '{item.get('story')}':"
    about = _known(item.get("metadata"), STORY_KEYS, where=where)
    llm = about.get("llm")
    exchanges = list(_exchanges(item.get("steps") or (), where=where))
    return Story(
        name=str(item.get("story")),
        source=source,
        exchanges=_with_replies(exchanges, about.get("replies") or [], where=where),
        customer=about.get("customer"),
        llm=tuple(llm) if isinstance(llm, list) else llm,
    )


def _exchanges(steps: Iterable[Mapping[str, Any]], *, where: str) -> Iterator[Exchange]:
    current: Exchange | None = None
    for step in steps:
        if "user" in step:
            if current:
                yield current
            current = Exchange(plain(step["user"]), intent=step.get("intent"))
        elif current is None:
            raise ConfigError(f"{where} it must begin with what the user says, not with {step}.")
        else:
            current = _add(current, step, where=where)
    if current is None:
        raise ConfigError(f"{where} it has no user message.")
    yield current


def _add(exchange: Exchange, step: Mapping[str, Any], *, where: str) -> Exchange:
    if "action" in step:
        return replace(exchange, actions=(*exchange.actions, step["action"]))
    if "slot_was_set" in step:
        slots = {name: value for entry in step["slot_was_set"] for name, value in entry.items()}
        return replace(exchange, slots={**exchange.slots, **slots})
    hint = " What else is expected of a reply stands under `replies` in the story's metadata."
    raise ConfigError(unknown(where, "step", next(iter(step), ""), STEPS) + hint)


def _with_replies(exchanges: list[Exchange], replies: list[Any], *, where: str) -> tuple[Exchange, ...]:
    """The exchanges with what each reply is expected to be; later ones may be left out."""
    if len(replies) > len(exchanges):
        raise ConfigError(f"{where} {len(replies)} replies are described and {len(exchanges)} messages sent.")
    described = [_known(reply, REPLY_KEYS, where=where) for reply in replies]
    described += [{}] * (len(exchanges) - len(replies))
    return tuple(
        replace(exchange, **_read(reply)) for exchange, reply in zip(exchanges, described, strict=True)
    )


def _read(reply: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _tuple(value) if key in ("says", "never_says") else value for key, value in reply.items()}


def plain(annotated: str) -> str:
    """The text as the customer typed it, without Rasa's `[value](entity)` marks."""
    from rasa.shared.nlu.training_data.entities_parser import replace_entities

    return str(replace_entities(annotated.strip("\n")))


def _tuple(value: Any) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else (str(value),)


def _known(metadata: Any, keys: set[str], *, where: str) -> Mapping[str, Any]:
    for key in metadata or {}:
        if key not in keys:
            raise ConfigError(unknown(where, "metadata key", key, keys))
    return metadata or {}
