"""The channel's own sentences: said when there is no reply to pass on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from balm.errors import ConfigError
from balm.language import detect
from balm.turn import LANGUAGES

SENTENCES = Path(__file__).with_name("sentences.yml")
KINDS = ("silent", "failed", "late", "empty", "too_long", "busy")


class Notices:
    """Calm, true sentences by kind and language."""

    def __init__(self, sentences: Mapping[str, Mapping[str, str]], *, limit: int) -> None:
        self._sentences = sentences
        self._limit = limit

    @classmethod
    def load(cls, path: Path = SENTENCES, *, limit: int) -> Notices:
        """The sentences of `path`.

        Raises:
            ConfigError: a kind or a language has no sentence.
        """
        import yaml

        raw = yaml.safe_load(path.read_text(encoding="utf8")) or {}
        for kind in KINDS:
            for language in LANGUAGES:
                if not str((raw.get(kind) or {}).get(language) or "").strip():
                    raise ConfigError(f"{path.name}, {kind}: no sentence in '{language}'. Add one.")
        return cls(raw, limit=limit)

    def message(self, kind: str, *, text: str = "", hint: str | None = None) -> dict[str, Any]:
        """The message of `kind` in the language of `text`, or in the page's when the text has none."""
        language = detect(text) or hint or LANGUAGES[0]
        sentence = self._sentences[kind][language].strip().replace("{limit}", str(self._limit))
        return {"text": sentence, "notice": kind}
