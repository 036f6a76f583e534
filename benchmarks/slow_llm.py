"""An OpenAI-compatible endpoint that takes a second for each answer: `python -m benchmarks.slow_llm PORT`."""

from __future__ import annotations

import asyncio
import sys

from sanic import Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

THINKING_S = 1.0
ANSWER = {"zh": "我明白，这件事我来跟进。", "en": "I understand, and I am looking into it."}


def app() -> Sanic:
    """The endpoint; it answers in the language that the last message asks for."""
    sanic = Sanic("slow_llm")

    @sanic.post("/v1/chat/completions")
    async def complete(request: Request) -> HTTPResponse:
        await asyncio.sleep(THINKING_S)
        asked = str(request.json["messages"][-1]["content"])
        language = "zh" if any("\u4e00" <= char <= "\u9fff" for char in asked) else "en"
        message = {"role": "assistant", "content": ANSWER[language]}
        return response.json({"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]})

    return sanic


if __name__ == "__main__":
    app().run("127.0.0.1", int(sys.argv[1]), access_log=False)
