"""The designers' emotion files: read, or refused with the line that is wrong."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from balm.emotion.data import EmotionLabel, parse, read_file, read_folder
from balm.emotion.labels import EMOTIONS
from balm.errors import ConfigError

SHIPPED = Path(__file__).parents[2] / "emotion_data"
MINIMAL_PAIRS = tuple(f"{language}-{kind}" for language in ("zh", "en") for kind in "012p")
GOOD = """\
language: zh
emotions:
- emotion: frustration
  examples: |
    - 三天了还没到 {2 delivery}

    - 你们可真快 {2 delivery sarcasm #a-1}
- emotion: neutral
  examples: |
    - 在吗
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "mine.yml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_gives_its_messages_with_labels(tmp_path):
    late, sarcastic, hello = read_file(write(tmp_path, GOOD))
    assert (late.text, late.language) == ("三天了还没到", "zh")
    assert late.label == EmotionLabel("frustration", 2 / 3, "delivery", False, False)
    assert sarcastic.label.sarcasm and sarcastic.twin == "#a-1"
    assert hello.label == EmotionLabel("neutral")


WRONG = {
    "emotion": (
        GOOD.replace("emotion: neutral", "emotion: neutrl"),
        "line 8.*'neutrl'.*Did you mean 'neutral'",
    ),
    "cause": (GOOD.replace("sarcasm", "sarcasim"), "line 7.*'sarcasim'.*Did you mean 'sarcasm'"),
    "dash": (GOOD.replace("- 在吗", "在吗"), "line 10.*Begin the line with '- '"),
    "text": (GOOD.replace("- 在吗", "- {1}"), "line 10.*no text"),
    "key": (GOOD.replace("language", "langauge"), "unknown language 'None'"),
    "surplus key": (GOOD + "version: 1\n", "unknown key 'version'"),
    "entry": (GOOD.replace("  examples: |\n    - 在吗", "  texts: []"), "line 8.*texts"),
    "yaml": ("language: [", "cannot be read as YAML"),
    "nothing": ("", "unknown language"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told_with_file_and_line(tmp_path, name):
    text, message = WRONG[name]
    with pytest.raises(ConfigError, match=f"(?s)mine.yml.*{message}"):
        read_file(write(tmp_path, text))


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="holds no .yml"):
        read_folder(tmp_path)


def test_braces_inside_a_sentence_belong_to_it():
    message = parse("也祝您愉快，尊敬的{姓名}，真是 {1 sarcasm}", emotion="frustration", language="zh")
    assert message.text == "也祝您愉快，尊敬的{姓名}，真是"


def test_the_shipped_data_covers_every_emotion_in_both_languages():
    counts = Counter((message.language, message.label.emotion) for message in read_folder(SHIPPED))
    assert all(counts[language, emotion] >= 100 for language in ("zh", "en") for emotion in EMOTIONS)


def test_renderings_share_their_label_but_not_their_language():
    by_twin: dict[str, list] = {}
    for message in read_folder(SHIPPED):
        if message.twin and not message.twin[1:].startswith(MINIMAL_PAIRS):
            by_twin.setdefault(message.twin, []).append(message)
    pairs = [pair for pair in by_twin.values() if len(pair) == 2]
    assert len(pairs) == 2_600
    assert all(one.label == other.label and one.language != other.language for one, other in pairs)


def test_the_starter_labels_cover_every_emotion_and_are_read_once():
    starter = read_folder(SHIPPED / "starter")
    counts = Counter((message.language, message.label.emotion) for message in starter)
    assert all(counts[language, emotion] >= 12 for language in ("zh", "en") for emotion in EMOTIONS)
    assert len({message.text for message in starter}) == len(starter)
    assert not set(starter) & set(read_folder(SHIPPED)), "a folder below is a bot's, not the project's"


CONVERSATION = """\
language: zh
conversations:
- emotion: disappointment {1 price_payment}
  alone: neutral
  turns:
  - customer: 昨天买今天就降了
  - agent: 申请不了了
  - customer: 好吧
"""


def test_a_conversation_gives_its_last_message_with_the_turns_before(tmp_path):
    (message,) = read_file(write(tmp_path, CONVERSATION))
    assert (message.text, message.before) == ("好吧", ("customer: 昨天买今天就降了", "agent: 申请不了了"))
    assert message.label == EmotionLabel("disappointment", 1 / 3, "price_payment", False, False)


@pytest.mark.parametrize(
    ("wrong", "right", "complaint"),
    [
        ("- customer: 好吧", "- agent: 好吧", "line 3: the last turn is no customer's"),
        ("- agent: 申", "- boss: 申", "unknown speaker 'boss'"),
        ("disappointment {1", "disapointment {1", "Did you mean 'disappointment'"),
        ("{1 price_payment}", "{1 price}", "unknown label 'price'"),
        ("  alone: neutral", "  alon: neutral", "'alon', 'emotion', 'turns'"),
    ],
    ids=["no customer last", "speaker", "emotion", "label", "key"],
)
def test_a_wrong_conversation_is_named(tmp_path, wrong, right, complaint):
    with pytest.raises(ConfigError, match=complaint):
        read_file(write(tmp_path, CONVERSATION.replace(wrong, right)))
