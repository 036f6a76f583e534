"""TransformerEntityExtractor: learns from annotated examples and gives way to patterns."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.shared.exceptions import RasaException
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from components.entities import PatternEntityExtractor
from components.learned import TransformerEntityExtractor
from components.tokenizer import BilingualTokenizer

FRUITS = ["苹果", "香蕉", "草莓", "葡萄", "西瓜", "桃子", "芒果", "樱桃"]
TOOLS = ["kettle", "blender", "toaster", "lamp", "heater", "fridge", "oven", "mixer"]
ANNOTATED = "".join(
    f"    - 我买的[{word}](product)坏了\n    - 这个[{word}](product)什么时候发货\n" for word in FRUITS
)
ANNOTATED += "".join(
    f"    - my [{word}](product) is broken\n    - where is the [{word}](product)\n" for word in TOOLS
)
NLU = f"""
version: "3.1"
nlu:
- intent: late
  examples: |
{ANNOTATED}
- intent: greet
  examples: |
    - 你好啊
    - 谢谢你的帮助
    - hello there
    - thank you very much
"""


def tokenised(workbench: Any, *texts: str) -> list[Message]:
    return workbench.create(BilingualTokenizer).process([Message({TEXT: text}) for text in texts])


def trained(workbench: Any, nlu: Any, text: str = NLU, **config: Any) -> Any:
    data = workbench.create(BilingualTokenizer).process_training_data(nlu(text))
    workbench.create(TransformerEntityExtractor, **config).train(data)
    return workbench.load(TransformerEntityExtractor, **config)


def found(messages: list[Message]) -> list[list[tuple[str, str]]]:
    return [[(one["entity"], one["value"]) for one in message.get(ENTITIES)] for message in messages]


def test_words_that_no_example_has_are_found_by_their_sentence(workbench: Any, nlu: Any) -> None:
    messages = tokenised(workbench, "我买的菠萝坏了", "my dryer is broken", "谢谢")
    trained(workbench, nlu).process(messages)
    assert found(messages) == [[("product", "菠萝")], [("product", "dryer")], []]
    first = messages[0].get(ENTITIES)[0]
    assert messages[0].get(TEXT)[first["start"] : first["end"]] == "菠萝"
    assert first["extractor"] == "TransformerEntityExtractor"


@pytest.mark.parametrize(
    "text", ["", "  ", "😡😡", "？", "好" * 5000], ids=["empty", "blank", "emoji", "mark", "long"]
)
def test_any_text_is_read_without_a_stumble(workbench: Any, nlu: Any, text: str) -> None:
    messages = tokenised(workbench, text)
    trained(workbench, nlu).process(messages)
    assert isinstance(messages[0].get(ENTITIES), list)


def test_a_pattern_has_the_last_word(workbench: Any, nlu: Any) -> None:
    messages = tokenised(workbench, "我买的菠萝坏了")
    trained(workbench, nlu).process(messages)
    lookup = 'version: "3.1"\nnlu:\n- lookup: fruit\n  examples: |\n    - 菠萝\n'
    workbench.create(PatternEntityExtractor).train(nlu(lookup))
    workbench.load(PatternEntityExtractor).process(messages)
    assert found(messages) == [[("fruit", "菠萝")]]


def test_only_the_wanted_entities_are_learned(workbench: Any, nlu: Any) -> None:
    messages = tokenised(workbench, "我买的菠萝坏了")
    trained(workbench, nlu, entities=["brand"]).process(messages)
    assert found(messages) == [[]]


def test_who_asks_for_more_certainty_gets_less(workbench: Any, nlu: Any) -> None:
    messages = tokenised(workbench, "我买的菠萝坏了")
    trained(workbench, nlu, sure=1.0).process(messages)
    assert found(messages) == [[]]


def test_no_annotation_at_all_finds_nothing(workbench: Any, nlu: Any) -> None:
    messages = tokenised(workbench, "我买的菠萝坏了")
    for data in ('version: "3.1"\nnlu: []\n', 'version: "3.1"\nnlu:\n- intent: a\n  examples: |\n    - hi\n'):
        trained(workbench, nlu, data).process(messages)
        assert found(messages) == [[]]


def test_the_same_examples_give_the_same_model(workbench: Any, nlu: Any) -> None:
    one, two = trained(workbench, nlu), trained(workbench, nlu)
    assert (one._model.head.weights == two._model.head.weights).all()


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        ({"sures": 0.5}, "unknown key 'sures'.*Did you mean 'sure'"),
        ({"sure": 0}, "sure '0' cannot be used. Allowed: a number above 0"),
        ({"entities": "product"}, "entities 'product' cannot be used. Allowed: a list"),
        ({"model": "./nowhere"}, "model './nowhere': there is no such folder"),
    ],
    ids=["misspelled", "sure", "entities", "folder"],
)
def test_a_wrong_key_is_refused(workbench: Any, config: dict[str, Any], sentence: str) -> None:
    with pytest.raises(RasaException, match=sentence):
        workbench.create(TransformerEntityExtractor, **config)


def test_loading_without_training_is_refused(workbench: Any) -> None:
    with pytest.raises(
        RasaException, match="TransformerEntityExtractor model 'component': .*Run `rasa train`"
    ):
        workbench.load(TransformerEntityExtractor)
