"""One message becomes one turn, and a turn never ends in silence."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import UserMessage

from .incoming import Incoming
from .notices import Notices
from .options import WebOptions
from .outbox import Outbox

logger = logging.getLogger(__name__)

REMEMBERED = 512  # turns whose answer a repeated request gets again


class Turns:
    """Runs turns for many customers at once.

    A turn lives in its own task: neither the deadline nor a closed browser stops it halfway, so
    what the customer wrote and what was answered both reach the tracker. A request that comes
    again with the same id (the answer was lost on the way) joins the first one's turn; that
    memory is one process's own.
    """

    def __init__(
        self,
        on_new_message: Callable[[UserMessage], Awaitable[Any]],
        *,
        options: WebOptions,
        notices: Notices,
    ) -> None:
        self._on_new_message = on_new_message
        self._options = options
        self._notices = notices
        self._turns: OrderedDict[tuple[str, str], tuple[asyncio.Task[Any], Outbox]] = OrderedDict()

    async def answer(self, incoming: Incoming) -> list[dict[str, Any]]:
        """The bot's messages to `incoming`, at least one, within the deadline."""
        key = (incoming.sender, incoming.id or uuid.uuid4().hex)
        if key not in self._turns:
            self._start(key, incoming)
        task, outbox = self._turns[key]
        await asyncio.wait({task}, timeout=self._options.deadline)
        if task.done():
            return list(outbox.messages)
        logger.error(
            "web chat, conversation '%s': no answer within %s s. The turn goes on in the background.",
            incoming.sender,
            self._options.deadline,
        )
        return [*outbox.messages, self._notice("late", incoming)]

    def _start(self, key: tuple[str, str], incoming: Incoming) -> None:
        outbox = Outbox(name=self._options.name, inspector=self._options.inspector)
        self._turns[key] = asyncio.create_task(self._run(key, incoming, outbox)), outbox
        done = [old for old, (task, _) in self._turns.items() if task.done()]
        for old in done[: max(0, len(self._turns) - REMEMBERED)]:
            del self._turns[old]

    async def _run(self, key: tuple[str, str], incoming: Incoming, outbox: Outbox) -> None:
        kind = await self._handle(key, incoming, outbox)
        if not outbox.messages:
            outbox.messages.append(self._notice(kind, incoming))
            self._turns.pop(key, None)  # sent once more, the message gets a fresh turn

    async def _handle(self, key: tuple[str, str], incoming: Incoming, outbox: Outbox) -> str:
        """Lets the bot work; says which notice is due if it brought nothing."""
        try:
            await self._on_new_message(self._user_message(key[1], incoming, outbox))
        except (Exception, asyncio.CancelledError):  # the outermost rim
            logger.exception("web chat, conversation '%s': the turn broke off.", incoming.sender)
            return "failed"
        if not outbox.messages:
            logger.error(
                "web chat, conversation '%s': the turn brought no message. Look above for a failed action"
                " or an action server that does not answer.",
                incoming.sender,
            )
        return "silent"

    def _user_message(self, message_id: str, incoming: Incoming, outbox: Outbox) -> UserMessage:
        known = {"customer_token": incoming.token, "language": incoming.language}
        return UserMessage(
            incoming.message,
            outbox,
            incoming.sender,
            input_channel=self._options.name,
            message_id=message_id,
            metadata={key: value for key, value in known.items() if value},
        )

    def _notice(self, kind: str, incoming: Incoming) -> dict[str, Any]:
        notice = self._notices.message(kind, text=incoming.message, hint=incoming.language)
        return {"recipient_id": incoming.sender, **notice}
