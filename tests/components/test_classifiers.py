"""The two classifiers on the bundled encoder, in a bot that Rasa really trains, loads and asks."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rasa.shared.exceptions import InvalidConfigException, RasaException
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from balm.emotion.labels import EMOTIONS
from balm.emotion.reading import EmotionReading
from components.emotion import TransformerEmotionClassifier
from components.intent import TransformerIntentClassifier

CONFIG = """
recipe: default.v1
assistant_id: tiny
language: {language}
pipeline:
- name: components.tokenizer.BilingualTokenizer
- name: components.entities.PatternEntityExtractor
- name: components.intent.TransformerIntentClassifier
  ranking_length: 2
- name: components.emotion.TransformerEmotionClassifier
{emotion}
- name: FallbackClassifier
  threshold: 0.3
policies:
- name: RulePolicy
"""
DOMAIN = """
version: "3.1"
intents: [greet, late, refund]
entities: [order_number]
slots:
  emotion: {type: categorical, values: [neutral, joy, anger], mappings: [{type: custom}]}
  language: {type: categorical, values: [zh, en], influence_conversation: false, mappings: [{type: custom}]}
responses:
  utter_hello: [{text: hello}]
  utter_calm: [{text: calm}]
"""
NLU = """
version: "3.1"
nlu:
- regex: order_number
  examples: |
    - BM\\d{8}
- intent: greet
  examples: |
    - 你好
    - 在吗
    - hello
    - hi there
- intent: late
  examples: |
    - 我的包裹还没到
    - 快递怎么这么慢
    - my parcel is late
    - where is my package
- intent: refund
  examples: |
    - 我要退款
    - 把钱退给我
    - I want a refund
    - give me my money back
rules:
- rule: greet
  steps: [{intent: greet}, {action: utter_hello}]
- rule: greet in anger
  condition: [{slot_was_set: [{emotion: anger}]}]
  steps: [{intent: greet}, {action: utter_calm}]
"""


class TinyBot:
    """A folder with a bot in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "data").mkdir()
        self.write("domain.yml", DOMAIN)
        self.write("data/nlu.yml", NLU)
        self.configure()

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, "utf-8")

    def configure(self, emotion: str = "", language: str = "zh") -> None:
        self.write("config.yml", CONFIG.format(emotion=textwrap.indent(emotion, "  "), language=language))

    def train(self, **options: Any) -> Any:
        import rasa.model_training

        return rasa.model_training.train(
            domain=str(self.folder / "domain.yml"),
            config=str(self.folder / "config.yml"),
            training_files=[str(self.folder / "data")],
            output=str(self.folder / "models"),
            **options,
        )


@pytest.fixture(scope="module", autouse=True)
def _own_cache(tmp_path_factory: Any) -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    patch.setenv("RASA_CACHE_DIRECTORY", str(tmp_path_factory.mktemp("cache")))
    patch.chdir(Path(__file__).parents[2])
    yield
    patch.undo()


@pytest.fixture(scope="module")
def bot(tmp_path_factory: Any) -> TinyBot:
    return TinyBot(tmp_path_factory.mktemp("bot"))


@pytest.fixture(scope="module")
def agent(bot: TinyBot) -> Any:
    from rasa.core.agent import Agent

    return Agent.load(bot.train().model)


def parse(agent: Any, text: str) -> dict[str, Any]:
    return asyncio.run(agent.parse_message(text))


MESSAGES = [
    ("我的快递还没到", "late", "zh"),
    ("my package is late, where is it", "late", "en"),
    ("退款退款", "refund", "zh"),
    ("please refund me", "refund", "en"),
    ("你好呀", "greet", "zh"),
]


@pytest.mark.parametrize(("text", "intent", "language"), MESSAGES, ids=[row[0] for row in MESSAGES])
def test_a_trained_bot_understands_both_languages(agent: Any, text: str, intent: str, language: str) -> None:
    parsed = parse(agent, text)
    assert parsed["intent"]["name"] == intent
    assert parsed["language"] == language
    assert parsed["emotion"]["name"] in EMOTIONS


def test_the_ranking_begins_with_the_winner_and_has_the_asked_length(agent: Any) -> None:
    parsed = parse(agent, "我要退款")
    assert parsed["intent_ranking"][0] == parsed["intent"]
    assert len(parsed["intent_ranking"]) == 2
    assert [type(row["confidence"]) for row in parsed["intent_ranking"]] == [float, float]
    assert parsed["intent_ranking"][0]["confidence"] >= parsed["intent_ranking"][1]["confidence"]


@pytest.mark.parametrize("text", ["", "   ", "\n"], ids=["empty", "blanks", "newline"])
def test_a_message_without_text_falls_back_and_reads_neutral(agent: Any, text: str) -> None:
    parsed = parse(agent, text)
    assert parsed["intent"]["name"] == "nlu_fallback"
    assert EmotionReading.from_dict(parsed["emotion"]).felt == "neutral"


