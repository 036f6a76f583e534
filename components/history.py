"""Rasa's three walks over a whole conversation, made to cost what is new in it.

For each message Rasa copies the tracker by replaying it, sorts out undone events and derives the state
before each action, several times over: 30 ms after a hundred turns. The functions here give the same results
(the tests compare them on random conversations) and `speed.py` puts them in place.
"""

from __future__ import annotations

import copy
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from rasa.shared.core.constants import PREVIOUS_ACTION
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    DefinePrevUserUtteredFeaturization,
    EntitiesAdded,
    Event,
)
from rasa.shared.core.trackers import DialogueStateTracker

State = dict[str, Any]

# what a tracker derives from its events, beside the slots
_CHANGED_IN_PLACE = ("latest_action", "active_loop")
_REPLACED = ("_paused", "followup_action", "latest_message", "latest_bot_utterance")
# these change the message before them in place, and so the states that were found for it
_LATE = (EntitiesAdded, DefinePrevUserUtteredFeaturization)
_APPLIED = "_applied_so_far"
_MOST_WALKS = 256
_SHORT = 20  # events: so few are walked anew in no time


def clone(tracker: DialogueStateTracker) -> DialogueStateTracker:
    """A copy in the same state, by copying the state instead of replaying the events."""
    fresh = tracker.init_copy()
    fresh.events.extend(tracker.events)
    fresh.slots = type(tracker.slots)((name, copy.copy(slot)) for name, slot in tracker.slots.items())
    for name in _CHANGED_IN_PLACE:
        setattr(fresh, name, copy.copy(getattr(tracker, name)))
    for name in _REPLACED:
        setattr(fresh, name, getattr(tracker, name))
    return fresh


def applied_once(applied_events: Callable[[Any], list[Event]]) -> Callable[[Any], list[Event]]:
    """`DialogueStateTracker.applied_events`, which remembers its answer until an event is added."""

    def remembered(tracker: DialogueStateTracker) -> list[Event]:
        events = tracker.events
        last = events[-1] if events else None
        known = tracker.__dict__.get(_APPLIED)
        if known is None or known[0] != len(events) or known[1] is not last:
            known = (len(events), last, applied_events(tracker))
            tracker.__dict__[_APPLIED] = known
        return list(known[2])

    return remembered


@dataclass
class Walk:
    """The states before each action of a conversation, as far as it has been walked."""

    domain: Domain
    tracker: DialogueStateTracker
    view: tuple[Any, ...]  # omit_unset_slots, ignore_rule_only_turns, rule_only_data
    events: list[Event] = field(default_factory=list)
    states: list[State] = field(default_factory=list)
    action: State | None = None  # the last one that no rule hides
    hidden: bool = False

    def leads_to(self, applied: Sequence[Event]) -> bool:
        """Whether `applied` begins with the walked events; a stored copy of an event is the same event."""
        walked = len(self.events)
        if len(applied) < walked or any(isinstance(event, _LATE) for event in applied[walked:]):
            return False
        return all(
            one is other or (one.timestamp == other.timestamp and type(one) is type(other))
            for one, other in zip(self.events, applied, strict=False)
        )

    def go_on(self, applied: Sequence[Event]) -> list[State]:
        """All states up to the end of `applied`."""
        for event in applied[len(self.events) :]:
            if isinstance(event, ActionExecuted):
                self.action, self.hidden, state = self._look(event.hide_rule_turn)
                self.states += [state] if state is not None else []
            self.tracker.update(event)
        self.events[:] = applied
        *_, last = self._look(hide=False)
        states = [*self.states, last] if last is not None else self.states
        return [{kind: dict(part) for kind, part in state.items()} for state in states]  # callers change them

    def _look(self, hide: bool) -> tuple[State | None, bool, State | None]:
        """A round of `Domain.states_for_tracker_history`: action, hidden, and the state unless hidden."""
        omit, ignore, rule_only = self.view
        tracker, action, hidden = self.tracker, self.action, self.hidden
        if ignore:
            action = action if hidden else tracker.latest_action
            if not tracker.followup_action and tracker.latest_action_name != tracker.active_loop_name:
                hidden = hide
            if hidden:
                return action, hidden, None
        state = self.domain.get_active_state(tracker, omit_unset_slots=omit)
        if ignore:
            self.domain._remove_rule_only_features(state, rule_only)
            if self.states:
                self.domain._substitute_rule_only_user_input(state, self.states[-1])
            if action:
                state[PREVIOUS_ACTION] = action
        return action, hidden, self.domain._clean_state(state)


def states_walked_once(states_for_tracker_history: Callable[..., list[State]]) -> Callable[..., list[State]]:
    """`Domain.states_for_tracker_history`, which goes on where it stopped the last time."""
    walks: OrderedDict[tuple[Any, ...], Walk] = OrderedDict()

    def go_on(
        domain: Domain,
        tracker: DialogueStateTracker,
        omit_unset_slots: bool = False,
        ignore_rule_only_turns: bool = False,
        rule_only_data: dict[str, Any] | None = None,
    ) -> list[State]:
        view = (omit_unset_slots, ignore_rule_only_turns, rule_only_data)
        if type(tracker) is not DialogueStateTracker or len(tracker.events) < _SHORT:
            return states_for_tracker_history(domain, tracker, *view)
        applied, key = tracker.applied_events(), (tracker.sender_id, *view[:2])
        walk = walks.pop(key, None)
        if walk is None or walk.domain is not domain or walk.view != view or not walk.leads_to(applied):
            walk = Walk(domain, tracker.init_copy(), copy.deepcopy(view))
        walks[key] = walk
        if len(walks) > _MOST_WALKS:
            walks.popitem(last=False)
        return walk.go_on(applied)

    return go_on
