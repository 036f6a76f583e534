"""A dead or broken action server is told to the customer in their language."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.core.actions.action import ActionExecutionRejection, RemoteAction
from rasa.core.channels.channel import CollectingOutputChannel
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

from components.trouble import never_silent

RESPONSES = """
responses:
  utter_trouble:
  - text: 请稍后再发一次。
    condition: [{type: slot, name: language, value: zh}]
  - text: Please send that again.
    condition: [{type: slot, name: language, value: en}]
"""
DOMAIN = """
actions: [action_reply]
slots:
  language: {type: categorical, values: [zh, en], mappings: [{type: custom}]}
"""


class BrokenServer(EndpointConfig):
    """An action server that answers with one failure."""

    def __init__(self, failure: Any) -> None:
        super().__init__(url="http://127.0.0.1:9/webhook")
        self.failure = failure

    async def request(self, *_: Any, **__: Any) -> Any:
        if isinstance(self.failure, BaseException):
            raise self.failure
        return self.failure


FAILURES = {
    "down": None,
    "500": ClientResponseError(500, "failed", "{}"),
    "not of Rasa's format": {"events": "none"},
    "not even JSON": "<html>",
}


async def run(
    endpoint: EndpointConfig, *, language: str = "zh", domain: str = DOMAIN + RESPONSES
) -> list[Any]:
    loaded = Domain.from_yaml(domain)
    tracker = DialogueStateTracker("a", loaded.slots)
    tracker.update(SlotSet("language", language), loaded)
    nlg = TemplatedNaturalLanguageGenerator(loaded.responses)
    action = RemoteAction("action_reply", endpoint)
    events: list[Any] = await never_silent(RemoteAction.run)(
        action, CollectingOutputChannel(), nlg, tracker, loaded
    )
    return events


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
@pytest.mark.parametrize(
    ("language", "text"), [("zh", "请稍后再发一次。"), ("en", "Please send that again.")]
)
async def test_a_failing_action_server_is_never_answered_with_silence(
    failure: Any, language: str, text: str
) -> None:
    dead = EndpointConfig(url="http://127.0.0.1:9/webhook")
    (said,) = await run(dead if failure is None else BrokenServer(failure), language=language)
    assert said.text == text


async def test_a_rejected_action_is_left_to_the_other_policies() -> None:
    rejected = ClientResponseError(400, "no", '{"action_name": "action_reply", "error": "no"}')
    with pytest.raises(ActionExecutionRejection):
        await run(BrokenServer(rejected))


async def test_a_domain_without_the_sentence_keeps_rasas_own_behaviour() -> None:
    with pytest.raises(RasaException):
        await run(EndpointConfig(url="http://127.0.0.1:9/webhook"), domain=DOMAIN)
