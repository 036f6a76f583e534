"""Who is signed in: a token that a channel carries and the action server can check.

A bot server lets any client write a message's metadata, and even the name of the channel, so a
bare customer id proves nothing. The shop's own site (or Balm's demo page) signs the id with the
secret that it shares with the action server; what is not signed is an anonymous visitor.
"""

from __future__ import annotations

import time

ALGORITHM = "HS256"
LIFETIME_S = 12 * 3600


def mint(customer_id: str, secret: str, *, lifetime_s: float = LIFETIME_S) -> str:
    """A token that says `customer_id` is signed in, for `lifetime_s` seconds.

    >>> customer_of(mint("C001", "s" * 32), "s" * 32)
    'C001'
    >>> customer_of(mint("C001", "s" * 32), "another secret of thirty-two bytes")
    """
    import jwt

    return jwt.encode({"sub": customer_id, "exp": time.time() + lifetime_s}, secret, algorithm=ALGORITHM)


def customer_of(token: object, secret: str | None) -> str | None:
    """The customer that `token` vouches for; None for a missing, forged or expired one."""
    import jwt

    if not (isinstance(token, str) and secret):
        return None
    try:
        claims = jwt.decode(token, secret, algorithms=[ALGORITHM], options={"require": ["exp", "sub"]})
    except jwt.InvalidTokenError:
        return None
    return str(claims["sub"])
