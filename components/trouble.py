"""An action that cannot run still answers: Rasa itself stays silent when the action server is down."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from rasa.core.actions.action import create_bot_utterance

logger = logging.getLogger(__name__)

TROUBLE = "utter_trouble"
ASIDE = ("action_validate", "validate_")  # these fill slots beside the answer; Rasa goes on without them


def never_silent(run: Callable[..., Any]) -> Callable[..., Any]:
    """`RemoteAction.run`, which says the domain's `utter_trouble` when the action server fails.

    A rejected action is no trouble: another policy may act. A domain without that response keeps
    Rasa's own behaviour.
    """

    @wraps(run)
    async def run_or_say_so(self: Any, output_channel: Any, nlg: Any, tracker: Any, domain: Any) -> list[Any]:
        from rasa.core.actions.action import ActionExecutionRejection

        try:
            events: list[Any] = await run(self, output_channel, nlg, tracker, domain)
            return events
        except ActionExecutionRejection:
            raise
        except Exception as error:  # whatever it was, the customer waits: this is Rasa's outermost rim
            if self.name().startswith(ASIDE):
                raise
            draft = await nlg.generate(TROUBLE, tracker, output_channel.name())
            if not draft:
                raise
            logger.error("action '%s' failed, the customer is told so: %s", self.name(), error)
            return [create_bot_utterance({**draft, "utter_action": TROUBLE})]

    return run_or_say_so
