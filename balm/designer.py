"""What a designer asks before starting the bot: is the policy sound, and why this answer?"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from balm.emotion.model import EmotionModel
from balm.emotion.reading import EmotionReading
from balm.encoder import Encoder
from balm.generation.responses import load_all
from balm.language import detect
from balm.reply import FactSheet
from balm.settings import Settings
from balm.strategy.clock import read_clock
from balm.strategy.explain import explain
from balm.strategy.lint import Finding, lint
from balm.strategy.policy import CarePolicy
from balm.strategy.situation import Situation
from balm.turn import Conversation, Turn


def findings(policy: CarePolicy, *, responses: str | None, domain: Path) -> list[Finding]:
    """What is wrong with `policy`, also beside the response files and the intents of the domain.

    Raises:
        ConfigError: a response file is wrong.
    """
    words = load_all(responses)

    def has_words(strategy: str, language: str) -> bool:
        return any(path[:2] == ("openings", strategy) for path in words[language].texts)

    return lint(policy, has_words=has_words, intents=_intents(domain) or None)


def explanation(text: str, *, intent: str | None = None) -> str:
    """How a first message with this `text` is read, and each policy row tried until one fires."""
    settings = Settings.load()
    (reading,) = EmotionModel(Encoder.load("bundled")).read([text])
    turn = Turn(text, language=detect(text) or settings.default_language, intent=intent, reading=reading)
    conversation = Conversation("explained", (turn,))
    situation = Situation.of(conversation, read_clock(conversation), FactSheet())
    tried = explain(CarePolicy.load(settings.policy), situation)
    return f"{_told(reading)}\n\n{tried}\n\n-> {tried.decision.strategy} (rule '{tried.decision.rule}')"


def _told(reading: EmotionReading) -> str:
    """The reading in a few lines."""
    doubt = " (unsure: abstained)" if reading.abstained else ""
    rest = ", ".join(f"{row.name} {row.confidence:.2f}" for row in reading.ranking[1:3])
    lines = {
        "emotion": f"{reading.name} {reading.confidence:.2f}{doubt}",
        "then": rest,
        "intensity": f"{reading.intensity:.2f}",
        "cause": f"{reading.cause.name} {reading.cause.confidence:.2f}",
        "human": f"{reading.needs_human:.2f}",
        "sarcasm": f"{reading.sarcasm:.2f}",
        "evidence": " ".join(reading.evidence),
    }
    return "\n".join(f"{name:10} {value}" for name, value in lines.items())


def _intents(domain: Path) -> Collection[str]:
    """The intents that the domain declares; none without a domain."""
    import yaml

    files: Iterable[Path] = sorted(domain.rglob("*.yml")) if domain.is_dir() else [domain]
    found: set[str] = set()
    for file in files:
        raw: Any = yaml.safe_load(file.read_text(encoding="utf8")) if file.exists() else None
        for intent in (raw or {}).get("intents") or ():
            found.add(next(iter(intent)) if isinstance(intent, dict) else intent)
    return found
