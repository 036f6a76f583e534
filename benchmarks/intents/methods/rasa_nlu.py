"""A Rasa pipeline, trained by Rasa and asked through its `parse`: DIET as Rasa ships it, or Balm."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

from balm.launch.place import adapter
from benchmarks.intents.figures import Guess
from benchmarks.intents.methods import Options, Task, balm_model
from benchmarks.intents.sets import Example

TOKENIZERS = {"en": "WhitespaceTokenizer", "zh": "JiebaTokenizer"}
FALLBACK = {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1}
FALLBACK_INTENT = "nlu_fallback"


def diet(task: Task) -> list[dict[str, Any]]:
    """The pipeline that `rasa init` writes, without what only entities and replies need."""
    return [
        {"name": TOKENIZERS[task.language]},
        {"name": "RegexFeaturizer"},
        {"name": "LexicalSyntacticFeaturizer"},
        {"name": "CountVectorsFeaturizer"},
        {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
        {
            "name": "DIETClassifier",
            "epochs": task.options.diet_epochs,
            "constrain_similarities": True,
            "random_seed": task.seed,
        },
        FALLBACK,
    ]


def balm(task: Task) -> list[dict[str, Any]]:
    """Balm's components for intents, as in the starter bot."""
    components = adapter("components")
    classifier = f"{components}.intent.TransformerIntentClassifier"
    return [
        {"name": f"{components}.tokenizer.BilingualTokenizer"},
        {"name": classifier, "model": task.options.model, "seed": task.seed},
        {**FALLBACK, "ambiguity_threshold": 0.0},
    ]


PIPELINES = {"diet": diet, "balm": balm}


def made_of(options: Options, *, pipeline: str) -> str:
    """Rasa's version, and what is special to the pipeline."""
    special = f"{options.diet_epochs} epochs" if pipeline == "diet" else balm_model.made_of(options)
    return f"rasa {version('rasa')}, {special}"


def build(task: Task, *, pipeline: str) -> RasaNlu:
    """The untrained pipeline, with Rasa and TensorFlow loaded and logging like Rasa's server."""
    import rasa.core.agent
    import rasa.engine.recipes.default_components
    import rasa.model_training
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.WARNING)
    if pipeline == "balm":  # as in every bot whose pipeline reads emotions
        import_module(f"{adapter('components')}.speed").speed_up()
    return RasaNlu(rasa, task.folder, {"language": task.language, "pipeline": PIPELINES[pipeline](task)})


class RasaNlu:
    """Trains with `train_nlu`, answers with `Agent.parse_message`; nothing comes from Rasa's cache."""

    def __init__(self, rasa: Any, folder: Path, config: dict[str, Any]) -> None:
        self._rasa, self._folder, self._config = rasa, folder, config
        self._loop = asyncio.new_event_loop()
        self._agent: Any = None

    def fit(self, examples: Sequence[Example]) -> None:
        """Trains and loads the model, as a server would."""
        config, data = self._folder / "config.yml", self._folder / "nlu.json"
        config.write_text(json.dumps({"recipe": "default.v1", "assistant_id": "benchmark", **self._config}))
        rows = [{"text": text, "intent": intent, "entities": []} for text, intent in examples]
        data.write_text(json.dumps({"rasa_nlu_data": {"common_examples": rows}}))
        model = self._rasa.model_training.train_nlu(str(config), str(data), str(self._folder / "models"))
        self._agent = self._rasa.core.agent.Agent.load(model)

    def predict(self, texts: Sequence[str]) -> list[Guess]:
        """The likeliest intent of each text, parsed one after the other."""
        return [self._guess(text) for text in texts]

    def _guess(self, text: str) -> Guess:
        parsed = self._loop.run_until_complete(self._agent.parse_message(text))
        ranking = (row for row in parsed["intent_ranking"] if row["name"] != FALLBACK_INTENT)
        guesses = (Guess(row["name"], row["confidence"]) for row in ranking)
        return next(guesses, Guess("", 0.0))  # Balm ranks nothing for an empty message
