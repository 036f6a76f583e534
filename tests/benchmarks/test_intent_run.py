"""The intent benchmark as a command: it measures, remembers, stops in time, and tells what is wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from balm.launch.place import environment
from benchmarks.intents.measure import Course, measure, sample
from benchmarks.intents.methods import METHODS, Task
from benchmarks.intents.sets import Example, IntentSet

WORDS = {
    "track": ("parcel", "courier", "tracking"),
    "refund": ("refund", "money", "repay"),
    "greet": ("hi", "hello", "morning"),
}
FRAMES = (
    "{} please",
    "about the {}",
    "my {} today",
    "the {} again",
    "so, {}?",
    "{}!",
    "a {}",
    "well, {} then",
)
TRAIN = tuple(Example(frame.format(w), i) for i, words in WORDS.items() for w in words for frame in FRAMES)
TEST = tuple(
    Example(f"well, the {word}, you know", intent) for intent, words in WORDS.items() for word in words
)
SET = IntentSet("tiny", "en", TRAIN, TEST, validation=TRAIN, foreign=("zzz qqq", "?!", ""))
CHINESE = (
    Example("我要退款", "退款"),
    Example("退款怎么办", "退款"),
    Example("快递到哪了", "物流"),
    Example("查物流", "物流"),
)


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data/bitext_cs"
    folder.mkdir(parents=True)
    for split, rows in (("train", TRAIN), ("test", TEST)):
        text = "\n".join(json.dumps({"text": row.text, "label": row.intent}) for row in rows)
        (folder / f"{split}.jsonl").write_text(text)
    return tmp_path / "data"


def run(*arguments):
    command = [sys.executable, "-m", "benchmarks.intents", *map(str, arguments)]
    return subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=120)


def test_a_finished_cell_is_not_measured_again_unless_asked(data, tmp_path):
    call = ["--data", data, "--sets", "bitext-10", "--methods", "svm", "--results", tmp_path]
    told = [run(*call, *more).stderr.count("s of training") for more in ([], [], ["--again"], ["--seeds", 2])]
    assert told == [1, 0, 1, 1]
    cells = json.loads((tmp_path / "intents.json").read_text())["cells"]
    assert [(cell["method"], cell["seed"]) for cell in cells] == [("svm", 0), ("svm", 1)]
    assert all(cell["figures"]["accuracy"] > 0.8 for cell in cells)
    assert "| bitext-10 | SVM on TF-IDF |" in (tmp_path / "intents.md").read_text()


def test_changed_sentences_are_measured_again(data, tmp_path):
    call = ["--data", data, "--sets", "bitext-full", "--methods", "svm", "--results", tmp_path]
    run(*call)
    with (data / "bitext_cs/test.jsonl").open("a") as file:
        file.write('\n{"text": "one more hello", "label": "greet"}')
    assert "s of training" in run(*call).stderr


def test_a_cell_that_takes_too_long_is_written_down_as_such(data, tmp_path):
    call = ["--data", data, "--sets", "bitext-10", "--methods", "svm", "--results", tmp_path]
    assert run(*call, "--time-limit", 0.001).returncode == 0
    assert "not finished in 0.001 min" in (tmp_path / "intents.md").read_text()


def test_a_method_that_breaks_is_told_and_the_next_one_measured(data, tmp_path):
    call = ["--data", data, "--sets", "bitext-10", "--methods", "balm-bare,svm", "--results", tmp_path]
    ended = run(*call, "--model", tmp_path / "nowhere")
    assert (
        ended.returncode == 1 and "1 of 2 cells failed" in ended.stderr and "no such folder" in ended.stderr
    )
    assert [c["method"] for c in json.loads((tmp_path / "intents.json").read_text())["cells"]] == ["svm"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--data", "/nowhere"], "has no folder bitext_cs"),
        ([], "has no folder bitext_cs"),
        (["--sets", "own,banking"], "unknown set 'banking'"),
        (["--sets", "own", "--methods", "bert"], "unknown method 'bert'"),
    ],
    ids=["wrong folder", "no folder", "set", "method"],
)
def test_what_cannot_be_meant_is_refused_in_one_sentence(tmp_path, arguments, told):
    ended = run(*arguments, "--results", tmp_path)
    assert ended.returncode == 1 and told in ended.stderr and "Traceback" not in ended.stderr


def test_every_method_is_asked_the_same_different_texts():
    texts = [f"text {n % 50}" for n in range(100)]
    assert sample(texts, 20) == sample(texts, 20)
    assert len(set(sample(texts, 20))) == 20 and len(sample(texts, 99)) == 50


def test_the_figures_of_a_set_with_foreign_messages_are_whole():
    figures = measure(SET, "svm", 0, Course(timed=3))
    assert figures["accuracy"] > 0.8 and 0 < figures["p50_ms"] <= figures["p95_ms"]
    assert {"oos_recall", "oos_precision", "oos_false_alarm_rate", "oos_auroc"} < set(figures)


@pytest.mark.parametrize("name", ["svm", "balm-bare", "balm-augment"])
def test_methods_learn_in_both_languages_and_answer_anything(name, tmp_path):
    for language, examples in (("en", TRAIN), ("zh", CHINESE * 5)):
        method = METHODS[name].build(Task(language, 0, tmp_path))
        method.fit(examples)
        guesses = method.predict([text for text, _ in examples] + ["", "😡", "?!", "退" * 3000])
        assert [guess.intent for guess in guesses[: len(examples)]] == [intent for _, intent in examples]
        assert all(0 <= guess.confidence <= 1 for guess in guesses)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["lstm", "balm", "diet"])
def test_methods_on_tensorflow_and_rasa_learn_too(name):
    often = replace(SET, train=TRAIN * 4)
    assert measure(often, name, 0, Course(timed=3))["accuracy"] > 0.6
