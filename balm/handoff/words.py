"""The handoff's own words, from `words/{zh,en}.yml`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from balm.handoff.terms import HandoffTerms, NextStep


@cache
def words(language: str) -> Mapping[str, Any]:
    """All wordings in `language`, by the keys of its file."""
    import yaml

    raw = (Path(__file__).parent / "words" / f"{language}.yml").read_text(encoding="utf8")
    return dict(yaml.safe_load(raw))


def values_for(step: NextStep, language: str) -> dict[str, str]:
    """What the line about the next step may name, as the customer reads it.

    >>> values_for(NextStep("out_of_hours", opens_in_days=1, opens_at="09:00", zone="UTC+8"), "zh")
    {'opens_at': '明天 09:00'}
    """
    if step.kind == "in_hours":
        return {"minutes": str(step.minutes)}
    if step.kind != "out_of_hours":
        return {}
    said = words(language)
    day = {0: "today", 1: "tomorrow"}.get(step.opens_in_days, "later")
    weekday = said["weekdays"][step.weekday]
    return {"opens_at": said["when"][day].format(weekday=weekday, time=step.opens_at, zone=step.zone)}


def contact(terms: HandoffTerms, language: str) -> str:
    """The sentence with the other ways to reach us; empty when the settings name none."""
    ways = {"phone": terms.phone, "email": terms.email}
    named = [way for way, value in ways.items() if value]
    return str(words(language)["contact"]["_and_".join(named)]).format(**ways) if named else ""


def note_lost(language: str) -> str:
    """The sentence for a message that could not be added to the record."""
    return str(words(language)["note_lost"])


def bare(key: str, language: str, **values: str) -> str:
    """The plain sentence for a turn for which no generator wrote anything."""
    return str(words(language)["bare"][key]).format(**values)
