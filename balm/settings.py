"""What Balm is made of: `balm.yml`, overridden by the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from balm.errors import ConfigError, unknown
from balm.turn import LANGUAGES

GENERATORS = ("template", "openai")
TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


@dataclass(frozen=True)
class Settings:
    """Every part that can be switched, with its default: a bot that needs nothing but itself.

    `shop` is an SQLAlchemy URL, or None for a bot without a shop. `policy` and `responses` are
    paths, or None for what ships in the package. `handoff` is checked by the handoff desk. Secrets
    (`llm_api_key`, `action_token`, `sign_in_secret`) come from the environment only and stay out of `repr`.
    """

    shop: str | None = None
    demo_shop: bool = False
    policy: str | None = None
    responses: str | None = None
    generator: str = "template"
    deadline_s: float = 8.0
    default_language: str = "zh"
    handoff: Mapping[str, Any] = field(default_factory=dict)
    llm_base_url: str | None = None
    llm_model: str | None = None
    llm_api_key: str | None = field(default=None, repr=False)
    action_token: str | None = field(default=None, repr=False)
    sign_in_secret: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        for name, known in (("generator", GENERATORS), ("default_language", LANGUAGES)):
            if getattr(self, name) not in known:
                raise ConfigError(unknown("balm.yml:", name, getattr(self, name), known))
        if not 0 < self.deadline_s <= 50:
            raise ConfigError(
                f"balm.yml: deadline_s '{self.deadline_s}': must be more than 0 and at most 50 seconds."
                " The action server itself gives up after 60."
            )
        if self.generator == "openai" and not (self.llm_base_url and self.llm_model):
            raise ConfigError(
                "balm.yml: generator 'openai': no endpoint is known."
                " Set BALM_LLM_BASE_URL and BALM_LLM_MODEL (and BALM_LLM_API_KEY if it wants a key)."
            )

    @classmethod
    def load(cls, path: str | Path = "balm.yml", env: Mapping[str, str] = os.environ) -> Settings:
        """The settings of `path` (all defaults when there is no such file), overridden by `env`.

        Raises:
            ConfigError: an unknown key, a value of the wrong type, or a secret in the file.
        """
        raw = _read(Path(path))
        for name in KEYS:
            if f"BALM_{name.upper()}" in env:
                raw[name] = env[f"BALM_{name.upper()}"]
        values: dict[str, Any] = {name: PARSERS.get(name, _text)(name, value) for name, value in raw.items()}
        return cls(**values)


KEYS = tuple(f.name for f in fields(Settings))
SECRETS = ("llm_api_key", "action_token", "sign_in_secret")


def _read(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    import yaml

    try:
        raw = yaml.safe_load(path.read_text(encoding="utf8")) or {}
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: this is not YAML: {error}") from error
    if not isinstance(raw, dict):
        raise ConfigError(f"{path}: a mapping of keys to values is wanted. Known: {', '.join(KEYS)}.")
    for key in raw:
        if key not in KEYS:
            raise ConfigError(unknown(f"{path}:", "key", key, KEYS))
        if key in SECRETS:
            raise ConfigError(
                f"{path}: '{key}' is a secret. Set BALM_{key.upper()} in the environment instead."
            )
    return raw


def _text(name: str, value: Any) -> str | None:
    if value is not None and not isinstance(value, str):
        raise ConfigError(f"balm.yml: {name} '{value}': a text is wanted.")
    return None if value in (None, "", "none") else value


def _flag(name: str, value: Any) -> bool:
    word = str(value).lower()
    if word not in TRUE | FALSE:
        raise ConfigError(f"balm.yml: {name} '{value}': true or false is wanted.")
    return word in TRUE


def _number(name: str, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError) as error:
        raise ConfigError(f"balm.yml: {name} '{value}': a number is wanted.") from error


def _mapping(name: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ConfigError(f"balm.yml: {name} '{value}': a mapping is wanted, and only in the file.")
    return value


PARSERS = {
    "demo_shop": _flag,
    "deadline_s": _number,
    "handoff": _mapping,
}
