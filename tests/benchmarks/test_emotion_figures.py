"""The figures of the emotion benchmark: what they count, and how certain they are."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from balm.emotion.calibration import softmax
from balm.emotion.data import EmotionLabel
from balm.emotion.labels import EMOTIONS
from balm.emotion.model import EmotionModel
from balm.encoder import Encoder
from balm.encoder.folder import Card, bundled_folder
from balm.encoder.recipe.evaluate import Judged, judge
from balm.encoder.recipe.sources import Example, held_out, more_labels
from balm.errors import ConfigError
from benchmarks.emotion import figures, material, peers
from benchmarks.emotion.material import Material
from benchmarks.emotion.measures import Figure, accuracy, confusion, figure, macro_f1, resamples

TURNS = (
    ("zh", "谢谢，问题解决了，太好了", "joy"),
    ("zh", "你们就是骗子，马上退钱", "anger"),
    ("zh", "几点发货", "neutral"),
    ("zh", "催了三次还不发货", "frustration"),
    ("en", "Thank you, that solved it, wonderful", "joy"),
    ("en", "You are crooks, I want my money back", "anger"),
    ("en", "When does it ship?", "neutral"),
    ("en", "I asked three times and still nothing", "frustration"),
)
EXAMPLES = [Example(text, language, EmotionLabel(name, 1 / 3), True) for language, text, name in TURNS]


def test_macro_f1_is_that_of_scikit_learn() -> None:
    from sklearn.metrics import f1_score

    rng = np.random.default_rng(3)
    truth, guess = rng.integers(7, size=200), rng.integers(7, size=200)
    assert macro_f1(truth, guess, 7) == pytest.approx(f1_score(truth, guess, average="macro"))


def test_a_class_that_is_neither_there_nor_guessed_says_nothing() -> None:
    assert macro_f1(np.array([0, 1]), np.array([0, 1]), 7) == 1.0


def test_a_class_that_is_guessed_but_not_there_counts_against() -> None:
    assert macro_f1(np.array([0, 0]), np.array([0, 5]), 7) == pytest.approx((2 / 3 + 0) / 2)


def test_accuracy_of_no_messages_is_nothing_to_boast_of() -> None:
    assert accuracy(np.array([], int), np.array([], int)) == 0.0


def test_a_range_holds_its_value_and_is_the_same_again() -> None:
    right = np.random.default_rng(0).random(300) < 0.7
    first, second = (
        figure(lambda rows: float(right[rows].mean()), resamples(300, rounds=200, seed=1)) for _ in "ab"
    )
    assert first == second
    assert first.low < first.value < first.high
    assert 0.08 < first.high - first.low < 0.13  # 2 * 1.96 * sqrt(0.7 * 0.3 / 300) = 0.104


def test_what_never_changes_has_no_range() -> None:
    assert figure(lambda rows: 0.5, resamples(10, rounds=20, seed=1)) == Figure(0.5, 0.5, 0.5)


def test_confusion_counts_rows_as_truth() -> None:
    counts = confusion(np.array([0, 0, 1]), np.array([0, 1, 1]), 2)
    assert counts.tolist() == [[1, 1], [0, 1]]


def judged(chances: list[list[float]], truth: list[str], language: str) -> Judged:
    examples = [Example(str(n), language, EmotionLabel(name, 0.0), True) for n, name in enumerate(truth)]
    none = np.zeros(len(truth))
    return Judged(examples, np.log(np.array(chances)), none, none.astype(int), none.astype(bool))


def test_abstaining_counts_what_is_below_the_threshold() -> None:
    sure, unsure = [0.94] + [0.01] * 6, [0.4] + [0.1] * 6
    said = judged([sure, sure, unsure, unsure], ["neutral", "joy", "neutral", "anger"], "zh")
    both = Judged(*(_doubled(getattr(said, name)) for name in said.__dataclass_fields__))
    drawn = {language: resamples(4, rounds=10, seed=0) for language in material.LANGUAGES}
    rows = figures.certainty(both, _card(abstain_below=0.5), drawn)
    assert {name: by["zh"].value for name, by in rows.items() if name != "ece_as_shipped"} == {
        "answered": 0.5, "accuracy_answered": 0.5, "accuracy_abstained": 0.5,
    }  # fmt: skip
    assert rows["ece_as_shipped"]["zh"].value == pytest.approx(0.5 * abs(0.94 - 0.5) + 0.5 * abs(0.4 - 0.5))


def _doubled(values: object) -> object:
    """The Chinese messages again, as English ones."""
    if isinstance(values, np.ndarray):
        return np.concatenate([values, values])
    assert isinstance(values, list)
    return [*values, *(Example(one.text, "en", one.label, one.real) for one in values)]


def _card(*, abstain_below: float) -> Card:
    return Card(Path(), 384, 160, {}, EMOTIONS, (), "", abstain_below=abstain_below)


def test_being_ahead_is_judged_on_the_same_messages() -> None:
    messages = Material(tuple(EXAMPLES), (), ())
    right = {lang: material.classes(material.of(lang, EXAMPLES)) for lang in material.LANGUAGES}
    wrong = {lang: np.roll(guess, 1) for lang, guess in right.items()}
    drawn = figures.draws(messages, rounds=30, seed=0)
    best, worst = peers.Contestant("best", right), peers.Contestant("worst", wrong)
    assert figures.ahead(best, worst, messages, drawn)["macro_f1"]["zh"].value == 1.0
    assert figures.ahead(best, best, messages, drawn)["macro_f1"]["en"] == Figure(0.0, 0.0, 0.0)


def test_the_corrected_model_is_judged_as_it_reads(tmp_path: Path) -> None:
    lines = "".join(f"    - {text} {{3}}\n" for _, text, _ in TURNS[:2])
    (tmp_path / "own.yml").write_text(
        f"language: zh\nemotions:\n- emotion: disappointment\n  examples: |\n{lines}", encoding="utf-8"
    )
    said = peers.corrected(judge(bundled_folder(), EXAMPLES), bundled_folder(), tmp_path)
    encoder = Encoder.load()
    model = EmotionModel.fit([text for _, text, _ in TURNS[:2]], ["disappointment"] * 2, encoder=encoder)
    assert [EMOTIONS[i] for i in said.logits.argmax(1)] == [
        r.name for r in model.read([e.text for e in EXAMPLES])
    ]
    assert not np.allclose(said.logits, judge(bundled_folder(), EXAMPLES).logits)


def test_the_turns_before_count_where_the_model_reads_them() -> None:
    label, said = EmotionLabel("neutral"), ("customer: You promised, you liars!",)
    alone, after = [Example("still?", "en", label, True)], [Example("still?", "en", label, True, before=said)]
    plain, without, within = (
        judge(bundled_folder(), alone),
        *(peers.in_context(judge(bundled_folder(), some), bundled_folder()) for some in (alone, after)),
    )
    certain = [
        softmax(one.logits / Card.load(bundled_folder()).temperature) for one in (plain, without, within)
    ]
    assert np.allclose(certain[0], certain[1], atol=1e-3)
    assert np.allclose(certain[0], certain[2], atol=1e-3) != Card.load(bundled_folder()).context


def test_a_folder_without_the_dialogues_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"has no stc3_labels/zh\.jsonl.*--data"):
        material.load(tmp_path, tmp_path)


def test_a_sample_takes_as_many_of_each_language_and_the_same_again() -> None:
    first = material.few(EXAMPLES, 3, seed=1)
    assert [sum(e.language == language for e in first) for language in material.LANGUAGES] == [3, 3]
    assert first == material.few(EXAMPLES, 3, seed=1)
    assert material.few(EXAMPLES, None, seed=1) == EXAMPLES


def data_folder(folder: Path) -> Path:
    """A data folder of 60 invented dialogues and of posts, and emotion data beside it."""
    rows: dict[str, list[dict[str, object]]] = {name: [] for name in material.NEEDED}
    for number in range(60):
        for language in material.LANGUAGES:
            texts = [(text, name) for spoken, text, name in TURNS if spoken == language]
            text, emotion = texts[number % len(texts)]
            turn = {"role": "user", "text": f"{text} {number}"}
            rows[f"stc3_{language}/train.jsonl"].append({"dialogue_id": str(number), "turns": [turn]})
            label = {"emotion": emotion, "intensity": 1, "cause": "other", "needs_human": 0, "sarcasm": 0}
            rows[f"stc3_labels/{language}.jsonl"].append({"dialogue_id": str(number), "turn": 0, **label})
    for row in more_labels("public_en"):
        posts = rows[row["file"]]
        posts += [{"text": f"post x{number}"} for number in range(len(posts), row["row"] + 1)]
    for name, some in rows.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("".join(json.dumps(row) + "\n" for row in some), encoding="utf-8")
    blocks = "".join(
        f"- emotion: {name}\n  examples: |\n    - {text} {{1}}\n" for lang, text, name in TURNS[:4]
    )
    for name in ("own.yml", "starter/own.yml"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(f"language: zh\nemotions:\n{blocks}", encoding="utf-8")
    return folder


def test_what_is_judged_never_trained(tmp_path: Path) -> None:
    messages = material.load(data_folder(tmp_path), tmp_path)
    numbers = {example.text.rsplit(" ", 1)[1] for example in messages.dev}
    assert numbers and all(held_out(number) for number in numbers)
    assert not numbers & {example.text.rsplit(" ", 1)[1] for example in messages.real}


def test_the_command_writes_tables_and_pictures(tmp_path: Path) -> None:
    pytest.importorskip("vaderSentiment")
    pytest.importorskip("snownlp")
    from benchmarks.emotion.__main__ import main

    main(data_folder(tmp_path), own=tmp_path, results=tmp_path / "out", rounds=10, seeds=1)
    written = json.loads((tmp_path / "out" / "emotion.json").read_text(encoding="utf-8"))
    emotional = {
        "Balm",
        "Balm, with the starter bot's labels",
        "Linear SVM (TF-IDF), same data",
        "Majority class",
    }
    assert set(written["figures"]["emotions"]) >= emotional
    assert set(written["figures"]["polarity"]) > {"VADER", "VADER, tuned", "SnowNLP", "SnowNLP, tuned"}
    assert {"zh", "en"} == set(written["figures"]["heads"]["Balm"]["cause_accuracy"])
    pictures = sorted(path.name for path in (tmp_path / "out").glob("*.svg"))
    assert pictures == ["confusion.svg", "learning_curve.svg", "reliability.svg"]
    page = (tmp_path / "out" / "emotion.md").read_text(encoding="utf-8")
    assert all(f"({name})" in page for name in pictures)
