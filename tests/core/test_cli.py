"""The command line, as a designer and a pipe use it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMMANDS = ("run", "train", "actions", "chat", "read", "lint", "explain", "test")


def balm(*arguments: str, stdin: bytes = b"", cwd: Path = ROOT) -> subprocess.CompletedProcess[bytes]:
    env = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "COLUMNS": "200", "PYTHONWARNINGS": "ignore"}
    command = [sys.executable, "-m", "balm", *arguments]
    return subprocess.run(command, cwd=cwd, env=env, input=stdin, capture_output=True, timeout=120)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_helps_with_an_example(command: str) -> None:
    told = balm(command, "--help").stdout.decode()
    assert "Example" in told and f"balm {command}" in told


def test_readings_come_one_a_line_in_order_and_a_bad_line_stops_nobody() -> None:
    lines = [
        b'{"text": "\xe9\xaa\x97\xe5\xad\x90\xef\xbc\x81\xe9\x80\x80\xe9\x92\xb1\xef\xbc\x81"}',
        b"not json",
        b'{"text": 7}',
        b'{"words": "x"}',
        b'{"text": ""}',
        b'{"text": "\\ud83d half an emoji"}',
        b'{"text": "thank you so much, it is lovely"}',
        b"\xff\xfe",
    ]
    done = balm("read", stdin=b"\n".join(lines) + b"\n")
    answers = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert ["error" in answer for answer in answers] == [False, True, True, True, False, False, False, True]
    assert answers[0]["name"] in {"anger", "frustration"} and answers[6]["name"] == "joy"
    assert done.returncode == 1 and b"line 2" in done.stderr and b"line 8" in done.stderr


def test_the_bots_own_policy_has_no_findings() -> None:
    done = balm("lint")
    assert done.returncode == 0, done.stdout.decode()
    assert b"0 findings" in done.stdout


def test_lint_names_a_row_that_can_never_fire(tmp_path: Path) -> None:
    policy = tmp_path / "policy.yml"
    policy.write_text(
        "rules:\n- {name: all, when: {intensity: '>= 0'}, strategy: soothe}\n"
        "- {name: never, when: {emotion: joy}, strategy: celebrate}\n- {name: rest, strategy: inform}\n"
    )
    done = balm("lint", str(policy))
    assert done.returncode == 1 and b"never" in done.stdout


def test_a_wrong_policy_is_told_in_one_sentence(tmp_path: Path) -> None:
    policy = tmp_path / "policy.yml"
    policy.write_text("rules:\n- {name: all, strategy: sooth}\n")
    done = balm("lint", str(policy))
    assert done.returncode == 1
    assert b"Did you mean 'soothe'?" in done.stderr and b"Traceback" not in done.stderr


@pytest.mark.parametrize("text", ["都三天了还没发货，气死我了！", "great, just great", "", "😡"])
def test_explain_ends_with_the_strategy_and_the_rule(text: str) -> None:
    done = balm("explain", text)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.decode().strip().splitlines()[-1].startswith("-> ")


def test_a_bot_without_a_model_is_told_to_train(tmp_path: Path) -> None:
    (tmp_path / "test_a.yml").write_text(
        "stories:\n- story: a\n  steps:\n  - {user: hi, intent: greet}\n  - {action: action_reply}\n"
    )
    done = balm("test", "test_a.yml", cwd=tmp_path)
    assert done.returncode == 1 and b"balm train" in done.stderr
