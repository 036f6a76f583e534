"""A Rasa bot made by `rasa init` adopts Balm with what docs/adopt.md says, and nothing else."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import yaml

from tests.e2e.conftest import free_ports

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
UV = ROOT / ".uv" / "bin" / "uv"
BLOCK = re.compile(r"<!-- (\S+) -->\n```yaml\n(.*?)```", re.DOTALL)
TOKEN = "token-of-this-test"


def run(*command: str | Path, cwd: Path, **env: str) -> str:
    """What the command prints; its output is the failure's text."""
    kept = {
        k: v
        for k, v in os.environ.items()
        if k not in ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "VIRTUAL_ENV")
    }
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**kept, **env},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run(UV, "build", "--wheel", "--out-dir", folder, cwd=ROOT)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clean environment with nothing but the wheel and what it needs, at the locked versions."""
    folder = tmp_path_factory.mktemp("clean")
    pins = folder / "pins.txt"
    run(UV, "export", "--frozen", "--no-dev", "--no-emit-project", "--no-hashes", "-o", pins, "-q", cwd=ROOT)
    run(UV, "venv", "--python", sys.executable, folder / "venv", cwd=folder)
    python = folder / "venv" / "bin" / "python"
    run(UV, "pip", "install", "--python", python, "--no-deps", "-r", pins, wheel, cwd=folder)
    return python


@pytest.fixture(scope="module")
def bot(python: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a bot that `rasa init` made, with Balm added as the document says, trained."""
    folder = tmp_path_factory.mktemp("bot")
    run(python, "-m", "rasa", "init", "--no-prompt", cwd=folder, RASA_TELEMETRY_ENABLED="false")
    blocks = dict(BLOCK.findall((ROOT / "docs" / "adopt.md").read_text(encoding="utf8")))
    _add_to_pipeline(folder / "config.yml", yaml.safe_load(blocks["config.yml"]))
    _merge(folder / "domain.yml", yaml.safe_load(blocks["domain.yml"]))
    (folder / "data" / "care.yml").write_text(blocks["data/care.yml"], encoding="utf8")
    (folder / "endpoints.yml").write_text(blocks["endpoints.yml"], encoding="utf8")
    for old in (folder / "models").glob("*"):
        old.unlink()
    run(
        python,
        "-m",
        "rasa",
        "train",
        "--fixed-model-name",
        "adopted",
        cwd=folder,
        RASA_TELEMETRY_ENABLED="false",
    )
    return folder


def _add_to_pipeline(path: Path, line: list[dict[str, object]]) -> None:
    """`rasa init` leaves the pipeline to Rasa's defaults; this is their short form, with Balm's line."""
    config = yaml.safe_load(path.read_text(encoding="utf8"))
    config["pipeline"] = [
        {"name": "WhitespaceTokenizer"},
        {"name": "CountVectorsFeaturizer"},
        {"name": "DIETClassifier", "epochs": 60},
        *line,
    ]
    config["policies"] = [{"name": "MemoizationPolicy"}, {"name": "RulePolicy"}]
    path.write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf8")


def _merge(path: Path, added: dict[str, object]) -> None:
    domain = yaml.safe_load(path.read_text(encoding="utf8"))
    for key, value in added.items():
        mine = domain.get(key)
        domain[key] = [*(mine or []), *value] if isinstance(value, list) else {**(mine or {}), **value}  # type: ignore[dict-item]
    path.write_text(yaml.safe_dump(domain, allow_unicode=True), encoding="utf8")


@pytest.fixture(scope="module")
def address(bot: Path, python: Path) -> Iterator[str]:
    port, actions_port = free_ports(2)
    endpoints = (bot / "endpoints.yml").read_text().replace("5055", str(actions_port))
    (bot / "endpoints.yml").write_text(endpoints)
    env = {**os.environ, "BALM_ACTION_TOKEN": TOKEN, "RASA_TELEMETRY_ENABLED": "false"}
    env.pop("PYTHONPATH", None)
    commands = (
        [python, "-m", "balm", "actions", "--port", str(actions_port)],
        [python, "-m", "rasa", "run", "--enable-api", "-i", "127.0.0.1", "-p", str(port)],
    )
    with (bot / "log.txt").open("wb") as log:
        running = [
            subprocess.Popen(command, cwd=bot, env=env, stdout=log, stderr=log) for command in commands
        ]
    try:
        _wait(f"http://127.0.0.1:{port}/", running, bot / "log.txt")
        yield f"http://127.0.0.1:{port}"
    finally:
        for process in running:
            process.terminate()
            process.wait(20)


def _wait(url: str, running: list[subprocess.Popen[bytes]], log: Path) -> None:
    for _ in range(240):
        assert all(process.poll() is None for process in running), log.read_text()[-4000:]
        try:
            if httpx.get(url).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.5)
    raise AssertionError(log.read_text()[-4000:])


def test_no_generic_name_lands_in_site_packages(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"balm", "balm_rasa"}


def test_the_wheel_carries_the_model_the_policy_the_words_and_the_page(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        "balm/strategy/care_policy.yml",
        "balm/encoder/bundled/model.onnx",
        "balm/generation/responses/zh.yml",
        "balm_rasa/channels/page/index.html",
    }
    assert wanted <= names


def test_an_adopted_bot_gives_an_emotion_and_a_strategy(address: str) -> None:
    body = {
        "sender": "adopter",
        "message": "I am really disappointed in you, this is the third time it breaks",
    }
    answer = httpx.post(f"{address}/webhooks/rest/webhook", json=body, timeout=60).json()
    tracker = httpx.get(f"{address}/conversations/adopter/tracker", timeout=60).json()
    assert answer and answer[0]["text"], json.dumps(tracker)[-3000:]
    assert tracker["latest_message"]["emotion"]["name"] in {"disappointment", "frustration", "anger"}
    assert tracker["slots"]["emotion"] == tracker["latest_message"]["emotion"]["name"]
    assert tracker["slots"]["strategy"] in {"soothe", "apologise"}
