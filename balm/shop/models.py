"""The tables of the shop: who buys, what is sold, what was ordered, sent and paid.

Money is in the smallest unit (fen). Times are in UTC. Texts that a customer reads are JSON,
`{"zh": ..., "en": ...}`. Of a customer's phone only the last four digits are kept: no more is
needed to prove that an order is theirs.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Integer, String
from sqlalchemy.orm import deferred, relationship

from balm.shop.orm import Base, Moment
from balm.shop.records import Case

PAGE = "page"  # columns of a product that an order does not need


class Customer(Base):
    """Someone who buys here. `hint` is set for the demo's customers: what is going on with them."""

    __tablename__ = "customers"
    id: str = Column(String(40), primary_key=True)
    name: str = Column(String(80), nullable=False)
    language: str = Column(String(8), nullable=False)
    phone_last4: str = Column(String(4), nullable=False)
    tier: dict[str, str] = Column(JSON, nullable=False)
    points: int = Column(Integer, nullable=False, default=0)
    hint: str | None = Column(String(200))


class Coupon(Base):
    """A reduction that one customer may use until `expires_at`."""

    __tablename__ = "coupons"
    code: str = Column(String(40), primary_key=True)
    customer_id: str = Column(ForeignKey("customers.id"), nullable=False, index=True)
    text: dict[str, str] = Column(JSON, nullable=False)
    expires_at: datetime = Column(Moment, nullable=False)
    used_at: datetime | None = Column(Moment)


class Product(Base):
    """Something sold here.

    `aliases` are the words customers use for it, `details` are answers to what they ask about it
    (`{"ask": {"zh": [...], "en": [...]}, "zh": ..., "en": ...}`), `sizes` is the size table
    (`{"size": "M", "height": [160, 168], "weight": [48, 56]}`, or `"foot": [235, 240]`).
    """

    __tablename__ = "products"
    id: str = Column(String(40), primary_key=True)
    name: dict[str, str] = Column(JSON, nullable=False)
    brand: dict[str, str] = Column(JSON, nullable=False)
    category: str = Column(String(40), nullable=False)
    aliases: dict[str, list[str]] = deferred(Column(JSON, nullable=False))
    about: dict[str, str] = deferred(Column(JSON, nullable=False), group=PAGE)
    details: list[dict[str, Any]] = deferred(Column(JSON, nullable=False, default=list), group=PAGE)
    sizes: list[dict[str, Any]] = deferred(Column(JSON, nullable=False, default=list), group=PAGE)
    size_advice: dict[str, str] | None = deferred(Column(JSON), group=PAGE)
    price: int = Column(Integer, nullable=False)
    warranty_days: int | None = Column(Integer)
    sold: int = Column(Integer, nullable=False, default=0)
    variants: list[Variant] = relationship("Variant", order_by="Variant.id", back_populates="product")


class Variant(Base):
    """One size and colour of a product, with its stock."""

    __tablename__ = "variants"
    id: int = Column(Integer, primary_key=True)
    product_id: str = Column(ForeignKey("products.id"), nullable=False, index=True)
    size: str | None = Column(String(20))
    colour: dict[str, str] | None = Column(JSON)
    stock: int = Column(Integer, nullable=False, default=0)
    restock_at: datetime | None = Column(Moment)
    product: Product = relationship("Product", back_populates="variants")


class PricePoint(Base):
    """What a product has cost since a time."""

    __tablename__ = "prices"
    id: int = Column(Integer, primary_key=True)
    product_id: str = Column(ForeignKey("products.id"), nullable=False, index=True)
    price: int = Column(Integer, nullable=False)
    since: datetime = Column(Moment, nullable=False)


