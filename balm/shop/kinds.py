"""The kinds of fact that the shop can state, with the placeholders of each.

Every kind has its sentences in `balm/generation/responses/{zh,en}.yml`; a test holds the two together.

Values read as the customer reads them: dates `11月20日` / `20 November` (an event also has its time),
amounts `¥399.00` / `CN¥399.00`, counts as digits. `items`, `sizes`, `options`, `orders` and `coupons`
are ready lists. `about` and `size_advice` are whole statements without the final full stop.
"""

from __future__ import annotations

from balm.reply import Fact

FACT_KINDS: dict[str, tuple[str, ...]] = {
    # an order that is the asker's
    "order_preparing": ("order_number", "items", "ship_by"),
    "order_preparing_late": ("order_number", "items", "ship_by", "days_late"),
    "order_shipped": ("order_number", "items", "carrier", "tracking_number", "shipped_on"),
    "order_delivered": ("order_number", "items", "delivered_on", "place"),
    "order_cancelled_before": ("order_number", "items", "cancelled_on"),
    "parcel_last_event": ("event", "place", "at"),
    "parcel_eta": ("eta",),
    "parcel_late": ("eta", "days_late"),
    # what was just done for the customer; each stands in the database
    "ticket_opened": ("ticket_number", "subject", "answer_by"),
    "ticket_open_already": ("ticket_number", "subject", "answer_by"),
    "order_cancelled_now": ("order_number", "amount", "refund_by"),
    "order_cancelled_unpaid": ("order_number", "items"),
    "return_opened": ("order_number", "return_number", "items", "send_by"),
    "exchange_opened": ("order_number", "return_number", "items", "send_by"),
    "return_open_already": ("order_number", "return_number", "items", "send_by"),
    "exchange_open_already": ("order_number", "return_number", "items", "send_by"),
    # what can and cannot be done
    "cancel_possible": ("order_number", "items", "amount"),
    "cancel_too_late": ("order_number", "carrier"),
    "change_possible": ("order_number", "address"),
    "change_too_late": ("order_number", "carrier"),
    "return_possible": ("order_number", "items", "last_day"),
    "return_too_late": ("order_number", "last_day"),
    "return_not_yet": ("order_number",),
    "warranty_until": ("items", "last_day"),
    "warranty_over": ("items", "last_day"),
    "warranty_none": ("items",),
    # money
    "refund_requested": ("order_number", "amount", "requested_on"),
    "refund_approved": ("order_number", "amount", "approved_on", "pay_by"),
    "refund_overdue": ("order_number", "amount", "pay_by", "days_late"),
    "refund_paid": ("order_number", "amount", "paid_on", "method"),
    "refund_none": ("order_number",),
    "paid_once": ("order_number", "amount", "paid_on", "method"),
    "paid_twice": ("order_number", "amount", "paid_on", "method"),
    "payment_open": ("order_number", "amount"),
    "invoice_issued": ("order_number", "invoice_number", "issued_on"),
    "invoice_none": ("order_number",),
    "price_dropped": ("items", "paid", "now", "difference", "last_day"),
    "price_same": ("items", "now"),
    "price_too_late": ("items", "last_day"),
    # products
    "product_about": ("product", "price", "about"),
    "product_sizes": ("product", "sizes", "size_advice"),
    "stock_in": ("product", "options"),
    "stock_out": ("product", "restock_on"),
    "stock_out_no_date": ("product",),
    "recommendation": ("product", "price", "about"),
    "product_not_found": ("product",),
    # the customer
    "membership": ("name", "tier", "points"),
    "coupons": ("coupons",),
    "coupons_none": (),
    # the asker has not shown that the order is theirs; says the same whether the order exists or not
    "order_not_shown": (),
    # too many wrong proofs: no order is shown for this long, again whether it exists or not
    "proof_paused": ("minutes",),
    "several_orders": ("orders",),
}

# What our own records show to have gone wrong on our side, whether or not the customer complains.
OUR_FAULT = frozenset(("order_preparing_late", "parcel_late", "refund_overdue", "paid_twice"))
# A ticket opened just now for one of these takes the customer's word for it. Later mentions of an
# open ticket are news about it, and no reason for another sorry.
OUR_FAULT_CASES = frozenset(("damaged", "wrong_item", "missing_item", "missing", "quality"))


def shows_our_fault(fact: Fact) -> bool:
    """Whether a fact shows that we, our carrier or our product failed the customer.

    >>> shows_our_fault(Fact("refund_overdue")), shows_our_fault(Fact("ticket_opened", case="invoice"))
    (True, False)
    """
    return fact.kind in OUR_FAULT or (fact.kind == "ticket_opened" and fact.case in OUR_FAULT_CASES)
