"""The phrases head: exact shares, the same text in every script and width, and no text that breaks it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balm.emotion.labels import EMOTIONS
from balm.emotion.phrases import BITS, FILE, READ, Phrases, runs
from balm.encoder import simplified
from balm.errors import ModelError

SIMPLE = {ord("還"): "还", ord("沒"): "没"}
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=80)


@pytest.fixture(scope="module")
def phrases() -> Phrases:
    rng = np.random.default_rng(5)
    weights = rng.integers(-127, 128, (1 << BITS, len(EMOTIONS)), np.int8)
    return Phrases(weights, np.zeros(len(EMOTIONS), np.float32), 0.01, SIMPLE)


@pytest.mark.parametrize(
    ("one", "other"),
    [("還沒到", "还没到"), ("ＯＫ！", "ok!"), ("call 10086", "call 95588"), ("@desk why", "@shop why")],
    ids=["script", "width and case", "digits", "handles"],
)
def test_what_customers_vary_without_meaning_makes_no_difference(phrases, one, other):
    assert np.allclose(phrases.hear(one).logits, phrases.hear(other).logits)


@given(ANY_TEXT)
@settings(max_examples=60, deadline=None)
def test_any_text_has_finite_logits_and_the_shares_add_up_to_them(phrases, text):
    spans = [(i, i + 1) for i in range(len(text))]
    logits = phrases.hear(text).logits
    assert np.isfinite(logits).all()
    shares = np.stack([phrases.hear(text).shares(spans, i) for i in range(len(EMOTIONS))], axis=1)
    assert np.isfinite(shares).all() and shares.shape == (len(text), len(EMOTIONS))


def test_the_shares_of_all_letters_are_what_the_phrases_add(phrases):
    text = "where is my parcel"
    spans = [(i, i + 1) for i in range(len(text))]
    logits = phrases.hear(text).logits
    for index in range(len(EMOTIONS)):
        total = phrases.hear(text).shares(spans, index).sum()
        assert total == pytest.approx(logits[index] - logits.mean(), rel=0.35, abs=0.6)  # the frame's blanks


def test_a_very_long_text_costs_no_more_than_its_beginning(phrases):
    text = "where is it " * 9_000
    assert len(runs(text, {}).buckets) == len(runs(text[:READ], {}).buckets)


def test_a_folder_without_phrases_has_none_and_a_broken_file_is_named(tmp_path):
    assert Phrases.load(tmp_path) is None
    (tmp_path / FILE).write_bytes(b"broken")
    with pytest.raises(ModelError, match="phrases.npz is broken"):
        Phrases.load(tmp_path)


def test_the_table_of_characters_keeps_lengths():
    table = simplified.table(Path(simplified.__file__).parent / "bundled")
    assert len(table) > 3_000 and all(len(simple) == 1 for simple in table.values())
    assert "還沒收到貨".translate(table) == "还没收到货"
