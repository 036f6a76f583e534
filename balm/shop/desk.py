"""The shop's counter: what may truly be said, and what is done, for one turn."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timezone

from sqlalchemy import delete
from sqlalchemy.orm import Session

from balm.errors import NotProven, ShopError
from balm.reply import Fact, FactSheet
from balm.shop import finding, table
from balm.shop.catalogue import Shelf
from balm.shop.database import Database
from balm.shop.facts import ASKED_ABOUT, DEEDS, NAMES, ORDER_FACTS, SHOP_FACTS, OrderFacts
from balm.shop.finding import Found, asking
from balm.shop.given import Given, says_yes
from balm.shop.phrases import says
from balm.shop.promises import promises
from balm.shop.proof import Paused, check, key_of, matches
from balm.shop.records import Question
from balm.shop.scene import Scene
from balm.shop.states import STATES, is_any
from balm.shop.table import Work
from balm.shop.wording import Wording
from balm.turn import Conversation

log = logging.getLogger(__name__)
FIRST_QUESTION = "inform_order"  # what somebody wants who says nothing but an order number
ANSWERS = ("affirm", "inform_order")
SARCASM = 0.5  # praise as sarcastic as this is none
LOOK_BACK = 4  # turns in which the customer may have said whose order it is
ANY_STATE = tuple(STATES)


class ShopDesk:
    """Facts for one conversation's turn, from the shop's database. Threads may share one desk.

    `clock` gives seconds since 1970.
    """

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock
        self._table = table.load(NAMES)
        self._shelf = Shelf()

    def facts(self, conversation: Conversation) -> FactSheet:
        """All that may be claimed in the reply to the last turn. Never raises.

        What the sheet says was done stands in the database when this returns. A sheet that failed
        keeps the topic, so that the next message can carry it on.
        """
        try:
            return self._facts(conversation)
        except ShopError as error:
            log.error("shop: no facts for conversation %s: %s", conversation.id, error)
            return FactSheet(failed=str(error), topic=conversation.topic)
        except Exception as error:  # whatever broke, the customer gets an answer and the log the reason
            log.exception("shop: no facts for conversation %s", conversation.id)
            return FactSheet(failed=f"{type(error).__name__}: {error}", topic=conversation.topic)

    def _facts(self, conversation: Conversation) -> FactSheet:
        given = Given.of(conversation)
        work = self._work(conversation, given)
        if conversation.turn.intent == "deny" and conversation.topic:
            self._forget(conversation)
        if work is None or (work.upset and not _upset(conversation)):
            return FactSheet()
        given = self._claimed(conversation, work, given)
        if self._only_asks(conversation, work, given):
            return self._answered(conversation, work, given)
        return self._worked(conversation, work, given)

    def _only_asks(self, conversation: Conversation, work: Work, given: Given) -> bool:
        """Whether the turn asks about the rules, or leaves open an offer that was made on such a question."""
        turn = conversation.turn
        if any(says(question, turn.text) for question in work.questions):
            return True
        carries_on = conversation.topic == work.intent and turn.intent in self._table.continuing
        answers = given.fresh or turn.intent in ANSWERS or says_yes(turn)
        return bool(work.offer and given.shown and carries_on and not answers)

    def _answered(self, conversation: Conversation, work: Work, given: Given) -> FactSheet:
        """What is true about the order that is talked about; nothing is opened, at most it is offered."""
        about = [ASKED_ABOUT.get(name, name) for name in work.facts]
        facts = tuple(filter(None, about))
        asked = replace(work, facts=facts, order="if_known", unclear=False, confirm=work.offer)
        with self._database.reading() as session:
            named = self._shelf.catalogue(session).find(conversation.turn)
        if not (given.here or given.shown or named):
            return FactSheet()
        return self._worked(conversation, replace(asked, fits=ANY_STATE), given)

    def _worked(self, conversation: Conversation, work: Work, given: Given) -> FactSheet:
        """The facts of a row about the order that is meant, or what is missing to find it."""
        refused = self._refusal(conversation, work, given)
        if refused is not None:
            return refused
        with self._session(work) as session:
            return _sheet(self._scene(session, conversation, work), given)

    def _work(self, conversation: Conversation, given: Given) -> Work | None:
        """The row to work on: the turn's own, or the one that this turn carries on."""
        intent = conversation.turn.intent
        pending = self._table.work(conversation.topic)
        if pending is not None and (intent is None or intent in self._table.continuing or given.bare):
            return pending
        own = self._table.work(intent)
        if own is None and given.here and (intent is None or given.bare):
            return self._table.work(FIRST_QUESTION)
        return own

    def _claimed(self, conversation: Conversation, work: Work, given: Given) -> Given:
        """What was given, with whose order it is.

        A number that is not the customer's own counts as named now when its proof comes after it.
        """
        turn, customer = conversation.turn, conversation.customer_id
        carried_on = conversation.topic == work.intent and (
            given.bare or turn.intent in (None, work.intent) or turn.intent in self._table.continuing
        )
        told = conversation.turns[-LOOK_BACK:] if carried_on else (turn,)
        given = replace(given, elses=any(says("someone_elses", turn.text) for turn in told))
        late = customer and not given.here and given.number and (given.fresh or given.elses)
        return replace(given, here=given.number) if late and not self._owns(customer, given.number) else given

    def _refusal(self, conversation: Conversation, work: Work, given: Given) -> FactSheet | None:
        """Why no order may be shown, or what is missing for it; None when nothing stands in the way."""
        customer = conversation.customer_id
        if work.order == "none" or (customer and not given.here and not given.elses):
            return None
        if customer and self._owns(customer, given.here):
            return None
        if given.number is None or (customer and not given.here):
            return _ask_for("order_number", work)
        if given.last4 is None:
            return _not_shown(work) if customer and not given.elses else _ask_for("proof", work)
        try:
            check(self._database, given.number, given.last4, conversation_id=conversation.id, now=self._now())
        except Paused as paused:
            return FactSheet((Fact("proof_paused", {"minutes": str(paused.minutes)}),))
        except NotProven:  # said once; whoever goes on with other things is only asked again
            return _not_shown(work) if given.fresh else _ask_for("order_number", work)
        return None

    def _owns(self, customer_id: str | None, number: str | None) -> bool:
        with self._database.reading() as session:
            return bool(customer_id and number and finding.is_owner(session, customer_id, number))

    def _forget(self, conversation: Conversation) -> None:
        """Drop what the customer was asked to confirm."""
        with self._database.writing() as session:
            asked = Question.conversation_id == key_of(conversation.id)
            session.execute(delete(Question).where(asked).execution_options(synchronize_session=False))

    def _session(self, work: Work) -> AbstractContextManager[Session]:
        return self._database.writing() if DEEDS.keys() & set(work.facts) else self._database.reading()

    def _scene(self, session: Session, conversation: Conversation, work: Work) -> Scene:
        say = Wording.of(conversation.turn.language, self._now())
        catalogue = self._shelf.catalogue(session)
        return Scene(session, conversation, work, say, catalogue, products=catalogue.find(conversation.turn))

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), timezone.utc)


