"""What care_policy.yml may say, and how it is refused when it cannot be meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from balm.errors import ConfigError
from balm.strategy.policy import CarePolicy, Decision
from balm.strategy.situation import Situation

LAST = {"name": "otherwise", "strategy": "inform"}


def policy(*rules: dict) -> CarePolicy:
    return CarePolicy.parse({"rules": [*rules, LAST]})


def rule(**when: object) -> dict:
    return {"name": "tested", "when": when, "strategy": "soothe"}


MATCHES = [
    ("value", {"emotion": "anger"}, {"emotion": "anger"}, {"emotion": "joy"}),
    ("list", {"emotion": ["anger", "frustration"]}, {"emotion": "frustration"}, {"emotion": "joy"}),
    ("above", {"intensity": "> 0.6"}, {"intensity": 0.61}, {"intensity": 0.6}),
    ("at-least", {"repeats": ">= 2"}, {"repeats": 2}, {"repeats": 1}),
    ("above-a-count", {"repeats": "> 1"}, {"repeats": 2}, {"repeats": 1}),
    ("below", {"frustration": "< 0.3"}, {"frustration": 0.29}, {"frustration": 0.3}),
    ("at-most", {"negative_run": "<= 1"}, {"negative_run": 1}, {"negative_run": 2}),
    ("range-low-end", {"frustration": "0.3..0.7"}, {"frustration": 0.3}, {"frustration": 0.29}),
    ("range-high-end", {"frustration": "0.3..0.7"}, {"frustration": 0.7}, {"frustration": 0.71}),
    ("exact-count", {"repeats": 2}, {"repeats": 2}, {"repeats": 3}),
    ("no-spaces", {"needs_human": ">=0.5"}, {"needs_human": 0.5}, {"needs_human": 0.4}),
    ("flag", {"abstained": True}, {"abstained": True}, {"abstained": False}),
    ("nothing-recognised", {"intent": "none"}, {"intent": None}, {"intent": "greet"}),
    ("or-nothing", {"intent": ["greet", "none"]}, {"intent": None}, {"intent": "goodbye"}),
    ("nothing-asked", {"asks": "none"}, {"asks": None}, {"asks": "proof"}),
    ("language", {"language": "en"}, {"language": "en"}, {"language": "zh"}),
    (
        "all-of-it",
        {"emotion": "anger", "failed": True},
        {"emotion": "anger", "failed": True},
        {"emotion": "anger"},
    ),
]


@pytest.mark.parametrize(("when", "inside", "outside"), [m[1:] for m in MATCHES], ids=[m[0] for m in MATCHES])
def test_a_condition_holds_inside_and_not_outside(when: dict, inside: dict, outside: dict) -> None:
    tested = policy(rule(**when))
    assert tested.choose(Situation(**inside)).rule == "tested"
    assert tested.choose(Situation(**outside)).rule == "otherwise"


def test_the_first_matching_rule_wins() -> None:
    both = policy(
        {"name": "first", "strategy": "soothe", "when": {"emotion": "anger"}}, rule(emotion="anger")
    )
    assert both.choose(Situation(emotion="anger")).rule == "first"


def test_a_decision_carries_rule_and_reason() -> None:
    asked = policy(
        {"name": "asked", "when": {"intent": "human_wanted"}, "strategy": "escalate", "reason": "wish"}
    )
    assert asked.choose(Situation(intent="human_wanted")) == Decision("escalate", "asked", "wish")


REFUSED = [
    (
        "strategy",
        {"name": "a", "strategy": "sooth"},
        "rule 1: unknown strategy 'sooth'",
        "Did you mean 'soothe'?",
    ),
    ("column", rule(emotoin="anger"), "rule 1: unknown column 'emotoin'", "Did you mean 'emotion'?"),
    ("emotion", rule(emotion="angry"), "rule 1: unknown emotion 'angry'", "Known: anger"),
    ("emotion-in-list", rule(emotion=["anger", "sad"]), "rule 1: unknown emotion 'sad'", "Known"),
    ("cause", rule(cause="shipping"), "rule 1: unknown cause 'shipping'", "delivery"),
    ("state", rule(handoff_state="queued"), "rule 1: unknown handoff_state 'queued'", "waiting"),
    ("comparison", rule(intensity="about 0.5"), "rule 1: intensity 'about 0.5'", "'> 0.6'"),
    ("percent", rule(intensity="> 60"), "rule 1: intensity '> 60'", "from 0 to 1"),
    ("above-the-top", rule(frustration="> 1"), "rule 1: frustration '> 1'", "from 0 to 1"),
    ("backwards", rule(frustration="0.7..0.3"), "rule 1: frustration '0.7..0.3'", "Mend the numbers"),
    ("half-a-count", rule(repeats=">= 1.5"), "rule 1: repeats '>= 1.5'", "Whole numbers"),
    ("minus", rule(repeats=-1), "rule 1: repeats '-1'", "from 0"),
    ("number-as-flag", rule(intensity=True), "rule 1: intensity 'True'", "not a comparison"),
    ("number-as-name", rule(emotion=3), "rule 1: emotion '3'", "A name or a list"),
    ("empty-cell", rule(intent=None), "rule 1: intent 'None'", "'none' for nothing"),
    ("empty-list", rule(intent=[]), "rule 1: intent '[]'", "A name or a list"),
    ("key", {"name": "a", "strategy": "inform", "because": "x"}, "rule 1: unknown key 'because'", "reason"),
    (
        "misplaced",
        {"name": "a", "strategy": "inform", "emotion": "joy"},
        "unknown key 'emotion'",
        "under 'when'",
    ),
    ("no-name", {"strategy": "inform"}, "rule 1: name 'None'", "Add 'name"),
    ("no-strategy", {"name": "a"}, "rule 1: strategy 'None'", "Add 'strategy"),
    ("no-mapping", "soothe", "rule 1: rule 'soothe'", "not a mapping"),
    ("when-list", {"name": "a", "strategy": "inform", "when": ["joy"]}, "rule 1: when", "Allowed columns"),
]


@pytest.mark.parametrize(("row", "where", "help_"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_a_row_that_cannot_be_meant_is_refused_with_its_place_and_a_way_out(row, where, help_) -> None:
    with pytest.raises(ConfigError) as caught:
        policy(row)
    assert str(caught.value).startswith("care_policy.yml, rule 1")
    assert where in str(caught.value)
    assert help_ in str(caught.value)


def test_the_row_is_counted_from_one() -> None:
    with pytest.raises(ConfigError, match=r"rule 3: unknown strategy 'sooth'"):
        policy(rule(emotion="joy"), rule(emotion="anger"), {"name": "x", "strategy": "sooth"})


def test_a_last_rule_with_a_condition_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"rule 1 'tested': the last rule has a condition"):
        CarePolicy.parse({"rules": [rule(emotion="joy")]})


@pytest.mark.parametrize(
    "table", [None, [], {}, {"rules": []}, {"rules": "x"}, {"rules": [LAST], "rule": []}]
)
def test_a_table_without_rules_is_refused(table: object) -> None:
    with pytest.raises(ConfigError, match="a list of rules"):
        CarePolicy.parse(table)


def test_a_file_is_read_and_named_in_errors(tmp_path: Path) -> None:
    file = tmp_path / "mine.yml"
    file.write_text("rules:\n  - {name: all, strategy: inform}\n", encoding="utf8")
    assert CarePolicy.load(file).choose(Situation()).rule == "all"
    file.write_text("rules:\n  - {name: all, strategy: info}\n", encoding="utf8")
    with pytest.raises(ConfigError, match=r"^mine.yml, rule 1: unknown strategy 'info'"):
        CarePolicy.load(file)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        CarePolicy.load(tmp_path / "none.yml")


@pytest.mark.parametrize("text", ["rules: [", "\x00", "rules:\n\t- x"], ids=["open", "binary", "tab"])
def test_a_file_that_is_no_yaml_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "care_policy.yml"
    file.write_text(text, encoding="utf8")
    with pytest.raises(ConfigError, match="not YAML"):
        CarePolicy.load(file)


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "care_policy.yml"
    file.write_text("", encoding="utf8")
    with pytest.raises(ConfigError, match="a list of rules"):
        CarePolicy.load(file)


def test_a_key_that_stands_twice_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "care_policy.yml"
    row = "rules:\n  - name: a\n    when:\n      emotion: joy\n      emotion: anger\n    strategy: inform\n"
    file.write_text(row, encoding="utf8")
    with pytest.raises(ConfigError, match="line 5: key 'emotion'"):
        CarePolicy.load(file)
