"""The faster walks over a conversation give what Rasa's own give, whatever happened in it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActionReverted,
    ActiveLoop,
    AllSlotsReset,
    BotUttered,
    ConversationPaused,
    ConversationResumed,
    EntitiesAdded,
    Event,
    FollowupAction,
    LoopInterrupted,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
    deserialise_events,
)
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity

from components import history

DOMAIN_YAML = """
version: "3.1"
intents: [greet, late]
entities: [order_number]
actions: [action_reply]
slots:
  emotion: {type: categorical, values: [neutral, anger], mappings: [{type: custom}]}
  topic: {type: text, influence_conversation: true, mappings: [{type: custom}]}
  frustration: {type: float, influence_conversation: false, mappings: [{type: custom}]}
forms:
  order_form: {required_slots: [topic]}
"""
DOMAIN = Domain.from_yaml(DOMAIN_YAML)
VIEWS: dict[str, tuple[Any, ...]] = {
    "plain": (False, False, None),
    "unset slots left out": (True, False, None),
    "rule turns hidden": (False, True, {"rules_only_slots": ["topic"], "rules_only_loops": ["order_form"]}),
}
# kept before `speed_up()` replaces them in this process
OWN_STATES, OWN_APPLIED = (
    getattr(function, "__wrapped__", function)
    for function in (Domain.states_for_tracker_history, DialogueStateTracker.applied_events)
)


def said(intent: str) -> UserUttered:
    entities = [{"entity": "order_number", "value": "1", "start": 0, "end": 1}] if intent == "late" else []
    return UserUttered(intent, {"name": intent, "confidence": 0.9}, entities)


MAKERS: list[Callable[[], Event]] = [
    lambda: said("greet"),
    lambda: said("late"),
    lambda: ActionExecuted("action_listen"),
    lambda: ActionExecuted("action_reply", "RulePolicy", 1.0),
    lambda: ActionExecuted("action_reply", "RulePolicy", 1.0, hide_rule_turn=True),
    lambda: ActionExecuted("action_listen", "RulePolicy", 1.0, hide_rule_turn=True),
    lambda: ActionExecuted("order_form"),
    lambda: ActiveLoop("order_form"),
    lambda: ActiveLoop(None),
    lambda: LoopInterrupted(True),
    lambda: ActionExecutionRejected("order_form"),
    lambda: SlotSet("emotion", "anger"),
    lambda: SlotSet("emotion", "neutral"),
    lambda: SlotSet("topic", "refund"),
    lambda: SlotSet("topic", None),
    lambda: SlotSet("frustration", 0.5),
    lambda: BotUttered("ok"),
    lambda: EntitiesAdded([{"entity": "order_number", "value": "2"}]),
    lambda: FollowupAction("action_reply"),
    lambda: AllSlotsReset(),
    lambda: UserUtteranceReverted(),
    lambda: ActionReverted(),
    lambda: ConversationPaused(),
    lambda: ConversationResumed(),
    lambda: SessionStarted(),
    lambda: Restarted(),
]
# mostly ordinary turns: undoing ones are the last six
CONVERSATIONS = st.lists(
    st.lists(st.integers(0, len(MAKERS) - 1) | st.integers(0, len(MAKERS) - 7), min_size=1, max_size=8),
    min_size=1,
    max_size=4,
)


def restored(tracker: DialogueStateTracker) -> DialogueStateTracker:
    """The tracker as the next message finds it: its events were written and read."""
    stored = [copy.deepcopy(event.as_dict()) for event in tracker.events]
    return DialogueStateTracker.from_events("a", deserialise_events(stored), DOMAIN.slots)


def state(tracker: DialogueStateTracker) -> Any:
    return tracker.current_state(EventVerbosity.ALL), tracker._paused, tracker.latest_bot_utterance


@settings(max_examples=60, deadline=None)
@given(CONVERSATIONS)
def test_a_clone_is_in_the_state_of_a_replayed_copy(turns: list[list[int]]) -> None:
    tracker = DialogueStateTracker("a", DOMAIN.slots)
    for number in sum(turns, []):
        tracker.update(MAKERS[number](), DOMAIN)
        assert state(history.clone(tracker)) == state(tracker.travel_back_in_time(float("inf")))


def test_a_clone_does_not_touch_the_tracker() -> None:
    tracker = DialogueStateTracker.from_events("a", [said("greet"), ActiveLoop("order_form")], DOMAIN.slots)
    before = state(restored(tracker))
    fresh = history.clone(tracker)
    fresh.update_with_events(
        [SlotSet("topic", "x"), LoopInterrupted(True), said("late"), ConversationPaused()], DOMAIN
    )
    assert state(tracker)[0]["events"] != state(fresh)[0]["events"]
    assert state(tracker)[0]["slots"] == before[0]["slots"]
    assert state(tracker)[0]["active_loop"] == before[0]["active_loop"]
    assert not tracker.is_paused()


@settings(max_examples=60, deadline=None)
@given(CONVERSATIONS)
def test_applied_events_are_remembered_only_until_the_next_event(turns: list[list[int]]) -> None:
    applied = history.applied_once(OWN_APPLIED)
    tracker = DialogueStateTracker("a", DOMAIN.slots)
    for number in sum(turns, []):
        tracker.update(MAKERS[number](), DOMAIN)
        assert applied(tracker) == OWN_APPLIED(tracker)
        applied(tracker).clear()  # what a caller does with its list is its own business
        assert applied(tracker) == OWN_APPLIED(tracker)


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
@settings(max_examples=60, deadline=None)
@given(turns=CONVERSATIONS)
def test_past_states_are_those_that_rasa_finds(view: tuple[Any, ...], turns: list[list[int]]) -> None:
    walked = history.states_walked_once(OWN_STATES)
    tracker = DialogueStateTracker.from_events("a", [MAKERS[0]() for _ in range(25)], DOMAIN.slots)
    for numbers in turns:
        for number in numbers:
            tracker.update(MAKERS[number](), DOMAIN)
            if number % 3:  # the policies do not look after each event
                continue
            states = walked(DOMAIN, tracker, *view)
            assert states == OWN_STATES(DOMAIN, tracker, *view)
            for one in states:
                one.clear()  # callers change what they get
        tracker = restored(tracker)


def test_another_domain_and_another_conversation_are_walked_anew() -> None:
    walked = history.states_walked_once(OWN_STATES)
    turns = [event for _ in range(20) for event in (said("late"), ActionExecuted("action_reply"))]
    tracker = DialogueStateTracker.from_events("a", turns, DOMAIN.slots)
    assert walked(DOMAIN, tracker) == OWN_STATES(DOMAIN, tracker)
    other = Domain.from_yaml(DOMAIN_YAML.replace("entities: [order_number]", "entities: []"))
    assert walked(other, tracker) == OWN_STATES(other, tracker) != OWN_STATES(DOMAIN, tracker)
    again = DialogueStateTracker.from_events("a", [said("greet") for _ in range(40)], DOMAIN.slots)
    assert walked(DOMAIN, again) == OWN_STATES(DOMAIN, again)


class CountingDomain(Domain):
    """Counts how often a state is derived."""

    derived = 0

    def get_active_state(self, *args: Any, **options: Any) -> Any:
        self.derived += 1
        return super().get_active_state(*args, **options)


def test_only_what_is_new_is_walked() -> None:
    walked = history.states_walked_once(OWN_STATES)
    domain = CountingDomain.from_yaml(DOMAIN_YAML)
    turns = [event for _ in range(300) for event in (said("late"), ActionExecuted("action_reply"))]
    tracker = DialogueStateTracker.from_events("a", turns, domain.slots)
    walked(domain, tracker)
    assert domain.derived == 301
    tracker = restored(tracker)
    tracker.update_with_events([said("greet"), ActionExecuted("action_reply")], domain)
    assert walked(domain, tracker)[-1]["user"]["intent"] == "greet"
    assert domain.derived == 303
