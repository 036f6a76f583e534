"""The actions that answer a customer."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from balm.reply import Reply
from balm.turn import Conversation

from .conversation import conversation_of
from .wiring import parts
from .wording import wordings

logger = logging.getLogger(__name__)


class ActionReply(Action):
    """Answers the turn as the care policy says: feeling, strategy, facts, words."""

    def name(self) -> str:
        return "action_reply"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        try:
            settings = parts().settings
            conversation = conversation_of(
                tracker, default_language=settings.default_language, secret=settings.sign_in_secret
            )
            reply = await self.answer(conversation, domain)
        except Exception:  # the outermost rim: the customer gets the domain's calm sentence
            logger.exception("%s: the turn of conversation '%s' failed.", self.name(), tracker.sender_id)
            dispatcher.utter_message(response="utter_trouble")
            return []
        dispatcher.utter_message(text=reply.text, care=dict(reply.card))
        return _slots(conversation, reply, known=tracker.slots)

    async def answer(self, conversation: Conversation, domain: dict[str, Any]) -> Reply:
        """The reply to the conversation's last turn."""
        turn = conversation.turn
        words = wordings(domain, intent=turn.intent, language=turn.language)
        return await parts().desk.answer(conversation, wordings=words)


class ActionHandOver(ActionReply):
    """Answers the turn by bringing in a human, whatever the policy would choose."""

    def name(self) -> str:
        return "action_hand_over"

    async def answer(self, conversation: Conversation, domain: dict[str, Any]) -> Reply:
        return await parts().desk.hand_over(conversation)


class ActionRecommend(ActionReply):
    """Answers a wish for advice on what to buy; rules send only customers here who are not upset."""

    def name(self) -> str:
        return "action_recommend"


def _slots(conversation: Conversation, reply: Reply, *, known: Iterable[str]) -> list[EventType]:
    """The care slots that the bot's domain has."""
    values = {
        "emotion": conversation.turn.reading.felt,
        "strategy": reply.strategy,
        "frustration": reply.frustration,
        "language": conversation.turn.language,
        "handoff_state": reply.handoff_state,
        "topic": reply.topic,
    }
    return [SlotSet(name, value) for name, value in values.items() if name in known]
