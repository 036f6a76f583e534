"""What a designer may write under `tuning:`, and what is refused."""

from __future__ import annotations

import pytest

from balm.errors import ConfigError
from balm.tuning import TuneOptions
from balm.tuning.options import METHODS


@pytest.mark.parametrize("written", ["head", {}, {"method": "head", "augment": "none"}], ids=str)
def test_without_a_wish_only_the_head_learns(written):
    assert TuneOptions.parse(written).plain


@pytest.mark.parametrize("method", METHODS)
def test_a_method_may_stand_alone(method):
    assert TuneOptions.parse(method) == TuneOptions.parse({"method": method})


def test_each_method_has_its_own_rate_and_the_designer_the_last_word():
    assert TuneOptions(method="lora").rate > TuneOptions(method="full").rate > 0
    assert TuneOptions(method="full", learning_rate=3e-5).rate == 3e-5


REFUSED = [
    ("fulll", "method 'fulll': cannot be used. Allowed: head, full, lora"),
    (3, "tuning '3': is neither a method nor a mapping"),
    ({"metod": "full"}, "unknown option 'metod'. Known: .*method.*Did you mean 'method'"),
    ({"method": "full", "epochs": 0}, "epochs '0': .*from 1 to 1000"),
    ({"method": "full", "epochs": True}, "epochs 'True'"),
    ({"method": "full", "batch": 1}, "batch '1'"),
    ({"method": "full", "learning_rate": 0}, "learning_rate '0'"),
    ({"method": "full", "learning_rate": "fast"}, "learning_rate 'fast'"),
    ({"method": "full", "layer_decay": 1.5}, "layer_decay '1.5': .*above 0, at most 1"),
    ({"method": "full", "adversarial": -0.1}, "adversarial '-0.1': .*from 0 to 1"),
    ({"method": "full", "adversarial": False}, "adversarial 'False'"),
    ({"method": "lora", "lora_rank": 0}, "lora_rank '0'"),
    ({"class_weights": "auto"}, "class_weights 'auto': .*equal, balanced"),
    ({"augment": "translation"}, "augment 'translation': .*none, synonyms, typos, both"),
    ({"augment": ["typos"]}, "augment"),
    ({"augment": "typos", "copies": 11}, "copies '11'"),
]


@pytest.mark.parametrize(("written", "sentence"), REFUSED, ids=[str(row[0]) for row in REFUSED])
def test_what_cannot_be_meant_is_refused_with_what_is_allowed(written, sentence):
    with pytest.raises(ConfigError, match=sentence):
        TuneOptions.parse(written)


IDLE = [
    ({"epochs": 3}, "epochs '3': has no effect with the method 'head'. Allowed with: full, lora"),
    ({"layer_decay": 0.9}, "layer_decay"),
    ({"adversarial": 0.1}, "adversarial"),
    ({"method": "full", "lora_rank": 4}, "lora_rank '4': .*'full'. Allowed with: lora"),
    ({"copies": 2}, "copies '2': has no effect with the augment 'none'"),
]


@pytest.mark.parametrize(("written", "sentence"), IDLE, ids=[str(row[0]) for row in IDLE])
def test_an_option_without_effect_is_told_instead_of_ignored(written, sentence):
    with pytest.raises(ConfigError, match=sentence):
        TuneOptions.parse(written)
