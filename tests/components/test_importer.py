"""The cached importer gives what Rasa's own does, afresh, and sees every change of a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rasa.shared.importers import utils
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.importers.rasa import RasaFileImporter

from components import importer
from components.importer import CachedFileImporter

FILES = {
    "config.yml": """
importers: [{name: components.importer.CachedFileImporter}]
""",
    "domain/intents.yml": """
version: "3.1"
intents: [greet, ask]
actions: [action_reply]
""",
    "data/nlu.yml": """
version: "3.1"
nlu:
- intent: greet
  examples: |
    - 在吗
    - hi there
- intent: ask
  examples: |
    - 我的[快递](parcel)呢
    - where is it 😡
""",
    "data/rules.yml": """
version: "3.1"
rules:
- rule: greet
  steps:
  - intent: greet
  - action: action_reply
""",
}


@pytest.fixture
def bot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a small bot, which is read for the first time."""
    monkeypatch.setattr(importer, "_REMEMBERED", {})
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf8")
    yield tmp_path


def read(bot: Path, kind: type[RasaFileImporter] = CachedFileImporter) -> dict[str, Any]:
    """Everything that a new importer of this kind reads."""
    made = kind(str(bot / "config.yml"), str(bot / "domain"), [str(bot / "data")])
    return {"nlu": made.get_nlu_data(), "stories": made.get_stories(), "domain": made.get_domain()}


def prints(found: dict[str, Any]) -> dict[str, str]:
    """The fingerprint of each part."""
    return {name: one.fingerprint() for name, one in found.items()}


def test_all_parts_are_those_of_rasas_own_importer(bot: Path) -> None:
    own = prints(read(bot, RasaFileImporter))
    assert prints(read(bot)) == own
    assert prints(read(bot)) == own


def test_unchanged_files_are_parsed_once(bot: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    load = utils.training_data_from_paths
    monkeypatch.setattr(utils, "training_data_from_paths", lambda *given: asked.append(given) or load(*given))
    for _ in range(3):
        read(bot)
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("file", "old", "new", "changed"),
    [
        ("data/nlu.yml", "hi there", "hi you", {"nlu"}),
        ("data/rules.yml", "rule: greet", "rule: a greeting", {"stories"}),
        ("domain/intents.yml", "[greet, ask]", "[greet, ask, thank]", {"domain"}),
    ],
)
def test_a_changed_file_is_read_anew(bot: Path, file: str, old: str, new: str, changed: set[str]) -> None:
    before = prints(read(bot))
    text = (bot / file).read_text(encoding="utf8")
    (bot / file).write_text(text.replace(old, new), encoding="utf8")
    after = prints(read(bot))
    assert {name for name in before if before[name] != after[name]} == changed
    assert after == prints(read(bot, RasaFileImporter))


def test_what_one_reader_changes_no_other_sees(bot: Path) -> None:
    first = read(bot)["nlu"]
    first.training_examples[0].set("text", "changed")
    assert "changed" not in {example.get("text") for example in read(bot)["nlu"].training_examples}


def test_a_broken_file_is_told_each_time(bot: Path) -> None:
    (bot / "data" / "nlu.yml").write_text('version: "3.1"\nnlu:\n- intent: [', encoding="utf8")
    for _ in range(2):
        with pytest.raises(Exception, match="nlu.yml"):
            read(bot)


def test_config_names_it(bot: Path) -> None:
    found = TrainingDataImporter.load_from_config(
        str(bot / "config.yml"), str(bot / "domain"), [str(bot / "data")]
    )
    assert sorted(found.get_nlu_data().intents) == ["ask", "greet"]
    assert importer._REMEMBERED
