from __future__ import annotations

from pathlib import Path

import pytest

from balm.errors import ConfigError
from balm.settings import Settings


def written(folder: Path, text: str) -> Path:
    path = folder / "balm.yml"
    path.write_text(text, encoding="utf8")
    return path


def test_a_missing_file_gives_a_bot_without_a_shop_and_without_an_llm(tmp_path: Path) -> None:
    settings = Settings.load(tmp_path / "balm.yml", env={})
    assert (settings.shop, settings.generator) == (None, "template")


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, "deadline_s: 3\nshop: sqlite:///a.db\n")
    settings = Settings.load(path, env={"BALM_DEADLINE_S": "5", "BALM_SHOP": "none"})
    assert (settings.deadline_s, settings.shop) == (5.0, None)


def test_the_bots_own_file_is_valid() -> None:
    settings = Settings.load(Path(__file__).parents[2] / "balm.yml", env={})
    assert settings.demo_shop and settings.handoff["time_zone"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("generater: openai", "Did you mean 'generator'?"),
        ("generator: gpt", "unknown generator 'gpt'. Known: openai, template."),
        ("generator: openai", "BALM_LLM_BASE_URL"),
        ("deadline_s: soon", "deadline_s 'soon': a number is wanted"),
        ("deadline_s: 90", "at most 50 seconds"),
        ("demo_shop: maybe", "true or false is wanted"),
        ("default_language: fr", "unknown default_language 'fr'"),
        ("handoff: always", "a mapping is wanted"),
        ("shop: [a]", "a text is wanted"),
        ("- a list", "a mapping of keys to values is wanted"),
        ("a: [", "this is not YAML"),
        ("llm_api_key: sk-1", "Set BALM_LLM_API_KEY in the environment"),
    ],
)
def test_a_wrong_setting_is_refused_with_what_is_allowed(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        Settings.load(written(tmp_path, text), env={})
    assert complaint in str(refusal.value)


def test_secrets_stay_out_of_the_repr() -> None:
    settings = Settings.load(
        "no such file", env={"BALM_LLM_API_KEY": "sk-secret", "BALM_ACTION_TOKEN": "t0ken"}
    )
    assert settings.llm_api_key == "sk-secret"
    assert "sk-secret" not in repr(settings) and "t0ken" not in repr(settings)
