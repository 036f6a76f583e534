"""The writer never raises, never falls silent, and says why it fell back."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from time import perf_counter

import pytest
from chat_server import Answer, chat_server, completion
from generation_builders import request

from balm.errors import DraftTimeout, GenerationError
from balm.generation.openai import OpenAIGenerator
from balm.generation.request import Draft, ReplyRequest
from balm.generation.scripted import ScriptedGenerator
from balm.generation.template import TemplateGenerator
from balm.generation.writer import Writer

LATE = request("en", "apologise", emotion="anger", kinds=("order_preparing_late",), cause="delivery")
GOOD = "That is our fault, and I'm sorry. It was due to ship by 3 November and is 1 day late."
TROUBLE = {
    "declared failure": (GenerationError("openai: answered 500"), "answered 500"),
    "deadline": (DraftTimeout("openai: no answer within 8 s."), "no answer"),
    "a bug": (KeyError("choices"), "KeyError"),
    "empty draft": ("   ", "empty"),
    "a wild promise": ("We will refund you by tomorrow.", "claims"),
    "another language": ("您的订单还在仓库里，请您再等等。", "language"),
    "a planted link": ("See evil.shop/pay for order BM10024683.", "link"),
}


class Endless:
    """A generator that never answers."""

    name = "endless"

    async def draft(self, request: ReplyRequest) -> Draft:
        await asyncio.sleep(60)
        raise AssertionError("unreachable")


def writer(*lines: str | Exception, **options: float) -> Writer:
    return Writer(ScriptedGenerator(lines), TemplateGenerator.load(), **options)


async def test_a_good_draft_goes_out_as_it_is() -> None:
    written = await writer(f" {GOOD}\n").write(LATE)
    assert (written.text, written.generator, written.fallback_reason) == (GOOD, "scripted", None)
    assert written.verdicts and all(verdict.ok for verdict in written.verdicts)


@pytest.mark.parametrize(("line", "reason"), TROUBLE.values(), ids=TROUBLE)
async def test_trouble_is_answered_by_the_template(
    line: str | Exception, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    written = await writer(line).write(LATE)
    expected = await TemplateGenerator.load().draft(LATE)
    assert (written.text, written.generator) == (expected.text, "template")
    assert reason in (written.fallback_reason or "")
    assert reason in caplog.text


async def test_a_generator_that_hangs_is_left_behind_in_time() -> None:
    start = perf_counter()
    written = await Writer(Endless(), TemplateGenerator.load(), deadline_s=0.1).write(LATE)
    assert perf_counter() - start < 1
    assert (written.generator, written.fallback_reason) == ("template", "endless: no draft within 0.1 s.")


async def test_the_template_alone_needs_no_fallback_and_is_still_checked() -> None:
    template = TemplateGenerator.load()
    written = await Writer(template, template).write(LATE)
    assert (written.generator, written.fallback_reason) == ("template", None)
    assert {verdict.rule for verdict in written.verdicts} >= {"claims", "language"}


@pytest.mark.parametrize(
    "broken", [GenerationError("no template"), "", RuntimeError("disk")], ids=["fails", "empty", "bug"]
)
@pytest.mark.parametrize(("language", "said"), [("zh", "转人工"), ("en", "person")])
async def test_when_all_fails_a_fixed_sentence_is_said(
    broken: str | Exception, language: str, said: str
) -> None:
    written = await Writer(ScriptedGenerator([]), ScriptedGenerator([broken])).write(request(language))
    assert said in written.text
    assert written.generator == "fixed"
    assert "asked 1 times" in (written.fallback_reason or "")


async def test_a_language_nobody_knows_still_gets_an_answer() -> None:
    template = TemplateGenerator.load()
    written = await Writer(template, template).write(replace(LATE, language="fr"))
    assert written.text and "unknown language 'fr'" in (written.fallback_reason or "")


async def test_a_cancelled_turn_stays_cancelled() -> None:
    task = asyncio.create_task(Writer(Endless(), TemplateGenerator.load()).write(LATE))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_the_guard_s_objection_to_the_designer_s_own_words_is_logged_and_refuses_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    own = ScriptedGenerator(["This is guaranteed."])
    written = await Writer(own, own).write(request())
    assert written.text == "This is guaranteed."
    assert "guarantee" in caplog.text


async def test_fifty_customers_behind_a_slow_model_are_answered_together() -> None:
    async with chat_server(Answer(completion(GOOD), delay_s=1.0)) as server:
        generator = OpenAIGenerator(server.url, "qwen")
        desk = Writer(generator, TemplateGenerator.load())
        start = perf_counter()
        written = await asyncio.gather(*(desk.write(LATE) for _ in range(50)))
        assert perf_counter() - start < 1.9
        assert {reply.generator for reply in written} == {"openai"}
        await generator.aclose()
