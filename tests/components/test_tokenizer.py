"""BilingualTokenizer: words of zh, en and both, with their places, and the language of the message."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rasa.nlu.constants import TOKENS_NAMES
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from components.segmenting import Segmenter
from components.tokenizer import BilingualTokenizer

LOOKUP = """
version: "3.1"
nlu:
- lookup: product
  examples: |
    - 云感羊绒开衫
    - 优衣库U系列
    - AirPods Pro
"""


def words(text: str, whole: tuple[str, ...] = ()) -> list[str]:
    return [text[start:end] for start, end in Segmenter(whole).spans(text)]


SENTENCES = [
    ("我买的羽绒服三天了还没发货", ["我", "买", "的", "羽绒服", "三天", "了", "还", "没", "发货"]),
    ("I don't want it, it's broken!", ["I", "do", "n't", "want", "it", ",", "it", "'s", "broken", "!"]),
    ("我的 iPhone 15 Pro 还没到 ok?", ["我", "的", "iPhone", "15", "Pro", "还", "没到", "ok", "?"]),
    ("订单BM10024683，谢谢", ["订单", "BM10024683", "，", "谢谢"]),
    ("太慢了😡😡", ["太慢", "了", "😡", "😡"]),
    ("", []),
    (" \n\t ", []),
]


@pytest.mark.parametrize(("text", "expected"), SENTENCES, ids=[text[:12] or "empty" for text, _ in SENTENCES])
def test_words_of_both_languages_come_in_order(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_words_of_the_dictionary_stay_whole() -> None:
    assert "云感羊绒开衫" not in words("这件云感羊绒开衫好看")
    whole = ("云感羊绒开衫", "优衣库U系列", "AirPods Pro")
    assert "云感羊绒开衫" in words("这件云感羊绒开衫好看", whole)
    assert "优衣库U系列" in words("优衣库U系列多少钱", whole)
    assert "airpods pro" in words("my airpods pro broke", whole)
    assert "AirPods Pro" not in words("AirPods Prospect", whole), "not inside a longer word"


def test_two_dictionaries_do_not_mix() -> None:
    assert "云感羊绒开衫" in words("云感羊绒开衫", ("云感羊绒开衫",))
    assert "云感羊绒开衫" not in words("云感羊绒开衫")


@settings(deadline=None)  # the first text loads the dictionaries
@given(st.text(max_size=80))
@example("\ud83d我的\udc00 parcel\ud83d")  # half an emoji, as a broken client sends it
def test_spans_are_the_text_in_order_without_overlap(text: str) -> None:
    spans = Segmenter(("AirPods Pro", "羽绒服")).spans(text)
    assert all(start < end for start, end in spans)
    assert all(one[1] <= two[0] for one, two in zip(spans, spans[1:], strict=False))
    covered = {place for start, end in spans for place in range(start, end)}
    assert all(char.isspace() for place, char in enumerate(text) if place not in covered)


def test_tokens_stand_where_their_text_stands(workbench: Any) -> None:
    message = Message({TEXT: "我的 AirPods Pro 坏了，BM10024683!"})
    workbench.create(BilingualTokenizer).process([message])
    tokens = message.get(TOKENS_NAMES[TEXT])
    assert tokens and all(message.get(TEXT)[token.start : token.end] == token.text for token in tokens)


@pytest.mark.parametrize(
    ("text", "language"),
    [("我的包裹呢", "zh"), ("where is my parcel", "en"), ("😡", None), ("", None), (None, None)],
    ids=["zh", "en", "emoji", "empty", "no text"],
)
def test_language_reaches_the_output(workbench: Any, text: str | None, language: str | None) -> None:
    message = Message({TEXT: text} if text is not None else {})
    workbench.create(BilingualTokenizer).process([message])
    assert message.as_dict(only_output_properties=True).get("language") == language


def test_lookup_words_survive_training_and_loading(workbench: Any, nlu: Any) -> None:
    workbench.create(BilingualTokenizer).train(nlu(LOOKUP))
    message = Message({TEXT: "云感羊绒开衫和AirPods Pro"})
    workbench.load(BilingualTokenizer).process([message])
    assert [token.text for token in message.get(TOKENS_NAMES[TEXT])] == ["云感羊绒开衫", "和", "AirPods Pro"]


def test_a_dictionary_file_works_and_its_words_are_in_the_fingerprint(
    workbench: Any, nlu: Any, tmp_path: Any
) -> None:
    path = tmp_path / "words.txt"
    path.write_text("# ours\n云感羊绒开衫\n", "utf-8")
    config = {"dictionary": str(path)}
    before = BilingualTokenizer.fingerprint_addon(config)
    message = Message({TEXT: "云感羊绒开衫"})
    workbench.create(BilingualTokenizer, **config).train(nlu('version: "3.1"\nnlu: []\n'))
    path.rename(tmp_path / "moved.txt")  # a server needs the model alone
    workbench.load(BilingualTokenizer, **config).process([message])
    assert [token.text for token in message.get(TOKENS_NAMES[TEXT])] == ["云感羊绒开衫"]
    path.write_text("新词\n", "utf-8")
    assert BilingualTokenizer.fingerprint_addon(config) != before


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        ({"dictonary": "x"}, "unknown key 'dictonary'. Known: dictionary,.*Did you mean 'dictionary'"),
        ({"dictionary": "/no/such/file"}, "dictionary '/no/such/file' cannot be read"),
        ({"lookup_words": "yes"}, "lookup_words 'yes' cannot be used. Allowed: true, false"),
    ],
    ids=["misspelled", "missing file", "not a flag"],
)
def test_a_wrong_key_is_refused_with_what_is_allowed(
    workbench: Any, config: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(InvalidConfigException, match=sentence):
        workbench.create(BilingualTokenizer, **config)


def test_loading_without_training_is_refused(workbench: Any) -> None:
    with pytest.raises(Exception, match="BilingualTokenizer model 'component': .*Run `rasa train`"):
        workbench.load(BilingualTokenizer)


def test_segmenting_leaves_torch_alone() -> None:
    """spaCy would import torch wherever it is installed; a later `import torch` must still work."""
    program = (
        "import sys; from components.segmenting import Segmenter; Segmenter().spans('你好 hello');"
        "assert 'torch' not in sys.modules; import importlib.util as u; assert u.find_spec('sys') is not None"
    )
    subprocess.run([sys.executable, "-W", "ignore", "-c", program], check=True)
