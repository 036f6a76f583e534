"""Rasa's side of Balm: tokens, entities, intent and feeling in the pipeline, and a faster Rasa around them.

Each component is named in `config.yml` by its module (`components.emotion.TransformerEmotionClassifier`,
`balm_rasa.components.emotion...` when installed from the wheel). The short names below load on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {
    "BilingualTokenizer": ".tokenizer",
    "TransformerEntityExtractor": ".learned",
    "PatternEntityExtractor": ".entities",
    "TransformerIntentClassifier": ".intent",
    "TransformerEmotionClassifier": ".emotion",
    "FairLockStore": ".lock_store",
    "FastSQLTrackerStore": ".tracker_store",
}
__all__ = list(_HOME)


def __getattr__(name: str) -> Any:
    """The component called `name`, imported now; `import components` alone loads nothing of Rasa."""
    if name not in _HOME:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'. Known: {', '.join(_HOME)}.")
    return getattr(import_module(_HOME[name], __name__), name)
