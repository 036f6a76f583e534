"""A bot for the tests of the web chat: says what it is told to, into a real tracker, on a real server."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from rasa.core.channels.channel import UserMessage, register
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, UserUttered
from sanic import Sanic

from channels.web import WebChannel

Answer = Callable[[UserMessage], Any]


class ScriptedBot:
    """Stands where Rasa's agent stands. `script` maps a customer's text to what happens.

    A row is a list of utterances (`{"text": ..., "care": ...}`), an exception to raise, or a
    number of seconds to wait before the next row. A text without a row is refused loudly.
    """

    def __init__(self, script: dict[str, list[Any]]) -> None:
        self.script = script
        self.received: list[UserMessage] = []
        self.tracker_store = InMemoryTrackerStore(Domain.empty())

    async def handle_message(self, message: UserMessage) -> None:
        self.received.append(message)
        rows = self.script.get(message.text, self.script.get("*"))
        if rows is None:
            raise AssertionError(f"the script has no row for {message.text!r}")
        spoken = [BotUttered(text, data, care) async for text, data, care in self._played(rows, message)]
        tracker = await self.tracker_store.get_or_create_tracker(message.sender_id)
        tracker.update(
            UserUttered(
                message.text,
                input_channel=message.input_channel,
                message_id=message.message_id,
                metadata=message.metadata,
            )
        )
        for event in (*spoken, ActionExecuted("action_listen")):
            tracker.update(event)
        await self.tracker_store.save(tracker)

    async def _played(self, rows: list[Any], message: UserMessage) -> Any:
        for row in rows:
            if isinstance(row, BaseException):
                raise row
            if isinstance(row, (int, float)):
                await asyncio.sleep(row)
                continue
            known = {key: value for key, value in row.items() if key not in ("text", "care")}
            metadata = {"care": row["care"]} if "care" in row else {}
            event = BotUttered(row.get("text"), known, metadata)
            await message.output_channel.send_response(message.sender_id, event.message())
            yield row.get("text"), known, metadata


@contextmanager
def served(channel: WebChannel, bot: Any) -> Iterator[str]:
    """The address of `channel`, mounted by Rasa's own `register` on a real server, until the block ends."""
    Sanic.test_mode = True
    app = Sanic(f"web_chat_{id(channel)}", configure_logging=False)
    app.ctx.agent = bot
    register([channel], app, route="/webhooks/")
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        with _running(app, sock):
            yield f"http://127.0.0.1:{sock.getsockname()[1]}/webhooks/{channel.url_prefix()}"


@contextmanager
def _running(app: Sanic, sock: socket.socket) -> Iterator[None]:
    loop = asyncio.new_event_loop()
    ready = threading.Event()
    state = SimpleNamespace(server=None)

    async def serve() -> None:
        state.server = await app.create_server(sock=sock, return_asyncio_server=True)
        await state.server.startup()
        await state.server.start_serving()
        ready.set()

    def work() -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(serve())
        loop.run_forever()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    assert ready.wait(10), "the test server did not start"
    try:
        yield
    finally:
        loop.call_soon_threadsafe(state.server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
