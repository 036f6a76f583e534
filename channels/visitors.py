"""Who sits at the page: an anonymous visitor, or a customer whose token the secret has signed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from balm.sign_in import customer_of, mint

from .incoming import Refused

logger = logging.getLogger(__name__)

Customers = Callable[[], Sequence[dict[str, Any]]]


class Visitors:
    """Checks tokens, and on a demo page hands them out for the demo shop's customers."""

    def __init__(self, *, demo: bool, secret: str | None, customers: Customers) -> None:
        self.demo = demo and bool(secret)
        self._secret = secret
        self._customers = customers
        if demo and not secret:
            logger.warning(
                "web chat, option demo_sign_in 'true': without a secret to sign with nobody can sign in."
                " Set BALM_SIGN_IN_SECRET to the same 32 characters or more here and for the action server."
            )

    def check(self, token: str | None) -> None:
        """Returns when `token` is absent or good.

        Raises:
            Refused: it is forged, expired, or signed with another secret.
        """
        if token and not customer_of(token, self._secret):
            raise Refused("bad_token", "token: not valid any more, or never was. Sign in again.", status=401)

    def customers(self) -> list[dict[str, Any]]:
        """The demo customers for the page's picker; none when the shop cannot be read."""
        if not self.demo:
            return []
        try:
            return list(self._customers())
        except Exception:  # the picker is a convenience: the chat itself goes on without it
            logger.exception("web chat: the demo customers could not be read.")
            return []

    def sign_in(self, customer_id: str | None) -> dict[str, Any]:
        """A fresh token for a demo customer.

        Raises:
            Refused: this is no demo page, or there is no such demo customer.
        """
        if not self.demo or not self._secret:
            raise Refused("no_sign_in", "sign_in: this page does not sign anybody in.", status=403)
        known = {str(customer["id"]): customer for customer in self.customers()}
        if customer_id not in known:
            asked = (customer_id or "")[:40]
            raise Refused("no_customer", f"customer '{asked}': not a demo customer.", status=404)
        return {"token": mint(str(customer_id), self._secret), "customer": known[str(customer_id)]}


def demo_customers() -> Sequence[dict[str, Any]]:
    """The demo shop's customers, from the shop that `balm.yml` names; none without one."""
    from balm.settings import Settings

    settings = Settings.load()
    if not settings.shop:
        return ()
    from balm.shop import demo_customers as of_shop

    return of_shop(settings.shop)