@pytest.mark.parametrize(
    "text", ["😡😡😡", "？？？", "好" * 3000, "why " * 2000, "我的iPhone还没到 wtf 😡"],
    ids=["emoji", "punctuation", "long zh", "long en", "mixed"],
)  # fmt: skip
def test_any_text_gets_an_intent_and_a_reading_that_is_json(agent: Any, text: str) -> None:
    parsed = parse(agent, text)
    assert parsed["intent"]["name"]
    again = json.loads(json.dumps(parsed["emotion"], ensure_ascii=False))
    assert EmotionReading.from_dict(again) == EmotionReading.from_dict(parsed["emotion"])
    assert again["name"] in EMOTIONS and 0 <= again["confidence"] <= 1


def test_a_button_has_its_intent_and_no_feeling(agent: Any) -> None:
    parsed = parse(agent, "/greet")
    assert parsed["intent"]["name"] == "greet"
    assert parsed.get("emotion") is None


def test_a_rule_can_look_at_what_the_customer_feels(agent: Any) -> None:
    """The slot is filled before the policies run, without an action server."""
    angry, calm = EmotionReading("anger", 0.9).to_dict(), EmotionReading("neutral", 0.9).to_dict()
    assert asyncio.run(say(agent, "angry", angry)) == ["calm"]
    assert asyncio.run(say(agent, "calm", calm)) == ["hello"]
    assert asyncio.run(say(agent, "angry", calm)) == ["hello"], "the slot follows each message"


async def say(agent: Any, sender: str, emotion: dict[str, Any]) -> list[str]:
    from rasa.core.channels.channel import CollectingOutputChannel, UserMessage

    parsed = {
        "text": "hi",
        "intent": {"name": "greet", "confidence": 1.0},
        "entities": [],
        "emotion": emotion,
    }
    channel = CollectingOutputChannel()
    await agent.handle_message(UserMessage("hi", channel, sender, parse_data=parsed))
    return [message["text"] for message in channel.messages]


def trained(bot: TinyBot) -> set[str]:
    """The components that would have to train now."""
    runs = bot.train(dry_run=True).dry_run_results
    return {name for name, status in runs.items() if name.startswith("train_") and not status.is_hit}


def test_only_what_changed_trains_again(bot: TinyBot, agent: Any, tmp_path: Path) -> None:
    assert not any("Classifier" in name for name in trained(bot)), "nothing changed"
    bot.write("data/emotion.txt", "ignored by rasa")
    labels = bot.folder / "labels"
    labels.mkdir()
    (labels / "ours.yml").write_text(
        "language: zh\nemotions:\n- emotion: anger\n  examples: |\n    - 你好，又是你们 {3 delivery}\n",
        "utf-8",
    )
    bot.configure(f"emotion_data: {labels}")
    first = trained(bot)
    assert any("TransformerEmotionClassifier" in name for name in first)
    assert not any("TransformerIntentClassifier" in name for name in first)
    bot.train()
    assert not any("Classifier" in name for name in trained(bot))
    path = labels / "ours.yml"
    path.write_text(path.read_text("utf-8") + "    - 呵呵你好啊 {2}\n", "utf-8")
    assert any("TransformerEmotionClassifier" in name for name in trained(bot)), (
        "the file is in the fingerprint"
    )
    bot.configure()


def test_a_bot_restored_from_the_cache_answers_as_before(bot: TinyBot, agent: Any) -> None:
    from rasa.core.agent import Agent

    again = Agent.load(bot.train(force_training=False, fixed_model_name="again").model)
    bot.write("domain.yml", DOMAIN.replace("text: calm", "text: 冷静"))  # packs the cached parts anew
    packed = Agent.load(bot.train(fixed_model_name="packed").model)
    bot.write("domain.yml", DOMAIN)
    for text in ("我的包裹还没到", "I want a refund 😡"):
        assert parse(again, text) == parse(packed, text) == parse(agent, text)


def test_labels_in_the_nlu_data_teach(workbench: Any, nlu: Any) -> None:
    """One sentence with a label of its own, and an intent whose label all its sentences have."""
    data = nlu(
        'version: "3.1"\nnlu:\n- intent: greet\n  examples:\n'
        "  - text: |\n      蓝蓝的天上白云飘\n    metadata: {emotion: anger}\n"
        "  - text: |\n      hello\n"
        "- intent: vent\n  metadata: {emotion: disappointment}\n  examples: |\n"
        "    - the kettle is in the kitchen\n"
    )
    texts = ["蓝蓝的天上白云飘", "the kettle is in the kitchen", "太好了，谢谢你们"]
    assert read(workbench, nlu('version: "3.1"\nnlu: []\n'), texts) == ["neutral", "neutral", "joy"]
    assert read(workbench, data, texts) == ["anger", "disappointment", "joy"]


def read(workbench: Any, data: Any, texts: list[str]) -> list[str]:
    workbench.create(TransformerEmotionClassifier).train(data)
    messages = [Message({TEXT: text}) for text in texts]
    workbench.load(TransformerEmotionClassifier).process(messages)
    return [message.get("emotion")["name"] for message in messages]


