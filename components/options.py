"""A component's keys in config.yml, checked: Rasa itself ignores a misspelled one silently."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any, ClassVar, TypeVar

from rasa.shared.exceptions import InvalidConfigException, RasaException

from balm.errors import ConfigError, ModelError, unknown

Parsed = TypeVar("Parsed", bound="Options")


class RefusedConfig(InvalidConfigException, ConfigError):
    """A key or value in config.yml that cannot be meant; Rasa prints it without a traceback."""


class RefusedModel(RasaException, ModelError):
    """A model that cannot be loaded; training or the server stops with this sentence."""


class Options:
    """Base of the frozen dataclasses that hold one component's keys; `component` is the name in errors."""

    component: ClassVar[str] = ""

    @classmethod
    def parse(cls: type[Parsed], config: Mapping[str, Any]) -> Parsed:
        """The checked options.

        Raises:
            RefusedConfig: for an unknown key, or a value out of its range or of another type.
        """
        known = {field.name for field in fields(cls)}  # type: ignore[arg-type]  # subclasses are dataclasses
        for key in config:
            if key not in known:
                raise RefusedConfig(unknown(f"config.yml, {cls.component}:", "key", key, known))
        return cls(**config)

    @classmethod
    def for_fingerprint(cls: type[Parsed], config: Mapping[str, Any]) -> Parsed:
        """The options among `config`, whose other keys are Rasa's own.

        For a component that it restored from its cache, Rasa asks for the fingerprint with the
        configuration of the node that holds the cached output.
        """
        known = {field.name for field in fields(cls)}  # type: ignore[arg-type]  # subclasses are dataclasses
        return cls.parse({key: value for key, value in config.items() if key in known})

    @classmethod
    def defaults(cls) -> dict[str, Any]:
        """What `get_default_config` answers: each key with the default that is written in the dataclass."""
        return asdict(cls())  # type: ignore[call-overload,no-any-return]

    def check_paths(self) -> None:
        """Nothing when the files that training needs are there; subclasses refuse."""

    def require(self, key: str, holds: bool, allowed: str) -> None:
        """Nothing when the value of `key` is allowed.

        Raises:
            RefusedConfig: naming the value and what is allowed, when `holds` is false.
        """
        if not holds:
            value = getattr(self, key)
            raise RefusedConfig(
                f"config.yml, {self.component}: {key} '{value}' cannot be used. Allowed: {allowed}."
            )


def is_whole(value: Any, low: int, high: int) -> bool:
    """Whether `value` is a whole number (not a truth value) from `low` to `high`."""
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def is_path_or_none(value: Any) -> bool:
    """Whether `value` is None or a text that could name a file."""
    return value is None or (isinstance(value, str) and bool(value.strip()))
