"""What a connection of either version of HTTP is to those who use it.

Everything a protocol does is synchronous: bytes that arrive are taken in at once, a request is written at
once, closing is at once. So a reader that is cancelled, at whatever point, leaves no half-written frame
behind and nothing to wait for. What stands in the bytes is ``http1.py`` and ``http2.py``.
"""

import asyncio
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import cast

import httpx

from switchboard.web.failures import too_large

Head = tuple[int, list[tuple[bytes, bytes]]]
"""The status and the headers of an answer."""
_UNSENT_BYTES = 100_000
"""What may wait to be sent. Requests are small: more is a server that makes us answer and does not read."""


class NotTaken(httpx.RemoteProtocolError):
    """The server never looked at the request, which may be sent again on another connection."""


class Ended(httpx.RemoteProtocolError):
    """The other side ended the connection."""


class Exchange(httpx.AsyncByteStream):
    """One request that was sent, and its answer as it arrives.

    Args:
        wire_bytes: how much of an answer may arrive, its framing aside; ``None`` for any amount.
        took: told how much its reader took.
        left: told when its reader wants no more.
    """

    def __init__(
        self,
        wire_bytes: int | None,
        took: Callable[["Exchange", int], None],
        left: Callable[["Exchange"], None],
    ) -> None:
        self._wire_bytes = wire_bytes
        self._took, self._left = took, left
        self._head: Head | None = None
        self._pieces: deque[tuple[bytes, int]] = deque()
        self._failure: Exception | None = None
        self._arrived = 0
        self._ended = False
        self._news = asyncio.Event()
        self.waiting = 0
        """What has arrived and was not taken yet, as the sender counts it."""

    @property
    def began(self) -> bool:
        """Whether the answer's head is there."""
        return self._head is not None

    @property
    def over(self) -> bool:
        """Whether nothing more comes."""
        return self._ended or self._failure is not None

    def start(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        """The head has arrived."""
        self._head = (status, headers)
        self._news.set()

    def add(self, data: bytes, cost: int) -> None:
        """A piece of the body has arrived; ``cost`` is its size as the sender counts it."""
        self._pieces.append((data, cost))
        self.waiting += cost
        self._news.set()

    def count(self, size: int) -> None:
        """Count ``size`` bytes of the wire, framing included."""
        self._arrived += size
        if self._wire_bytes is not None and self._arrived > self._wire_bytes * 9 // 8 + 100_000:
            self.fail(too_large(self._wire_bytes))
            self._left(self)

    def end(self) -> None:
        """The answer is complete."""
        if self._head is None:
            self.fail(httpx.RemoteProtocolError("the answer has no head"))
        self._ended = True
        self._news.set()

    def fail(self, failure: Exception) -> None:
        """The answer will never be complete."""
        if not self.over:
            self._failure = failure
            self._news.set()

    async def head(self) -> Head:
        """The status and the headers, once they are there."""
        while self._head is None:
            if self._failure is not None:
                raise self._failure
            await self._next()
        return self._head

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            while self._pieces:
                data, cost = self._pieces.popleft()
                self.waiting -= cost
                self._took(self, cost)
                yield data
            if self._failure is not None:
                raise self._failure
            if self._ended:
                return
            await self._next()

    async def aclose(self) -> None:
        """Want no more of it."""
        self.leave()

    def leave(self) -> None:
        """Want no more of it."""
        unread, self.waiting = self.waiting, 0
        self._pieces.clear()
        self._took(self, unread)
        if not self.over:
            self.fail(httpx.StreamClosed())
            self._left(self)

    async def _next(self) -> None:
        self._news.clear()
        await self._news.wait()


class Connection(ABC, asyncio.Protocol):
    """A connection over which exchanges go.

    Args:
        changed: told whenever it can take more, or no more.
    """

    version: str

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._transport: asyncio.Transport | None = None

    @property
    def closed(self) -> bool:
        """Whether it is of no more use."""
        return self._transport is None

    @property
    @abstractmethod
    def available(self) -> bool:
        """Whether it takes a request now."""

    @property
    @abstractmethod
    def idle(self) -> bool:
        """Whether no answer is on its way."""

    @abstractmethod
    def send(self, request: httpx.Request, wire_bytes: int | None) -> Exchange:
        """Send ``request``, which has no body.

        Raises:
            NotTaken: it is, or turned out to be, of no more use.
            httpx.LocalProtocolError: the request cannot be written.
        """

    @abstractmethod
    def _fail(self, failure: Exception) -> None:
        """Give up what is on its way."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is open, TLS and all."""
        # uvloop's transports have asyncio's methods and not its classes.
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio names it
        """The other side is gone."""
        self.close(Ended("the connection ended"))

    def close(self, failure: Exception | None = None) -> None:
        """End it now; what is on its way fails with ``failure``."""
        if self._transport is not None:
            # A polite end waits for the other side, which may never answer.
            self._transport.abort()
            self._transport = None
            self._fail(failure or httpx.RemoteProtocolError("the connection was closed"))
            self._changed()

    def _write(self, data: bytes) -> None:
        if self._transport is not None and data:
            self._transport.write(data)
            if self._transport.get_write_buffer_size() > _UNSENT_BYTES:
                self.close(httpx.WriteError("the other side does not read"))
