"""The HTTP client that a provider's SDK is given.

It decides where a request may go and what goes with it; the SDKs' own would follow redirects, use proxies and
add what the environment holds. Built on httpx2, on which both SDKs stand.
"""

import functools
import ipaddress
import ssl
from collections.abc import AsyncIterator
from typing import Any

import httpx2

from switchboard.addresses import resolve_public
from switchboard.errors import BadInput, KeyRefused

CONNECT_SECONDS = 8.0
STRANGER_BYTES = 32_000_000
"""The most that is read of one answer from an address that a stranger typed."""

_HEADERS = frozenset(
    {"host", "connection", "accept", "accept-encoding", "content-type", "content-length", "user-agent"}
    | {"transfer-encoding", "authorization", "x-api-key", "anthropic-version", "anthropic-beta"}
)
"""All that is sent. The SDKs add an organisation, a project and headers from the environment, which are the
operator's and must not reach an address that a visitor typed."""


def http_client(url: str, key: str, seconds: float, *, public_only: bool = False) -> httpx2.AsyncClient:
    """A client without redirects that sends nothing but what is needed.

    Args:
        url: the address that it is for; a proxy is never used for this machine.
        key: without one, no authorization is sent.
        seconds: how long the other side may be silent.
        public_only: connect to public addresses only, never through a proxy.

    Raises:
        KeyRefused: the key cannot stand in a header.
        BadInput: ``url`` is no web address.
    """
    if not (key.isascii() and key.isprintable() and " " not in key):
        raise KeyRefused("That key holds characters that no key has.", "Copy it again and paste it above.")

    async def strip(request: httpx2.Request) -> None:
        """Take out what the SDK added of its own."""
        for name in [name for name in request.headers if name not in _HEADERS]:
            del request.headers[name]
        if not key:
            request.headers.pop("authorization", None)

    return httpx2.AsyncClient(
        verify=_ssl_context(),
        transport=PinnedTransport() if public_only else None,
        timeout=httpx2.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS)),
        follow_redirects=False,
        trust_env=not (public_only or _is_this_machine(url)),
        event_hooks={"request": [strip]},
    )


class PinnedTransport(httpx2.AsyncBaseTransport):
    """Connects to public addresses only, each time to the very one that was checked.

    For one host: a connection is kept open by address, whose certificate was checked for that host.
    """

    def __init__(self) -> None:
        self._inner = httpx2.AsyncHTTPTransport(verify=_ssl_context(), trust_env=False)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send ``request`` with the host's name for TLS and HTTP, its checked address for the socket.

        Raises:
            AddressRefused: the host has an address that is not public.
        """
        host = request.url.raw_host.decode("ascii")
        port = request.url.port or (443 if request.url.scheme == "https" else 80)
        request.extensions = {**request.extensions, "sni_hostname": host}
        request.headers["accept-encoding"] = "identity"
        request.url = request.url.copy_with(host=await resolve_public(host, port))
        response = await self._inner.handle_async_request(request)
        # A compressed body could grow a thousandfold; unasked for, it is left as it is.
        response.headers.pop("content-encoding", None)
        response.stream = _Limited(response.stream)
        return response

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()


class _Limited(httpx2.AsyncByteStream):
    """A body that breaks off where it is longer than any answer."""

    def __init__(self, body: Any) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = STRANGER_BYTES
        async for chunk in self._body:
            left -= len(chunk)
            if left < 0:
                raise httpx2.ReadError("the answer is too long")
            yield chunk

    async def aclose(self) -> None:
        """Close the body."""
        await self._body.aclose()


@functools.cache
def _ssl_context() -> ssl.SSLContext:
    """One for all clients: each would read the certificates anew, 20 to 40 ms."""
    return httpx2.create_ssl_context()


def _is_this_machine(url: str) -> bool:
    try:
        host = httpx2.URL(url).host
    except httpx2.InvalidURL as exc:
        raise BadInput("That is no web address.", "Give one such as http://127.0.0.1:8080/v1.") from exc
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
