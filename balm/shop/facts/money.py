"""Facts about payments, refunds, invoices and prices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from balm.reply import Fact
from balm.shop.facts.saying import picked_lines
from balm.shop.models import Order, Refund
from balm.shop.promises import promises
from balm.shop.scene import Scene
from balm.shop.states import days_late, paid_twice


def refund(scene: Scene, order: Order) -> Iterable[Fact]:
    """Where the refund stands, or that there is none."""
    return list(refunds(scene, order)) or [Fact("refund_none", {"order_number": order.number})]


def refunds(scene: Scene, order: Order) -> Iterator[Fact]:
    """Where the order's newest refund stands; nothing where there is none."""
    for newest in order.refunds[-1:]:
        values = {"order_number": order.number, "amount": scene.say.amount(newest.amount)}
        kind, more = _stage(scene, newest)
        yield Fact(kind, {**values, **more})


def payment(scene: Scene, order: Order) -> Iterable[Fact]:
    """Whether it is paid, and how often."""
    if not order.payments:
        return [Fact("payment_open", {"order_number": order.number, "amount": scene.say.amount(order.total)})]
    last = order.payments[-1]
    values = {"order_number": order.number, "amount": scene.say.amount(last.amount)}
    values |= {"paid_on": scene.say.day(last.paid_at), "method": scene.say.text(last.method)}
    return [Fact("paid_twice" if paid_twice(order, scene.now) else "paid_once", values)]


def double_payment(scene: Scene, order: Order) -> Iterable[Fact]:
    """That it was paid twice; nothing where it was not."""
    return payment(scene, order) if paid_twice(order, scene.now) else ()


def invoice(scene: Scene, order: Order) -> Iterable[Fact]:
    """The invoice's number, or that there is none yet."""
    if order.invoice is None:
        return [Fact("invoice_none", {"order_number": order.number})]
    values = {"invoice_number": order.invoice.number, "issued_on": scene.say.day(order.invoice.issued_at)}
    return [Fact("invoice_issued", {"order_number": order.number, **values})]


def price(scene: Scene, order: Order) -> Iterator[Fact]:
    """What has become cheaper since it was bought, and until when that is made up for."""
    last = order.placed_at + promises().price
    fallen = False
    lines = picked_lines(scene, order)
    for line in lines:
        if line.product.price < line.price and scene.now <= last:
            fallen = True
            values = {"paid": scene.say.amount(line.price), "now": scene.say.amount(line.product.price)}
            difference = scene.say.amount((line.price - line.product.price) * line.quantity)
            values |= {
                "items": scene.say.items([line]),
                "difference": difference,
                "last_day": scene.say.day(last),
            }
            yield Fact("price_dropped", values)
    if scene.now > last:
        yield Fact("price_too_late", {"items": scene.say.items(lines), "last_day": scene.say.day(last)})
    elif not fallen:
        for line in lines[:1]:
            values = {"items": scene.say.items([line]), "now": scene.say.amount(line.product.price)}
            yield Fact("price_same", values)


def _stage(scene: Scene, refund: Refund) -> tuple[str, dict[str, str]]:
    """The kind of fact for how far a refund has come, with the values that only this kind has."""
    say = scene.say
    if refund.paid_at:
        return "refund_paid", {"paid_on": say.day(refund.paid_at), "method": say.text(refund.method)}
    if not refund.approved_at or not refund.pay_by:
        return "refund_requested", {"requested_on": say.day(refund.requested_at)}
    if refund.pay_by < scene.now:
        late = str(days_late(refund.pay_by, scene.now))
        return "refund_overdue", {"pay_by": say.day(refund.pay_by), "days_late": late}
    return "refund_approved", {"approved_on": say.day(refund.approved_at), "pay_by": say.day(refund.pay_by)}
