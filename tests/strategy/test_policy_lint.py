"""The lint finds planted faults, and nothing else."""

from __future__ import annotations

import time
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balm.emotion.labels import EMOTIONS
from balm.strategy.columns import read_conditions
from balm.strategy.lint import lint
from balm.strategy.policy import CarePolicy
from balm.strategy.reach import reaching
from balm.strategy.situation import Situation

FEELINGS = {
    "name": "feelings",
    "when": {"emotion": [e for e in EMOTIONS if e != "neutral"]},
    "strategy": "soothe",
}
HUMAN = {
    "name": "human",
    "when": {"intent": "human_wanted", "handoff_state": "none"},
    "strategy": "escalate",
    "reason": "x",
}
LAST = {"name": "otherwise", "strategy": "inform"}


def policy(*rules: dict) -> CarePolicy:
    return CarePolicy.parse({"rules": [HUMAN, *rules, FEELINGS, LAST]})


def row(name: str, strategy: str = "soothe", /, **when: object) -> dict:
    return {"name": name, "strategy": strategy, "when": when}


def escalate(name: str, **when: object) -> dict:
    return {**row(name, "escalate", **when), "reason": "planted"}


def test_a_sound_policy_has_no_findings() -> None:
    assert lint(policy()) == []


PLANTED = [
    (
        "unreachable-by-one",
        [row("wide", emotion="anger"), row("narrow", emotion="anger", intensity="> 0.5")],
        "unreachable",
        "narrow",
    ),
    (
        "unreachable-by-list",
        [row("wide", emotion=["joy", "anger"]), row("narrow", emotion="joy")],
        "unreachable",
        "narrow",
    ),
    (
        "unreachable-by-range",
        [row("wide", frustration=">= 0.2"), row("narrow", frustration="0.3..0.7")],
        "unreachable",
        "narrow",
    ),
    (
        "unreachable-together",
        [row("low", frustration="<= 0.5"), row("high", frustration="> 0.5"), row("late", repeats=2)],
        "unreachable",
        "late",
    ),
    (
        "unreachable-by-count",
        [row("wide", repeats="> 1"), row("narrow", repeats=">= 2")],
        "unreachable",
        "narrow",
    ),
    ("impossible", [row("never", abstained=True, emotion="anger")], "unreachable", "never"),
    ("twins", [row("twin", emotion="joy"), row("twin", emotion="anger")], "duplicate-name", "twin"),
    ("no-reason", [row("mute", "escalate", emotion="anger", handoff_state="none")], "no-reason", "mute"),
    ("idle-reason", [{**row("idle", emotion="anger"), "reason": "x"}], "idle-reason", "idle"),
    ("cheers-at-anger", [row("cheer", "celebrate", repeats=0)], "celebrates-pain", "cheer"),
    ("cheers-at-failure", [row("cheer", "celebrate", emotion="joy")], "celebrates-failure", "cheer"),
    ("cheers-at-fault", [row("cheer", "celebrate", intent="praise")], "celebrates-fault", "cheer"),
    (
        "fault-hidden",
        [row("any", our_fault=[True, False]), row("late", our_fault=True)],
        "unreachable",
        "late",
    ),
    ("impossible-fault", [row("never", our_fault=True, failed=True)], "unreachable", "never"),
    ("cold", [row("cold", "inform", emotion="anger")], "cold-to-anger", "cold"),
    ("asks-anger", [row("cold", "clarify", asks="proof")], "cold-to-anger", "cold"),
    ("doubt", [escalate("doubt", needs_human="> 0.9", handoff_state="none")], "escalates-doubt", "doubt"),
    (
        "doubted-clock",
        [escalate("doubt", frustration="> 0.9", handoff_state="none")],
        "escalates-doubt",
        "doubt",
    ),
    ("twice", [escalate("again", emotion="anger")], "escalates-again", "again"),
]


@pytest.mark.parametrize(("rows", "code", "name"), [p[1:] for p in PLANTED], ids=[p[0] for p in PLANTED])
def test_a_planted_fault_is_found_at_its_row(rows: list, code: str, name: str) -> None:
    assert (code, name) in {(finding.code, finding.rule) for finding in lint(policy(*rows))}


def test_the_unreachable_row_names_the_row_that_hides_it() -> None:
    hidden = policy(row("wide", emotion="anger"), row("narrow", emotion="anger", repeats=">= 2"))
    (finding,) = lint(hidden)
    assert "rule 3 'narrow'" in finding.message
    assert "rule 2 'wide'" in finding.message


@pytest.mark.parametrize("flag", ["safety", "threat", "our_fault"])
def test_what_was_said_or_stands_in_the_records_may_escalate_a_doubted_reading(flag: str) -> None:
    sound = policy(escalate("certain", handoff_state="none", **{flag: True}))
    assert [f for f in lint(sound) if f.code == "escalates-doubt"] == []


