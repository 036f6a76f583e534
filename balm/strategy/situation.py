"""Everything that the care policy may look at, in one flat row."""

from __future__ import annotations

from dataclasses import dataclass

from balm.reply import FactSheet
from balm.shop.kinds import shows_our_fault
from balm.strategy.clock import Clock
from balm.strategy.feeling import feeling_in, unit
from balm.strategy.requests import recognised
from balm.strategy.signals import signalled
from balm.turn import Conversation


@dataclass(frozen=True)
class Situation:
    """One turn as the policy sees it.

    `intensity`, `needs_human` and `frustration` run from 0 to 1. `emotion` is the one to act on:
    neutral when the model abstained (frustration when it doubts nothing but how annoyed the customer
    is), frustration when it heard sarcasm. `intent` is None when nothing was recognised, `asks` what
    the bot needs next from the customer, `failed` whether the facts could not be had, `our_fault`
    whether they show that we failed the customer, `apologised` whether the reply before this turn said
    sorry already. `safety` and `threat` are heard in the words themselves, whatever the model made of
    the mood.
    """

    emotion: str = "neutral"
    intensity: float = 0.0
    cause: str = "none"
    needs_human: float = 0.0
    abstained: bool = False
    intent: str | None = None
    repeats: int = 0
    negative_run: int = 0
    frustration: float = 0.0
    handoff_state: str = "none"
    asks: str | None = None
    failed: bool = False
    our_fault: bool = False
    apologised: bool = False
    safety: bool = False
    threat: bool = False
    language: str = "zh"

    @classmethod
    def of(cls, conversation: Conversation, clock: Clock, sheet: FactSheet) -> Situation:
        """The situation of the conversation's last turn.

        >>> from balm.turn import Turn
        >>> Situation.of(Conversation("c", (Turn("hi", intent="nlu_fallback"),)), Clock(), FactSheet()).intent
        """
        turn = conversation.turn
        feeling = feeling_in(turn.reading)
        return cls(
            emotion=feeling.name,
            intensity=feeling.intensity,
            cause=turn.reading.cause.name,
            needs_human=unit(turn.reading.needs_human),
            abstained=turn.reading.abstained,
            intent=recognised(turn),
            repeats=clock.repeats,
            negative_run=clock.negative_run,
            frustration=clock.frustration,
            handoff_state=conversation.handoff_state,
            asks=sheet.ask,
            failed=sheet.failed is not None,
            our_fault=any(shows_our_fault(fact) for fact in sheet.facts),
            apologised=_said_sorry(conversation),
            safety=signalled("safety", turn.text),
            threat=signalled("threat", turn.text),
            language=turn.language,
        )


def _said_sorry(conversation: Conversation) -> bool:
    """Whether the bot's last words were an apology."""
    spoken = [said for said in conversation.replies if said]
    return bool(spoken) and spoken[-1].strategy == "apologise"
