"""Facts about an order and its parcel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from balm.reply import Fact
from balm.shop.facts.money import refunds
from balm.shop.facts.saying import TOLD, case_fact, picked_lines
from balm.shop.models import Order, Parcel
from balm.shop.promises import promises
from balm.shop.scene import Scene
from balm.shop.states import days_late, may_go_back


def status(scene: Scene, order: Order) -> Iterable[Fact]:
    """Where the order stands."""
    yield STATUS[order.status](scene, order)


def parcel(scene: Scene, order: Order) -> Iterator[Fact]:
    """Where a parcel that is on its way was last seen, and when it will arrive."""
    if order.status != "shipped" or order.parcel is None:
        return
    for event in order.parcel.events[-1:]:
        seen = {"event": scene.say.text(event.event), "place": scene.say.text(event.place)}
        yield Fact("parcel_last_event", {**seen, "at": scene.say.moment(event.at)})
    eta = order.parcel.eta
    if eta < scene.now:
        yield Fact("parcel_late", {"eta": scene.say.day(eta), "days_late": str(days_late(eta, scene.now))})
    else:
        yield Fact("parcel_eta", {"eta": scene.say.day(eta)})


def cases(scene: Scene, order: Order) -> Iterator[Fact]:
    """What the shop is already working on about this order."""
    for case in order.cases:
        if case.closed_at is None:
            yield case_fact(scene, order, case, new=False)


def changing(scene: Scene, order: Order) -> Iterable[Fact]:
    """Whether address and content can still be changed."""
    if order.status in ("unpaid", "preparing"):
        return [
            Fact(
                "change_possible", {"order_number": order.number, "address": scene.say.address(order.address)}
            )
        ]
    return [_with_carrier(scene, order, "change_too_late") or STATUS[order.status](scene, order)]


def returning(scene: Scene, order: Order) -> Iterable[Fact]:
    """Whether it can be sent back, and until when; what is on its way back is not offered again."""
    under_way = [
        case_fact(scene, order, case, new=False)
        for case in order.cases
        if case.closed_at is None and case.kind in TOLD
    ]
    if under_way or order.status == "delivered" and order.refunds:
        return under_way or list(refunds(scene, order))
    number = {"order_number": order.number}
    arrived = order.arrived_at
    if order.status == "cancelled":
        return [STATUS["cancelled"](scene, order)]
    if order.status != "delivered" or arrived is None:
        return [Fact("return_not_yet", number)]
    last = {"last_day": scene.say.day(arrived + promises().returns)}
    if not may_go_back(order, scene.now):
        return [Fact("return_too_late", {**number, **last})]
    items = scene.say.items(picked_lines(scene, order))
    return [Fact("return_possible", {**number, "items": items, **last})]


def remedies(scene: Scene, order: Order) -> Iterator[Fact]:
    """What is left to do about a fault: sending it back, or else the warranty that still runs."""
    for fact in returning(scene, order):
        yield fact
        if fact.kind == "return_too_late":
            yield from (left for left in warranty(scene, order) if left.kind == "warranty_until")


def warranty(scene: Scene, order: Order) -> Iterator[Fact]:
    """Until when each product is under warranty."""
    arrived = order.arrived_at
    for line in picked_lines(scene, order) if arrived else ():
        items = {"items": scene.say.items([line])}
        if not line.product.warranty_days or arrived is None:
            yield Fact("warranty_none", items)
            continue
        last = arrived + timedelta(days=line.product.warranty_days)
        kind = "warranty_until" if last >= scene.now else "warranty_over"
        yield Fact(kind, {**items, "last_day": scene.say.day(last)})


def too_late_to_cancel(scene: Scene, order: Order) -> Iterator[Fact]:
    """Why an order that has left cannot be cancelled, and what is possible instead."""
    yield _with_carrier(scene, order, "cancel_too_late") or STATUS[order.status](scene, order)
    if order.status == "delivered":
        yield from returning(scene, order)


def _with_carrier(scene: Scene, order: Order, kind: str) -> Fact | None:
    if order.status != "shipped" or order.parcel is None:
        return None
    return Fact(kind, {"order_number": order.number, "carrier": scene.say.text(order.parcel.carrier)})


def _named(scene: Scene, order: Order) -> dict[str, str]:
    return {"order_number": order.number, "items": scene.say.items(order.lines)}


def _unpaid(scene: Scene, order: Order) -> Fact:
    return Fact("payment_open", {"order_number": order.number, "amount": scene.say.amount(order.total)})


def _preparing(scene: Scene, order: Order) -> Fact:
    values = {**_named(scene, order), "ship_by": scene.say.day(order.ship_by)}
    if order.ship_by >= scene.now:
        return Fact("order_preparing", values)
    return Fact("order_preparing_late", {**values, "days_late": str(days_late(order.ship_by, scene.now))})


def _shipped(scene: Scene, order: Order) -> Fact:
    sent = _sent(order)
    values = {"carrier": scene.say.text(sent.carrier), "tracking_number": sent.tracking_number}
    return Fact(
        "order_shipped", {**_named(scene, order), **values, "shipped_on": scene.say.day(sent.shipped_at)}
    )


def _delivered(scene: Scene, order: Order) -> Fact:
    sent = _sent(order)
    if sent.delivered_at is None:
        raise ValueError(f"order {order.number}: it is delivered and its parcel has no time of delivery")
    place = scene.say.text(sent.events[-1].place) if sent.events else scene.say.address(order.address)
    values = {"delivered_on": scene.say.day(sent.delivered_at), "place": place}
    return Fact("order_delivered", {**_named(scene, order), **values})


def _cancelled(scene: Scene, order: Order) -> Fact:
    at = scene.say.day(order.cancelled_at or order.placed_at)
    return Fact("order_cancelled_before", {**_named(scene, order), "cancelled_on": at})


def _sent(order: Order) -> Parcel:
    """The parcel of an order that has left; one without it is no order of this shop's making."""
    if order.parcel is None:
        raise ValueError(f"order {order.number}: it is {order.status} and has no parcel")
    return order.parcel


STATUS = {
    "unpaid": _unpaid,
    "preparing": _preparing,
    "shipped": _shipped,
    "delivered": _delivered,
    "cancelled": _cancelled,
}
