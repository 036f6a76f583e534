"""The latency benchmark: the same messages for all, one process each, medians that are medians."""

from __future__ import annotations

from pathlib import Path

import pytest

from balm.emotion.training import shipped_folder
from balm.errors import ConfigError, ModelError
from balm.language import detect
from benchmarks.latency import course, messages, page, worker
from benchmarks.latency.contestants import CONTESTANTS, chosen, part

FILES = {"bot": "none", "stock": "none", "twin": "none"}


def test_messages_are_as_long_as_they_are_called_in_both_languages() -> None:
    found = messages.by_length(shipped_folder(), count=20, seed=1)
    assert {length: len(set(texts)) for length, texts in found.items()} == {
        "short": 20,
        "medium": 20,
        "long": 20,
    }
    lengths = [max(map(len, found["short"])), min(map(len, found["medium"])), min(map(len, found["long"]))]
    assert lengths[0] <= 40 and lengths[1] >= 20 and lengths[2] >= 70
    assert 8 <= sum(detect(text) == "zh" for text in found["long"]) <= 12
    assert found == messages.by_length(shipped_folder(), count=20, seed=1)


def test_contestants_come_in_the_order_of_the_table() -> None:
    assert chosen(" starter,nothing ") == ["nothing", "starter"]


def test_an_unknown_contestant_is_named_with_its_neighbour() -> None:
    with pytest.raises(ConfigError, match="unknown contestant 'encodre'.*Did you mean 'encoder'"):
        chosen("nothing,encodre")


@pytest.mark.parametrize("name", ["nothing", "encoder"])
def test_a_worker_times_every_message(name: str) -> None:
    texts = [f"where is parcel {number}?" for number in range(12)]
    found = worker.measure({"name": name, "files": FILES, "messages": {"short": texts}})
    assert len(found["waits_ms"]["short"]) == 12
    assert all(wait > 0 for wait in found["waits_ms"]["short"])
    assert found["resident_mb"] >= found["loaded_mb"] - 5 > 0


def test_starts_are_summed_up_by_their_medians() -> None:
    answers = [
        {"ready_s": ready, "loaded_mb": 100.0, "resident_mb": 100.0 + ready, "waits_ms": {}}
        for ready in (9.0, 1.0, 2.0)
    ]
    answers[-1]["waits_ms"] = {"short": [float(number) for number in range(1, 102)]}
    found = page.summary(answers)
    assert (found["ready_s"], found["loaded_mb"], found["resident_mb"]) == (2.0, 100.0, 102.0)
    assert found["waits"]["short"] == {"p50_ms": 51.0, "p95_ms": 96.0, "p99_ms": 100.0}


def test_a_bot_that_is_no_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bot.tar.gz").write_text("no archive")
    with pytest.raises(ModelError, match="cannot be unpacked"):
        course.prepare(tmp_path, tmp_path / "bot.tar.gz")


def test_a_bot_without_balm_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="has no TransformerIntentClassifier"):
        part(tmp_path, "TransformerIntentClassifier")


def test_a_contestant_that_fails_is_named_with_its_last_words(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="latency of 'models'.*TransformerEmotionClassifier"):
        course.measured("models", course.Files(tmp_path, tmp_path, tmp_path), {}, tmp_path)


def test_a_stream_is_timed_from_its_start(tmp_path: Path) -> None:
    lines = "".join(f"    - message number {number}\n" for number in range(40))
    (tmp_path / "own.yml").write_text(f"language: en\nemotions:\n- emotion: neutral\n  examples: |\n{lines}")
    found = course.stream(tmp_path, lines=30)
    assert found["messages"] == 30
    assert found["per_s_running"] > found["per_s_in_all"] > 0


def test_the_page_tells_what_is_added_to_what() -> None:
    waits = {length: {"p50_ms": 1.0, "p95_ms": 2.0, "p99_ms": 3.0} for length in messages.BANDS}
    row = {"ready_s": 1.0, "loaded_mb": 100.0, "resident_mb": 110.0}
    found = {
        "models": {**row, "waits": waits},
        "nothing": {"ready_s": 0.25, "loaded_mb": 30.0, "resident_mb": 30.0, "waits": {}},
    }
    stream = {"messages": 30, "first_s": 0.5, "per_s_in_all": 300.0, "per_s_running": 600.0}
    text = "\n".join(page.sections(found, stream, {"short": 20, "medium": 20, "long": 20}))
    assert "Balm's three models over a bare Python: +0.75 s, +70 MB." in text
    assert f"| {CONTESTANTS['models'].title} | 1.00 / 2.00 / 3.00 |" in text
    assert "600 a second" in text
