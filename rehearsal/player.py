"""Plays one story and says, in sentences, where the bot did otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, UserUttered

from balm.sign_in import mint

from .stage import Stage
from .stories import Exchange, Story

UNSEEN_ACTIONS = ("action_listen", "action_session_start", "action_extract_slots", None)


@dataclass(frozen=True)
class Outcome:
    """What one message brought about."""

    intent: str | None
    emotion: str | None
    actions: tuple[str, ...]
    slots: Mapping[str, Any]
    card: Mapping[str, Any]
    text: str


@dataclass(frozen=True)
class Played:
    """A story with its failures (none: it passed) and the outcome of each exchange."""

    story: Story
    outcomes: tuple[Outcome, ...]
    failures: tuple[str, ...]


async def play(stage: Stage, story: Story) -> Played:
    """Sends every message of `story` through the bot and compares."""
    sender = f"rehearsal-{uuid4().hex}"
    outcomes: list[Outcome] = []
    failures: list[str] = []
    with stage.set_for(story):
        for number, exchange in enumerate(story.exchanges, start=1):
            outcome = await _say(stage, exchange.text, sender=sender, customer=story.customer)
            outcomes.append(outcome)
            failures += (
                f"message {number} '{exchange.text}': {what}" for what in differences(exchange, outcome)
            )
    return Played(story, tuple(outcomes), tuple(failures))


def differences(expected: Exchange, outcome: Outcome) -> Iterator[str]:
    """One sentence for each expectation that `outcome` does not meet."""
    for name in ("intent", "emotion"):
        wanted, got = getattr(expected, name), getattr(outcome, name)
        if wanted is not None and wanted != got:
            yield f"{name} is '{got}', expected '{wanted}'"
    for name in ("strategy", "rule"):
        wanted, got = getattr(expected, name), outcome.card.get(name)
        if wanted is not None and wanted != got:
            yield f"{name} is '{got}', expected '{wanted}'"
    if expected.actions and expected.actions != outcome.actions:
        yield f"actions are {list(outcome.actions)}, expected {list(expected.actions)}"
    for slot, wanted in expected.slots.items():
        if outcome.slots.get(slot) != wanted:
            yield f"slot {slot} is {outcome.slots.get(slot)!r}, expected {wanted!r}"
    yield from _words(expected, outcome.text)


def _words(expected: Exchange, text: str) -> Iterator[str]:
    if not text:
        yield "the bot is silent"
    for fragment in expected.says:
        if fragment not in text:
            yield f"the reply lacks '{fragment}': {text}"
    for fragment in expected.never_says:
        if fragment in text:
            yield f"the reply says '{fragment}': {text}"


async def _say(stage: Stage, text: str, *, sender: str, customer: str | None) -> Outcome:
    agent: Agent = stage.agent
    before = await agent.tracker_store.get_or_create_tracker(sender, append_action_listen=False)
    seen = len(before.events)
    await agent.handle_message(_message(stage, text, sender=sender, customer=customer))
    tracker = await agent.tracker_store.get_or_create_tracker(sender)
    return _outcome(list(tracker.events)[seen:], tracker.current_slot_values())


def _message(stage: Stage, text: str, *, sender: str, customer: str | None) -> UserMessage:
    secret = stage.settings.sign_in_secret or ""
    metadata = {"customer_token": mint(customer, secret)} if customer else None
    return UserMessage(text, CollectingOutputChannel(), sender, input_channel="rehearsal", metadata=metadata)


def _outcome(events: list[Event], slots: Mapping[str, Any]) -> Outcome:
    user = next((event for event in events if isinstance(event, UserUttered)), None)
    bots = [event for event in events if isinstance(event, BotUttered)]
    emotion = (user.parse_data.get("emotion") or {}) if user else {}
    return Outcome(
        intent=user.intent_name if user else None,
        emotion="neutral" if emotion.get("abstained") else emotion.get("name"),
        actions=tuple(
            event.action_name
            for event in events
            if isinstance(event, ActionExecuted) and event.action_name not in UNSEEN_ACTIONS
        ),
        slots=slots,
        card=next((bot.metadata["care"] for bot in bots if "care" in bot.metadata), {}),
        text="\n".join(bot.text or "" for bot in bots),
    )
