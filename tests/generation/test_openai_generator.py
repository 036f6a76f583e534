"""The generator behind an OpenAI-compatible endpoint, against a real server that misbehaves."""

from __future__ import annotations

import asyncio
import logging
import socket
from time import perf_counter

import pytest
from chat_server import Answer, chat_server, completion
from generation_builders import request

from balm.errors import DraftTimeout, GenerationError
from balm.generation.openai import OpenAIGenerator
from balm.generation.prompt import CURRENT

KEY = "sk-very-secret"

FAILURES = {
    "refused key": (Answer(b'{"error": "no such key"}', 401), "answered 401", 1),
    "unknown model": (Answer(b'{"error": "no such model"}', 404), "answered 404", 1),
    "bad request": (Answer(b'{"error": "what is max_tokens"}', 400), "what is max_tokens", 1),
    "too many requests": (Answer(b"slow down", 429), "answered 429", 2),
    "server error": (Answer(b"oops", 500), "answered 500", 2),
    "overloaded": (Answer(b"", 503), "answered 503", 2),
    "hangs up": (Answer(hang_up=True), "no connection", 2),
    "broken json": (Answer(b'{"choices": [{"mess'), "no chat completion", 1),
    "html": (Answer(b"<html>Welcome to nginx</html>"), "Welcome to nginx", 1),
    "an error with status 200": (Answer(b'{"error": "quota"}'), "quota", 1),
    "no choices": (Answer(b'{"choices": []}'), "no chat completion", 1),
    "null message": (Answer(b'{"choices": [{"message": null}]}'), "no chat completion", 1),
    "empty content": (Answer(completion("  \n")), "empty reply", 1),
    "null content": (Answer(completion(None)), "empty reply", 1),
    "only thoughts": (Answer(completion("<think>the customer is angry</think>\n")), "empty reply", 1),
    "unfinished thoughts": (Answer(completion("<think>the customer is")), "empty reply", 1),
    "cut off": (Answer(completion("We are sorry that", finish="length")), "'length'", 1),
    "withheld": (Answer(completion("", finish="content_filter")), "'content_filter'", 1),
    "binary rubbish": (Answer(bytes(range(128, 256))), "no chat completion", 1),
}

CONTENTS = {
    "plain": ("It left today.", "It left today."),
    "thinking first": ("<think>Let me see...\nfine</think>\n\nIt left today.", "It left today."),
    "thinking without its opening tag": ("so I say this</think>It left today.", "It left today."),
    "in quotes": ('"It left today."', "It left today."),
    "in chinese quotes": ("“已经发出了。”", "已经发出了。"),
    "quotes inside stay": ('"Yes" or "no"', '"Yes" or "no"'),
    "bold": ("It left **today**.", "It left today."),
    "in lines": ("It left today.\n\nAnything else?", "It left today. Anything else?"),
    "in parts": (
        [{"type": "text", "text": "It left "}, {"type": "text", "text": "today."}],
        "It left today.",
    ),
}


@pytest.mark.parametrize(("content", "expected"), CONTENTS.values(), ids=CONTENTS)
async def test_the_reply_is_what_the_model_meant(content: object, expected: str) -> None:
    async with chat_server(Answer(completion(content))) as server:
        draft = await OpenAIGenerator(server.url, "qwen").draft(request())
    assert (draft.text, draft.generator, draft.prompt_version) == (expected, "openai", CURRENT)


@pytest.mark.parametrize(("answer", "reason", "tries"), FAILURES.values(), ids=FAILURES)
async def test_a_failure_becomes_a_generation_error_that_says_why(
    answer: Answer, reason: str, tries: int
) -> None:
    async with chat_server(answer) as server:
        generator = OpenAIGenerator(server.url, "qwen", api_key=KEY)
        with pytest.raises(GenerationError, match=reason) as caught:
            await generator.draft(request())
        await generator.aclose()
    assert str(caught.value).startswith(f"openai model 'qwen' at {server.url}: ")
    assert len(server.asked) == tries


@pytest.mark.parametrize(
    "first", [Answer(b"", 429), Answer(b"", 502), Answer(hang_up=True)], ids=["429", "502", "hangs up"]
)
async def test_a_passing_failure_is_tried_once_more(first: Answer) -> None:
    async with chat_server(first, Answer(completion("Fine now."))) as server:
        assert (await OpenAIGenerator(server.url, "qwen").draft(request())).text == "Fine now."


