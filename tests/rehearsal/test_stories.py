from __future__ import annotations

from pathlib import Path

import pytest

from balm.errors import ConfigError
from rehearsal.player import Outcome, differences
from rehearsal.stories import Exchange, read_stories

STORY = """
version: "3.1"
stories:
- story: late and angry
  metadata:
    customer: C001
    llm: [a recorded answer]
    replies:
    - {strategy: apologise, says: [羽绒服, 发货], never_says: 推荐}
  steps:
  - user: |
      我的[羽绒服](product)还没发货！
    intent: parcel_late
  - action: action_reply
  - slot_was_set:
    - emotion: anger
    - language: zh
  - user: "hello "
    intent: greet
  - action: action_reply
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "test_one.yml"
    path.write_text(text, encoding="utf8")
    return path


def test_a_story_is_read_with_all_that_it_expects(tmp_path: Path) -> None:
    (story,) = read_stories([written(tmp_path, STORY)])
    first, second = story.exchanges
    assert (story.customer, story.llm) == ("C001", ("a recorded answer",))
    assert first.text == "我的羽绒服还没发货！" and first.intent == "parcel_late"
    assert first.slots == {"emotion": "anger", "language": "zh"}
    assert (first.strategy, first.says, first.never_says) == ("apologise", ("羽绒服", "发货"), ("推荐",))
    assert second.text == "hello " and not second.says and second.actions == ("action_reply",)


def test_rasa_reads_the_same_file(tmp_path: Path) -> None:
    from rasa.shared.core.domain import Domain
    from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader

    domain = Domain.from_yaml(
        'version: "3.1"\nintents: [parcel_late, greet]\nactions: [action_reply]\n'
        "slots:\n  emotion: {type: text, mappings: [{type: custom}]}\n"
        "  language: {type: text, mappings: [{type: custom}]}"
    )
    (step,) = YAMLStoryReader(domain).read_from_file(written(tmp_path, STORY))
    assert [event.type_name for event in step.events] == ["user", "action", "slot", "slot", "user", "action"]


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("strategy:", "strategie:", "Did you mean 'strategy'?"),
        ("customer:", "costumer:", "Did you mean 'customer'?"),
        ("  - action: action_reply\n  - slot", "  - bot: hello\n  - slot", "unknown step 'bot'"),
        (
            "    replies:\n",
            "    replies:\n    - {}\n    - {}\n",
            "3 replies are described and 2 messages sent",
        ),
        ("stories:", "rules:", "no stories found"),
        ("- story: late", "- story: [", "this is not YAML"),
    ],
)
def test_a_story_that_cannot_be_meant_is_refused(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        read_stories([written(tmp_path, STORY.replace(old, new, 1))])
    assert complaint in str(refusal.value)


def test_a_missing_path_is_named() -> None:
    with pytest.raises(ConfigError, match="no such file or folder"):
        read_stories([Path("no/such/place")])


TRUE = Outcome(
    intent="greet",
    emotion="joy",
    actions=("action_reply",),
    slots={"language": "en"},
    card={"strategy": "celebrate", "rule": "praise"},
    text="Thank you!",
)


@pytest.mark.parametrize(
    ("expected", "complaint"),
    [
        (Exchange("hi", intent="goodbye"), "intent is 'greet', expected 'goodbye'"),
        (Exchange("hi", emotion="anger"), "emotion is 'joy', expected 'anger'"),
        (Exchange("hi", strategy="soothe"), "strategy is 'celebrate', expected 'soothe'"),
        (Exchange("hi", rule="vent"), "rule is 'praise', expected 'vent'"),
        (Exchange("hi", actions=("action_fly",)), "actions are ['action_reply'], expected ['action_fly']"),
        (Exchange("hi", slots={"language": "zh"}), "slot language is 'en', expected 'zh'"),
        (Exchange("hi", slots={"missing": 1}), "slot missing is None, expected 1"),
        (Exchange("hi", says=("Sorry",)), "the reply lacks 'Sorry'"),
        (Exchange("hi", never_says=("Thank",)), "the reply says 'Thank'"),
    ],
    ids=lambda value: "" if isinstance(value, Exchange) else value,
)
def test_a_story_that_lies_fails(expected: Exchange, complaint: str) -> None:
    assert any(complaint in difference for difference in differences(expected, TRUE))


def test_a_true_story_passes() -> None:
    true = Exchange(
        "hi",
        "greet",
        ("action_reply",),
        {"language": "en"},
        "joy",
        "celebrate",
        "praise",
        ("Thank",),
        ("Sorry",),
    )
    assert list(differences(true, TRUE)) == []


def test_silence_always_fails() -> None:
    silent = Outcome("greet", None, (), {}, {}, "")
    assert list(differences(Exchange("hi"), silent)) == ["the bot is silent"]
