"""Spaces and marks are right in both languages, whatever is put together."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from generation_builders import request

from balm.generation.composition import Composition
from balm.generation.request import ReplyRequest
from balm.generation.responses import STRATEGIES, load_all
from balm.reply import Fact, FactSheet
from balm.shop.kinds import FACT_KINDS
from balm.turn import LANGUAGES

RESPONSES = load_all()
SEEDS = "abcdefghij"


def say(asked: ReplyRequest) -> str:
    return Composition(asked, RESPONSES[asked.language]).text()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_punctuation_is_neat_whatever_is_joined(strategy: str, language: str) -> None:
    for first in FACT_KINDS:
        text = say(
            request(
                language, strategy, emotion="disappointment", kinds=(first, "parcel_last_event"), ask="proof"
            )
        )
        assert not re.search(
            r"  |。。|\.\.|。\.|，。| [,.;:]|\( | \)|[\u4e00-\u9fff] [\u4e00-\u9fff]", text
        ), text


def test_chinese_and_latin_words_are_set_apart_by_one_space() -> None:
    text = say(request("zh", kinds=("stock_in",)))
    assert "iPhone 手机壳" in text
    assert not re.search(r"[\u4e00-\u9fff][A-Za-z]|[A-Za-z][\u4e00-\u9fff]", text)


def test_a_fact_without_an_optional_value_is_told_without_it() -> None:
    parcel = Fact("parcel_last_event", {"event": "out for delivery", "place": "", "at": "5 May, 09:00"})
    for seed in SEEDS:
        text = say(replace(request("en", seed=seed), sheet=FactSheet((parcel,))))
        assert "5 May, 09:00" in text and " ," not in text and "()" not in text
