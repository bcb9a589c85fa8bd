"""Claude, through Anthropic's Messages API.

Opening, listing and testing; the format is ``messages_api.py``, the way there ``connection.py``.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING

from switchboard.backends import attempts, failures
from switchboard.backends.base import Capability, ChatRequest, Model, Status
from switchboard.backends.messages_api import ClaudeReading, request_body
from switchboard.backends.opening import Opening
from switchboard.errors import SwitchboardError
from switchboard.messages import Event

if TYPE_CHECKING:
    from switchboard.backends.connection import Connection

CLAUDE = "Claude"
KNOWN_MODELS = ("claude-opus-5-5", "claude-haiku-5-5")
"""Offered before there is a key to ask with."""


class ClaudeBackend:
    """A Claude model.

    Args:
        model: its name.
        key: the API key.
        url: the address without ``/v1``.
        seconds: how long the provider may be silent.
    """

    provider = CLAUDE

    def __init__(self, model: str, *, key: str, url: str, seconds: float = 25.0) -> None:
        self.model = model
        self._key, self._url, self._seconds = key.strip(), url.removesuffix("/v1"), seconds
        self._opening = Opening(self._opened)

    @property
    def capabilities(self) -> frozenset[Capability]:
        """All but a temperature, which the API's newer models do not take."""
        return frozenset(Capability) - {Capability.TEMPERATURE, Capability.SPEECH}

    def stream(self, request: ChatRequest) -> AsyncGenerator[Event, None]:
        """Yield the answer's events, a ``Finish`` last.

        Raises:
            BackendError: the provider does not answer as asked, after two more attempts at the most.
        """
        within = max(attempts.FIRST_EVENT_SECONDS, self._seconds + 5)
        return attempts.with_retries(self.provider, lambda: self._attempt(request), within)

    async def models(self) -> list[Model]:
        """The models, newest first.

        Raises:
            BackendError: the provider could not be asked.
        """
        if not self._key:
            return [Model(name) for name in KNOWN_MODELS]
        body = await (await self._connection()).get("/v1/models?limit=100")
        listed = body.get("data") if isinstance(body, dict) else None
        found = [entry for entry in listed or () if isinstance(entry, dict) and entry.get("id")]
        found.sort(key=lambda entry: str(entry.get("created_at", "")), reverse=True)
        return [Model(str(entry["id"]), entry.get("max_input_tokens") or None) for entry in found]

    async def check(self) -> Status:
        """Whether Claude would answer now, by its list of models."""
        try:
            if not self._key:
                raise failures.missing_key(self.provider)
            async with asyncio.timeout(self._seconds):
                names = [model.name for model in await self.models()]
        except TimeoutError:
            return Status(False, str(failures.timed_out(self.provider, self._seconds)))
        except SwitchboardError as exc:
            return Status(False, str(exc))
        # A name without a date stands for the newest that begins with it.
        if self.model and not any(name.startswith(self.model) for name in names):
            return Status(False, str(failures.error_of_status(self.provider, self.model, 404)))
        return Status(True, f"{self.provider} is ready with {self.model}.")

    async def aclose(self) -> None:
        """Close the connections."""
        await self._opening.aclose()

    async def _attempt(self, request: ChatRequest) -> AsyncGenerator[Event | None, None]:
        connection = await self._connection()
        body = request_body(self.model, request)
        async with aclosing(connection.answer("/v1/messages", body, ClaudeReading())) as events:
            async for event in events:
                yield event

    async def _connection(self) -> "Connection":
        if not self._key:
            raise failures.missing_key(self.provider)
        return await self._opening.connection()

    def _opened(self) -> "Connection":
        import anthropic

        from switchboard.backends.connection import Connection
        from switchboard.backends.http_client import http_client

        http = http_client(self._url, self._key, self._seconds)
        client = anthropic.AsyncAnthropic(
            api_key=self._key, base_url=self._url, max_retries=0, http_client=http
        )
        return Connection(anthropic, client, self.provider, self.model, self._key, self._seconds)
