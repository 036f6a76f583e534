"""Where the recipe keeps its files, and which steps are done."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from balm.errors import ConfigError

ADDS: Mapping[str, tuple[str, ...]] = {
    "vocabulary": ("seed", "english_rank", "chinese_words", "max_tokens"),
    "align": ("align_tokens", "align_rate", "batch_tokens"),
    "pretrain": ("pretrain_tokens", "pretrain_rate"),
    "tune": ("tune_tokens", "tune_rate", "tune_runs", "distill_weight"),
    "settle": ("settle_tokens", "settle_rate"),
    "export": (),
    "phrases": (),
    "usual": (),
    "evaluate": (),
}
"""The steps in their order, and what each reads of the plan that no step before it does."""


@dataclass(frozen=True)
class Plan:
    """The sizes of one run, for two CPU cores; docs/model_card.md tells how the bundled model differs.

    `*_tokens` bound a step's training by the tokens it reads, so that a plan costs the same
    whatever the length of the messages.
    """

    seed: int = 7
    english_rank: int = 16_000
    chinese_words: int = 12_000
    align_tokens: int = 2_400_000
    align_rate: float = 4e-4
    pretrain_tokens: int = 8_000_000
    pretrain_rate: float = 3e-4
    tune_tokens: int = 2_900_000
    tune_rate: float = 3e-4
    tune_runs: int = 3
    settle_tokens: int = 600_000
    settle_rate: float = 6e-5
    batch_tokens: int = 2_048
    max_tokens: int = 128
    distill_weight: float = 2.0

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            least = 1 if name == "tune_runs" else 0
            if value < least:
                raise ConfigError(
                    f"recipe plan {name} '{value}': is too little. Allowed: {least} and above. Mend it."
                )

    def until(self, step: str) -> dict[str, float]:
        """The part of the plan on which a step and all before it depend.

        >>> Plan().until("vocabulary")
        {'seed': 7, 'english_rank': 16000, 'chinese_words': 12000, 'max_tokens': 128}
        """
        steps = list(ADDS)
        names = [name for one in steps[: steps.index(step) + 1] for name in ADDS[one]]
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True)
class Workplace:
    """The data folder to read from, the work folder to write to, and the plan of the run."""

    data: Path
    work: Path
    own: Path
    plan: Plan = field(default_factory=Plan)

    @property
    def device(self) -> str:
        """`cuda` where there is one, `cpu` otherwise."""
        import torch

        return "cuda" if torch.cuda.is_available() else "cpu"

    def path(self, name: str) -> Path:
        """A file of the work folder, whose parent exists."""
        path = self.work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def done(self, step: str) -> bool:
        """Whether the step finished under what the plan says until there; the rest of the plan may differ."""
        marker = self.path(f"done/{step}.json")
        return marker.exists() and json.loads(marker.read_text()) == self.plan.until(step)

    def mark(self, step: str) -> None:
        """Remember what the plan said until there when the step finished."""
        self.path(f"done/{step}.json").write_text(json.dumps(self.plan.until(step)))

    def read(self, name: str) -> list[dict[str, Any]]:
        """The rows of one JSON Lines file of the data folder.

        Raises:
            ConfigError: the file is missing or broken.
        """
        try:
            with open(self.data / name, encoding="utf-8") as lines:
                return [json.loads(line) for line in lines]
        except (OSError, ValueError) as error:
            raise ConfigError(
                f"recipe data '{name}': cannot be read ({error}). "
                "Allowed: one folder a data set, of JSON Lines. Give the folder that holds them with --data."
            ) from error
