"""What the figures of the intent benchmark mean, counted by hand."""

from __future__ import annotations

import pytest

from benchmarks.intents.figures import Guess, accuracy, macro_f1, out_of_scope, threshold

TRUTH = ["a", "a", "a", "b"]
GUESSES = [Guess("a", 0.9), Guess("a", 0.8), Guess("b", 0.2), Guess("b", 0.6)]


def test_accuracy_counts_messages_and_macro_f1_intents():
    assert accuracy(GUESSES, TRUTH) == 0.75
    assert macro_f1(GUESSES, TRUTH) == pytest.approx((4 / 5 + 2 / 3) / 2)


def test_an_intent_that_is_only_guessed_has_no_f1_of_its_own():
    assert macro_f1([Guess("a", 1.0), Guess("c", 1.0)], ["a", "a"]) == pytest.approx(2 / 3)


@pytest.mark.parametrize("alarms", [0.0, 0.05, 0.3])
def test_the_threshold_refuses_no_more_than_it_may(alarms):
    guesses = [Guess("a", confidence) for confidence in (0.5, 0.1, 0.1, 0.2, 0.9, 0.7, 0.3, 0.95, 0.99, 0.8)]
    below = threshold(guesses, alarms=alarms)
    refused = sum(guess.confidence < below for guess in guesses) / len(guesses)
    higher = sum(guess.confidence <= below for guess in guesses) / len(guesses)
    assert refused <= alarms < higher


def test_refusals_are_judged_on_both_kinds_of_messages():
    foreign = [Guess("a", 0.1), Guess("b", 0.3), Guess("b", 0.7)]
    assert out_of_scope(GUESSES, TRUTH, foreign, below=0.65) == {
        "threshold": 0.65,
        "in_scope_accuracy": 2 / 4,
        "recall": 2 / 3,
        "precision": 2 / 4,
        "false_alarm_rate": 2 / 4,
        "auroc": pytest.approx(9 / 12),
    }


def test_who_refuses_nothing_finds_nothing():
    found = out_of_scope(GUESSES, TRUTH, [Guess("a", 0.5)], below=0.0)
    assert (found["recall"], found["precision"], found["false_alarm_rate"]) == (0.0, 0.0, 0.0)
