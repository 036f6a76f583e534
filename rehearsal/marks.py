"""Writes the entity marks of story files anew: `rasa test` wants them exactly as the pipeline finds them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent

from .stories import plain, story_files


async def mark_files(agent: Agent, paths: Iterable[Path]) -> list[Path]:
    """The files that had to be changed, changed: every user text carries what `agent` finds in it now."""
    changed = []
    for file in story_files(paths):
        before = file.read_text(encoding="utf8")
        after = await _marked_file(agent, before)
        if after != before:
            file.write_text(after, encoding="utf8")
            changed.append(file)
    return changed


async def _marked_file(agent: Agent, source: str) -> str:
    import yaml

    for story in (yaml.safe_load(source) or {}).get("stories") or ():
        for step in story.get("steps") or ():
            old = str(step.get("user") or "").strip("\n")
            if old.strip():
                parsed = await agent.parse_message(plain(old))
                source = _replaced(source, old, marked(plain(old), parsed.get("entities") or ()))
    return source


def marked(text: str, entities: Iterable[Mapping[str, Any]]) -> str:
    """The text with Rasa's marks around its entities.

    >>> marked("where is my lamp", [{"entity": "product", "start": 12, "end": 16, "value": "lamp"}])
    'where is my [lamp](product)'
    """
    for entity in sorted(entities, key=lambda found: -int(found["start"])):
        raw = text[entity["start"] : entity["end"]]
        plainly = {"entity": entity["entity"], "value": entity["value"]}
        mark = f"({entity['entity']})" if raw == entity["value"] else json.dumps(plainly, ensure_ascii=False)
        text = f"{text[: entity['start']]}[{raw}]{mark}{text[entity['end'] :]}"
    return text


def _replaced(source: str, old: str, new: str) -> str:
    """The file's text with each line of a message in its new form, wherever that line stands alone."""
    pairs = {
        before: after for before, after in zip(old.splitlines(), new.splitlines(), strict=True) if before
    }
    lines = source.splitlines(keepends=True)
    return "".join(
        line.replace(line.strip(), pairs[line.strip()]) if line.strip() in pairs else line for line in lines
    )
