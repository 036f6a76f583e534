"""How every answer of the channel leaves: with its headers, and as JSON also when something went wrong."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from sanic import response
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import BaseHTTPResponse, HTTPResponse

from .files import HEADERS
from .incoming import Refused

logger = logging.getLogger(__name__)

Handler = Callable[..., Awaitable[HTTPResponse]]
BROKEN = "The server could not answer; its log says why."


def function(handler: Handler) -> Handler:
    """`handler` as a plain function: Sanic writes attributes on it, which a method refuses."""

    async def answer(request: Request, **parts: str) -> HTTPResponse:
        return await handler(request, **parts)

    return answer


async def refusal(request: Request, refused: Refused) -> HTTPResponse:
    """What a request that the channel cannot mean is told."""
    logger.info("web chat, %s %s: %s", request.method, request.path, refused)
    return _error(refused.code, str(refused), status=refused.status)


async def interrupted(request: Request, error: SanicException) -> HTTPResponse:
    """What is left to say when the server itself ended a request: a browser that left, say."""
    logger.info("web chat, %s %s: %s", request.method, request.path, error)
    return _error("interrupted", str(error), status=error.status_code or 500)


async def breakdown(request: Request, error: Exception) -> HTTPResponse:
    """What a request is told that met a defect; the log has the defect."""
    logger.error("web chat, %s %s: the answer broke off.", request.method, request.path, exc_info=error)
    return _error("broken", BROKEN, status=500)


async def with_headers(request: Request, answer: BaseHTTPResponse) -> None:
    """Puts the headers of `files.HEADERS` on every answer."""
    answer.headers.update(HEADERS)


def _error(code: str, text: str, *, status: int) -> HTTPResponse:
    return response.json({"error": code, "message": text}, status=status)
