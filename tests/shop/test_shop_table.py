"""The intent table says what it cannot mean."""

from __future__ import annotations

import pytest

from balm.errors import ConfigError
from balm.shop import table
from balm.shop.facts import DEEDS, NAMES, ORDER_FACTS, SHOP_FACTS


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"fact": ["status"]}, "unknown key 'fact'. Known: .*Did you mean 'facts'"),
        ({"facts": ["statsu"]}, "unknown fact 'statsu'.*Did you mean 'status'"),
        ({"prefer": ["layte"]}, "unknown state 'layte'.*Did you mean 'late'"),
        ({"order": "wanted"}, "unknown order 'wanted'"),
        ({"case": "lost"}, "unknown case 'lost'"),
    ],
)
def test_a_row_that_cannot_be_meant_is_refused_with_what_could(row, reason):
    with pytest.raises(ConfigError, match=f"intents.yml, my_intent: {reason}"):
        table.row("my_intent", row, NAMES)


def test_every_row_asks_for_the_order_that_its_facts_need():
    for work in table.load(NAMES).rows.values():
        about_orders = set(work.facts) & (ORDER_FACTS.keys() | DEEDS.keys())
        assert about_orders == (set() if work.order == "none" else set(work.facts)), work.intent
        assert set(work.facts) - about_orders <= SHOP_FACTS.keys()


def test_whatever_is_carried_on_can_be_told_apart_from_a_request():
    loaded = table.load(NAMES)
    assert "affirm" in loaded.continuing and "deny" not in loaded.continuing


def test_every_fact_of_the_code_is_used_by_a_row():
    assert {name for work in table.load(NAMES).rows.values() for name in work.facts} == NAMES
