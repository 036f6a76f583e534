"""The action server over real HTTP, on a free port of this machine."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from actions.server import serve
from balm.errors import ConfigError

ROOT = Path(__file__).parents[2]
TOKEN = "a-test-token"
SECRET_TEXT = "my phone number is 13800000000"


@pytest.fixture(scope="module")
def server() -> Iterator[httpx.Client]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "balm", "actions", "--port", str(port)]
    env = {"PATH": "/usr/bin:/bin", "BALM_ACTION_TOKEN": TOKEN, "BALM_SHOP": "none"}
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=10) as client:
        try:
            _wait(client, process)
            yield client
        finally:
            process.terminate()
            process.wait(10)


def _wait(client: httpx.Client, process: subprocess.Popen[bytes]) -> None:
    for _ in range(120):
        assert process.poll() is None, process.stdout and process.stdout.read().decode()
        try:
            client.get("/health")
            return
        except httpx.TransportError:
            time.sleep(0.25)
    raise AssertionError("the action server did not start")


def call(action: str) -> dict[str, object]:
    tracker = {"sender_id": "c1", "slots": {}, "latest_message": {"text": SECRET_TEXT}, "events": []}
    return {"next_action": action, "tracker": tracker, "domain": {}, "version": "3.6.21"}


def test_health_needs_no_token(server: httpx.Client) -> None:
    assert server.get("/health").json() == {"status": "ok"}


@pytest.mark.parametrize("query", ["", "?token=", "?token=wrong", "?token=A-TEST-TOKEN"])
def test_without_the_right_token_nothing_runs(server: httpx.Client, query: str) -> None:
    answer = server.post(f"/webhook{query}", json=call("action_reply"))
    assert answer.status_code == 401 and SECRET_TEXT not in answer.text


def test_the_actions_of_balm_are_registered(server: httpx.Client) -> None:
    names = {row["name"] for row in server.get("/actions", params={"token": TOKEN}).json()}
    assert {"action_reply", "action_hand_over", "action_validate_slot_mappings"} <= names


def test_with_the_token_an_action_answers(server: httpx.Client) -> None:
    answer = server.post("/webhook", params={"token": TOKEN}, json=call("action_reply"))
    assert answer.status_code == 200 and answer.json()["responses"]


@pytest.mark.parametrize(
    "body",
    [b"{broken", b"[]", b"", json.dumps({"next_action": "action_reply", "note": SECRET_TEXT}).encode()],
    ids=["broken", "list", "empty", "no tracker"],
)
def test_an_error_never_echoes_the_tracker(server: httpx.Client, body: bytes) -> None:
    headers = {"content-type": "application/json"}
    answer = server.post("/webhook", params={"token": TOKEN}, content=body, headers=headers)
    assert answer.status_code >= 400
    assert SECRET_TEXT not in answer.text and "Traceback" not in answer.text


def test_an_unknown_action_is_a_404(server: httpx.Client) -> None:
    assert server.post("/webhook", params={"token": TOKEN}, json=call("action_fly")).status_code == 404


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "shop.example"])
def test_an_open_address_without_a_token_is_refused(host: str) -> None:
    with pytest.raises(ConfigError, match="BALM_ACTION_TOKEN"):
        serve("actions", host=host, token=None)
