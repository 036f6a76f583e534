"""Rasa's action endpoint without a server: the same JSON, the real actions, no socket."""

from __future__ import annotations

import json
from typing import Any

from rasa.utils.endpoints import ClientResponseError, EndpointConfig
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException


class InProcessActions(EndpointConfig):
    """Runs the actions of `package` where Rasa would send a request."""

    def __init__(self, package: str) -> None:
        super().__init__(url="in-process")
        self.executor = ActionExecutor()
        self.executor.register_package(package)

    async def request(self, method: str = "post", **options: Any) -> Any:
        """The action server's answer to the call in `options["json"]`."""
        call = json.loads(json.dumps(options["json"]))
        try:
            return json.loads(json.dumps(await self.executor.run(call)))
        except ActionExecutionRejection as error:
            body = json.dumps({"action_name": error.action_name, "error": error.message})
            raise ClientResponseError(400, "rejected", body) from error
        except ActionNotFoundException as error:
            raise ClientResponseError(404, "unknown action", json.dumps({"error": error.message})) from error
