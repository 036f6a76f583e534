"""The layout of the house: floors point one way, and nothing happens at import."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FRAMEWORKS = {"rasa", "rasa_sdk"}
ADAPTERS = {"components", "actions", "channels", "rehearsal", "balm_rasa"}
CHINESE_WORDS = re.compile(r"[\u4e00-\u9fff]{4,}")
NUMERALS = re.compile("[零一二三四五六七八九十百]+")


def modules(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def reached(path: Path) -> Iterator[str]:
    """The full names that a module imports absolutely, wherever in the file it does so."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imported(path: Path) -> set[str]:
    """The top-level packages among them."""
    return {full.split(".")[0] for full in reached(path)}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", modules("balm"), ids=name)
def test_the_core_imports_no_framework_and_no_adapter(path: Path) -> None:
    assert not imported(path) & (FRAMEWORKS | ADAPTERS)


@pytest.mark.parametrize("path", [p for a in ADAPTERS for p in modules(a)], ids=name)
def test_adapters_import_each_other_never_and_themselves_only_relatively(path: Path) -> None:
    assert not imported(path) & ADAPTERS


RECIPE = ROOT / "balm" / "encoder" / "recipe"


@pytest.mark.parametrize("path", [p for p in modules("balm") if RECIPE not in p.parents], ids=name)
def test_nothing_that_runs_at_a_designers_reaches_into_the_recipe(path: Path) -> None:
    assert [full for full in reached(path) if f"{full}.".startswith("balm.encoder.recipe.")] == []


@pytest.mark.parametrize("path", modules("balm/encoder/network"), ids=name)
def test_the_network_knows_nobody_who_trains_it(path: Path) -> None:
    own = {full for full in reached(path) if full.startswith("balm.")}
    assert all(full.startswith(("balm.encoder.network.", "balm.emotion.labels.")) for full in own)


@pytest.mark.parametrize("path", [p for a in ("balm", *ADAPTERS) for p in modules(a)], ids=name)
def test_no_module_is_longer_than_300_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf8").splitlines()) <= 300


@pytest.mark.parametrize("path", [p for a in ("balm", *ADAPTERS) for p in modules(a)], ids=name)
def test_no_sentence_for_customers_stands_in_code(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf8"))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {ast.get_docstring(n, clean=False) for n in ast.walk(tree) if isinstance(n, documented)}
    texts = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    assert [t for t in texts if CHINESE_WORDS.search(NUMERALS.sub("", t)) and t not in docstrings] == []


HEAVY = ("torch", "onnxruntime", "spacy", "rasa", "sqlalchemy", "yaml")


def test_importing_the_core_loads_nothing_heavy() -> None:
    script = f"import balm, balm.turn, balm.errors, sys; print([m for m in {HEAVY} if m in sys.modules])"
    command = [sys.executable, "-c", script]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert printed.stdout.strip() == "[]"
