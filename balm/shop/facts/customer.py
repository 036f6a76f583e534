"""Facts about a signed-in customer."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from balm.reply import Fact
from balm.shop.models import Coupon, Customer
from balm.shop.orm import col
from balm.shop.scene import Scene


def membership(scene: Scene) -> Iterator[Fact]:
    """The customer's tier and points."""
    customer = scene.session.get(Customer, scene.conversation.customer_id or "")
    if customer is not None:
        values = {
            "name": customer.name,
            "tier": scene.say.text(customer.tier),
            "points": str(customer.points),
        }
        yield Fact("membership", values)


def coupons(scene: Scene) -> Iterator[Fact]:
    """The coupons that the customer can still use, those that end first at the front."""
    customer_id = scene.conversation.customer_id
    if customer_id is None or scene.session.get(Customer, customer_id) is None:
        return
    usable = select(Coupon).where(
        Coupon.customer_id == customer_id, col(Coupon.used_at).is_(None), Coupon.expires_at > scene.now
    )
    found = scene.session.execute(usable.order_by(Coupon.expires_at)).scalars().all()
    if not found:
        yield Fact("coupons_none")
        return
    say = scene.say
    texts = (
        say.term("coupon", text=say.text(coupon.text), day=say.day(coupon.expires_at)) for coupon in found
    )
    yield Fact("coupons", {"coupons": say.list(texts)})
