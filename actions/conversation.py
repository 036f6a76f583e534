"""Rasa's tracker read as Balm's `Conversation`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rasa_sdk import Tracker

from balm.emotion.reading import EmotionReading
from balm.sign_in import customer_of
from balm.turn import LANGUAGES, Conversation, Said, Turn

RECENT_TURNS = 30  # older ones have decayed out of the frustration clock


def conversation_of(tracker: Tracker, *, default_language: str, secret: str | None) -> Conversation:
    """The session so far: its turns with their readings, and what the bot said to each.

    A customer is signed in only by a token that `secret` has signed.
    """
    turns: list[Turn] = []
    replies: list[Said | None] = []
    for user, bots in _exchanges(tracker.events):
        turns.append(_turn(user, previous=turns[-1].language if turns else default_language))
        replies.append(_said(bots))
    slots = tracker.slots
    return Conversation(
        id=tracker.sender_id,
        turns=tuple(turns[-RECENT_TURNS:]) or (_turn({}, previous=default_language),),
        replies=tuple(replies[-RECENT_TURNS:-1]),
        customer_id=customer_of(_metadata(tracker).get("customer_token"), secret),
        topic=slots.get("topic"),
        order_number=slots.get("order_number"),
        phone_last4=slots.get("phone_last4"),
        handoff_state=slots.get("handoff_state") or "none",
    )


def _exchanges(
    events: Iterable[Mapping[str, Any]],
) -> Iterator[tuple[Mapping[str, Any], list[Mapping[str, Any]]]]:
    """Each user event of the session with the bot events that follow it."""
    exchanges: list[tuple[Mapping[str, Any], list[Mapping[str, Any]]]] = []
    for event in events:
        kind = event.get("event")
        if kind in ("restart", "session_started"):
            exchanges.clear()
        elif kind == "user":
            exchanges.append((event, []))
        elif kind == "bot" and exchanges:
            exchanges[-1][1].append(event)
    return iter(exchanges)


def _turn(user: Mapping[str, Any], *, previous: str) -> Turn:
    parsed = user.get("parse_data") or {}
    intent = parsed.get("intent") or {}
    language = parsed.get("language")
    return Turn(
        text=user.get("text") or "",
        language=language if language in LANGUAGES else previous,
        intent=intent.get("name"),
        intent_confidence=float(intent.get("confidence") or 0.0),
        reading=EmotionReading.from_dict(parsed.get("emotion")),
        entities=_entities(parsed.get("entities") or ()),
        at=float(user.get("timestamp") or 0.0),
    )


def _entities(found: Iterable[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    values: dict[str, tuple[str, ...]] = {}
    for entity in found:
        values[entity["entity"]] = (*values.get(entity["entity"], ()), str(entity.get("value")))
    return values


def _said(bots: list[Mapping[str, Any]]) -> Said | None:
    """What the bot said to one turn; None when it stayed silent."""
    if not bots:
        return None
    card = next((care for bot in bots if (care := (bot.get("metadata") or {}).get("care"))), {})
    return Said(
        strategy=card.get("strategy") or "inform",
        rule=card.get("rule") or "",
        text="\n".join(bot.get("text") or "" for bot in bots),
        failed=bool(card.get("failed")),
        orders=_orders(card.get("facts") or ()),
    )


def _orders(facts: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """The numbers of the orders that a card's facts are about, each once."""
    numbers = (fact.get("values", {}).get("order_number") for fact in facts)
    return tuple(dict.fromkeys(number for number in numbers if number))


def _metadata(tracker: Tracker) -> Mapping[str, Any]:
    metadata = tracker.latest_message.get("metadata")
    return metadata if isinstance(metadata, Mapping) else {}
