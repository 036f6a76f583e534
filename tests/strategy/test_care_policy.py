"""The shipped care_policy.yml, row by row."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balm.emotion.labels import CAUSES, EMOTIONS
from balm.strategy.columns import ASKS, HANDOFF_STATES
from balm.strategy.explain import explain
from balm.strategy.lint import lint
from balm.strategy.policy import STRATEGIES, CarePolicy, default_path
from balm.strategy.reach import reaching
from balm.strategy.situation import Situation

POLICY = CarePolicy.load()
NEGATIVE = ("anxiety", "disappointment", "frustration", "anger")


def upset(emotion: str, **more: object) -> Situation:
    return replace(Situation(emotion=emotion, intensity=0.5, negative_run=1), **more)


ROWS: list[tuple[str, str, Situation]] = [
    ("colleague_expected", "inform", upset("anger", intensity=1.0, needs_human=1.0, handoff_state="waiting")),
    ("colleague_expected", "inform", Situation(intent="human_wanted", handoff_state="accepted")),
    ("colleague_expected", "inform", Situation(safety=True, threat=True, handoff_state="waiting")),
    ("in_danger", "escalate", Situation(safety=True, intent="item_damaged")),
    ("in_danger", "escalate", Situation(safety=True, abstained=True, needs_human=0.1)),
    ("in_danger", "escalate", upset("anger", safety=True, intent="human_wanted")),
    ("in_danger", "escalate", Situation(safety=True, failed=True)),
    ("asks_for_a_human", "escalate", Situation(intent="human_wanted")),
    ("asks_for_a_human", "escalate", Situation(intent="human_wanted", abstained=True)),
    ("asks_for_a_human", "escalate", Situation(emotion="joy", intent="human_wanted", failed=True)),
    ("fury_beyond_a_bot", "escalate", upset("anger", intensity=0.9, needs_human=0.97)),
    ("threat", "escalate", upset("disappointment", threat=True, needs_human=0.2)),
    ("threat", "escalate", upset("frustration", threat=True, intent="refund_status")),
    ("threat", "escalate", upset("anxiety", threat=True)),
    ("attacked_by_our_service", "escalate", upset("anger", intensity=0.7, intent="service_complaint")),
    ("worried_for_safety", "escalate", upset("anxiety", cause="product_quality", needs_human=0.85)),
    ("anger_does_not_pass", "escalate", upset("anger", negative_run=2, frustration=0.65)),
    ("patience_used_up", "escalate", upset("disappointment", negative_run=3, frustration=0.6)),
    ("asked_too_often", "escalate", upset("frustration", repeats=3, frustration=0.5)),
    ("asked_too_often", "escalate", Situation(emotion="confusion", repeats=4)),
    ("needs_a_person", "escalate", Situation(needs_human=0.95, intent="refund_status")),
    ("facts_unavailable", "apologise", Situation(intent="order_status", failed=True)),
    ("facts_unavailable", "apologise", upset("anxiety", intent="parcel_late", failed=True)),
    ("worried", "soothe", upset("anxiety", intent="parcel_missing", cause="delivery")),
    ("our_fault", "apologise", upset("frustration", intent="parcel_late", cause="delivery")),
    ("our_fault", "apologise", upset("anger", intent="charged_twice", intensity=0.7)),
    ("our_fault", "apologise", upset("disappointment", intent="item_damaged")),
    ("let_down_by_us", "apologise", upset("frustration", intent="order_status", cause="wait_response")),
    ("fault_on_record", "apologise", upset("frustration", intent="refund_status", our_fault=True)),
    ("fault_on_record", "apologise", upset("anger", intent="vent", our_fault=True, apologised=True)),
    ("upset_otherwise", "soothe", upset("frustration", intent="refund_status")),
    ("upset_otherwise", "soothe", upset("anger", intent="coupon", cause="price_payment")),
    ("upset_otherwise", "soothe", upset("disappointment", intent=None)),
    ("worried", "soothe", upset("anxiety", intent="parcel_late", our_fault=True)),
    ("fault_on_record_told_calmly", "apologise", Situation(intent="track_parcel", our_fault=True)),
    ("fault_on_record_told_calmly", "apologise", Situation(intent="hurry_up", our_fault=True)),
    ("fault_on_record_told_calmly", "apologise", Situation(emotion="confusion", our_fault=True)),
    ("kept_waiting", "soothe", Situation(intent="hurry_up")),
    ("still_upset_but_helps_us", "soothe", Situation(intent="inform_order", frustration=0.4)),
    ("fault_told_calmly", "apologise", Situation(intent="wrong_item", cause="product_quality")),
    ("we_must_ask", "clarify", Situation(intent="order_status", asks="order_number")),
    ("we_must_ask", "clarify", Situation(emotion="joy", intent="cancel_order", asks="confirmation")),
    ("lost", "clarify", Situation(emotion="confusion", intent="invoice")),
    ("words_did_not_reach", "clarify", Situation(intent="not_understood")),
    ("words_did_not_reach", "clarify", Situation(intent="vent", abstained=True)),
    ("asked_twice_already", "clarify", Situation(intent="refund_policy", repeats=2)),
    ("happy", "celebrate", Situation(emotion="joy", intensity=0.7, intent="praise")),
    ("happy", "celebrate", Situation(emotion="joy", intensity=0.3, intent=None)),
    ("praised", "celebrate", Situation(intent="praise")),
    ("nothing_recognised", "clarify", Situation(intent=None, abstained=True)),
    ("nothing_recognised", "clarify", Situation(intent="out_of_scope")),
    ("plain_question", "inform", Situation(intent="order_status")),
    ("plain_question", "inform", Situation(intent="track_parcel", our_fault=True, apologised=True)),
    ("plain_question", "inform", Situation(intent="refund_policy", threat=True)),
    ("plain_question", "inform", Situation(emotion="joy", intent="track_parcel")),
    ("plain_question", "inform", Situation(intent="praise", abstained=True)),
    ("plain_question", "inform", Situation(intent="an_intent_of_the_designer")),
]


@pytest.mark.parametrize(
    ("rule", "strategy", "situation"), ROWS, ids=[f"{rule}-{i}" for i, (rule, *_) in enumerate(ROWS)]
)
def test_the_row_decides_its_situation(rule: str, strategy: str, situation: Situation) -> None:
    decision = POLICY.choose(situation)
    assert (decision.rule, decision.strategy) == (rule, strategy)


def test_every_row_of_the_file_has_a_situation_above() -> None:
    assert {rule.name for rule in POLICY.rules} == {name for name, *_ in ROWS}


@pytest.mark.parametrize("rule", POLICY.rules, ids=lambda rule: rule.name)
def test_a_situation_can_be_computed_that_reaches_the_row(rule) -> None:
    situation = reaching(POLICY, rule)
    assert situation is not None
    assert POLICY.choose(situation).rule == rule.name


def test_every_strategy_is_used() -> None:
    assert {rule.strategy for rule in POLICY.rules} == set(STRATEGIES)


def test_the_shipped_policy_has_no_findings() -> None:
    assert lint(POLICY) == []


def test_every_escalation_names_its_reason() -> None:
    assert all(rule.reason for rule in POLICY.rules if rule.strategy == "escalate")


def test_the_default_policy_is_the_file_that_designers_edit() -> None:
    assert default_path().name == "care_policy.yml"
    assert CarePolicy.load(default_path()) == POLICY


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    """Any situation that a turn can be: a doubted one is neutral or annoyed, an upset one is a run of one."""
    abstained = draw(st.booleans())
    emotion = draw(st.sampled_from(["neutral", "frustration"] if abstained else EMOTIONS))
    unit = st.floats(0, 1)
    return Situation(
        emotion=emotion,
        intensity=draw(unit),
        cause=draw(st.sampled_from(CAUSES)),
        needs_human=draw(unit),
        abstained=abstained,
        intent=draw(
            st.sampled_from(
                [None, "order_status", "parcel_late", "praise", "human_wanted", "hurry_up", "new"]
            )
        ),
        repeats=draw(st.integers(0, 6)),
        negative_run=draw(st.integers(int(emotion in NEGATIVE), 9)),
        frustration=draw(unit),
        handoff_state=draw(st.sampled_from(HANDOFF_STATES)),
        asks=draw(st.sampled_from([None if name == "none" else name for name in ASKS])),
        failed=draw(st.booleans()),
        our_fault=draw(st.booleans()),
        apologised=draw(st.booleans()),
        safety=draw(st.booleans()),
        threat=draw(st.booleans()),
        language=draw(st.sampled_from(["zh", "en"])),
    )


@given(situations())
def test_every_situation_gets_exactly_one_decision_and_its_explanation_agrees(situation: Situation) -> None:
    decision = POLICY.choose(situation)
    explained = explain(POLICY, situation)
    assert decision.strategy in STRATEGIES
    assert explained.decision == decision
    assert [trial.rule.name for trial in explained.tried if trial.fired] == [decision.rule]


@given(situations(), st.sampled_from(["neutral", "frustration"]))
def test_a_doubted_reading_never_escalates_unless_the_customer_asks_or_is_in_danger(
    situation: Situation, emotion: str
) -> None:
    run = max(situation.negative_run, int(emotion in NEGATIVE))
    doubted = replace(situation, emotion=emotion, abstained=True, negative_run=run)
    if POLICY.choose(doubted).strategy == "escalate":
        assert doubted.intent == "human_wanted" or doubted.safety


@given(situations())
def test_danger_reaches_a_person_whatever_the_mood(situation: Situation) -> None:
    decision = POLICY.choose(replace(situation, safety=True, handoff_state="none"))
    assert (decision.strategy, decision.reason) == ("escalate", "safety")


@given(situations())
def test_only_an_upset_customer_can_threaten(situation: Situation) -> None:
    calm = replace(situation, emotion="neutral", safety=False)
    assert POLICY.choose(replace(calm, threat=True)) == POLICY.choose(replace(calm, threat=False))


@given(situations())
def test_an_upset_customer_is_never_celebrated(situation: Situation) -> None:
    if situation.emotion in NEGATIVE or situation.failed:
        assert POLICY.choose(situation).strategy != "celebrate"


@given(situations())
def test_anger_never_meets_bare_facts_or_a_bare_question(situation: Situation) -> None:
    angry = replace(situation, emotion="anger", abstained=False, negative_run=1, handoff_state="none")
    assert POLICY.choose(angry).strategy in ("soothe", "apologise", "escalate")


@given(situations(), st.sampled_from(["waiting", "accepted"]))
def test_nobody_is_escalated_twice(situation: Situation, state: str) -> None:
    assert POLICY.choose(replace(situation, handoff_state=state)).strategy == "inform"


@given(situations())
def test_whoever_asks_for_a_human_gets_one(situation: Situation) -> None:
    asking = replace(situation, intent="human_wanted", handoff_state="none")
    assert POLICY.choose(asking).strategy == "escalate"
