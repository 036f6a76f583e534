"""Which examples are learned from: drawn by seed, read from files, refused with a sentence."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from balm.errors import ConfigError
from benchmarks.intents import methods, sets
from benchmarks.intents.sets import Example

EXAMPLES = tuple(Example(f"{intent} {n % 9}", intent) for intent in ("track", "refund") for n in range(20))


@pytest.fixture
def data(tmp_path):
    """A data folder with two intents of Bitext's kind."""
    folder = tmp_path / "bitext_cs"
    folder.mkdir()
    for split in ("train", "test"):
        rows = [{"text": f"{text} {split}", "label": intent, "split": split} for text, intent in EXAMPLES]
        (folder / f"{split}.jsonl").write_text("\n".join(map(json.dumps, rows)))
    return tmp_path


def test_each_intent_gives_the_same_number_of_different_sentences():
    drawn = sets.shots(EXAMPLES, 5, seed=0)
    assert Counter(intent for _, intent in drawn) == {"track": 5, "refund": 5}
    assert len(set(drawn)) == 10


def test_the_seed_decides_what_is_drawn():
    draws = [sets.shots(EXAMPLES, 5, seed=seed) for seed in (0, 0, 1)]
    assert draws[0] == draws[1] != draws[2]


def test_the_draw_of_an_intent_depends_neither_on_other_intents_nor_on_the_order():
    alone = sets.shots([e for e in EXAMPLES if e.intent == "track"][::-1], 5, seed=3)
    assert [e for e in sets.shots(EXAMPLES, 5, seed=3) if e.intent == "track"] == list(alone)


def test_an_intent_with_too_few_sentences_gives_all():
    assert {text for text, _ in sets.shots(EXAMPLES, 50, seed=0)} == {text for text, _ in EXAMPLES}


def test_all_examples_are_taken_where_no_shots_are_set(data):
    assert len(sets.load("bitext-full", data, seed=0).train) == len(EXAMPLES)


def test_the_digest_follows_the_sentences(data):
    before = [sets.load("bitext-full", data, seed=seed).digest for seed in (0, 1)]
    file = data / "bitext_cs/test.jsonl"
    file.write_text(file.read_text().replace("track 3", "track  3"))
    assert before[0] == before[1] != sets.load("bitext-full", data, seed=0).digest


def test_the_bots_own_sentences_lose_their_entity_marks(tmp_path):
    (tmp_path / "data/nlu/en").mkdir(parents=True)
    (tmp_path / "tests/nlu").mkdir(parents=True)
    text = (
        "nlu:\n- intent: track\n  examples: |\n    - where is my [kettle](product)\n"
        "- lookup: product\n  examples: |\n    - kettle\n"
    )
    for name in ("data/nlu/en/orders.yml", "tests/nlu/held_out_en.yml"):
        (tmp_path / name).write_text(text)
    own = sets.load("own-en", None, seed=0, root=tmp_path)
    assert own.train == own.test == (Example("where is my kettle", "track"),)


@pytest.mark.parametrize("name", sorted(sets.OWN))
def test_the_starter_bot_is_a_set_without_a_data_folder(name):
    own = sets.load(name, None, seed=0)
    assert {intent for _, intent in own.test} == {intent for _, intent in own.train}
    assert not set(own.train) & set(own.test)


def test_a_folder_without_the_set_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="has no folder hwu64.*--sets"):
        sets.load("hwu64", tmp_path, seed=0)


@pytest.mark.parametrize("line", ["{", '{"text": "x"}', "7"], ids=["broken", "no label", "no object"])
def test_a_broken_file_is_refused_by_name(data, line):
    (data / "bitext_cs/train.jsonl").write_text(line)
    with pytest.raises(ConfigError, match="train.jsonl': cannot be read"):
        sets.load("bitext-10", data, seed=0)


@pytest.mark.parametrize(
    ("read", "names", "told"),
    [
        (sets.wanted, "bitext", "unknown set 'bitext'.*bitext-10"),
        (methods.wanted, "svm,dite", "unknown method 'dite'.*Did you mean 'diet'"),
    ],
    ids=["set", "method"],
)
def test_a_misspelled_name_is_refused_with_the_known_ones(read, names, told):
    with pytest.raises(ConfigError, match=told):
        read(names)


def test_a_name_given_twice_is_measured_once():
    assert sets.wanted("own-en,own") == ["own-en", "own-zh"]
    assert methods.wanted("balm-head,tunings") == list(methods.TUNINGS)
