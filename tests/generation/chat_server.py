"""A real HTTP server on this machine that speaks just enough of the chat API to be wrong in every way."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any


def completion(content: Any, *, finish: str = "stop") -> bytes:
    """The body of a chat completion with one choice."""
    message = {"role": "assistant", "content": content}
    return json.dumps({"choices": [{"index": 0, "message": message, "finish_reason": finish}]}).encode()


@dataclass(frozen=True)
class Answer:
    """What one request gets: after `delay_s`, `status` and `body`, or a closed connection."""

    body: bytes = field(default_factory=lambda: completion("Hello."))
    status: int = 200
    delay_s: float = 0.0
    hang_up: bool = False


class ChatServer:
    """Gives `answers` in order, the last one for ever; keeps the requests in `asked`."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers) or [Answer()]
        self.asked: list[dict[str, Any]] = []
        self.connections = 0
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while await self._exchange(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client has gone
        finally:
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        path, headers = head.split(" ")[1], _headers(head)
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        self.asked.append({"path": path, "headers": headers, "body": json.loads(body)})
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        await asyncio.sleep(answer.delay_s)
        if answer.hang_up:
            return False
        line = f"HTTP/1.1 {answer.status} X\r\nContent-Type: application/json\r\n"
        writer.write(f"{line}Content-Length: {len(answer.body)}\r\n\r\n".encode() + answer.body)
        await writer.drain()
        return True


def _headers(head: str) -> dict[str, str]:
    pairs = (line.partition(": ") for line in head.split("\r\n")[1:] if line)
    return {name.lower(): value for name, _, value in pairs}


@asynccontextmanager
async def chat_server(*answers: Answer) -> AsyncIterator[ChatServer]:
    """A running server on a free port, closed afterwards."""
    chat = ChatServer(*answers)
    server = await asyncio.start_server(chat.serve, "127.0.0.1", 0, backlog=200)
    chat.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    try:
        yield chat
    finally:
        server.close()
        await server.wait_closed()
