"""The web chat: Balm's own page, and the connector behind it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint

from .notices import Notices
from .options import WebOptions
from .routes import Routes
from .turns import Turns
from .visitors import Customers, Visitors, demo_customers


class WebChannel(InputChannel):
    """A Rasa connector that serves the chat page at `/webhooks/chat/` and answers it.

    In `credentials.yml`:

        channels.web.WebChannel:
          inspector: true       # send each reply's why-card to the browser
          demo_sign_in: true    # let visitors become one of the demo customers

    Signed-in customers in production: the shop's own site knows who is logged in. It signs that
    customer's id with the secret it shares with Balm (the environment's `BALM_SIGN_IN_SECRET`, 32
    characters or more) as a JSON Web Token, HS256, with the claims `sub` (the customer's id) and
    `exp`, which is what `balm.sign_in.mint` returns. Its page posts the token with every message:
    `POST webhook {"sender": <random UUID>, "message": ..., "token": ...}`. The action server checks
    the signature itself; a customer id without one, or metadata that a client makes up, counts for nothing.
    """

    def __init__(
        self,
        options: WebOptions | None = None,
        *,
        secret: str | None = None,
        customers: Customers = demo_customers,
    ) -> None:
        self.options = options or WebOptions()
        self._visitors = Visitors(demo=self.options.demo_sign_in, secret=secret, customers=customers)
        self._notices = Notices.load(limit=self.options.message_limit)

    @classmethod
    def name(cls) -> str:
        """What Rasa calls this channel unless an instance is named otherwise."""
        return WebOptions.name

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> WebChannel:
        """The channel that a credentials entry asks for; the secret comes from the environment.

        Raises:
            ConfigError: an option is unknown or out of range.
        """
        from balm.settings import Settings

        return cls(WebOptions.of(credentials), secret=Settings.load().sign_in_secret)

    def url_prefix(self) -> str:
        """The address below `/webhooks/`."""
        return self.options.name

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The page and its five addresses, for Rasa's server to mount."""
        turns = Turns(on_new_message, options=self.options, notices=self._notices)
        routes = Routes(turns, options=self.options, notices=self._notices, visitors=self._visitors)
        return routes.mounted(Blueprint(f"web_chat_{self.options.name}"))
