"""A generator for tests and rehearsals: it says what it was told to, and keeps what it was asked."""

from __future__ import annotations

from collections.abc import Iterable

from balm.errors import GenerationError
from balm.generation.request import Draft, ReplyRequest


class ScriptedGenerator:
    """Says its `lines` in order; an exception among them is raised. `asked` holds the requests.

    >>> import asyncio
    >>> from balm.turn import Turn
    >>> generator = ScriptedGenerator(["Hello."])
    >>> request = ReplyRequest(language="en", strategy="inform", turn=Turn("hi"))
    >>> asyncio.run(generator.draft(request)).text, generator.asked == [request]
    ('Hello.', True)
    """

    name = "scripted"

    def __init__(self, lines: Iterable[str | Exception]) -> None:
        self._lines = list(lines)
        self.asked: list[ReplyRequest] = []

    async def draft(self, request: ReplyRequest) -> Draft:
        """The next line.

        Raises:
            GenerationError: the script is at its end.
        """
        self.asked.append(request)
        if not self._lines:
            raise GenerationError(f"scripted: asked {len(self.asked)} times, the script is shorter.")
        line = self._lines.pop(0)
        if isinstance(line, Exception):
            raise line
        return Draft(line, self.name)
