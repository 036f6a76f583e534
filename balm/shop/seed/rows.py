"""The rows of the demo shop, made from its YAML files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from balm.errors import ConfigError
from balm.shop import models, records
from balm.shop.models import Customer, Order, Product
from balm.shop.orm import Base
from balm.shop.promises import promises

FOLDER = Path(__file__).parent
AGO = re.compile(r"([+-])(?:(\d+)d)?(?:(\d+)h)?")


def moment_of(text: str, now: datetime) -> datetime:
    """The time that a seed file means.

    >>> moment_of("-3d2h", datetime(2025, 1, 10, 12)).isoformat()
    '2025-01-07T10:00:00'
    """
    match = AGO.fullmatch(text)
    if match is None:
        raise ConfigError(f"shop seed: time '{text}': not a relative time. Write -3d, -2d6h or +1d.")
    span = timedelta(days=int(match[2] or 0), hours=int(match[3] or 0))
    return now + span if match[1] == "+" else now - span


def rows(now: datetime) -> Iterator[list[Base]]:
    """Everything to be stored, in the order that foreign keys ask for."""
    words = _read("words")
    products = {row["id"]: row for row in _read("products")}
    yield [_product(row, words) for row in products.values()]
    yield [row for product in products.values() for row in _shelf(product, words, now)]
    people = _read("customers")
    yield [_customer(row, words) for row in people]
    yield [_coupon(coupon, row["id"], now) for row in people for coupon in row.get("coupons", ())]
    orders = _read("orders")
    yield [_order(row, products, words, now) for row in orders]
    yield [case for row in orders for case in _cases(row, now)]


def _read(name: str) -> Any:
    import yaml

    return yaml.safe_load((FOLDER / f"{name}.yml").read_text(encoding="utf8"))


def _customer(row: dict[str, Any], words: dict[str, Any]) -> Customer:
    kept = {key: row[key] for key in ("id", "name", "language", "phone_last4", "points", "hint")}
    return Customer(**kept, tier=words["tiers"][row["tier"]])


def _coupon(row: dict[str, Any], customer_id: str, now: datetime) -> models.Coupon:
    text = {"zh": row["zh"], "en": row["en"]}
    return models.Coupon(
        code=row["code"], customer_id=customer_id, text=text, expires_at=moment_of(row["until"], now)
    )


def _product(row: dict[str, Any], words: dict[str, Any]) -> Product:
    kept = {key: row[key] for key in ("id", "name", "brand", "category", "aliases", "about", "sold")}
    extra = {key: row.get(key) for key in ("size_advice", "warranty_days")}
    return Product(
        **kept,
        **extra,
        details=row.get("details", []),
        sizes=row.get("sizes", []),
        price=_fen(row["prices"][-1][1]),
    )


def _shelf(row: dict[str, Any], words: dict[str, Any], now: datetime) -> Iterator[Base]:
    for size, colour, stock, *restock in row["variants"]:
        yield models.Variant(
            product_id=row["id"],
            size=size,
            colour=words["colours"][colour],
            stock=stock,
            restock_at=moment_of(restock[0], now) if restock else None,
        )
    for since, price in row["prices"]:
        yield models.PricePoint(product_id=row["id"], price=_fen(price), since=moment_of(since, now))


def _order(row: dict[str, Any], products: dict[str, Any], words: dict[str, Any], now: datetime) -> Order:
    placed = moment_of(row["placed"], now)
    lines = [_line(item, products, words, placed, now) for item in row["items"]]
    total = sum(line.price * line.quantity for line in lines)
    order = Order(
        number=row["number"],
        customer_id=row["customer"],
        status=row["status"],
        total=total,
        address=row["address"],
        placed_at=placed,
        ship_by=placed + promises().ship,
        cancelled_at=moment_of(row["cancelled"], now) if "cancelled" in row else None,
        lines=lines,
        payments=[
            models.Payment(amount=total, method=words["methods"][method], paid_at=moment_of(when, now))
            for when, method in row["paid"]
        ],
    )
    if "parcel" in row:
        order.parcel = _parcel(row, words, now)
    if "refund" in row:
        method = words["methods"][row["paid"][0][1]]
        times: dict[str, datetime] = {}
        for key, when in row["refund"].items():
            times[key if key == "pay_by" else f"{key}_at"] = moment_of(when, now)
        order.refunds = [models.Refund(amount=total, method=method, **times)]
    if "invoice" in row:
        number = f"FP{row['number'][2:]}"
        order.invoice = models.Invoice(number=number, issued_at=moment_of(row["invoice"], now))
    return order


def _line(
    item: list[Any], products: dict[str, Any], words: dict[str, Any], placed: datetime, now: datetime
) -> models.OrderLine:
    product, size, colour, *pieces = item
    prices: Iterable[Any] = products[product]["prices"]
    then = [price for since, price in prices if moment_of(since, now) <= placed]
    return models.OrderLine(
        product_id=product,
        size=size,
        colour=words["colours"][colour],
        quantity=pieces[0] if pieces else 1,
        price=_fen((then or [products[product]["prices"][0][1]])[-1]),
    )


def _parcel(row: dict[str, Any], words: dict[str, Any], now: datetime) -> models.Parcel:
    parcel = row["parcel"]
    events = [
        models.TrackingEvent(
            at=moment_of(when, now), event=words["events"][event], place=words["places"][place]
        )
        for when, event, place in parcel["events"]
    ]
    return models.Parcel(
        carrier=words["carriers"][parcel["carrier"]],
        tracking_number=parcel["number"],
        shipped_at=moment_of(parcel["shipped"], now),
        eta=moment_of(parcel["eta"], now),
        delivered_at=events[-1].at if row["status"] == "delivered" else None,
        events=events,
    )


def _cases(row: dict[str, Any], now: datetime) -> Iterator[records.Case]:
    for key, kind in (("return", "return"), ("late_ticket", "late")):
        if key in row:
            opened = moment_of(row[key], now)
            yield records.Case(
                kind=kind,
                open_key=f"{row['number']}:{promises().cases[kind].key}",
                order_number=row["number"],
                opened_at=opened,
                due_at=opened + timedelta(hours=promises().cases[kind].hours),
            )


def _fen(yuan: float) -> int:
    return round(yuan * 100)
