"""Named states of an order: what it is, said as yes or no.

The intent table picks an order, and decides whether a case is opened, by these names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from balm.shop.models import Order
from balm.shop.promises import promises

NEWLY = timedelta(days=3)  # delivered so recently that a claim is about this parcel


def days_late(due: datetime, now: datetime) -> int:
    """Days past `due`, at least one: whoever asks for this knows that it is past."""
    return max(1, (now - due).days)


def unpaid(order: Order, now: datetime) -> bool:
    """Whether the shop still waits for the money."""
    return order.status == "unpaid"


def preparing(order: Order, now: datetime) -> bool:
    """Whether it is paid and not with the carrier yet."""
    return order.status == "preparing"


def shipped(order: Order, now: datetime) -> bool:
    """Whether the carrier has it."""
    return order.status == "shipped"


def delivered(order: Order, now: datetime) -> bool:
    """Whether the carrier says that it arrived."""
    return order.status == "delivered"


def cancelled(order: Order, now: datetime) -> bool:
    """Whether it was called off."""
    return order.status == "cancelled"


def under_way(order: Order, now: datetime) -> bool:
    """Whether the customer still waits for it."""
    return order.status in ("preparing", "shipped")


def preparing_late(order: Order, now: datetime) -> bool:
    """Whether it should have been with the carrier by now."""
    return order.status == "preparing" and order.ship_by < now


def parcel_late(order: Order, now: datetime) -> bool:
    """Whether its parcel should have arrived by now."""
    return order.status == "shipped" and order.parcel is not None and order.parcel.eta < now


def late(order: Order, now: datetime) -> bool:
    """Whether the shop or the carrier is behind its promise."""
    return preparing_late(order, now) or parcel_late(order, now)


def newly_delivered(order: Order, now: datetime) -> bool:
    """Whether it was delivered within the last few days."""
    return order.status == "delivered" and order.arrived_at is not None and now - order.arrived_at < NEWLY


def may_go_back(order: Order, now: datetime) -> bool:
    """Whether a return can still be opened."""
    at = order.arrived_at
    return order.status == "delivered" and at is not None and now - at <= promises().returns


def paid_twice(order: Order, now: datetime) -> bool:
    """Whether the full amount came in more than once."""
    return sum(payment.amount == order.total for payment in order.payments) > 1


def refund_waits(order: Order, now: datetime) -> bool:
    """Whether money is on its way back."""
    return any(refund.paid_at is None for refund in order.refunds)


def refund_overdue(order: Order, now: datetime) -> bool:
    """Whether money should have been back by now."""
    return any(refund.paid_at is None and refund.pay_by and refund.pay_by < now for refund in order.refunds)


def refunded(order: Order, now: datetime) -> bool:
    """Whether there is any refund, paid or not."""
    return bool(order.refunds)


def price_guarded(order: Order, now: datetime) -> bool:
    """Whether a fallen price is still made up for."""
    return order.status not in ("cancelled", "unpaid") and now - order.placed_at <= promises().price


def price_fell(order: Order, now: datetime) -> bool:
    """Whether something in it has become cheaper in time."""
    return price_guarded(order, now) and any(line.product.price < line.price for line in order.lines)


def warranted(order: Order, now: datetime) -> bool:
    """Whether something in it came with a warranty and was delivered."""
    return order.status == "delivered" and any(line.product.warranty_days for line in order.lines)


def invoiced(order: Order, now: datetime) -> bool:
    """Whether its invoice stands."""
    return order.invoice is not None


def invoice_due(order: Order, now: datetime) -> bool:
    """Whether it was paid for and has no invoice yet."""
    return order.invoice is None and order.status not in ("cancelled", "unpaid")


def in_care(order: Order, now: datetime) -> bool:
    """Whether the shop is working on something about it."""
    return any(case.closed_at is None for case in order.cases)


def troubled(order: Order, now: datetime) -> bool:
    """Whether something about it has gone wrong that the shop knows of."""
    return late(order, now) or refund_overdue(order, now) or paid_twice(order, now) or in_care(order, now)


State = Callable[[Order, datetime], bool]

STATES: dict[str, State] = {
    state.__name__: state
    for state in (
        unpaid,
        preparing,
        shipped,
        delivered,
        cancelled,
        under_way,
        preparing_late,
        parcel_late,
        late,
        newly_delivered,
        may_go_back,
        paid_twice,
        refund_waits,
        refund_overdue,
        refunded,
        price_guarded,
        price_fell,
        warranted,
        invoiced,
        invoice_due,
        in_care,
        troubled,
    )
}


def is_any(order: Order, names: Iterable[str], now: datetime) -> bool:
    """Whether the order is in any of the states called `names`."""
    return any(STATES[name](order, now) for name in names)
