"""What every emotion model promises, whatever encoder it stands on."""

from __future__ import annotations

import json

from balm.emotion.labels import CAUSES, EMOTIONS
from balm.emotion.model import EmotionModel
from balm.emotion.reading import EmotionReading

TEXTS = (
    "Where is my parcel?",
    "你们就是骗子！",
    "😡",
    "thanks so much",
    "呵呵",
    "a" * 5_000,
    "\ud83d\x00",
    "谢谢 thank you",
)


def one_reading_per_text(model: EmotionModel) -> None:
    assert len(model.read(TEXTS)) == len(TEXTS)
    assert model.read([]) == []


def readings_do_not_depend_on_the_batch(model: EmotionModel) -> None:
    together = model.read(TEXTS[:4])
    model.read([f"something else {number}" for number in range(40)])  # so that nothing is remembered
    for text, expected in zip(TEXTS[:4], together, strict=True):
        alone = model.read([text])[0]
        assert alone.name == expected.name
        assert abs(alone.confidence - expected.confidence) < 0.001


def every_number_is_a_share(model: EmotionModel) -> None:
    for reading in model.read(TEXTS):
        numbers = (reading.confidence, reading.intensity, reading.needs_human, reading.sarcasm)
        assert all(0.0 <= number <= 1.0 for number in (*numbers, reading.cause.confidence))
        assert reading.cause.name in CAUSES


def the_ranking_holds_every_emotion_best_first(model: EmotionModel) -> None:
    for reading in model.read(TEXTS):
        assert sorted(row.name for row in reading.ranking) == sorted(EMOTIONS)
        confidences = [row.confidence for row in reading.ranking]
        assert confidences == sorted(confidences, reverse=True)
        assert abs(sum(confidences) - 1.0) < 0.01
        assert (reading.ranking[0].name, reading.ranking[0].confidence) == (reading.name, reading.confidence)


def evidence_is_the_customers_own_words(model: EmotionModel) -> None:
    for text, reading in zip(TEXTS, model.read(TEXTS), strict=True):
        assert len(reading.evidence) <= 3
        assert all(word and word in text for word in reading.evidence)
        assert reading.name != "neutral" or not reading.evidence


def doubt_is_told(model: EmotionModel) -> None:
    for reading in model.read(TEXTS):
        assert reading.abstained == (reading.confidence < model.abstain_below)


def no_words_no_feeling(model: EmotionModel) -> None:
    for reading in model.read(["", "  \n\t", "\x00"]):
        assert (reading.name, reading.intensity, reading.abstained) == ("neutral", 0.0, False)


def a_reading_survives_json(model: EmotionModel) -> None:
    for reading in model.read(TEXTS):
        assert EmotionReading.from_dict(json.loads(json.dumps(reading.to_dict()))) == reading


def the_same_text_reads_the_same(model: EmotionModel) -> None:
    assert model.read(TEXTS) == model.read(TEXTS)


CHECKS = (
    one_reading_per_text,
    readings_do_not_depend_on_the_batch,
    every_number_is_a_share,
    the_ranking_holds_every_emotion_best_first,
    evidence_is_the_customers_own_words,
    doubt_is_told,
    no_words_no_feeling,
    a_reading_survives_json,
    the_same_text_reads_the_same,
)
