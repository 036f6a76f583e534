"""What the README tells a designer to type works as it stands."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from balm.launch.place import environment

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf8")
BLOCK = re.compile(r"```yaml\n# (\S+\.yml).*?\n(.*?)```", re.DOTALL)
BOT = (
    "config.yml",
    "balm.yml",
    "care_policy.yml",
    "endpoints.yml",
    "domain",
    "data",
    "emotion_data",
    "components",
    "actions",
)
STORY = """
version: "3.1"
stories:
- story: the new intent is answered in the words of the README
  metadata:
    replies:
    - {says: "Yes. Choose \\"gift box\\" at checkout"}
    - {says: 结算时勾选}
  steps:
  - user: |
      could you wrap it as a gift please?
    intent: gift_wrap
  - action: action_reply
  - user: |
      能包装成礼物吗 gift wrap
    intent: gift_wrap
  - action: action_reply
"""


def test_every_make_target_that_the_readme_names_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z]+)", README)) <= targets


def test_every_path_that_the_readme_names_exists() -> None:
    named = re.findall(r"`((?:[\w.-]+/)+[\w.-]*)`", README)
    assert [path for path in named if not (ROOT / path).exists() and "my_words" not in path] == []


@pytest.mark.slow
def test_a_designer_adds_an_intent_with_yaml_alone(tmp_path: Path) -> None:
    for name in BOT:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)  # type: ignore[operator]
    for name, text in BLOCK.findall(README):
        assert not (tmp_path / name).exists(), "the README says that these files are new"
        (tmp_path / name).write_text(text, encoding="utf8")
    (tmp_path / "test_gift.yml").write_text(STORY, encoding="utf8")
    for arguments in (["train"], ["test", "test_gift.yml"]):
        command = [sys.executable, "-m", "balm", *arguments]
        env = environment({"PYTHONPATH": str(ROOT)})
        done = subprocess.run(command, cwd=tmp_path, env=env, text=True, capture_output=True)
        assert done.returncode == 0, done.stdout + done.stderr
