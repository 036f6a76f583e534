"""The addresses of the web chat."""

from __future__ import annotations

from sanic import Blueprint, response
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse

from .answers import breakdown, function, interrupted, refusal, with_headers
from .files import page_files
from .history import visible
from .incoming import Incoming, Refused, body_of, incoming_of, sender_of, text_field
from .notices import Notices
from .options import WebOptions
from .rate import RateLimit
from .turns import Turns
from .visitors import Visitors

LARGEST_CHARACTER = 12  # bytes, of one outside the BMP when JSON escapes it
OTHER_FIELDS = 4096  # bytes, for the token and the names around the message


class Routes:
    """Answers the page's requests: reads, asks the parts, writes back."""

    def __init__(self, turns: Turns, *, options: WebOptions, notices: Notices, visitors: Visitors) -> None:
        self._turns = turns
        self._options = options
        self._notices = notices
        self._visitors = visitors
        self._rate = RateLimit(options.messages_per_minute)
        self._files = page_files()
        self._longest = OTHER_FIELDS + LARGEST_CHARACTER * options.message_limit

    def mounted(self, blueprint: Blueprint) -> Blueprint:
        """`blueprint` with all addresses, error answers and headers."""
        rows = (
            ("/", "GET", self.page),
            ("/page/<name>", "GET", self.file),
            ("/settings", "GET", self.settings),
            ("/customers", "GET", self.customers),
            ("/conversation", "GET", self.conversation),
            ("/sign_in", "POST", self.sign_in),
            ("/webhook", "POST", self.webhook),
        )
        for path, method, handler in rows:
            blueprint.add_route(function(handler), path, methods=[method], name=handler.__name__)
        blueprint.exception(Refused)(refusal)
        blueprint.exception(SanicException)(interrupted)
        blueprint.exception(Exception)(breakdown)
        blueprint.middleware("response")(with_headers)
        return blueprint

    async def page(self, request: Request) -> HTTPResponse:
        """The chat page; its relative links need the slash at the end."""
        if not request.path.endswith("/"):
            return response.redirect(f"{request.path.rsplit('/', 1)[-1]}/")
        return await self.file(request, "index.html")

    async def file(self, request: Request, name: str) -> HTTPResponse:
        """One of the page's files."""
        if name not in self._files:
            raise Refused("no_file", f"page '{name[:60]}': there is no such file.", status=404)
        body, content_type = self._files[name]
        return response.raw(body, content_type=content_type)

    async def settings(self, request: Request) -> HTTPResponse:
        """What this page offers."""
        return response.json({**self._options.shown(), "demo_sign_in": self._visitors.demo})

    async def customers(self, request: Request) -> HTTPResponse:
        """The demo customers to choose from."""
        return response.json(self._visitors.customers())

    async def sign_in(self, request: Request) -> HTTPResponse:
        """A token for the demo customer that was chosen."""
        body = body_of(request.body, longest=OTHER_FIELDS)
        return response.json(self._visitors.sign_in(text_field(body, "customer_id")))

    async def conversation(self, request: Request) -> HTTPResponse:
        """All that was said so far, for whoever holds the conversation's id."""
        sender = sender_of(request.args.get("sender"))
        agent = getattr(request.app.ctx, "agent", None)
        if agent is None or agent.tracker_store is None:
            raise Refused("starting", "conversation: the bot is still loading. Ask again.", status=503)
        tracker = await agent.tracker_store.retrieve_full_tracker(sender)
        events = tracker.events if tracker else ()
        return response.json({"messages": visible(events, options=self._options, notices=self._notices)})

    async def webhook(self, request: Request) -> HTTPResponse:
        """The bot's messages to one message of the customer."""
        incoming = incoming_of(body_of(request.body, longest=self._longest))
        self._visitors.check(incoming.token)
        notice = self._turned_away(incoming)
        if notice:
            said = self._notices.message(notice, text=incoming.message, hint=incoming.language)
            return response.json([{"recipient_id": incoming.sender, **said}])
        return response.json(await self._turns.answer(incoming))

    def _turned_away(self, incoming: Incoming) -> str | None:
        """The notice for a message that becomes no turn."""
        if not incoming.message:
            return "empty"
        if len(incoming.message) > self._options.message_limit:
            return "too_long"
        return None if self._rate.allows(incoming.sender) else "busy"
