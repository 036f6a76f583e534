"""`tuning:` of the intent classifier in config.yml: trained, kept, checked, and in the fingerprint."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.shared.exceptions import RasaException
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from components.intent import TransformerIntentClassifier
from tests.encoder import tiny_models
from tests.tuning.examples import EXAMPLES

NLU = 'version: "3.1"\nnlu:\n' + "".join(
    f"- intent: {name}\n  examples: |\n" + "".join(f"    - {text}\n" for text in texts)
    for name, texts in EXAMPLES.items()
)


@pytest.mark.parametrize(
    "tuning",
    ["lora", {"method": "full", "epochs": 2, "adversarial": 0.05}, {"augment": "synonyms", "copies": 2}],
    ids=["a method", "a fine-tuning", "a head"],
)
def test_a_tuned_classifier_is_trained_kept_and_loaded(
    workbench: Any, nlu: Any, tmp_path: Any, tuning: Any
) -> None:
    model = str(tiny_models.exported(tmp_path / "encoder", quantise=True))
    config = {"model": model, "tuning": tuning}
    workbench.create(TransformerIntentClassifier, **config).train(nlu(NLU))
    message, empty = Message({TEXT: "退款退款"}), Message({TEXT: ""})
    workbench.load(TransformerIntentClassifier, **config).process([message, empty])
    assert message.get(INTENT)["name"] == "refund"
    assert empty.get(INTENT)["name"] is None


@pytest.mark.parametrize(
    ("tuning", "sentence"),
    [
        ("loar", "config.yml, TransformerIntentClassifier: tuning method 'loar'"),
        ({"epoch": 3}, "tuning: unknown option 'epoch'.*Did you mean 'epochs'"),
        ({"epochs": 3}, "epochs '3': has no effect with the method 'head'"),
        (7, "tuning '7': is neither a method nor a mapping"),
    ],
    ids=["method", "option", "idle", "type"],
)
def test_a_wrong_tuning_is_refused_before_the_training(workbench: Any, tuning: Any, sentence: str) -> None:
    with pytest.raises(RasaException, match=sentence):
        workbench.create(TransformerIntentClassifier, tuning=tuning)


def test_only_a_tuned_classifier_trains_again_when_the_fine_tuning_changes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    def seen(tuning: Any) -> str | None:
        return TransformerIntentClassifier.fingerprint_addon({"tuning": tuning})

    plain, lora = seen("head"), seen("lora")
    (tmp_path / "other.py").write_text("# another version of the fine-tuning")
    monkeypatch.setattr("components.intent.TUNING", tmp_path)
    assert seen("head") == plain
    assert seen("lora") != lora
