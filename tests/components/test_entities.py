"""PatternEntityExtractor over the project's own data/nlu/entities.yml and config.yml."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from balm.entities.patterns import Pattern, find, fold, lookup_regex
from components.entities import PatternEntityExtractor

ROOT = Path(__file__).parents[2]
NAME = "components.entities.PatternEntityExtractor"


@pytest.fixture(scope="module")
def extractor(tmp_path_factory: Any) -> Any:
    from tests.components.conftest import Workbench, training_data

    pipeline = yaml.safe_load((ROOT / "config.yml").read_text("utf-8"))["pipeline"]
    config = next(dict(row) for row in pipeline if row["name"] == NAME)
    del config["name"]
    workbench = Workbench(tmp_path_factory.mktemp("storage"))
    workbench.create(PatternEntityExtractor, **config).train(
        training_data((ROOT / "data/nlu/entities.yml").read_text("utf-8"))
    )
    return workbench.load(PatternEntityExtractor, **config)


def found(extractor: Any, text: str) -> list[tuple[str, str]]:
    message = Message({TEXT: text})
    extractor.process([message])
    assert all(entity["extractor"] == "PatternEntityExtractor" for entity in message.get(ENTITIES))
    return [(entity["entity"], entity["value"]) for entity in message.get(ENTITIES)]


ORDER = ("order_number", "BM10024683")
SENTENCES = [
    ("BM10024683", [ORDER]),
    ("bm 1002 4683", [ORDER]),
    ("ＢＭ１００２４６８３", [ORDER]),
    ("bm-10024683谢谢", [ORDER]),
    ("10024683", [ORDER]),
    ("1002 4683", [ORDER]),
    ("我的订单号是10024683，手机尾号4821", [ORDER, ("phone_last4", "4821")]),
    ("order #BM10024683, last four digits are 4821", [ORDER, ("phone_last4", "4821")]),
    ("10024683 4821", [ORDER, ("phone_last4", "4821")]),
    ("4821", [("phone_last4", "4821")]),
    ("４８２１", [("phone_last4", "4821")]),
    ("my phone ends with 4821", [("phone_last4", "4821")]),
    ("phone number ending in 4821", [("phone_last4", "4821")]),
    ("138 1234 4821", [("phone_last4", "4821")]),
    ("手机13812344821", [("phone_last4", "4821")]),
    ("call 415-555-4821", [("phone_last4", "4821")]),
    ("单号SF1234567890123", []),
    ("card 6222 0210 1002 4683", []),
    ("我2024年买的", []),
    ("扣了我1,299.00元", [("amount", "1,299.00元")]),
    ("扣了12345678元", [("amount", "12345678元")]),
    ("退 ￥ 99", [("amount", "¥99")]),
    ("I paid $49.99 for it", [("amount", "$49.99")]),
    ("三百块钱", [("amount", "三百块钱")]),
    ("屏幕碎了一块", []),
    (
        "3天前买的黑色羽绒服M码",
        [("date", "3天前"), ("colour", "黑色"), ("product", "羽绒服"), ("size", "M码")],
    ),
    ("上周五 11月11日 2024-11-11", [("date", "上周五"), ("date", "11月11日"), ("date", "2024-11-11")]),
    ("ordered two days ago, need it by Friday", [("date", "two days ago"), ("date", "by Friday")]),
    (
        "two navy blue hoodies, size XL",
        [("colour", "navy blue"), ("product", "hoodies"), ("size", "size XL")],
    ),
    ("42码的跑鞋", [("size", "42码"), ("product", "跑鞋")]),
    (
        "华为手机 Nike shoes",
        [("brand", "华为"), ("product", "手机"), ("brand", "Nike"), ("product", "shoes")],
    ),
    ("it's great, I'm happy", []),
    ("applesauce and shirtless", []),
    ("笔记本电脑", [("product", "笔记本电脑")]),
    ("", []),
    ("😡😡", []),
]


@pytest.mark.parametrize(("text", "expected"), SENTENCES, ids=[text[:30] or "empty" for text, _ in SENTENCES])
def test_what_customers_type_becomes_entities(
    extractor: Any, text: str, expected: list[tuple[str, str]]
) -> None:
    assert found(extractor, text) == expected


def test_entities_never_overlap_and_stand_in_the_text(extractor: Any) -> None:
    message = Message({TEXT: "3天前买的黑色羽绒服M码，单号 bm 1002 4683，付了1299元 🙏" * 20})
    extractor.process([message])
    entities = message.get(ENTITIES)
    assert len(entities) == 120
    assert all(one["end"] <= two["start"] for one, two in zip(entities, entities[1:], strict=False))
    products = {
        message.get(TEXT)[one["start"] : one["end"]] for one in entities if one["entity"] == "product"
    }
    assert products == {"羽绒服"}


def test_an_earlier_extractor_gives_way_at_the_same_place_only(extractor: Any) -> None:
    learned = [
        {"entity": "product", "start": 0, "end": 4, "value": "1002", "extractor": "CRFEntityExtractor"},
        {"entity": "product", "start": 9, "end": 11, "value": "围脖", "extractor": "CRFEntityExtractor"},
    ]
    message = Message({TEXT: "10024683的围脖", ENTITIES: learned})
    extractor.process([message])
    assert [(one["entity"], one["value"]) for one in message.get(ENTITIES)] == [ORDER, ("product", "围脖")]


def test_every_word_of_the_lookup_tables_is_found_whole(extractor: Any) -> None:
    rows = yaml.safe_load((ROOT / "data/nlu/entities.yml").read_text("utf-8"))["nlu"]
    tables = [
        (row["lookup"], line[2:].strip())
        for row in rows
        if "lookup" in row
        for line in row["examples"].splitlines()
    ]
    missed = [
        (name, word)
        for name, word in tables
        if word not in [value for _, value in found(extractor, f"要 {word} 的")]
    ]
    assert len(tables) > 300 and not missed


@pytest.mark.parametrize("name", ["product", "brand", "colour", "size"])
def test_the_lookup_tables_know_both_languages(name: str) -> None:
    rows = yaml.safe_load((ROOT / "data/nlu/entities.yml").read_text("utf-8"))["nlu"]
    words = [line[2:] for row in rows if row.get("lookup") == name for line in row["examples"].splitlines()]
    chinese = [word for word in words if re.search("[\u4e00-\u9fff]", word)]
    assert chinese and len(words) > len(chinese)


def test_folding_keeps_every_place() -> None:
    text = "ＡＢＣ１２３：，…㎏①ﬁ"
    assert len(fold(text)) == len(text)
    assert fold(text).startswith("ABC123:,")


def test_longer_wins_then_earlier() -> None:
    one, two = Pattern("one", re.compile("ab")), Pattern("two", re.compile("ab|abc"))
    assert [row.entity for row in find("ab", [one, two])] == ["one"]
    assert [row.entity for row in find("abc", [one, Pattern("two", re.compile("abc"))])] == ["two"]


def test_latin_lookup_words_stand_alone_and_may_be_plural() -> None:
    pattern = [Pattern("product", re.compile(lookup_regex(["mug", "dress", "T恤"]), re.IGNORECASE))]
    assert [row.value for row in find("Mugs, dresses, smug, T恤衫", pattern)] == ["Mugs", "dresses", "T恤"]


def test_an_empty_table_finds_nothing(workbench: Any, nlu: Any) -> None:
    extractor = workbench.create(PatternEntityExtractor)
    extractor.train(nlu('version: "3.1"\nnlu:\n- intent: greet\n  examples: |\n    - hi\n'))
    assert found(workbench.load(PatternEntityExtractor), "hi 10024683") == []


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        ({"writting": {}}, "unknown key 'writting'. Known: writing. Did you mean 'writing'"),
        (
            {"writing": {"order_number": {"uper": True}}},
            "writing of order_number: unknown key 'uper'.*'upper'",
        ),
    ],
    ids=["key", "key of a writing"],
)
def test_a_wrong_key_is_refused(workbench: Any, config: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidConfigException, match=sentence):
        workbench.create(PatternEntityExtractor, **config)


def test_a_broken_expression_is_named(workbench: Any, nlu: Any) -> None:
    with pytest.raises(InvalidConfigException, match=r"regex order_number '\(BM'"):
        workbench.create(PatternEntityExtractor).train(
            nlu('version: "3.1"\nnlu:\n- regex: order_number\n  examples: |\n    - (BM\n')
        )


def test_loading_without_training_is_refused(workbench: Any) -> None:
    with pytest.raises(Exception, match="Run `rasa train`"):
        workbench.load(PatternEntityExtractor)
