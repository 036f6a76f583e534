"""Facts that come true by stating them: each is written down before it is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from balm.reply import Fact
from balm.shop.cases import open_case
from balm.shop.facts.order import returning, too_late_to_cancel
from balm.shop.facts.saying import case_fact, picked_lines
from balm.shop.models import Order, Refund, Variant
from balm.shop.orm import col
from balm.shop.promises import promises
from balm.shop.proof import key_of
from balm.shop.records import Question
from balm.shop.scene import Scene
from balm.shop.states import is_any, may_go_back

CANCELLABLE = ("unpaid", "preparing")


def case(scene: Scene, order: Order) -> Iterator[Fact]:
    """The ticket for what the customer reports, where the order is in a state that calls for one."""
    kind = scene.work.case
    if kind and is_any(order, scene.work.when, scene.now):
        opened, new = open_case(scene, order, kind)
        yield case_fact(scene, order, opened, new=new)


def open_return(scene: Scene, order: Order) -> Iterable[Fact]:
    """The return, opened, or why there can be none."""
    return _send_back(scene, order, "return")


def open_exchange(scene: Scene, order: Order) -> Iterable[Fact]:
    """The exchange, opened, or why there can be none."""
    return _send_back(scene, order, "exchange")


def cancelling(scene: Scene, order: Order) -> Iterable[Fact]:
    """The cancelled order when the customer has said yes to it, else what a yes would do."""
    if order.status not in CANCELLABLE:
        return list(too_late_to_cancel(scene, order))
    if not scene.confirmed:
        _ask(scene, order)
        values = {"order_number": order.number, "items": scene.say.items(order.lines)}
        return [Fact("cancel_possible", {**values, "amount": scene.say.amount(order.total)})]
    if not _cancelled(scene, order):
        scene.session.refresh(order)
        return list(too_late_to_cancel(scene, order))
    return [_paid_back(scene, order)]


def _send_back(scene: Scene, order: Order, kind: str) -> Iterable[Fact]:
    if order.refunds or not may_go_back(order, scene.now):
        return list(returning(scene, order))
    opened, new = open_case(scene, order, kind, picked_lines(scene, order))
    return [case_fact(scene, order, opened, new=new)]


def _cancelled(scene: Scene, order: Order) -> bool:
    """Whether this very call cancelled the order: of several at once only one does."""
    change = update(Order).where(Order.number == order.number, col(Order.status).in_(CANCELLABLE))
    change = change.values(status="cancelled", cancelled_at=scene.now)
    result = scene.session.execute(change.execution_options(synchronize_session=False))
    return bool(result.rowcount)


def _paid_back(scene: Scene, order: Order) -> Fact:
    """What the customer gets back; the pieces return to the shelf."""
    for line in sorted(order.lines, key=lambda line: line.product_id):  # one order of locks for all
        for variant in line.product.variants:
            if (variant.size, variant.colour) == (line.size, line.colour):
                again = update(Variant).where(Variant.id == variant.id)
                scene.session.execute(again.values(stock=Variant.stock + line.quantity))
    paid = sum(payment.amount for payment in order.payments)
    if not paid:
        return Fact(
            "order_cancelled_unpaid", {"order_number": order.number, "items": scene.say.items(order.lines)}
        )
    pay_by = scene.now + promises().refund
    method = order.payments[-1].method
    refund = Refund(order_number=order.number, amount=paid, method=method)
    refund.requested_at, refund.approved_at, refund.pay_by = scene.now, scene.now, pay_by
    scene.session.add(refund)
    values = {
        "order_number": order.number,
        "amount": scene.say.amount(paid),
        "refund_by": scene.say.day(pay_by),
    }
    return Fact("order_cancelled_now", values)


def _ask(scene: Scene, order: Order) -> None:
    """Write down what a yes will mean."""
    asked = {"intent": scene.work.intent, "order_number": order.number, "asked_at": scene.now}
    key = key_of(scene.conversation.id)
    try:
        with scene.session.begin_nested():
            scene.session.add(Question(conversation_id=key, **asked))
    except IntegrityError:
        scene.session.execute(update(Question).where(Question.conversation_id == key).values(**asked))
