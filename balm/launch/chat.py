"""A conversation in the terminal, over the same channel as the chat page."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import uuid4

import httpx
from rich.console import Console
from rich.markup import escape

from balm.errors import BalmError

PATIENCE_S = 70.0


class Line:
    """The chat channel of a running bot at `base`, e.g. `http://127.0.0.1:5005`."""

    def __init__(self, base: str) -> None:
        self._http = httpx.Client(base_url=f"{base}/webhooks/chat", timeout=PATIENCE_S)
        self._sender = str(uuid4())
        self._token: str | None = None

    def is_open(self) -> bool:
        """Whether a bot answers there."""
        try:
            return self._http.get("/").status_code == 200
        except httpx.HTTPError:
            return False

    def sign_in(self, customer: str) -> None:
        """Signs the visitor in as a demo customer.

        Raises:
            BalmError: the bot knows no such customer.
        """
        answer = self._http.post("/sign_in", json={"customer_id": customer})
        if answer.status_code != 200:
            known = ", ".join(self._customers())
            raise BalmError(f"customer '{customer}': the bot does not know them. It knows: {known}.")
        self._token = answer.json()["token"]

    def send(self, text: str) -> list[dict[str, Any]]:
        """The bot's messages in answer to `text`.

        Raises:
            BalmError: the bot did not answer.
        """
        body = {"sender": self._sender, "message": text, "token": self._token}
        try:
            answer = self._http.post(
                "/webhook", json={key: value for key, value in body.items() if value is not None}
            )
            answer.raise_for_status()
        except httpx.HTTPError as error:
            raise BalmError(f"the bot did not answer ({error}). Is it still running?") from error
        return list(answer.json())

    def _customers(self) -> list[str]:
        return [str(customer["id"]) for customer in self._http.get("/customers").json()]


def talk(line: Line, *, customer: str = "") -> None:
    """Reads messages from the terminal until an empty end of input, and prints the answers."""
    console = Console(highlight=False)
    if customer:
        line.sign_in(customer)
    console.print("[dim]Type a message, in Chinese or English. Ctrl-D ends the conversation.[/dim]")
    for text in _typed(console):
        started = time.monotonic()
        for message in line.send(text):
            console.print(f"[bold green]Balm[/]  {escape(str(message.get('text') or ''))}")
            if care := message.get("care"):
                console.print(
                    f"[dim]      {escape(_why(care))} · {1000 * (time.monotonic() - started):.0f} ms[/dim]"
                )


def _typed(console: Console) -> Iterator[str]:
    while True:
        try:
            text = console.input("[bold]You[/]   ") if sys.stdin.isatty() else input()
        except (EOFError, KeyboardInterrupt):
            console.print()
            return
        if text.strip():
            yield text


def _why(care: Mapping[str, Any]) -> str:
    """The why-card in one line."""
    reading = care.get("reading") or {}
    feeling = "unsure" if reading.get("abstained") else reading.get("name")
    return f"{feeling} {reading.get('intensity', 0):.1f} → {care.get('strategy')} ({care.get('rule')})"
