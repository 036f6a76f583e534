"""A generator behind any OpenAI-compatible chat endpoint: vLLM, Ollama, SGLang, DeepSeek, OpenAI..."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING, Any

from balm.errors import DraftTimeout, GenerationError
from balm.generation.completion import read_completion
from balm.generation.prompt import Prompt
from balm.generation.request import Draft, ReplyRequest

if TYPE_CHECKING:
    import httpx

logger = logging.getLogger(__name__)

RETRY_STATUS = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
PAUSE_S = 0.2  # before the second try
WORTH_TRYING_S = 0.5  # less time than this is left: no second try
CONNECTIONS = 200  # customers served at once; the rest wait within their deadline
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Transient(GenerationError):
    """A failure that may be gone at the next try."""


class OpenAIGenerator:
    """Drafts from a chat model. `extra` joins the request body (such as `{"top_p": 0.9}`).

    One generator holds one pool of connections and may serve any number of conversations at once.
    """

    name = "openai"

    def __init__(
        self,
        base_url: str,
        model: str,
        *,
        api_key: str | None = None,
        deadline_s: float = 8.0,
        temperature: float = 0.3,
        max_tokens: int = 400,
        prompt: Prompt | None = None,
        extra: dict[str, Any] | None = None,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.model = model
        self.deadline_s = deadline_s
        self.prompt = prompt or Prompt.load()
        self._options = {"temperature": temperature, "max_tokens": max_tokens, **(extra or {})}
        self._api_key = api_key
        self._client: httpx.AsyncClient | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def __repr__(self) -> str:
        return f"OpenAIGenerator({self.where})"

    @property
    def where(self) -> str:
        """The endpoint and model for logs, without any secret."""
        import httpx

        url = httpx.URL(self.base_url).copy_with(userinfo=b"", query=None)
        return f"openai model '{self.model}' at {url}"

    async def draft(self, request: ReplyRequest) -> Draft:
        """The model's reply to `request`.

        Raises:
            DraftTimeout: nothing came within the deadline.
            GenerationError: the endpoint refused, failed or sent nothing usable; the message says what.
        """
        try:
            text = await asyncio.wait_for(self._answer(request), self.deadline_s)
        except asyncio.TimeoutError as error:
            raise DraftTimeout(f"{self.where}: no answer within {self.deadline_s:g} s.") from error
        return Draft(text, self.name, self.prompt.version)

    async def aclose(self) -> None:
        """Closes the connections; a later draft opens new ones."""
        client, self._client, self._loop = self._client, None, None
        if client is not None:
            await client.aclose()

    async def _answer(self, request: ReplyRequest) -> str:
        messages = self.prompt.messages(request)
        body = {"model": self.model, "messages": messages, "stream": False, **self._options}
        give_up = time.monotonic() + self.deadline_s
        try:
            return await self._try(body)
        except Transient as failure:
            if give_up - time.monotonic() < WORTH_TRYING_S:
                raise
            logger.info("%s One more try.", failure)
        await asyncio.sleep(PAUSE_S)
        return await self._try(body)

    async def _try(self, body: dict[str, Any]) -> str:
        import httpx

        try:
            response = await self._here().post(f"{self.base_url}/chat/completions", json=body)
        except httpx.TimeoutException as error:
            raise DraftTimeout(self._said(f"no answer within {self.deadline_s:g} s.")) from error
        except httpx.TransportError as error:
            raise Transient(self._said(f"no connection ({type(error).__name__}: {error}).")) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise GenerationError(
                self._said(f"cannot be asked ({type(error).__name__}: {error}).")
            ) from error
        return self._text(response)

    def _text(self, response: httpx.Response) -> str:
        if response.status_code != 200:
            problem = self._said(f"answered {response.status_code}: {response.text[:200].strip()}")
            raise (Transient if response.status_code in RETRY_STATUS else GenerationError)(problem)
        try:
            return read_completion(response.content)
        except GenerationError as error:
            raise GenerationError(self._said(str(error))) from error

    def _said(self, problem: str) -> str:
        text = f"{self.where}: {problem}"
        return text.replace(self._api_key, "***") if self._api_key else text

    def _here(self) -> httpx.AsyncClient:
        """The client of the running event loop: connections cannot move between loops."""
        loop = asyncio.get_running_loop()
        if self._client is None or self._loop is not loop:
            self._client, self._loop = self._connect(), loop
        return self._client

    def _connect(self) -> httpx.AsyncClient:
        import httpx

        headers = {"Authorization": f"Bearer {self._api_key}"} if self._api_key else {}
        return httpx.AsyncClient(
            headers=headers,
            timeout=self.deadline_s,
            limits=httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS),
            # plain http has no certificate to check, and loading the authorities takes 0.2 s
            verify=not self.base_url.startswith("http://"),
            # a proxy of the environment cannot reach a model on this machine
            trust_env=httpx.URL(self.base_url).host not in LOOPBACK,
        )
