"""Orders, parcels, refunds, products and customers, in any database that SQLAlchemy speaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from balm.shop.database import Database


def demo_customers(shop: Database | str) -> list[dict[str, str]]:
    """The demo's customers for a page's picker: id, name, language, and a hint at what is going on.

    The hint is in the customer's own language. A shop without a demo, or one whose tables are not
    made yet, has none. `shop` is an open database or its URL.

    Raises:
        ShopError: the database cannot be read.
    """
    from contextlib import closing

    from sqlalchemy import inspect, select

    from balm.shop.database import Database
    from balm.shop.models import Customer
    from balm.shop.orm import col

    if isinstance(shop, str):
        with closing(Database(shop)) as database:
            return demo_customers(database)
    shown = (Customer.id, Customer.name, Customer.language, Customer.hint)
    with shop.reading() as session:
        if not inspect(session.connection()).has_table(Customer.__tablename__):
            return []
        rows = session.execute(select(*shown).where(col(Customer.hint).is_not(None)).order_by(Customer.id))
        return [dict(row._mapping) for row in rows]
