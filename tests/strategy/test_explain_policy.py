"""An explanation names every row that was tried, and the number that kept it from firing."""

from __future__ import annotations

import json

from balm.strategy.explain import explain
from balm.strategy.policy import CarePolicy
from balm.strategy.situation import Situation

POLICY = CarePolicy.parse(
    {
        "rules": [
            {
                "name": "furious",
                "when": {"emotion": ["anger", "frustration"], "intensity": "> 0.6"},
                "strategy": "apologise",
            },
            {"name": "again", "when": {"repeats": ">= 2"}, "strategy": "clarify"},
            {"name": "otherwise", "strategy": "inform"},
            {"name": "below", "strategy": "soothe"},
        ]
    }
)


def test_all_misses_of_a_row_are_named_with_value_and_condition() -> None:
    first, second, *_ = explain(POLICY, Situation(emotion="joy", intensity=0.4, repeats=1)).tried
    assert first.misses == ("emotion is joy, wanted anger or frustration", "intensity is 0.4, wanted > 0.6")
    assert second.misses == ("repeats is 1, wanted >= 2",)


def test_rows_below_the_fired_one_are_not_tried() -> None:
    tried = explain(POLICY, Situation(repeats=3)).tried
    assert [(trial.rule.name, trial.fired) for trial in tried] == [("furious", False), ("again", True)]


def test_the_explanation_is_json_and_text() -> None:
    explanation = explain(POLICY, Situation())
    assert json.loads(json.dumps(explanation.to_dict()))["rule"] == "otherwise"
    assert str(explanation).splitlines()[-1] == " 3 otherwise: fired: inform"


def test_a_row_for_danger_is_explained_by_its_flag() -> None:
    policy = CarePolicy.load()
    danger = next(t for t in explain(policy, Situation()).tried if t.rule.name == "in_danger")
    assert danger.misses == ("safety is false, wanted true",)
