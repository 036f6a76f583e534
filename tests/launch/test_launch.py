from __future__ import annotations

import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from balm.errors import ConfigError, ModelError
from balm.launch.place import Place, environment
from balm.launch.servers import (
    RESTARTS,
    Server,
    ServerDied,
    _start,
    check_free,
    stop,
    wait_until_ready,
    watch,
)
from balm.launch.training import fingerprint, is_current, train


@pytest.fixture
def place(tmp_path: Path) -> Place:
    (tmp_path / "config.yml").write_text("pipeline: []\n")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "nlu.yml").write_text("nlu: []\n")
    return Place(tmp_path)


def process(script: str, folder: Path) -> Server:
    log = folder / "server.log"
    with log.open("wb") as file:
        running = subprocess.Popen([sys.executable, "-c", script], stdout=file, stderr=file)
    return Server("the server", running, "http://127.0.0.1:9/", log)


@pytest.mark.parametrize("changed", ["config.yml", "data/nlu.yml", "data/new.yml"])
def test_any_change_of_the_sources_changes_the_fingerprint(place: Place, changed: str) -> None:
    before = fingerprint(place)
    (place.root / changed).write_text("changed: true\n")
    assert fingerprint(place) != before


def test_logs_and_conversations_do_not_change_the_fingerprint(place: Place) -> None:
    before = fingerprint(place)
    (place.memory / "rasa.log").write_text("line")
    assert fingerprint(place) == before


def test_a_bot_without_a_model_is_not_current(place: Place) -> None:
    assert not is_current(place)


def test_a_failed_training_says_why_and_remembers_nothing(place: Place) -> None:
    (place.root / "config.yml").write_text(
        "recipe: default.v1\nlanguage: en\npipeline: [{name: NoSuchComponent}]\n"
    )
    with pytest.raises(ModelError, match="NoSuchComponent|domain|data") as refusal:
        train(place)
    assert "train.log" in str(refusal.value)
    assert not is_current(place)


def test_a_used_port_is_refused_with_the_way_out() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(ConfigError, match=f"port {port}: another program uses it.*--port"):
            check_free(port, option="--port")


def test_a_server_that_dies_is_told_with_its_last_line(tmp_path: Path) -> None:
    server = process("raise SystemExit('no model here')", tmp_path)
    with pytest.raises(ServerDied, match="ended with code 1: no model here"):
        wait_until_ready([server])


def test_stopping_ends_every_server(tmp_path: Path) -> None:
    server = process("import time; time.sleep(60)", tmp_path)
    stop([server])
    assert server.process.poll() is not None


def test_rasas_processes_may_keep_bytecode(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    assert "PYTHONDONTWRITEBYTECODE" not in environment()
    assert environment()["RASA_TELEMETRY_ENABLED"] == "false"


PARENT = """
import subprocess, sys
from pathlib import Path
from balm.launch.place import Place
from balm.launch.servers import _start
server = _start(Place(Path(sys.argv[1])), "child", ["sleep", "60"], {}, health="", log="child.log")
print(server.process.pid, flush=True)
server.process.wait()
"""


def test_a_killed_launcher_leaves_no_server_behind(tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    child = Path("/proc") / (parent.stdout.readline().strip() if parent.stdout else "")
    assert (child / "cmdline").read_bytes().startswith(b"sleep")
    parent.kill()
    parent.wait(10)
    for _ in range(100):
        if not child.exists() or "Z" in (child / "status").read_text().splitlines()[2]:
            return
        time.sleep(0.05)
    raise AssertionError("the server outlived its launcher")


def test_a_server_that_ends_is_started_again_but_not_for_ever(tmp_path: Path) -> None:
    server = _start(Place(tmp_path), "child", ["true"], {}, health="", log="child.log")
    started, told = [server], []
    server.process.wait(10)
    with pytest.raises(ServerDied, match="child ended with code 0"):
        watch(started, on_restart=told.append)
    assert len(told) == RESTARTS and "started again" in told[0]
    assert started[0].process.pid != server.process.pid
