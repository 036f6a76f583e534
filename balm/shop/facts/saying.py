"""What several kinds of fact say in the same way."""

from __future__ import annotations

from balm.reply import Fact
from balm.shop.models import Order, OrderLine
from balm.shop.promises import promises
from balm.shop.records import Case
from balm.shop.scene import Scene
from balm.shop.wording import case_number

# Cases that are told as something else than a ticket.
TOLD = {
    "return": ("return_opened", "return_open_already"),
    "exchange": ("exchange_opened", "exchange_open_already"),
}


def picked_lines(scene: Scene, order: Order) -> list[OrderLine]:
    """The lines of the products that this turn means, or all lines where it means none of them."""
    picked = [line for line in order.lines if line.product_id in scene.products]
    return picked or list(order.lines)


def case_fact(scene: Scene, order: Order, case: Case, *, new: bool) -> Fact:
    """The fact that a case is open, just now or already."""
    number = case_number(promises().cases[case.kind].prefix, case.id)
    due = scene.say.day(case.due_at)
    if case.kind not in TOLD:
        kind = "ticket_opened" if new else "ticket_open_already"
        ticket = {"ticket_number": number, "subject": scene.say.case(case.kind), "answer_by": due}
        return Fact(kind, ticket, case=case.kind)
    lines = [line for line in order.lines if not case.line_ids or line.id in case.line_ids]
    values = {
        "order_number": order.number,
        "return_number": number,
        "items": scene.say.items(lines),
        "send_by": due,
    }
    return Fact(TOLD[case.kind][0 if new else 1], values, case=case.kind)
