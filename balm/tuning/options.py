"""What a designer may choose about the training of intents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from balm.errors import ConfigError, unknown

METHODS = {"head": 0.0, "full": 2e-4, "lora": 2e-3}
"""Each method with its learning rate: small steps for all weights, larger ones for a few new ones."""
CLASS_WEIGHTS = ("equal", "balanced")
AUGMENT = ("none", "synonyms", "typos", "both")


@dataclass(frozen=True, kw_only=True)
class TuneOptions:
    """How intents are learned; without an argument: a head on the encoder as it is, which takes seconds.

    `method`: `head` leaves the encoder alone, `full` trains all its weights, `lora` trains small matrices
    beside them (Hu et al. 2021, arXiv:2106.09685) of rank `lora_rank`.
    `epochs`, `batch` (messages), `learning_rate` (of the top layer; None: the method's own).
    `layer_decay`: each layer learns at this share of the rate of the one above it (Howard and Ruder 2018,
    arXiv:1801.06146), 1 for all alike.
    `adversarial`: how far each message's word vectors are pushed against the loss, as a share of their
    length (FGM, Miyato et al. 2017, arXiv:1605.07725), 0 for not at all; 0.05 is a good start.
    `class_weights`: `balanced` makes every intent count alike, however many examples it has.
    `augment`: altered copies of the examples, by `synonyms`, `typos` or `both`; `copies` of each.
    """

    method: str = "head"
    epochs: int = 5
    batch: int = 32
    learning_rate: float | None = None
    layer_decay: float = 1.0
    lora_rank: int = 8
    adversarial: float = 0.0
    class_weights: str = "equal"
    augment: str = "none"
    copies: int = 1

    def __post_init__(self) -> None:
        for name, fits, allowed in _RULES:
            value = getattr(self, name)
            if not fits(value):
                raise ConfigError(
                    f"tuning {name} '{value}': cannot be used. Allowed: {allowed}. Correct the value."
                )
        self._refuse_idle()

    def _refuse_idle(self) -> None:
        """Refuses an option that would be ignored, because its designer believes that it helps."""
        for name, key, values in _ONLY_WITH:
            value = getattr(self, name)
            if getattr(self, key) not in values and value != _default(name):
                raise ConfigError(
                    f"tuning {name} '{value}': has no effect with the {key} '{getattr(self, key)}'. "
                    f"Allowed with: {', '.join(values)}. Choose one of them, or leave {name} out."
                )

    @classmethod
    def parse(cls, value: object) -> TuneOptions:
        """The options that config.yml holds: a method's name, or a mapping of options.

        Raises:
            ConfigError: for an unknown option, or a value out of its range or of another type.

        >>> TuneOptions.parse({"method": "lora", "epochs": 4}).epochs
        4
        """
        if isinstance(value, str):
            return cls(method=value)
        if not isinstance(value, Mapping):
            raise ConfigError(
                f"tuning '{value}': is neither a method nor a mapping. Allowed: {', '.join(METHODS)}, "
                "or a mapping of options. Correct it."
            )
        known = {field.name for field in fields(cls)}
        for key in value:
            if key not in known:
                raise ConfigError(unknown("tuning:", "option", key, known))
        return cls(**value)

    @property
    def plain(self) -> bool:
        """Whether this is the quick default."""
        return self == TuneOptions()

    @property
    def trains_encoder(self) -> bool:
        """Whether the encoder itself learns."""
        return self.method != "head"

    @property
    def rate(self) -> float:
        """The learning rate of the top layer."""
        return METHODS[self.method] if self.learning_rate is None else self.learning_rate


def _whole(low: int, high: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _number(value: Any, above: float, most: float) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and above < value <= most


def _among(known: Any) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and value in known


_RULES: tuple[tuple[str, Callable[[Any], bool], str], ...] = (
    ("method", _among(METHODS), ", ".join(METHODS)),
    ("epochs", _whole(1, 1000), "a whole number from 1 to 1000"),
    ("batch", _whole(2, 1024), "a whole number from 2 to 1024"),
    ("learning_rate", lambda v: v is None or _number(v, 0, 0.1), "a number above 0, at most 0.1, or nothing"),
    ("layer_decay", lambda v: _number(v, 0, 1), "a number above 0, at most 1"),
    ("lora_rank", _whole(1, 256), "a whole number from 1 to 256"),
    ("adversarial", lambda v: _number(v, -1e-9, 1), "a number from 0 to 1"),
    ("class_weights", _among(CLASS_WEIGHTS), ", ".join(CLASS_WEIGHTS)),
    ("augment", _among(AUGMENT), ", ".join(AUGMENT)),
    ("copies", _whole(1, 10), "a whole number from 1 to 10"),
)
_TRAINED = ("full", "lora")
_ONLY_WITH = (
    ("epochs", "method", _TRAINED),
    ("batch", "method", _TRAINED),
    ("learning_rate", "method", _TRAINED),
    ("layer_decay", "method", _TRAINED),
    ("adversarial", "method", _TRAINED),
    ("lora_rank", "method", ("lora",)),
    ("copies", "augment", AUGMENT[1:]),
)


def _default(name: str) -> Any:
    return next(field.default for field in fields(TuneOptions) if field.name == name)
