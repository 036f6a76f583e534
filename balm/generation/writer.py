"""The last word on every reply: in time, checked, and never empty."""

from __future__ import annotations

import asyncio
import logging

from balm.errors import DraftTimeout, GenerationError
from balm.generation.guard import check
from balm.generation.request import Draft, ReplyGenerator, ReplyRequest, Verdict, Written
from balm.generation.responses import load_all

logger = logging.getLogger(__name__)


class Writer:
    """Asks `generator`, checks its draft, and says `fallback`'s words when there is anything wrong.

    `deadline_s` is what the customer may wait for the generator. The fallback is local and its
    sentences are the designer's own, so it is neither timed nor refused.
    """

    def __init__(
        self, generator: ReplyGenerator, fallback: ReplyGenerator, *, deadline_s: float = 8.0
    ) -> None:
        self.generator = generator
        self.fallback = fallback
        self.deadline_s = deadline_s
        self._last_resort = {language: words.options("last_resort") for language, words in load_all().items()}

    async def write(self, request: ReplyRequest) -> Written:
        """The reply to `request`; never raises, never empty. `fallback_reason` is None when all went well."""
        if self.generator is self.fallback:
            return await self._without_generator(request, reason=None)
        try:
            draft = await self._draft(request)
        except GenerationError as error:
            return await self._without_generator(request, reason=str(error))
        verdicts = check(draft.text, request)
        refused = "; ".join(verdict.reason for verdict in verdicts if not verdict.ok)
        if refused:
            return await self._without_generator(request, reason=f"{draft.generator}: refused, {refused}")
        return Written(draft.text.strip(), draft.generator, draft.prompt_version, verdicts)

    async def _draft(self, request: ReplyRequest) -> Draft:
        """The generator's draft; whatever went wrong becomes a GenerationError."""
        try:
            return await asyncio.wait_for(self.generator.draft(request), self.deadline_s)
        except asyncio.TimeoutError as error:
            raise DraftTimeout(f"{_name(self.generator)}: no draft within {self.deadline_s:g} s.") from error
        except GenerationError:
            raise
        except Exception as error:  # a generator is somebody's plug-in: its bugs must not silence the bot
            logger.exception("%s: failed in a way that it does not declare.", _name(self.generator))
            raise GenerationError(f"{_name(self.generator)}: {type(error).__name__}: {error}") from error

    async def _without_generator(self, request: ReplyRequest, *, reason: str | None) -> Written:
        if reason:
            logger.warning("reply falls back to %s: %s", _name(self.fallback), reason)
        try:
            draft = await self.fallback.draft(request)
            if not draft.text.strip():
                raise GenerationError(f"{_name(self.fallback)}: wrote nothing.")
        except Exception as error:  # the last line of defence: a fixed sentence needs nothing that can fail
            logger.exception("%s: the fallback failed.", _name(self.fallback))
            return self._fixed(request, "; ".join(filter(None, (reason, f"{type(error).__name__}: {error}"))))
        verdicts = self._checked(draft, request)
        return Written(draft.text, draft.generator, draft.prompt_version, verdicts, reason)

    def _checked(self, draft: Draft, request: ReplyRequest) -> tuple[Verdict, ...]:
        """The verdicts for the record; they refuse nothing here, but the log tells the designer."""
        verdicts = check(draft.text, request)
        for verdict in verdicts:
            if not verdict.ok:
                logger.warning("%s: the guard objects, %s", draft.generator, verdict.reason)
        return verdicts

    def _fixed(self, request: ReplyRequest, reason: str) -> Written:
        lines = self._last_resort.get(request.language) or next(iter(self._last_resort.values()))
        return Written(lines[0], "fixed", None, (), reason)


def _name(generator: ReplyGenerator) -> str:
    return str(getattr(generator, "name", type(generator).__name__))