def test_a_row_with_a_gap_left_is_reachable() -> None:
    """0.5 itself belongs to neither of the two rows above."""
    gap = policy(
        row("low", frustration="< 0.5"), row("high", frustration="> 0.5"), row("gap", intent="stock")
    )
    situation = reaching(gap, gap.rules[3])
    assert situation is not None
    assert situation.frustration == 0.5


def test_an_early_rule_without_condition_hides_all_below() -> None:
    all_hidden = CarePolicy.parse({"rules": [{"name": "all", "strategy": "soothe"}, HUMAN, LAST]})
    assert [f.rule for f in lint(all_hidden) if f.code == "unreachable"] == ["human", "otherwise"]


def test_a_denied_human_is_found_with_an_example() -> None:
    denied = CarePolicy.parse({"rules": [FEELINGS, HUMAN, LAST]})
    found = [f for f in lint(denied) if f.code == "denies-a-human"]
    assert [f.rule for f in found] == ["feelings"]
    assert "intent human_wanted" in found[0].message


def test_a_forgotten_emotion_is_found() -> None:
    forgetful = CarePolicy.parse(
        {"rules": [HUMAN, row("sad", emotion=["disappointment", "frustration", "anger"]), LAST]}
    )
    messages = [f.message for f in lint(forgetful) if f.code == "forgotten-emotion"]
    assert [m.split("'")[1] for m in messages] == ["joy", "confusion", "anxiety"]


def test_an_emotion_whose_only_row_is_hidden_counts_as_forgotten() -> None:
    hidden = CarePolicy.parse(
        {"rules": [HUMAN, row("all", repeats=">= 0"), row("joyful", emotion="joy"), LAST]}
    )
    assert any(f.code == "forgotten-emotion" and "'joy'" in f.message for f in lint(hidden))


def test_a_misspelled_intent_is_found_when_the_domain_is_known() -> None:
    misspelled = policy(row("status", intent=["order_statsu", "none"]))
    known = ["order_status", "human_wanted"]
    assert [f.rule for f in lint(misspelled, intents=known)] == ["status"]
    assert lint(misspelled) == []


def test_missing_words_are_found_by_language() -> None:
    findings = lint(policy(), has_words=lambda strategy, language: (strategy, language) != ("soothe", "en"))
    assert [f.message for f in findings] == [
        "care_policy.yml: strategy 'soothe' has no responses in 'en'. Write some."
    ]


def test_a_finding_reads_as_one_line() -> None:
    (finding,) = lint(policy({**row("idle", emotion="anger"), "reason": "x"}))
    assert str(finding).startswith("warning: care_policy.yml, rule 2 'idle': only 'escalate' has a reason")


TRIED = ("neutral", "joy", "anger")
SITUATIONS = [
    Situation(
        emotion=emotion,
        repeats=repeats,
        frustration=frustration,
        intent=intent,
        failed=failed,
        negative_run=1,
    )
    for emotion, repeats, frustration, intent, failed in product(
        TRIED, range(5), (0.0, 0.2, 0.3, 0.5, 0.6, 0.9), (None, "greet", "stock", "else"), (True, False)
    )
]
CELLS = st.fixed_dictionaries(
    {},
    optional={
        "emotion": st.lists(st.sampled_from(TRIED), min_size=1, max_size=2),
        "repeats": st.sampled_from([0, 1, ">= 1", "< 2", "1..3"]),
        "frustration": st.sampled_from(["> 0.5", "<= 0.5", "0.2..0.8", "< 0.2"]),
        "intent": st.sampled_from(["none", "greet", ["greet", "stock"]]),
        "failed": st.booleans(),
    },
)


@settings(max_examples=40, deadline=None)
@given(st.lists(CELLS, min_size=1, max_size=7))
def test_reachability_agrees_with_trying_every_kind_of_situation(cells: list) -> None:
    rules = [{"name": f"r{i}", "strategy": "soothe", "when": when} for i, when in enumerate(cells)]
    tested = CarePolicy.parse({"rules": [*rules, LAST]})
    fired = {tested.choose(situation).rule for situation in SITUATIONS}
    within = read_conditions("test:", {"emotion": list(TRIED)})
    assert {rule.name for rule in tested.rules if reaching(tested, rule, within=within)} == fired


def test_a_long_table_of_overlapping_rows_is_linted_in_a_moment() -> None:
    emotions = [e for e in EMOTIONS if e != "neutral"]
    rows = [
        escalate(
            f"r{i}",
            emotion=emotions[i % 3 : i % 3 + 3],
            repeats=f">= {i % 5}",
            intensity=f"> 0.{i % 10}",
            frustration=f"> 0.{(3 * i) % 10}",
            intent=[f"i{i % 7}", f"i{i % 4}"],
            handoff_state="none",
        )
        for i in range(60)
    ]
    started = time.perf_counter()
    lint(policy(*rows))
    assert time.perf_counter() - started < 5
