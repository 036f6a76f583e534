"""The whole bot, started as a user starts it, on free ports."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

ROOT = Path(__file__).parents[2]
PATIENCE_S = 240


@dataclass
class Bot:
    """A running bot: its address, its process and what it has printed."""

    base: str
    process: subprocess.Popen[bytes]
    printed: Path

    def say(self, text: str, *, sender: str | None = None) -> str:
        """The bot's whole answer over Rasa's REST channel."""
        body = {"sender": sender or uuid4().hex, "message": text}
        answer = httpx.post(f"{self.base}/webhooks/rest/webhook", json=body, timeout=60)
        assert answer.status_code == 200
        return "\n".join(message["text"] for message in answer.json())

    def tracker(self, sender: str) -> dict[str, object]:
        """The conversation as Rasa's HTTP API tells it."""
        return dict(httpx.get(f"{self.base}/conversations/{sender}/tracker", timeout=60).json())


def free_ports(count: int) -> list[int]:
    """Ports that nothing listens on."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


@pytest.fixture(scope="session")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    folder = tmp_path_factory.mktemp("bot")
    port, actions_port = free_ports(2)
    env = {**os.environ, "BALM_SHOP": f"sqlite:///{folder}/shop.db"}
    command = [sys.executable, "-m", "balm", "run", "--port", str(port), "--actions-port", str(actions_port)]
    printed = folder / "printed.txt"
    with printed.open("wb") as file:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=file, stderr=subprocess.STDOUT)
    running = Bot(f"http://127.0.0.1:{port}", process, printed)
    try:
        _wait(running)
        yield running
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def _wait(bot: Bot) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while "Balm is ready" not in bot.printed.read_text():
        assert bot.process.poll() is None, bot.printed.read_text()
        assert time.monotonic() < deadline, bot.printed.read_text()
        time.sleep(0.5)
