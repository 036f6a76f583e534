"""Stories played through the trained bot: true ones pass, lies fail, and Rasa's own test agrees."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from balm.launch.place import Place, environment, python
from balm.launch.training import is_current, train

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
STORY = """
version: "3.1"
stories:
- story: a question about returns
  metadata:
    replies:
    - {strategy: STRATEGY, says: SAYS}
  steps:
  - user: |
      how many days do i have to send something back?
    intent: INTENT
  - action: action_reply
  - slot_was_set:
    - language: LANGUAGE
"""
TRUE = {"STRATEGY": "inform", "SAYS": "7 days", "INTENT": "refund_policy", "LANGUAGE": "en"}


@pytest.fixture(scope="module")
def model() -> Iterator[Path]:
    place = Place(ROOT)
    if not is_current(place):
        train(place)
    yield place.model


def played(model: Path, folder: Path, **lies: str) -> subprocess.CompletedProcess[str]:
    text = STORY
    for name, value in {**TRUE, **lies}.items():
        text = text.replace(name, value)
    story = folder / "test_story.yml"
    story.write_text(text, encoding="utf8")
    command = [sys.executable, "-m", "balm", "test", str(story), "--model", str(model)]
    return subprocess.run(command, cwd=ROOT, env=environment(), text=True, capture_output=True)


def test_a_true_story_passes(model: Path, tmp_path: Path) -> None:
    result = played(model, tmp_path)
    assert (result.returncode, result.stdout.strip().splitlines()[-1]) == (0, "1 passed, 0 failed")


@pytest.mark.parametrize(
    ("lies", "complaint"),
    [
        ({"STRATEGY": "escalate"}, "strategy is 'inform', expected 'escalate'"),
        ({"SAYS": "70 days"}, "the reply lacks '70 days'"),
        ({"INTENT": "greet"}, "intent is 'refund_policy', expected 'greet'"),
        ({"LANGUAGE": "zh"}, "slot language is 'en', expected 'zh'"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_a_story_that_lies_fails(model: Path, tmp_path: Path, lies: dict[str, str], complaint: str) -> None:
    result = played(model, tmp_path, **lies)
    assert result.returncode == 1
    assert complaint in " ".join(result.stdout.split())


def test_rasas_own_test_passes_on_the_same_stories(model: Path, tmp_path: Path) -> None:
    command = python(
        "-m", "rasa", "test", "core", "--e2e", "--stories", "tests", "--model", str(model),
        "--endpoints", "/dev/null", "--out", str(tmp_path), "--no-plot", "--fail-on-prediction-errors",
    )  # fmt: skip
    env = environment({"PYTHONPATH": str(ROOT)})
    result = subprocess.run(command, cwd=ROOT, env=env, text=True, capture_output=True)
    lines = (result.stdout + result.stderr).splitlines()
    assert result.returncode == 0, "\n".join([line for line in lines if "it/s" not in line][-40:])
