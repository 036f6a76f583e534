"""The options of the web chat in `credentials.yml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from balm.errors import ConfigError, unknown

WHERE = "credentials.yml, web chat:"


@dataclass(frozen=True)
class WebOptions:
    """How the web chat behaves; the defaults are those of a shop's public page.

    `inspector` sends each reply's why-card to the browser. `demo_sign_in` lets a visitor become one of
    the demo customers. `deadline` is in seconds, `message_limit` in characters; 0 messages a minute
    means no limit. `name` is the address: `/webhooks/<name>/`.
    """

    name: str = "chat"
    inspector: bool = False
    demo_sign_in: bool = False
    deadline: float = 25.0
    message_limit: int = 4000
    messages_per_minute: int = 40

    def __post_init__(self) -> None:
        for option, (kind, lowest, highest, meaning) in RULES.items():
            value = getattr(self, option)
            if isinstance(value, bool) is not (kind is bool) or not isinstance(value, kind):
                raise ConfigError(f"{WHERE} option {option} '{value}': {meaning} is wanted.")
            if kind is not bool and not lowest <= value <= highest:
                raise ConfigError(
                    f"{WHERE} option {option} '{value}': must be from {lowest} to {highest}. It is {meaning}."
                )
        if not self.name.replace("_", "").replace("-", "").isalnum():
            raise ConfigError(f"{WHERE} option name '{self.name}': letters, digits, '-' and '_' are allowed.")

    @classmethod
    def of(cls, raw: Mapping[str, Any] | None) -> WebOptions:
        """The options that a credentials entry asks for; all defaults for an empty one.

        Raises:
            ConfigError: an unknown option, a wrong type or a value out of range.
        """
        if not isinstance(raw or {}, Mapping):
            raise ConfigError(f"{WHERE} '{raw}': a mapping of options is wanted. Known: {', '.join(KNOWN)}.")
        for option in raw or {}:
            if option not in KNOWN:
                raise ConfigError(unknown(WHERE, "option", option, KNOWN))
        return cls(**(raw or {}))

    def shown(self) -> dict[str, Any]:
        """What the page needs to know, as JSON types."""
        return {key: value for key, value in asdict(self).items() if key in PUBLIC}


KNOWN = tuple(field.name for field in fields(WebOptions))
PUBLIC = ("inspector", "demo_sign_in", "message_limit")
RULES: dict[str, tuple[Any, Any, Any, str]] = {
    "name": (str, "!", "~" * 60, "the last part of the chat's address"),
    "inspector": (bool, 0, 0, "true or false"),
    "demo_sign_in": (bool, 0, 0, "true or false"),
    "deadline": ((int, float), 0.05, 55, "a number of seconds (browsers and proxies give up after 60)"),
    "message_limit": (int, 1, 100_000, "a number of characters"),
    "messages_per_minute": (int, 0, 100_000, "a number of messages for one conversation, 0 for no limit"),
}