async def test_no_second_try_when_the_time_is_nearly_over() -> None:
    async with chat_server(Answer(b"", 500, delay_s=0.2)) as server:
        with pytest.raises(GenerationError, match="answered 500"):
            await OpenAIGenerator(server.url, "qwen", deadline_s=0.5).draft(request())
    assert len(server.asked) == 1


async def test_a_slow_endpoint_misses_the_deadline_and_not_by_much() -> None:
    async with chat_server(Answer(delay_s=5)) as server:
        generator, start = OpenAIGenerator(server.url, "qwen", deadline_s=0.2), perf_counter()
        with pytest.raises(DraftTimeout, match=r"no answer within 0\.2 s"):
            await generator.draft(request())
        assert perf_counter() - start < 1
        await generator.aclose()


async def test_the_deadline_holds_for_both_tries_together() -> None:
    async with chat_server(Answer(b"", 500, delay_s=0.3), Answer(delay_s=5)) as server:
        generator, start = OpenAIGenerator(server.url, "qwen", deadline_s=1.0), perf_counter()
        with pytest.raises(DraftTimeout):
            await generator.draft(request())
        assert perf_counter() - start < 1.5
        await generator.aclose()


async def test_nobody_listening_is_told_as_no_connection() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(GenerationError, match="no connection"):
        await OpenAIGenerator(f"http://127.0.0.1:{port}/v1", "qwen").draft(request())


@pytest.mark.parametrize("url", ["localhost:8000/v1", "ftp://host/v1", "http://"])
async def test_an_address_that_cannot_be_meant_is_told(url: str) -> None:
    with pytest.raises(GenerationError):
        await OpenAIGenerator(url, "qwen").draft(request())


async def test_fifty_customers_wait_about_as_long_as_one() -> None:
    async with chat_server(Answer(completion("Hello."), delay_s=1.0)) as server:
        generator = OpenAIGenerator(server.url, "qwen")
        start = perf_counter()
        drafts = await asyncio.gather(*(generator.draft(request(seed=str(i))) for i in range(50)))
        assert perf_counter() - start < 1.9
        assert [draft.text for draft in drafts] == ["Hello."] * 50
        await generator.aclose()


async def test_connections_are_used_again() -> None:
    async with chat_server() as server:
        generator = OpenAIGenerator(server.url, "qwen")
        for _ in range(5):
            await generator.draft(request())
        await generator.aclose()
    assert (len(server.asked), server.connections) == (5, 1)


def test_one_generator_serves_several_event_loops() -> None:
    generators: list[OpenAIGenerator] = []

    async def talk() -> str:
        async with chat_server() as server:
            generator = generators[0] if generators else OpenAIGenerator(server.url, "qwen")
            generator.base_url = server.url
            generators.append(generator)
            return (await generator.draft(request())).text

    assert [asyncio.run(talk()), asyncio.run(talk())] == ["Hello.", "Hello."]


async def test_the_endpoint_gets_the_key_the_model_and_no_stream() -> None:
    async with chat_server() as server:
        await OpenAIGenerator(f"{server.url}/", "qwen", api_key=KEY, extra={"top_p": 0.9}).draft(request())
    asked = server.asked[0]
    assert (asked["path"], asked["headers"]["authorization"]) == ("/v1/chat/completions", f"Bearer {KEY}")
    assert {"model": "qwen", "stream": False, "top_p": 0.9}.items() <= asked["body"].items()
    assert [message["role"] for message in asked["body"]["messages"]] == ["system", "user"]


async def test_without_a_key_none_is_sent() -> None:
    async with chat_server() as server:
        await OpenAIGenerator(server.url, "llama").draft(request())
    assert "authorization" not in server.asked[0]["headers"]


async def test_the_key_shows_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with chat_server(Answer(f"Incorrect API key provided: {KEY}".encode(), 401)) as server:
        generator = OpenAIGenerator(server.url.replace("//", "//user:pass@"), "qwen", api_key=KEY)
        with pytest.raises(GenerationError) as caught:
            await generator.draft(request())
        await generator.aclose()
    shown = f"{generator!r} {generator} {caught.value} {caplog.text}"
    assert KEY not in shown
    assert "user:pass" not in f"{generator!r} {caught.value}"


async def test_a_proxy_of_the_environment_is_not_asked_for_this_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    async with chat_server() as server:
        assert (await OpenAIGenerator(server.url, "qwen").draft(request())).text == "Hello."
