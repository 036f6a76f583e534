"""The actions with a real dispatcher, on desks that answer, record or break."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.reply import ActionHandOver, ActionRecommend, ActionReply
from actions.slots import ActionFillCareSlots
from actions.wiring import Parts, use
from balm.emotion.reading import EmotionReading
from balm.reply import Reply
from balm.settings import Settings
from balm.turn import Conversation

from .conftest import user

ANGRY = EmotionReading("anger", 0.9, intensity=0.9).to_dict()
DOMAIN = {
    "responses": {
        "utter_invoice": [
            {"text": "发票", "condition": [{"type": "slot", "name": "language", "value": "zh"}]},
            {"text": "invoice", "condition": [{"type": "slot", "name": "language", "value": "en"}]},
        ]
    }
}
CARE_SLOTS = dict.fromkeys(["emotion", "strategy", "frustration", "language", "handoff_state", "topic"])


class RecordingDesk:
    """Answers everything alike and keeps what it was asked."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.asked: list[tuple[str, tuple[str, ...]]] = []
        self.failure = failure

    async def answer(self, conversation: Conversation, *, wordings: Sequence[str] = ()) -> Reply:
        self.asked.append((conversation.turn.text, tuple(wordings)))
        if self.failure:
            raise self.failure
        return Reply("said", "soothe", {"rule": "worried"}, frustration=0.4, handoff_state="none")

    async def hand_over(self, conversation: Conversation) -> Reply:
        return Reply("handed over", "escalate", {"rule": "action_hand_over"}, handoff_state="waiting")


@pytest.fixture
def desk() -> Iterator[RecordingDesk]:
    desk = RecordingDesk()
    use(Parts(Settings(), desk))  # type: ignore[arg-type]
    yield desk


async def run(action: ActionReply, tracker: Tracker) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    dispatcher = CollectingDispatcher()
    events = await action.run(dispatcher, tracker, DOMAIN)
    return dispatcher.messages, {event["name"]: event["value"] for event in events}


async def test_the_reply_travels_with_its_card_and_fills_the_slots(
    desk: RecordingDesk, tracker: Callable[..., Tracker]
) -> None:
    asked = tracker(user("开发票", intent="invoice", language="zh", emotion=ANGRY), slots=CARE_SLOTS)
    (message,), slots = await run(ActionReply(), asked)
    assert (message["text"], message["care"]) == ("said", {"rule": "worried"})
    assert slots == {
        "emotion": "anger",
        "strategy": "soothe",
        "frustration": 0.4,
        "language": "zh",
        "handoff_state": "none",
        "topic": None,
    }


async def test_the_designers_words_come_in_the_customers_language(
    desk: RecordingDesk, tracker: Callable[..., Tracker]
) -> None:
    await run(ActionReply(), tracker(user("invoice pls", intent="invoice", language="en")))
    await run(ActionRecommend(), tracker(user("开发票", intent="invoice", language="zh")))
    assert desk.asked == [("invoice pls", ("invoice",)), ("开发票", ("发票",))]


async def test_a_bot_with_fewer_slots_gets_only_those(
    desk: RecordingDesk, tracker: Callable[..., Tracker]
) -> None:
    _, slots = await run(ActionReply(), tracker(user("hi", language="en")))
    assert set(slots) == {"handoff_state", "language", "topic"}


async def test_handing_over_is_told_and_kept(desk: RecordingDesk, tracker: Callable[..., Tracker]) -> None:
    (message,), slots = await run(ActionHandOver(), tracker(user("a human!", language="en")))
    assert message["text"] == "handed over" and slots["handoff_state"] == "waiting"


async def test_a_broken_desk_is_told_calmly_and_logged(
    desk: RecordingDesk, tracker: Callable[..., Tracker], caplog: pytest.LogCaptureFixture
) -> None:
    desk.failure = RuntimeError("planted")
    (message,), slots = await run(ActionReply(), tracker(user("hi", language="en")))
    assert message["response"] == "utter_trouble" and not message["text"] and slots == {}
    assert "planted" in caplog.text


@pytest.mark.parametrize(
    ("parsed", "emotion", "language"),
    [
        ({"emotion": ANGRY, "language": "zh"}, "anger", "zh"),
        ({"emotion": {**ANGRY, "abstained": True}, "language": None}, "neutral", None),
        ({}, "neutral", None),
    ],
    ids=["read", "unsure", "unread"],
)
async def test_an_unpatched_rasa_gets_the_slots_by_a_call(
    tracker: Callable[..., Tracker], parsed: dict[str, Any], emotion: str, language: str | None
) -> None:
    domain = {"slots": {name: {"mappings": [{"type": "custom"}]} for name in ("emotion", "language")}}
    events = await ActionFillCareSlots().run(CollectingDispatcher(), tracker(user("x", **parsed)), domain)  # type: ignore[arg-type]
    values = {event["name"]: event["value"] for event in events}
    assert (values.get("emotion"), values.get("language")) == (emotion, language)
