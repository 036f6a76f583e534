"""Which order a customer means, and whether it may be shown to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from balm.reply import Fact, FactSheet
from balm.shop.given import Given
from balm.shop.models import Order
from balm.shop.orm import col
from balm.shop.phrases import says
from balm.shop.promises import promises
from balm.shop.scene import Scene
from balm.shop.states import STATES, is_any

MOST = 20  # orders of one customer that are looked through
NAMED = 5  # orders that are named when it is unclear which is meant


@dataclass(frozen=True)
class Found:
    """The order, or the sheet that asks for what is missing, or neither: there is nothing to say."""

    order: Order | None = None
    sheet: FactSheet | None = None


def asking(scene: Scene, ask: str, *facts: Fact) -> FactSheet:
    """A sheet that asks, and keeps the intent at work until the answer comes."""
    return FactSheet(facts=facts, ask=ask, topic=scene.work.intent)


def by_number(scene: Scene, number: str) -> Order | None:
    """The order with this number. The asker must have shown that it is theirs."""
    order: Order | None = scene.session.execute(select(Order).where(Order.number == number)).unique().scalar()
    return order


def of_customer(scene: Scene, customer_id: str, given: Given, *, only: str | None = None) -> Found:
    """The order that a signed-in customer means, among their own; `only` is the one they said yes to."""
    since = scene.now - promises().orders
    wanted = select(Order).where(Order.customer_id == customer_id, Order.placed_at >= since)
    own = (
        scene.session.execute(wanted.order_by(col(Order.placed_at).desc()).limit(MOST))
        .unique()
        .scalars()
        .all()
    )
    if says("another_order", scene.turn.text):
        own = [order for order in own if order.number != given.shown] or own
    shown = [] if scene.products else [order for order in own if order.number == given.shown]
    if scene.work.order == "if_known":
        own = [order for order in own if is_any(order, scene.work.fits, scene.now)]
    if shown and not only and not scene.work.any_order:
        return Found(order=shown[0] if shown[0] in own else None)
    agreed = [order for order in own if order.number == only]
    if not own:
        return Found(sheet=asking(scene, "order_number") if scene.work.order == "needed" else None)
    fitting = agreed or _fitting(scene, own, given)
    if len(fitting) > 1 and scene.work.unclear:
        return Found(sheet=asking(scene, "order_number", _several(scene, fitting)))
    return Found(order=fitting[0])


def is_owner(session: Session, customer_id: str, number: str) -> bool:
    """Whether order `number` is this customer's."""
    wanted = select(Order.number).where(Order.number == number, Order.customer_id == customer_id)
    return session.execute(wanted).first() is not None


def _fitting(scene: Scene, own: Sequence[Order], given: Given) -> Sequence[Order]:
    """The orders that may be meant, the newest first; one unless it is unclear."""
    if scene.products:
        named = [order for order in own if any(line.product_id in scene.products for line in order.lines)]
        own = named or own
        if not named and scene.work.unclear:
            return own  # what they name they have not bought: they must say which order
    talked_about = [order for order in own if order.number == given.number]
    if talked_about and is_any(talked_about[0], scene.work.prefer, scene.now):
        return talked_about
    for name in scene.work.prefer:
        fitting = [order for order in own if STATES[name](order, scene.now)]
        if fitting:
            return fitting
    return own[:1]


def _several(scene: Scene, orders: Sequence[Order]) -> Fact:
    names = (
        scene.say.term("brackets", name=order.number, inside=scene.say.names(order.lines))
        for order in orders[:NAMED]
    )
    return Fact("several_orders", {"orders": scene.say.list(names)})
