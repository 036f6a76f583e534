"""The action server, made safe: bound to this machine, token checked, errors that tell nothing.

The SDK's own server listens on every address, never looks at the token that Rasa sends, and
answers an error with the whole tracker. This one serves the same routes without those habits.
"""

from __future__ import annotations

import hmac
import logging
from ipaddress import ip_address

from rasa_sdk.endpoint import create_app as create_sdk_app
from sanic import Sanic, response
from sanic.exceptions import SanicException
from sanic.handlers import ErrorHandler
from sanic.request import Request
from sanic.response import HTTPResponse

from balm.errors import ConfigError

from .wiring import parts

logger = logging.getLogger(__name__)

PUBLIC_PATHS = ("/health",)


class SilentErrors(ErrorHandler):
    """Logs what went wrong and tells the caller only that something did."""

    def response(self, request: Request, exception: Exception) -> HTTPResponse:
        status = exception.status_code if isinstance(exception, SanicException) else 500
        logger.error(
            "action server: %s failed.", request.path if request else "a request", exc_info=exception
        )
        return response.json(
            {"error": "The action server could not answer; its log says why."}, status=status
        )


def create_app(package: str, *, token: str | None) -> Sanic:
    """The SDK's Sanic app for the actions in `package`, with the token checked and errors silenced."""
    app = create_sdk_app(package, cors_origins="")
    app.error_handler = SilentErrors()

    @app.on_request
    async def check_token(request: Request) -> HTTPResponse | None:
        given = request.args.get("token") or ""
        if token is None or request.path in PUBLIC_PATHS:
            return None
        if hmac.compare_digest(given.encode(), token.encode()):
            return None
        return response.json({"error": "A valid token is needed."}, status=401)

    return app


def serve(package: str, *, host: str = "127.0.0.1", port: int = 5055, token: str | None = None) -> None:
    """Runs the action server until it is told to stop.

    Raises:
        ConfigError: a part cannot be built; or no token, and `host` can be reached from other machines.
    """
    if token is None and not _loopback(host):
        raise ConfigError(
            f"action server, host '{host}': it can be reached from other machines and no token protects it."
            " Set BALM_ACTION_TOKEN here and in endpoints.yml, or bind it to 127.0.0.1."
        )
    parts()  # a wrong policy or response file stops the server now, not the first customer's turn
    create_app(package, token=token).run(host, port, access_log=False)


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