def _sheet(scene: Scene, given: Given) -> FactSheet:
    """The facts that the row names, about the order that is meant if it needs one."""
    work = scene.work
    if work.order == "none":
        return FactSheet(tuple(fact for name in work.facts for fact in SHOP_FACTS[name](scene)))
    agreed = _agreed(scene)
    found = _found(scene, given, agreed)
    if found.order is None:
        return found.sheet or FactSheet()
    scene = replace(scene, confirmed=agreed == found.order.number)
    facts = tuple(fact for name in work.facts for fact in _about(name)(scene, found.order))
    if work.confirm in {fact.kind for fact in facts}:
        return asking(scene, "confirmation", *facts)
    return FactSheet(facts)


def _about(name: str) -> OrderFacts:
    return ORDER_FACTS.get(name) or DEEDS[name]


def _found(scene: Scene, given: Given, agreed: str | None) -> Found:
    """The order; whoever is not signed in has proven by now that the one they named is theirs."""
    customer = scene.conversation.customer_id
    known = agreed or (None if scene.products else given.shown)  # shown in this talk, so proven in it
    proven = known and known == given.number and given.last4 and matches(scene.session, known, given.last4)
    if customer and not given.here and not proven:
        return finding.of_customer(scene, customer, given, only=agreed)
    order = finding.by_number(scene, given.number or "")
    if order and scene.work.order == "if_known" and not is_any(order, scene.work.fits, scene.now):
        order = None
    return Found(order=order)


def _agreed(scene: Scene) -> str | None:
    """The order that the customer has just said yes about, when they were asked shortly before."""
    work, turn = scene.work, scene.turn
    if not work.confirm or not (turn.intent == "affirm" or says_yes(turn)):
        return None
    asked = scene.session.get(Question, key_of(scene.conversation.id))
    if asked is None or asked.intent != work.intent or scene.now - asked.asked_at > promises().confirm:
        return None
    return str(asked.order_number)


def _upset(conversation: Conversation) -> bool:
    reading = conversation.turn.reading
    return reading.negative or reading.sarcasm > SARCASM


def _ask_for(ask: str, work: Work) -> FactSheet:
    return FactSheet(ask=ask, topic=work.intent) if work.order == "needed" else FactSheet()


def _not_shown(work: Work) -> FactSheet:
    return FactSheet((Fact("order_not_shown"),), ask="order_number", topic=work.intent)
