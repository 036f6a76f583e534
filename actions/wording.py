"""The designer's own words for an intent, read from the domain that Rasa sends along."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

NOTHING_RECOGNISED = "nlu_fallback"


def wordings(domain: Mapping[str, Any], *, intent: str | None, language: str) -> tuple[str, ...]:
    """The texts of the response `utter_<intent>` that are meant for `language`.

    A variation without a language condition suits every language.

    >>> domain = {"responses": {"utter_greet": [
    ...     {"text": "你好", "condition": [{"type": "slot", "name": "language", "value": "zh"}]},
    ...     {"text": "Hi", "condition": [{"type": "slot", "name": "language", "value": "en"}]}]}}
    >>> wordings(domain, intent="greet", language="en")
    ('Hi',)
    """
    responses = domain.get("responses") or {}
    variations = responses.get(f"utter_{intent or NOTHING_RECOGNISED}") or ()
    return tuple(
        v["text"] for v in variations if v.get("text") and _suits(v.get("condition") or (), language)
    )


def _suits(conditions: Iterable[Mapping[str, Any]], language: str) -> bool:
    return all(c.get("value") == language for c in conditions if c.get("name") == "language")
