"""The generator that needs no model: written sentences, chosen by feeling, filled with facts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from balm.errors import GenerationError
from balm.generation.composition import Composition
from balm.generation.request import Draft, ReplyRequest
from balm.generation.responses import Responses, load_all


class TemplateGenerator:
    """Writes replies from the response files: the same request gives the same text.

    >>> import asyncio
    >>> from balm.turn import Turn
    >>> request = ReplyRequest(language="en", strategy="inform", turn=Turn("hi"), body=("Hello!",))
    >>> asyncio.run(TemplateGenerator.load().draft(request)).text
    'Hello!'
    """

    name = "template"

    def __init__(self, responses: Mapping[str, Responses]) -> None:
        self.responses = responses

    @classmethod
    def load(cls, folder: str | Path | None = None) -> TemplateGenerator:
        """The generator with a designer's own response files in `folder` over the bundled ones.

        Raises:
            ConfigError: a response file is wrong.
        """
        return cls(load_all(folder))

    async def draft(self, request: ReplyRequest) -> Draft:
        """The reply in written sentences.

        Raises:
            GenerationError: there are no sentences in `request.language`.
        """
        if request.language not in self.responses:
            known = ", ".join(sorted(self.responses))
            raise GenerationError(f"template: unknown language '{request.language}'. Known: {known}.")
        return Draft(Composition(request, self.responses[request.language]).text(), self.name)
