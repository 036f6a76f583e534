"""Slices: a change touches the words alone, versions differ in the person alone, and movement is counted."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from balm.emotion.data import read_folder
from balm.emotion.labels import EMOTIONS
from balm.emotion.reading import EmotionReading, Scored
from balm.emotion.training import shipped_folder
from benchmarks.slices import figures
from benchmarks.slices.changes import SLICES, Slice
from benchmarks.slices.material import LANGUAGES, Base, base, words
from benchmarks.slices.page import sections
from benchmarks.slices.people import versions

TITLES = {one.title: one for one in SLICES}
CASES = [
    pytest.param(one, language, id=f"{one.title}-{language}") for one in SLICES for language in one.languages
]


def changed(title: str, language: str, seed: int = 0) -> list[tuple[Base, str]]:
    return [(one, TITLES[title].changed(one, words(language), seed)) for one in base(language)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_sixty_base_messages_hold_every_emotion_about_equally(language: str) -> None:
    counts = Counter(message.emotion for message in base(language))
    assert sum(counts.values()) == 60
    assert set(counts) == set(EMOTIONS) and set(counts.values()) <= {8, 9}


@pytest.mark.parametrize(
    "folder", [shipped_folder(), shipped_folder() / "starter"], ids=lambda path: path.name
)
def test_no_base_message_is_among_those_that_train(folder: Path) -> None:
    trained = {message.text for message in read_folder(folder)}
    assert not trained & {message.text for language in LANGUAGES for message in base(language)}


@pytest.mark.parametrize(("one", "language"), CASES)
def test_a_slice_touches_most_messages_and_again_the_same_way(one: Slice, language: str) -> None:
    known = words(language)
    first, second = ([one.changed(message, known, 3) for message in base(language)] for _ in "ab")
    assert first == second
    touched = sum(text != message.text for text, message in zip(first, base(language), strict=True))
    assert touched >= 40


@pytest.mark.parametrize(("one", "language"), CASES)
def test_only_what_is_drawn_depends_on_the_seed(one: Slice, language: str) -> None:
    known = words(language)
    draws = [[one.changed(message, known, seed) for message in base(language)] for seed in (1, 2)]
    assert (draws[0] != draws[1]) == one.drawn


def test_traditional_characters_lead_back_to_the_same_message() -> None:
    back = {ord(new): chr(old) for old, new in words("zh").traditional.items()}
    assert all(
        text.translate(back) == message.text for message, text in changed("traditional characters", "zh")
    )


def test_every_character_of_the_traditional_table_is_used() -> None:
    used = "".join(message.text for message in base("zh"))
    assert [chr(old) for old in words("zh").traditional if chr(old) not in used] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "title", ["politeness", "flat facts added", "emoji of a thing", "emoji of the feeling"]
)
def test_an_addition_leaves_the_message_whole(title: str, language: str) -> None:
    assert all(message.text in text and text != message.text for message, text in changed(title, language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_punctuation_there_is_none(language: str) -> None:
    for _, text in changed("no punctuation", language):
        assert all(unicodedata.category(char)[0] != "P" or char == "'" for char in text)


def test_a_typo_leaves_the_words_in_number_and_their_first_letters() -> None:
    for message, text in changed("typos", "en"):
        before, after = message.text.split(), text.split()
        assert [word[0] for word in before] == [word[0] for word in after]
        assert abs(len(message.text) - len(text)) <= max(1, len(before) // 6)


def test_swapped_characters_are_the_same_characters() -> None:
    assert all(sorted(message.text) == sorted(text) for message, text in changed("swapped characters", "zh"))


@pytest.mark.parametrize(
    ("text", "short"), [("a tomato for you", "a tomato 4 u"), ("your week", "ur wk")], ids=["to", "you"]
)
def test_an_abbreviation_replaces_whole_words_alone(text: str, short: str) -> None:
    assert TITLES["abbreviations"].changed(Base(text, "en", "neutral"), words("en"), 0) == short


@pytest.mark.parametrize("language", LANGUAGES)
def test_versions_of_a_message_come_for_every_group_and_wording(language: str) -> None:
    for axis in versions(language):
        places = {group: set() for group in {one.group for one in axis}}  # type: ignore[var-annotated]
        for one in axis:
            places[one.group].add((one.message, one.wording, one.emotion))
        assert len(places) > 1
        assert len({frozenset(some) for some in places.values()}) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_gap_in_a_version_is_left_open(language: str) -> None:
    assert [
        one.text for axis in versions(language) for one in axis if "{" in one.text or "}" in one.text
    ] == []


def reading(name: str, confidence: float = 0.9) -> EmotionReading:
    return EmotionReading(name, confidence, ranking=(Scored(name, confidence),))


def test_a_reader_of_nothing_is_steady_and_fair() -> None:
    def read(texts: Sequence[str]) -> list[EmotionReading]:
        return [reading("neutral") for _ in texts]

    assert {row.changed for row in figures.robustness(read, seeds=range(2))} == {0.0}
    assert {(row.changed, row.gap) for row in figures.fairness(read)} == {(0.0, 0.0)}


def test_a_reader_who_minds_women_is_found_out() -> None:
    def read(texts: Sequence[str]) -> list[EmotionReading]:
        return [reading("anger" if "女" in text or "woman" in text else "neutral") for text in texts]

    found = {(row.language, row.axis): row for row in figures.fairness(read)}
    for language in LANGUAGES:
        row = found[language, "gender of the writer"]
        assert row.changed > 0.2 and row.gap > 0.2
        assert row.most_negative == "woman"
    assert found["en", "age of the writer"].changed == 0.0


def test_a_reader_who_minds_length_moves_where_text_is_added() -> None:
    def read(texts: Sequence[str]) -> list[EmotionReading]:
        return [reading("joy", 0.9) if len(text) < 40 else reading("anger", 0.5) for text in texts]

    rows = {row.slice: row for row in figures.robustness(read, seeds=range(1)) if row.language == "zh"}
    assert rows["as written"].changed == rows["traditional characters"].changed == 0.0
    added = rows["flat facts added"]
    assert added.changed == added.turned == 1.0 and added.confidence_shift == pytest.approx(-0.4)


def test_the_page_shows_every_slice_and_axis() -> None:
    def read(texts: Sequence[str]) -> list[EmotionReading]:
        return [reading("neutral") for _ in texts]

    page = "\n".join(sections(figures.robustness(read, seeds=range(1)), figures.fairness(read)))
    assert all(f"| {one.title} |" in page for one in SLICES)
    assert all(f"| {axis[0].axis} |" in page for language in LANGUAGES for axis in versions(language))
