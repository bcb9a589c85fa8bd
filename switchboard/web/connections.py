"""The connections to one host, shared by all who read there.

HTTP/2 where the host speaks it, one connection for everybody; HTTP/1.1 with a few side by side where it does
not. Which addresses may be connected to is decided before, in ``transport.py``.
"""

import asyncio
import ssl
from collections import Counter
from functools import cache
from typing import cast

import httpx

from switchboard.web.connection import Connection, Exchange, NotTaken
from switchboard.web.http1 import Http1
from switchboard.web.http2 import Http2

CONNECTIONS = 4
"""To one host at a time."""
_ATTEMPTS = 3
_Origin = tuple[str, str, int]


def trusting(context: ssl.SSLContext) -> ssl.SSLContext:
    """``context`` with both versions of HTTP on offer."""
    context.set_alpn_protocols(["h2", "http/1.1"])
    return context


@cache
def _public_trust() -> ssl.SSLContext:
    # One of its own: httpx sets the protocols of any context that it is given.
    return trusting(httpx.create_ssl_context(trust_env=False))


class HostConnections(httpx.AsyncBaseTransport):
    """Sends requests without a body to one host, over at most ``CONNECTIONS`` connections.

    A request's URL holds the address to connect to; the extension ``sni_hostname`` the name that the
    certificate must be for, ``wire_bytes`` how much of an answer is read. A connection is used only for the
    address it was made to. Time limits are the caller's: whatever it cancels harms no other exchange.

    Args:
        trust: which certificates are valid, from ``trusting``.
    """

    def __init__(self, trust: ssl.SSLContext | None = None) -> None:
        self._trust = trust
        self._open: list[tuple[_Origin, Connection]] = []
        self._opening: Counter[_Origin] = Counter()
        self._single: set[_Origin] = set()
        """Those known to speak HTTP/1.1 only."""
        self._waiting: dict[asyncio.Future[None], None] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send ``request`` and wait for the head of the answer.

        Raises:
            httpx.TransportError: there is no connection, or no answer that HTTP knows.
            PageTooLarge: the answer is longer than ``wire_bytes``.
        """
        url = request.url
        origin = (url.scheme, url.host, url.port or (443 if url.scheme == "https" else 80))
        name = request.extensions.get("sni_hostname") or url.host
        for attempt in range(1, _ATTEMPTS + 1):
            connection = await self._available(origin, name)
            try:
                exchange = connection.send(request, request.extensions.get("wire_bytes"))
                status, headers = await _head(exchange)
            except NotTaken:
                if attempt == _ATTEMPTS:
                    raise
                continue
            return httpx.Response(
                status,
                headers=headers,
                stream=exchange,
                extensions={"http_version": connection.version.encode("ascii")},
            )
        raise AssertionError("unreachable")

    async def aclose(self) -> None:
        """Close all connections."""
        for _, connection in self._open:
            connection.close()
        self._open.clear()

    async def _available(self, origin: _Origin, name: str) -> Connection:
        while True:
            self._open = [entry for entry in self._open if not entry[1].closed]
            for place, connection in self._open:
                if place == origin and connection.available:
                    return connection
            if self._may_open(origin):
                return await self._connect(origin, name)
            waiter = asyncio.get_running_loop().create_future()
            self._waiting[waiter] = None
            try:
                await waiter
            finally:
                del self._waiting[waiter]

    def _may_open(self, origin: _Origin) -> bool:
        if origin[0] == "https" and origin not in self._single:
            # One that is being opened, or has just been, may carry this request too.
            young = any(
                place == origin and isinstance(connection, Http2) and not connection.greeted
                for place, connection in self._open
            )
            if young or self._opening[origin]:
                return False
        if len(self._open) + self._opening.total() < CONNECTIONS:
            return True
        spare = next((entry for entry in self._open if entry[1].idle), None)
        if spare is None:
            return False
        self._open.remove(spare)
        spare[1].close()
        return True

    async def _connect(self, origin: _Origin, name: str) -> Connection:
        scheme, host, port = origin
        trust = (self._trust or _public_trust()) if scheme == "https" else None
        opening = _Opening(self)
        self._opening[origin] += 1
        try:
            await asyncio.get_running_loop().create_connection(
                lambda: opening, host, port, ssl=trust, server_hostname=name if trust else None
            )
        except BaseException as exc:
            if opening.connection is not None:
                opening.connection.close()
            if isinstance(exc, OSError):
                raise httpx.ConnectError(str(exc)) from exc
            raise
        finally:
            self._opening[origin] -= 1
            self.changed()
        assert opening.connection is not None  # noqa: S101 - it is made before the connection counts as open
        if isinstance(opening.connection, Http1):
            self._single.add(origin)
        self._open.append((origin, opening.connection))
        return opening.connection

    def changed(self) -> None:
        """Let those who wait for a connection look again."""
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)


class _Opening(asyncio.Protocol):
    """A connection until it is known which HTTP the two sides agreed on."""

    def __init__(self, connections: HostConnections) -> None:
        self._connections = connections
        self.connection: Connection | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Hand the connection to the protocol that was agreed on."""
        tls = transport.get_extra_info("ssl_object")
        agreed = tls.selected_alpn_protocol() if tls is not None else None
        self.connection = (Http2 if agreed == "h2" else Http1)(self._connections.changed)
        cast(asyncio.Transport, transport).set_protocol(self.connection)
        self.connection.connection_made(transport)


async def _head(exchange: Exchange) -> tuple[int, list[tuple[bytes, bytes]]]:
    try:
        return await exchange.head()
    except BaseException:
        exchange.leave()
        raise
