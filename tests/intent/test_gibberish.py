"""Made-up nonsense is nonsense, and a head that knows it is not sure of any intent where it reads some."""

from __future__ import annotations

import pytest

from balm.encoder import Encoder
from balm.intent.gibberish import LEAST, SHARE, gibberish
from balm.intent.model import IntentModel

EXAMPLES = {
    "track": ["where is my parcel", "我的快递到哪了", "has it shipped yet", "track my order", "查一下物流"],
    "refund": [
        "I want my money back",
        "我要退款",
        "refund please",
        "怎么申请退货",
        "send it back for a refund",
    ],
    "greet": ["hi", "hello there", "你好", "在吗", "good morning"],
    "vent": ["ugh", "wtf", "烦死了", "this is so annoying", "气死我了"],
}


@pytest.fixture(scope="module")
def model() -> IntentModel:
    """Four intents with five examples each."""
    rows = [(text, intent) for intent, texts in EXAMPLES.items() for text in texts]
    texts, intents = zip(*rows, strict=True)
    return IntentModel.fit(texts, intents, encoder=Encoder.load())


def test_it_is_the_same_for_equal_input_and_never_an_example():
    texts = ["hjkl", "where is it", *(f"{chr(0x4E00 + i)}{chr(0x4F00 + i)}" for i in range(300))] * 10
    made = gibberish(texts, 1)
    assert made == gibberish(texts, 1) != gibberish(texts, 2)
    assert not set(made) & set(texts) and len(set(made)) == len(made)
    assert len(made) == pytest.approx(SHARE * len(texts), abs=1)


def test_few_examples_get_some_in_all_the_letters_that_can_be_typed():
    assert LEAST / 2 < len(gibberish(["hi"], 0)) <= LEAST
    assert gibberish([], 0)


@pytest.mark.parametrize(
    "text",
    ["asdfgh", "sdkjfhskdjfh", "x" * 200, "zzzz", "hfjdks hfjdks", "こんにちは", "привет как дела", "vbnm"],
)
def test_no_intent_is_likely_for_nonsense(model, text):
    assert model.predict([text])[0][0].confidence < 0.4


@pytest.mark.parametrize(
    ("text", "intent"), [("hi", "greet"), ("wtf", "vent"), ("refund pls", "refund"), ("快递到哪了", "track")]
)
def test_short_and_careless_messages_still_have_their_intent(model, text, intent):
    best = model.predict([text])[0][0]
    assert best.name == intent and best.confidence > 0.4


def test_no_ranking_holds_a_class_of_nonsense(model):
    ranking = model.predict(["asdfgh"])[0]
    assert sorted(one.name for one in ranking) == sorted(EXAMPLES)
    assert sum(one.confidence for one in ranking) < 0.5
