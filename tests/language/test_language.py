"""`balm.language.detect`: the frame of the sentence decides."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balm.language import detect

CASES = [
    ("我买的羽绒服三天了还没发货，你们到底管不管！", "zh"),
    ("My parcel says delivered but nothing is here, I need it for tomorrow", "en"),
    ("我的 iPhone 15 Pro Max case 什么时候到", "zh"),
    ("AirPods Pro 降噪坏了", "zh"),
    ("Where is my 华为 phone?", "en"),
    ("the 优衣库 down jacket is too small for me", "en"),
    ("請問我的包裹寄到哪裡了", "zh"),
    ("退貨", "zh"),
    ("退款", "zh"),
    ("refund", "en"),
    ("nike 退款", "zh"),
    ("hello", "en"),
    ("i'm so angry", "en"),
    ("dont want it", "en"),
    ("BM10024683", None),
    ("bm 1002 4683", None),
    ("ＢＭ１００２４６８３", None),
    ("单号 BM10024683", "zh"),
    ("order BM10024683", "en"),
    ("12345678", None),
    ("😡😡😡", None),
    ("？？？！！！", None),
    ("...", None),
    ("", None),
    ("   \n", None),
    ("ok", None),
    ("XL", None),
    ("hhhh", "en"),
    ("Ｉ ｗａｎｔ ａ ｒｅｆｕｎｄ", "en"),
    ("这个 size 有没有 M 码", "zh"),
    ("please cancel 订单 and refund me", "en"),
    ("これはいくらですか", None),
    ("주문 취소", None),
    ("https://example.com/item/3", None),
    ("太慢了 come on", "zh"),
    ("(╯°□°）╯︵ ┻━┻", None),
]


@pytest.mark.parametrize(("text", "language"), CASES, ids=[repr(text)[:40] for text, _ in CASES])
def test_the_frame_of_the_sentence_decides(text: str, language: str | None) -> None:
    assert detect(text) == language


def test_a_very_long_message_is_still_read_at_once() -> None:
    assert detect("我要退款 " * 100_000) == "zh"
    assert detect("I want my money back. " * 100_000) == "en"


def test_no_text_at_all_tells_nothing() -> None:
    assert detect(None) is None  # type: ignore[arg-type]  # Rasa hands over None for some events


@given(st.text())
def test_any_text_gets_one_of_three_answers(text: str) -> None:
    assert detect(text) in ("zh", "en", None)


@given(
    st.text(alphabet="0123456789０１２ \n\t.,!?…~～！？。，、；：（）()[]《》#*-_/+=%￥$😡😭🙏👍🏻❤️☹️🎉📦㎏℃①")
)
def test_digits_emoji_and_punctuation_never_tell(text: str) -> None:
    assert detect(text) is None
