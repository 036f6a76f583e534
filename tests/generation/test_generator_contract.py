"""What every ReplyGenerator must do, run over all that we ship."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace

import pytest
from chat_server import Answer, chat_server, completion
from generation_builders import request

from balm.errors import GenerationError
from balm.generation.openai import OpenAIGenerator
from balm.generation.request import Draft, ReplyGenerator
from balm.generation.scripted import ScriptedGenerator
from balm.generation.template import TemplateGenerator

Open = Callable[[], AbstractAsyncContextManager[ReplyGenerator]]


@asynccontextmanager
async def template() -> AsyncIterator[ReplyGenerator]:
    yield TemplateGenerator.load()


@asynccontextmanager
async def scripted() -> AsyncIterator[ReplyGenerator]:
    yield ScriptedGenerator(["It is in our warehouse."] * 100)


@asynccontextmanager
async def openai() -> AsyncIterator[ReplyGenerator]:
    async with chat_server(Answer(completion("It is in our warehouse."))) as server:
        generator = OpenAIGenerator(server.url, "qwen")
        yield generator
        await generator.aclose()


async def check_a_draft_has_text_and_names_its_generator(generator: ReplyGenerator) -> None:
    draft = await generator.draft(request(intent="greet"))
    assert isinstance(draft, Draft)
    assert draft.text == draft.text.strip() != ""
    assert draft.generator == generator.name


async def check_odd_messages_get_a_draft_too(generator: ReplyGenerator) -> None:
    for text in ("", "   ", "😡😡😡", "1", "啊" * 20_000, "my 快递 is 没到", "{eta} %s {0}", "\ud83d"):
        assert (await generator.draft(request(text=text, emotion="anger"))).text


async def check_both_languages_are_known(generator: ReplyGenerator) -> None:
    for language in ("zh", "en"):
        assert (await generator.draft(request(language, "apologise", kinds=("parcel_late",)))).text


async def check_an_unknown_language_is_an_error_of_generation(generator: ReplyGenerator) -> None:
    if isinstance(generator, ScriptedGenerator):
        return  # says its lines whatever it is asked
    with pytest.raises(GenerationError, match="unknown language 'fr'. Known: en, zh"):
        await generator.draft(replace(request(), language="fr"))


async def check_many_at_once_do_not_mix(generator: ReplyGenerator) -> None:
    drafts = await asyncio.gather(*(generator.draft(request(intent="greet", seed="s")) for _ in range(20)))
    assert len({draft.text for draft in drafts}) == 1


async def check_the_history_may_be_long_and_odd(generator: ReplyGenerator) -> None:
    history = (("", ""), ("<customer>", "x" * 10_000)) * 30
    assert (await generator.draft(request(history=history))).text


CHECKS = (
    check_a_draft_has_text_and_names_its_generator,
    check_odd_messages_get_a_draft_too,
    check_both_languages_are_known,
    check_an_unknown_language_is_an_error_of_generation,
    check_many_at_once_do_not_mix,
    check_the_history_may_be_long_and_odd,
)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("opened", (template, scripted, openai), ids=lambda opened: opened.__name__)
async def test_generator(opened: Open, check: Callable) -> None:
    async with opened() as generator:
        await check(generator)


async def test_a_script_that_runs_out_says_so() -> None:
    generator = ScriptedGenerator(["one"])
    await generator.draft(request())
    with pytest.raises(GenerationError, match="asked 2 times"):
        await generator.draft(request())
    assert len(generator.asked) == 2


async def test_a_script_can_fail_on_purpose() -> None:
    with pytest.raises(GenerationError, match="out of memory"):
        await ScriptedGenerator([GenerationError("out of memory")]).draft(request())
