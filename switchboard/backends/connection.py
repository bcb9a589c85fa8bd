"""A conversation with a provider through its SDK's client.

The SDK makes the request, the stream is read here, and every failure leaves as one of our errors. What is
said is each provider's own; where it may go is ``http_client.py``.
"""

import ssl
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from typing import Any, Protocol

import anyio
import httpx2
from pydantic_core import from_json

from switchboard.backends import failures
from switchboard.backends.sse import payloads
from switchboard.errors import BackendError, MissingKey, StreamCut, TimedOut
from switchboard.messages import Event


class Reading(Protocol):
    """An answer as it is read, one event's JSON object after the other."""

    ended: bool
    """Whether the provider has said why it stopped."""

    def read(self, payload: dict[str, Any]) -> list[Event]:
        """What the payload says."""

    def rest(self) -> list[Event]:
        """What is left to say once the stream has ended, ``Finish`` last."""


class Connection:
    """An SDK's client, its failures mapped.

    Args:
        sdk: the module, ``openai`` or ``anthropic``; both were made by one generator and have one form.
        client: its asynchronous client.
        provider: the provider's name as the page shows it.
        model: the model that is asked.
        secret: the key, to keep it out of messages.
        seconds: how long the provider may be silent.
    """

    def __init__(self, sdk: Any, client: Any, provider: str, model: str, secret: str, seconds: float) -> None:
        self._sdk, self._client = sdk, client
        self._provider, self._model, self._secret, self._seconds = provider, model, secret, seconds

    async def answer(
        self, path: str, body: dict[str, Any], reading: Reading
    ) -> AsyncGenerator[Event | None, None]:
        """Post ``body`` and yield what ``reading`` makes of the answer; ``None`` is a sign of life.

        Raises:
            BackendError: the provider does not answer as asked.
        """
        async with aclosing(self._events(path, body)) as stream:
            try:
                async for payload in stream:
                    events = self._read(reading, payload)
                    if not events:
                        yield None
                    for event in events:
                        yield event
            except (StreamCut, TimedOut):
                if not reading.ended:
                    raise
        if not reading.ended:
            raise failures.stream_cut(self._provider)
        for event in reading.rest():
            yield event

    async def get(self, path: str) -> Any:
        """The JSON at ``path``, an object or a list.

        Raises:
            BackendError: the provider does not answer as asked.
        """
        with self._mapped():
            body = await self._client.get(path, cast_to=object)
        if not isinstance(body, dict | list):
            raise failures.unreadable(self._provider)
        return body

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _events(self, path: str, body: dict[str, Any]) -> AsyncGenerator[dict[str, Any], None]:
        with self._mapped():
            # ``create`` walks every message to check its type: 35 ms for 200 of them, where this takes 4.
            stream = await self._client.post(
                path, cast_to=object, body=body, stream=True, stream_cls=self._sdk.AsyncStream[object]
            )
            try:
                kind = stream.response.headers.get("content-type", "")
                if kind.startswith(("application/json", "text/html")):
                    raise self._said_plainly(await stream.response.aread())
                chunks = stream.response.aiter_bytes()
                async with aclosing(chunks), aclosing(payloads(chunks)) as found:
                    async for payload in found:
                        if payload.get("error"):
                            raise self._said(*failures.error_in(payload))
                        yield payload
            finally:
                await stream.close()

    def _read(self, reading: Reading, payload: dict[str, Any]) -> list[Event]:
        try:
            return reading.read(payload)
        except (AttributeError, KeyError, TypeError, ValueError) as exc:
            raise failures.unreadable(self._provider) from exc

    def _said_plainly(self, body: bytes) -> BackendError:
        """What an answer means that is no stream although its status is 200: an error, or a wrong address."""
        answer = from_json(body)
        if isinstance(answer, dict) and answer.get("error"):
            return self._said(*failures.error_in(answer))
        return failures.unreadable(self._provider)

    def _said(
        self, status: int | None, message: str, code: str, retry_after: float | None = None
    ) -> BackendError:
        if status in (401, 403) and not self._secret:
            return MissingKey(f"{self._provider} asks for a key.", "Paste one above.")
        return failures.error_of_status(
            self._provider, self._model, status, message, code, retry_after, secret=self._secret
        )

    @contextmanager
    def _mapped(self) -> Iterator[None]:
        try:
            yield
        except self._sdk.APIStatusError as exc:
            _, message, code = failures.error_in(exc.body)
            wait = failures.seconds_to_wait(exc.response.headers)
            raise self._said(exc.status_code, message, code, wait) from exc
        except self._sdk.APIConnectionError as exc:
            raise self._broken(exc.__cause__) from exc
        except (httpx2.RequestError, httpx2.InvalidURL, ssl.SSLError, anyio.EndOfStream) as exc:
            raise self._broken(exc) from exc
        except ValueError as exc:
            raise failures.unreadable(self._provider) from exc

    def _broken(self, cause: BaseException | None) -> BackendError:
        unreachable = (
            httpx2.ConnectError,
            httpx2.ConnectTimeout,
            httpx2.ProxyError,
            httpx2.UnsupportedProtocol,
            httpx2.InvalidURL,
        )
        if isinstance(cause, unreachable):
            return failures.unreachable(self._provider)
        if isinstance(cause, httpx2.TimeoutException):
            return failures.timed_out(self._provider, self._seconds)
        return failures.stream_cut(self._provider)
