"""The methods that are measured. Each is a row here and a module with `build` and `made_of`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from balm.errors import ConfigError, unknown
from benchmarks.intents.figures import Guess
from benchmarks.intents.sets import Example


class Method(Protocol):
    """Learns intents from examples and guesses them for messages."""

    def fit(self, examples: Sequence[Example]) -> None: ...

    def predict(self, texts: Sequence[str]) -> list[Guess]: ...


@dataclass(frozen=True)
class Options:
    """What the user may choose: DIET's epochs, and Balm's encoder."""

    diet_epochs: int = 100
    model: str = "bundled"


@dataclass(frozen=True)
class Task:
    """What a method needs to know beside the examples; it may write into `folder`."""

    language: str
    seed: int
    folder: Path
    options: Options = Options()


@dataclass(frozen=True)
class Way:
    """One method: its module, what a measured message passes through, and the module's own options.

    `detail` tells of the user's options what a reader of the report must know.
    """

    module: str
    title: str
    through: str
    options: Mapping[str, Any] = field(default_factory=dict)
    detail: str = ""

    def build(self, task: Task) -> Method:
        """The method with its libraries loaded, ready to learn."""
        method: Method = self._module().build(task, **self.options)
        return method

    def made_of(self, options: Options) -> str:
        """What the method's figures depend on beside the data: versions, weights, options."""
        text: str = self._module().made_of(options, **self.options)
        return text

    def label(self, options: Options) -> str:
        """The title with its detail.

        >>> PEERS["diet"].label(Options(diet_epochs=5))
        "Rasa's DIET, 5 epochs"
        """
        detail = self.detail.format(**asdict(options))
        return ", ".join(filter(None, [self.title, detail]))

    def _module(self) -> Any:
        return import_module(f"{__name__}.{self.module}")


PEERS = {
    "balm": Way("rasa_nlu", "Balm", "Rasa's parse", {"pipeline": "balm"}),
    "balm-bare": Way("balm_model", "Balm's IntentModel", "the model alone"),
    "diet": Way("rasa_nlu", "Rasa's DIET", "Rasa's parse", {"pipeline": "diet"}, "{diet_epochs} epochs"),
    "svm": Way("svm", "SVM on TF-IDF", "the model alone"),
    "lstm": Way("lstm", "BiLSTM", "the model alone"),
}
"""What is compared."""
TUNINGS = {
    f"balm-{name}": Way("balm_model", title, "the model alone", {"tuning": tuning})
    for name, title, tuning in (
        ("head", "head only (default)", {"method": "head"}),
        ("class-weights", "head, class weights", {"class_weights": "balanced"}),
        ("augment", "head, augmentation", {"augment": "both"}),
        ("full", "all weights", {"method": "full"}),
        ("layer-decay", "all weights, layer-wise rates", {"method": "full", "layer_decay": 0.8}),
        ("fgm", "all weights, adversarial", {"method": "full", "adversarial": 0.1}),
        ("lora", "LoRA", {"method": "lora"}),
    )
}
"""Ways to train Balm's model."""
METHODS = {**PEERS, **TUNINGS}
GROUPS = {"tunings": tuple(TUNINGS)}
DEFAULT = ("balm", "balm-bare", "svm", "lstm", "diet")
"""DIET last, because it takes the longest."""


def wanted(names: str) -> list[str]:
    """The methods in a list with commas; `tunings` stands for all ways to train Balm.

    Raises:
        ConfigError: a name that is no method.

    >>> wanted("svm, diet")
    ['svm', 'diet']
    """
    found: dict[str, None] = {}
    for name in filter(None, map(str.strip, names.split(","))):
        if name not in {*METHODS, *GROUPS}:
            raise ConfigError(unknown("--methods:", "method", name, [*METHODS, *GROUPS]))
        found.update(dict.fromkeys(GROUPS.get(name, (name,))))
    return list(found)
