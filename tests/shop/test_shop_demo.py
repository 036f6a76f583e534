"""The demo shop covers what customers write about."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from shop_talk import NOW
from sqlalchemy import select

from balm.errors import ConfigError
from balm.shop import demo_customers
from balm.shop.database import Database
from balm.shop.models import Order, Product, Variant
from balm.shop.seed import fill
from balm.shop.seed.rows import moment_of
from balm.shop.states import STATES

MOMENT = datetime.fromtimestamp(NOW, timezone.utc)


@pytest.fixture(scope="module")
def demo() -> Database:
    database = Database("sqlite://")
    database.create()
    fill(database, now=NOW)
    return database


@pytest.mark.parametrize("state", sorted(STATES))
def test_the_demo_has_an_order_in_every_state(demo, state):
    with demo.reading() as session:
        orders = session.execute(select(Order)).unique().scalars().all()
        assert any(STATES[state](order, MOMENT) for order in orders)
        assert not all(STATES[state](order, MOMENT) for order in orders)


def test_the_picker_names_customers_of_both_languages_with_a_hint(demo):
    people = demo_customers(demo)
    assert {person["language"] for person in people} == {"zh", "en"}
    assert all(
        set(person) == {"id", "name", "language", "hint"} and all(person.values()) for person in people
    )
    assert "羽绒服" in next(person for person in people if person["id"] == "C001")["hint"]
    assert "delivered" in next(person for person in people if person["id"] == "C008")["hint"]


def test_the_picker_takes_a_url_and_finds_nobody_in_a_shop_that_is_not_made_yet(tmp_path):
    url = f"sqlite:///{tmp_path}/shop.db"
    assert demo_customers(url) == []
    database = Database(url)
    database.create()
    fill(database)
    assert len(demo_customers(url)) == 13


def test_the_shelf_is_told_in_both_languages(demo):
    with demo.reading() as session:
        products = session.execute(select(Product)).scalars().all()
        assert len(products) >= 25
        for product in products:
            for texts in (
                product.name,
                product.brand,
                product.about,
                product.aliases,
                product.size_advice or product.name,
            ):
                assert texts["zh"] and texts["en"]
            for detail in product.details:
                assert detail["zh"] and detail["en"] and detail["ask"]["zh"] and detail["ask"]["en"]


def test_sizes_on_the_shelf_stand_in_the_size_table(demo):
    with demo.reading() as session:
        for product in session.execute(select(Product)).scalars():
            known = {row["size"] for row in product.sizes}
            assert not known or {variant.size for variant in product.variants} <= known


def test_what_was_ordered_is_or_was_on_the_shelf(demo):
    with demo.reading() as session:
        options = {
            (row.product_id, row.size) for row in session.execute(select(Variant.product_id, Variant.size))
        }
        for order in session.execute(select(Order)).unique().scalars():
            assert {(line.product_id, line.size) for line in order.lines} <= options


def test_a_time_that_is_not_relative_is_refused():
    with pytest.raises(ConfigError, match="yesterday"):
        moment_of("yesterday", MOMENT)
