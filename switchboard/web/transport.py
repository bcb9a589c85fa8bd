"""An httpx transport that connects to public addresses only.

Each request's host is resolved once and the connection goes to the address that passed the check, with Host,
SNI and certificate on the name. It checks what it is about to connect to, so that no other reading of the
same URL can slip past. Redirects belong to the client: it must follow none, or check each of them.
"""

import ssl
from collections.abc import Callable, Container
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import cache
from types import TracebackType
from typing import Self

import httpx

from switchboard.addresses import ANY_PORT, Resolve, check_url, resolve_public

LEASES = "leases"
"""The request extension that holds an ``AsyncExitStack``: what was opened for the request may stay open until
that is left, and is then closed unless others hold it. Without it, it stays until the transport closes."""


@cache
def _certificates() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)


def direct() -> httpx.AsyncBaseTransport:
    """A transport without proxies."""
    return httpx.AsyncHTTPTransport(verify=_certificates(), trust_env=False)


@dataclass(slots=True)
class _Host:
    transport: httpx.AsyncBaseTransport
    leases: set[AsyncExitStack] = field(default_factory=set)
    kept: bool = False


class PinnedTransport(httpx.AsyncBaseTransport):
    """Sends requests to the public internet, or not at all.

    Hosts never share a connection, even at the same address: the certificate of a connection was checked for
    one of them.

    Args:
        ports: those that may be connected to.
        resolve: turns a host and a port into the address to connect to, or refuses.
        connect: makes the transport that serves one host; it is given the resolved address as the URL's
            host, and must connect to that.
    """

    def __init__(
        self,
        *,
        ports: Container[int] = ANY_PORT,
        resolve: Resolve = resolve_public,
        connect: Callable[[], httpx.AsyncBaseTransport] = direct,
    ) -> None:
        self._ports = ports
        self._resolve = resolve
        self._connect = connect
        self._hosts: dict[str, _Host] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send ``request`` to the address that passed the check.

        Raises:
            AddressRefused: the host is not on the public internet, or the URL is no plain web address.
            httpx.TransportError: the host does not answer as HTTP asks.
        """
        place = check_url(f"{request.url.scheme}://{request.url.netloc.decode('ascii')}/", ports=self._ports)
        address = await self._resolve(place.host, place.port)
        pinned = httpx.Request(
            request.method,
            request.url.copy_with(host=address),
            headers=request.headers,
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": place.host},
        )
        host = self._hosts.get(place.host)
        if host is None:
            host = self._hosts[place.host] = _Host(self._connect())
        self._hold(place.host, host, request.extensions.get(LEASES))
        return await host.transport.handle_async_request(pinned)

    async def aclose(self) -> None:
        """Close all connections."""
        hosts, self._hosts = self._hosts, {}
        for host in hosts.values():
            await host.transport.aclose()

    def _hold(self, name: str, host: "_Host", leases: AsyncExitStack | None) -> None:
        if leases is None:
            host.kept = True
        elif leases not in host.leases:
            host.leases.add(leases)
            leases.push_async_callback(self._leave, name, leases)

    async def _leave(self, name: str, leases: AsyncExitStack) -> None:
        host = self._hosts.get(name)
        if host is None:
            return
        host.leases.discard(leases)
        if not host.leases and not host.kept:
            del self._hosts[name]
            await host.transport.aclose()

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        """Close all connections."""
        await self.aclose()

    async def __aenter__(self) -> Self:
        """Open nothing: connections open when they are needed."""
        return self
