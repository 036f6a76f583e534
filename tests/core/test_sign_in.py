from __future__ import annotations

import pytest

from balm.sign_in import customer_of, mint

SECRET = "a secret of at least thirty-two bytes"


def test_a_minted_token_names_its_customer() -> None:
    assert customer_of(mint("C001", SECRET), SECRET) == "C001"


@pytest.mark.parametrize(
    "token",
    [
        None,
        "",
        "C001",
        7,
        {"sub": "C001"},
        mint("C001", SECRET + "x"),
        mint("C001", SECRET, lifetime_s=-1),
        mint("C001", SECRET)[:-2],
    ],
    ids=["none", "empty", "bare id", "number", "claims", "other secret", "expired", "cut"],
)
def test_nothing_else_signs_anybody_in(token: object) -> None:
    assert customer_of(token, SECRET) is None


def test_without_a_secret_nobody_is_signed_in() -> None:
    assert customer_of(mint("C001", SECRET), None) is None
