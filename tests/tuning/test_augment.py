"""Altered copies of examples: same intent, other letters."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from balm.tuning import TuneOptions
from balm.tuning.augment import ALTERATIONS, augmented, mistype, replace_words
from tests.tuning.examples import TEXTS, TRUTH

KINDS = pytest.mark.parametrize("kind", ALTERATIONS)


def many(alter, text):
    return {alter(text, Random(seed)) for seed in range(40)}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("I want a refund", "I want a money back"),
        ("Refund me", "Reimbursement me"),
        ("我要退款", "我要退钱"),
        ("我的order还没到，快递在哪里", "我的purchase还没到，包裹在哪里"),
    ],
    ids=["en", "capital", "zh", "mixed"],
)
def test_a_word_becomes_another_word_for_the_same(text, wanted):
    assert wanted in many(replace_words, text)


@pytest.mark.parametrize("text", ["reorder", "border", "BM10024683", "", "😡"], ids=str)
def test_what_has_no_synonym_stays(text):
    assert many(replace_words, text) == {text}


def test_slips_change_a_letter_or_two_and_never_a_digit():
    for text in many(mistype, "where is order 10024683"):
        assert "10024683" in text
        assert abs(len(text) - len("where is order 10024683")) <= 2


def test_a_chinese_slip_takes_a_character_that_sounds_alike():
    assert "我在再要" not in many(mistype, "我要")
    assert many(mistype, "在") == {"再"}


@KINDS
@given(text=st.text(max_size=60), seed=st.integers(0, 9))
def test_any_text_can_be_altered(kind, text, seed):
    copy = ALTERATIONS[kind](text, Random(seed))
    assert isinstance(copy, str) and bool(copy) == bool(text)


@KINDS
def test_copies_follow_the_examples_and_keep_their_class(kind):
    texts, truth = augmented(TEXTS, TRUTH, tuning=TuneOptions(augment=kind, copies=3), seed=1)
    assert texts[: len(TEXTS)] == TEXTS
    assert len(TEXTS) < len(texts) == len(truth) <= 4 * len(TEXTS)
    assert len(set(texts)) == len(texts), "no example counts twice"
    assert set(truth.tolist()) == set(TRUTH.tolist())


@KINDS
def test_the_same_seed_gives_the_same_copies(kind):
    tuning = TuneOptions(augment=kind)
    first, again, other = (augmented(TEXTS, TRUTH, tuning=tuning, seed=seed)[0] for seed in (1, 1, 2))
    assert first == again != other


def test_without_augmentation_nothing_is_added():
    texts, truth = augmented(TEXTS, TRUTH, tuning=TuneOptions(), seed=1)
    assert texts == TEXTS and np.array_equal(truth, TRUTH)


def test_every_word_of_the_lists_has_a_mate():
    from balm.tuning.augment import _synonyms

    assert all(set(mates) - {word} for word, mates in _synonyms()[1].items())
