"""Facts by the names that `intents.yml` uses for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from balm.reply import Fact
from balm.shop.facts import customer, doing, money, order, product
from balm.shop.models import Order
from balm.shop.scene import Scene

OrderFacts = Callable[[Scene, Order], Iterable[Fact]]
ShopFacts = Callable[[Scene], Iterable[Fact]]

ORDER_FACTS: dict[str, OrderFacts] = {
    "status": order.status,
    "parcel": order.parcel,
    "cases": order.cases,
    "changing": order.changing,
    "returning": order.returning,
    "remedies": order.remedies,
    "warranty": order.warranty,
    "refund": money.refund,
    "refunds": money.refunds,
    "payment": money.payment,
    "double_payment": money.double_payment,
    "invoice": money.invoice,
    "price": money.price,
}

# These change the database, so they run in a transaction that keeps what they did.
DEEDS: dict[str, OrderFacts] = {
    "case": doing.case,
    "cancelling": doing.cancelling,
    "open_return": doing.open_return,
    "open_exchange": doing.open_exchange,
}

# What is said instead of a deed to somebody who only asks how it would go; None is nothing.
ASKED_ABOUT: dict[str, str | None] = {"case": None, "open_return": "returning", "open_exchange": "returning"}

SHOP_FACTS: dict[str, ShopFacts] = {
    "stock": product.stock,
    "sizes": product.sizes,
    "product": product.about,
    "recommendations": product.recommendations,
    "coupons": customer.coupons,
    "membership": customer.membership,
}

NAMES = frozenset({*ORDER_FACTS, *DEEDS, *SHOP_FACTS})