def test_it_reads_without_any_label(workbench: Any, nlu: Any) -> None:
    workbench.create(TransformerEmotionClassifier).train(nlu('version: "3.1"\nnlu: []\n'))
    message = Message({TEXT: "太好了，谢谢你们！"})
    workbench.load(TransformerEmotionClassifier).process([message])
    assert message.as_dict(only_output_properties=True)["emotion"]["name"] == "joy"


def test_one_intent_is_no_choice_and_no_crash(workbench: Any, nlu: Any) -> None:
    workbench.create(TransformerIntentClassifier).train(nlu('version: "3.1"\nnlu: []\n'))
    message = Message({TEXT: "你好"})
    workbench.load(TransformerIntentClassifier).process([message])
    assert message.get(INTENT) == {"name": None, "confidence": 0.0}


def test_training_twice_gives_the_same_confidences(workbench: Any, nlu: Any) -> None:
    asked = []
    for _ in range(2):
        workbench.create(TransformerIntentClassifier).train(nlu(NLU))
        message = Message({TEXT: "快递呢 where is it"})
        workbench.load(TransformerIntentClassifier).process([message])
        asked.append(message.get("intent_ranking"))
    assert asked[0] == asked[1]


BOTH = pytest.mark.parametrize("component", [TransformerIntentClassifier, TransformerEmotionClassifier])


@BOTH
@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        ({"modle": "bundled"}, "unknown key 'modle'. Known: .*model.*Did you mean 'model'"),
        (
            {"model": "/no/such/folder"},
            "model '/no/such/folder': there is no such folder. Allowed: 'bundled'",
        ),
        ({"model": ""}, "model '' cannot be used. Allowed: 'bundled'"),
        ({"seed": -1}, "seed '-1' cannot be used"),
    ],
    ids=["misspelled", "missing folder", "empty", "seed"],
)
def test_a_wrong_key_or_folder_is_refused(
    workbench: Any, component: Any, config: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(RasaException, match=sentence):
        workbench.create(component, **config)


@BOTH
def test_a_fingerprint_can_be_had_with_the_config_of_a_cached_node(component: Any) -> None:
    """Rasa asks with `output_fingerprint` among the keys when it restores the component from its cache."""
    own = component.fingerprint_addon(component.get_default_config())
    assert component.fingerprint_addon({"output_fingerprint": "x"}) == own
    assert component.fingerprint_addon({"model": "someone/else"}) != own


@BOTH
def test_a_model_that_is_not_there_stops_the_server(workbench: Any, component: Any) -> None:
    with pytest.raises(RasaException, match=f"{component.__name__} model 'component': .*Run `rasa train`"):
        workbench.load(component)


@BOTH
def test_a_broken_model_stops_the_server(workbench: Any, nlu: Any, component: Any) -> None:
    resource = workbench.create(component).train(nlu(NLU))
    with workbench.storage.write_to(resource) as folder:
        for name in ("intent.json", "emotion.json", "rest"):
            (folder / name).write_text("{", "utf-8")
    with pytest.raises(RasaException, match="Run `rasa train`"):
        workbench.load(component)


@BOTH
def test_both_languages_are_accepted_and_no_other(component: Any) -> None:
    assert component.supported_languages() == ["zh", "en"]


def test_an_unsupported_language_stops_the_training_with_its_name(bot: TinyBot, agent: Any) -> None:
    bot.configure(language="fr")
    with pytest.raises(Exception, match="'fr'"):
        bot.train()
    bot.configure(language="en")
    assert bot.train(dry_run=True) is not None
    bot.configure()


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        ({"emotion_data": "/no/such"}, "emotion_data '/no/such': no such file"),
        ({"emotion_data": 3}, "emotion_data '3' cannot be used"),
    ],
    ids=["missing", "not a path"],
)
def test_wrong_emotion_data_is_refused(workbench: Any, config: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidConfigException, match=sentence):
        workbench.create(TransformerEmotionClassifier, **config)


def test_a_wrong_line_of_emotion_data_is_named(workbench: Any, nlu: Any, tmp_path: Path) -> None:
    path = tmp_path / "ours.yml"
    path.write_text("language: zh\nemotions:\n- emotion: angry\n  examples: |\n    - 你好\n", "utf-8")
    with pytest.raises(InvalidConfigException, match="ours.yml, line 3: unknown emotion 'angry'"):
        workbench.create(TransformerEmotionClassifier, emotion_data=str(path)).train(nlu(NLU))


def test_a_wrong_label_in_the_nlu_data_is_named(workbench: Any, nlu: Any) -> None:
    data = nlu(
        'version: "3.1"\nnlu:\n- intent: vent\n  metadata: {emotion: agner}\n  examples: |\n    - 骗子\n'
    )
    with pytest.raises(InvalidConfigException, match="'骗子': unknown emotion 'agner'.*Did you mean 'anger'"):
        workbench.create(TransformerEmotionClassifier).train(data)


def test_components_have_short_names_and_importing_them_loads_nothing() -> None:
    program = (
        "import sys, components;"
        "assert not [m for m in ('rasa', 'spacy', 'onnxruntime', 'torch') if m in sys.modules];"
        "assert components.FairLockStore.__name__ == 'FairLockStore';"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-W", "ignore", "-c", program], check=True)
