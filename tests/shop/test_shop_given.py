"""Order numbers and proofs, as people type them."""

from __future__ import annotations

import pytest

from balm.shop.given import Given
from balm.turn import Conversation, Turn


def read(text: str, *, topic: str | None = None, **entities: tuple[str, ...]) -> Given:
    return Given.of(Conversation("c", (Turn(text, entities=entities),), topic=topic))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("BM10024683", "BM10024683"),
        ("bm10024683", "BM10024683"),
        ("ＢＭ１００２４６８３", "BM10024683"),
        ("bm 1002 4683", "BM10024683"),
        ("单号10024683谢谢", "BM10024683"),
        ("order #10024683.", "BM10024683"),
        ("13800138000", None),
        ("138-0013-8000", None),
        ("20251122 下的单", None),
        ("BM20251122", "BM20251122"),
        ("1002468", None),
        ("SW441092788", None),
        ("", None),
    ],
)
def test_an_order_number_is_read_however_it_is_typed(text, number):
    assert read(text).here == number


@pytest.mark.parametrize(
    ("text", "topic", "last4"),
    [
        ("8890", "order_status", "8890"),
        ("8890", None, None),
        ("尾号是８８９０", "order_status", "8890"),
        ("BM10024683 8890", None, "8890"),
        ("13812348890", None, "8890"),
        ("+86 138-1234-8890", None, "8890"),
        ("my phone ends in 8890", "order_status", "8890"),
        (
            "I paid 8890 for it and that was in the year when I still believed what shops tell me",
            "order_status",
            None,
        ),
        ("BM10024683", "order_status", None),
        ("88.8890", "order_status", None),
    ],
)
def test_four_digits_are_a_proof_only_where_one_may_be_meant(text, topic, last4):
    assert read(text, topic=topic).last4 == last4


def test_entities_are_believed_before_the_text():
    given = read("就是那个", order_number=("bm 10024683",), phone_last4=("尾号8890",))
    assert (given.number, given.last4, given.fresh) == ("BM10024683", "8890", True)


def test_what_was_given_before_is_kept_and_is_not_fresh():
    given = Given.of(Conversation("c", (Turn("好的"),), order_number="bm10024683", phone_last4="8890"))
    assert given == Given("BM10024683", "8890")


@pytest.mark.parametrize(
    ("text", "bare"),
    [("BM10024683", True), ("我的订单号是BM10024683", True), ("my order number is 10024683", True),
     ("BM10024683 取消", False), ("cancel BM10024683", False), ("好的", False)],
)  # fmt: skip
def test_a_number_that_is_only_handed_over_is_told_from_a_request(text, bare):
    assert read(text).bare is bare
