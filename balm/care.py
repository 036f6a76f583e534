"""The care desk: one customer message in, one true and caring reply out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from balm.card import Stopwatch, card
from balm.generation.request import ReplyRequest, Written
from balm.handoff.reception import Handing, Reception
from balm.handoff.words import bare
from balm.reply import FactSheet, Reply
from balm.strategy.clock import Clock, read_clock
from balm.strategy.feeling import feeling_in
from balm.strategy.policy import CarePolicy, Decision
from balm.strategy.situation import Situation
from balm.turn import Conversation

logger = logging.getLogger(__name__)

FACTS_DEADLINE_S = 8.0  # drivers give up after 5; this is for those that do not
HISTORY = 6  # exchanges that a generator may look back on
ASKED = Decision("escalate", "action_hand_over", "customer_asked")
# While a colleague is expected these want no answer of ours: it would talk over the colleague.
LEFT_TO_THE_COLLEAGUE = frozenset(("human_wanted", "hurry_up", "vent", "service_complaint"))
UPSELL = frozenset(("recommendation",))  # fact kinds that are kept from a customer who is upset
BETWEEN_SENTENCES = {"zh": "", "en": " "}


class FactSource(Protocol):
    """What the care desk needs of `ShopDesk`."""

    def facts(self, conversation: Conversation) -> FactSheet: ...


class ReplyWriter(Protocol):
    """What the care desk needs of `Writer`."""

    async def write(self, request: ReplyRequest) -> Written: ...


class CareDesk:
    """Answers turns: clock, facts, policy, handoff, words.

    Trouble in a part never reaches the caller: it is logged, and the customer gets a calm sentence
    that is true. `shop` is None for a bot without facts of its own.
    """

    def __init__(
        self,
        policy: CarePolicy,
        *,
        writer: ReplyWriter,
        shop: FactSource | None = None,
        reception: Reception | None = None,
        on_close: Sequence[Callable[[], None]] = (),
    ) -> None:
        self._policy = policy
        self._writer = writer
        self._shop = shop
        self._reception = reception or Reception(None)
        self._on_close = on_close

    async def answer(self, conversation: Conversation, *, wordings: Sequence[str] = ()) -> Reply:
        """The reply to the last turn; `wordings` are the designer's own texts for its intent."""
        return await self._reply(conversation, tuple(wordings), self._policy.choose)

    async def hand_over(self, conversation: Conversation) -> Reply:
        """The reply that brings in a human, whatever the policy would choose."""

        def choose(situation: Situation) -> Decision:
            chosen = self._policy.choose(situation)
            return chosen if chosen.strategy == "escalate" else ASKED

        return await self._reply(conversation, (), choose)

    def close(self) -> None:
        """Gives back what the desk's parts hold open."""
        for give_back in self._on_close:
            give_back()

    async def _reply(
        self,
        conversation: Conversation,
        wordings: tuple[str, ...],
        choose: Callable[[Situation], Decision],
    ) -> Reply:
        watch = Stopwatch()
        conversation = replace(conversation, handoff_state=await self._reception.state(conversation))
        clock = watch.lap("clock", read_clock(conversation))
        sheet = watch.lap("facts", _without_upsell(await self._facts(conversation), conversation))
        decision = watch.lap("policy", choose(Situation.of(conversation, clock, sheet)))
        handing = watch.lap("handoff", await self._handing(conversation, decision))
        request = _request(conversation, clock, sheet, decision, handing, wordings)
        written = watch.lap("words", await self._written(request, handing))
        logger.info(
            "conversation '%s': %s by rule '%s'", conversation.id, request.strategy, request.decision_rule
        )
        return Reply(
            text=_with_aside(written.text, handing, request),
            strategy=request.strategy,
            card=card(request, decision, clock, handing, written, watch),
            topic=sheet.topic,
            frustration=clock.frustration,
            handoff_state=handing.state,
        )

    async def _facts(self, conversation: Conversation) -> FactSheet:
        """The facts; a sheet that says why there are none when the shop is in trouble.

        The shop acts while it answers, so what is left to a colleague never reaches it.
        """
        if _left_to_the_colleague(conversation):
            return FactSheet(topic=conversation.topic)
        if self._shop is None:
            return FactSheet()
        try:
            facts = asyncio.to_thread(self._shop.facts, conversation)
            return await asyncio.wait_for(facts, FACTS_DEADLINE_S)
        except Exception as error:  # a fault in the shop must not keep an upset customer from a human
            logger.exception("conversation '%s': no facts.", conversation.id)
            return FactSheet(failed=f"{type(error).__name__}: {error}", topic=conversation.topic)

    async def _handing(self, conversation: Conversation, decision: Decision) -> Handing:
        if conversation.handoff_state != "none":
            return await self._reception.note(conversation)
        if decision.strategy == "escalate":
            return await self._reception.open(conversation, decision)
        return Handing()

    async def _written(self, request: ReplyRequest, handing: Handing) -> Written:
        if handing.quiet and handing.lost and not _has_content(request):
            return Written(handing.aside, "fixed")
        try:
            written = await self._writer.write(request)
        except Exception as error:  # a stored handoff must be told even when there are no words for it
            logger.exception("rule '%s': nothing was written.", request.decision_rule)
            return Written(_bare(handing, request.language), "fixed", fallback_reason=type(error).__name__)
        return written if written.text.strip() else replace(written, text=_bare(handing, request.language))


def _left_to_the_colleague(conversation: Conversation) -> bool:
    """Whether the turn is only noted: a colleague is expected, and an answer would talk over them."""
    return conversation.handoff_state != "none" and conversation.turn.intent in LEFT_TO_THE_COLLEAGUE


def _without_upsell(sheet: FactSheet, conversation: Conversation) -> FactSheet:
    """The sheet without what would sell something to a customer who is upset."""
    if not feeling_in(conversation.turn.reading).negative:
        return sheet
    return replace(sheet, facts=tuple(fact for fact in sheet.facts if fact.kind not in UPSELL))


def _request(
    conversation: Conversation,
    clock: Clock,
    sheet: FactSheet,
    decision: Decision,
    handing: Handing,
    wordings: tuple[str, ...],
) -> ReplyRequest:
    turn = conversation.turn
    return ReplyRequest(
        language=turn.language,
        strategy="inform" if handing.quiet else decision.strategy,
        decision_rule=decision.rule,
        reading=turn.reading,
        sheet=sheet,
        body=() if _left_to_the_colleague(conversation) else wordings,
        turn=turn,
        history=_history(conversation),
        quiet=handing.quiet,
        repeats=clock.repeats,
        reason=decision.reason,
        seed=f"{conversation.id}/{len(conversation.turns)}/{turn.text}",
        handoff_id=handing.id,
        handoff_next=handing.next,
        handoff_values=handing.values,
    )


def _history(conversation: Conversation) -> tuple[tuple[str, str], ...]:
    """The last exchanges in which the bot said something."""
    exchanges = zip(conversation.turns[:-1], conversation.replies, strict=False)
    return tuple((turn.text, said.text) for turn, said in exchanges if said and said.text)[-HISTORY:]


def _has_content(request: ReplyRequest) -> bool:
    return bool(request.sheet.facts or request.sheet.ask or request.body)


def _with_aside(text: str, handing: Handing, request: ReplyRequest) -> str:
    """The text, followed by what must be said although no generator knows it."""
    if not handing.aside or handing.aside == text:
        return text
    return f"{text}{BETWEEN_SENTENCES[request.language]}{handing.aside}"


def _bare(handing: Handing, language: str) -> str:
    return handing.bare or bare("trouble", language)