class Order(Base):
    """One purchase. `status` is one of unpaid, preparing, shipped, delivered, cancelled.

    How its relations are loaded is said here and not by each query: options of a query cost more
    than the query itself.
    """

    __tablename__ = "orders"
    number: str = Column(String(20), primary_key=True)
    customer_id: str = Column(ForeignKey("customers.id"), nullable=False, index=True)
    status: str = Column(String(12), nullable=False)
    total: int = Column(Integer, nullable=False)
    address: str = Column(String(200), nullable=False)
    placed_at: datetime = Column(Moment, nullable=False)
    ship_by: datetime = Column(Moment, nullable=False)
    cancelled_at: datetime | None = Column(Moment)
    lines: list[OrderLine] = relationship("OrderLine", order_by="OrderLine.id", lazy="selectin")
    payments: list[Payment] = relationship("Payment", order_by="Payment.paid_at", lazy="selectin")
    parcel: Parcel | None = relationship("Parcel", uselist=False, lazy="joined")
    refunds: list[Refund] = relationship("Refund", order_by="Refund.requested_at", lazy="selectin")
    invoice: Invoice | None = relationship("Invoice", uselist=False)
    cases: list[Case] = relationship("Case", order_by="Case.id", viewonly=True, lazy="selectin")

    @property
    def arrived_at(self) -> datetime | None:
        """When its parcel was delivered."""
        return self.parcel.delivered_at if self.parcel else None


class OrderLine(Base):
    """One product of an order; `price` is what one piece cost the customer."""

    __tablename__ = "order_lines"
    id: int = Column(Integer, primary_key=True)
    order_number: str = Column(ForeignKey("orders.number"), nullable=False, index=True)
    product_id: str = Column(ForeignKey("products.id"), nullable=False)
    size: str | None = Column(String(20))
    colour: dict[str, str] | None = Column(JSON)
    quantity: int = Column(Integer, nullable=False, default=1)
    price: int = Column(Integer, nullable=False)
    product: Product = relationship("Product", lazy="joined", innerjoin=True)


class Payment(Base):
    """Money that came in. Two for the full amount of one order mean that it was paid twice."""

    __tablename__ = "payments"
    id: int = Column(Integer, primary_key=True)
    order_number: str = Column(ForeignKey("orders.number"), nullable=False, index=True)
    amount: int = Column(Integer, nullable=False)
    method: dict[str, str] = Column(JSON, nullable=False)
    paid_at: datetime = Column(Moment, nullable=False)


class Parcel(Base):
    """What carries an order to the customer."""

    __tablename__ = "parcels"
    id: int = Column(Integer, primary_key=True)
    order_number: str = Column(ForeignKey("orders.number"), nullable=False, unique=True)
    carrier: dict[str, str] = Column(JSON, nullable=False)
    tracking_number: str = Column(String(40), nullable=False)
    shipped_at: datetime = Column(Moment, nullable=False)
    eta: datetime = Column(Moment, nullable=False)
    delivered_at: datetime | None = Column(Moment)
    events: list[TrackingEvent] = relationship("TrackingEvent", order_by="TrackingEvent.at")


class TrackingEvent(Base):
    """Where a parcel was seen, and what happened to it there."""

    __tablename__ = "tracking_events"
    id: int = Column(Integer, primary_key=True)
    parcel_id: int = Column(ForeignKey("parcels.id"), nullable=False, index=True)
    at: datetime = Column(Moment, nullable=False)
    event: dict[str, str] = Column(JSON, nullable=False)
    place: dict[str, str] = Column(JSON, nullable=False)


class Refund(Base):
    """Money on its way back: requested, then approved (to be paid by `pay_by`), then paid."""

    __tablename__ = "refunds"
    id: int = Column(Integer, primary_key=True)
    order_number: str = Column(ForeignKey("orders.number"), nullable=False, index=True)
    amount: int = Column(Integer, nullable=False)
    method: dict[str, str] = Column(JSON, nullable=False)
    requested_at: datetime = Column(Moment, nullable=False)
    approved_at: datetime | None = Column(Moment)
    pay_by: datetime | None = Column(Moment)
    paid_at: datetime | None = Column(Moment)


class Invoice(Base):
    """The tax receipt of an order."""

    __tablename__ = "invoices"
    number: str = Column(String(40), primary_key=True)
    order_number: str = Column(ForeignKey("orders.number"), nullable=False, unique=True)
    issued_at: datetime = Column(Moment, nullable=False)
