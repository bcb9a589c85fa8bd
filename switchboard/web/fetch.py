"""Fetching a page whose address a stranger typed.

Every hop is checked before a socket opens, everything together has one limit of time, a body two of size,
a host one of connections, and robots.txt is honoured. What the page says is read in ``page.py``; which
addresses are public is ``switchboard/addresses.py``. No cookie outlives a fetch.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin
from weakref import WeakValueDictionary

import httpx

from switchboard.addresses import WEB_PORTS, WebAddress, check_url
from switchboard.errors import AddressRefused, PageUnreadable
from switchboard.web.decoding import BoundedBody
from switchboard.web.failures import (
    BlockedByRobots,
    EmptyPage,
    PageTooLarge,
    status_error,
    timed_out,
    too_large,
    transport_error,
)
from switchboard.web.robots import AGENT, FILE_BYTES, KnownRules, Rules
from switchboard.web.transport import PinnedTransport

USER_AGENT = f"{AGENT}/0.1 (reads a page when a person asks for it)"
MEDIA_TYPES = ("text/html", "application/xhtml+xml", "text/plain")
_HEADERS = {
    "User-Agent": USER_AGENT,
    "Accept": "text/html,application/xhtml+xml,text/plain;q=0.8",
    "Accept-Encoding": "gzip, deflate",
    "Accept-Language": "en,*;q=0.5",
}
_REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one fetch may cost."""

    seconds: float = 15.0
    """For everything: names, connections, redirects, robots.txt and the body."""
    wire_bytes: int = 2_000_000
    decoded_bytes: int = 5_000_000
    redirects: int = 5
    connections: int = 4
    """To one host at a time, whoever asks."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page as it arrived; ``url`` is where the redirects ended."""

    url: str
    media_type: str
    charset: str
    """As the Content-Type names it; empty where it does not."""
    body: bytes


@dataclass(frozen=True, slots=True)
class _Visit:
    """One fetch on its way; ``deadline`` is a time of the event loop's clock."""

    client: httpx.AsyncClient
    deadline: float


def web() -> httpx.AsyncBaseTransport:
    """The public web: ports 80 and 443 of public addresses."""
    return PinnedTransport(ports=WEB_PORTS)


class Fetcher:
    """Fetches pages; one serves all visitors.

    Args:
        transport: opens the transport of one fetch. It is the guard: any other than a ``PinnedTransport``
            must refuse what is not its own.
        limits: what one fetch may cost.
    """

    def __init__(
        self, transport: Callable[[], httpx.AsyncBaseTransport] = web, limits: Limits = Limits()
    ) -> None:
        self._transport = transport
        self._limits = limits
        self._rules = KnownRules()
        self._slots: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    async def fetch(self, url: str) -> Fetched:
        """The HTML or plain text at ``url``.

        Raises:
            AddressRefused: it, or an address it redirects to, is not one that is connected to.
            PageUnreadable: there is no page, or none that can be read; the reason is in the message.
        """
        limits = self._limits
        try:
            async with (
                asyncio.timeout(limits.seconds) as clock,
                httpx.AsyncClient(transport=self._transport(), headers=_HEADERS, trust_env=False) as client,
            ):
                return await self._follow(_Visit(client, clock.when() or 0.0), url)
        except (TimeoutError, httpx.TimeoutException) as exc:
            raise timed_out(limits.seconds) from exc
        except (httpx.TransportError, OSError) as exc:
            # httpx lets an ssl.SSLError through when it comes in the middle of a body.
            raise transport_error(exc) from exc
        except httpx.InvalidURL as exc:
            raise AddressRefused("That is not a web address.", "Check the spelling.") from exc

    async def _follow(self, visit: _Visit, url: str) -> Fetched:
        for _ in range(self._limits.redirects + 1):
            address = check_url(url)
            if not (await self._rules_of(visit, address)).allow(address.url):
                raise BlockedByRobots(
                    "The site asks programs not to read this page (robots.txt).", "Open it in a browser."
                )
            async with self._open(visit, address) as response:
                if response.status_code not in _REDIRECTS:
                    return await self._page(response)
                url = _target(response, address)
        raise _endless()

    async def _rules_of(self, visit: _Visit, page: WebAddress) -> Rules:
        url = urljoin(page.url, "/robots.txt")
        site = url.removesuffix("/robots.txt")
        if (known := self._rules.get(site)) is not None:
            return known
        for _ in range(self._limits.redirects + 1):
            address = check_url(url)
            async with self._open(visit, address) as response:
                if response.status_code not in _REDIRECTS:
                    body = await self._rules_text(response)
                    rules = Rules(response.status_code, body)
                    if response.status_code < 500:
                        self._rules.put(site, rules)
                    return rules
                url = _target(response, address)
        raise _endless()

    @asynccontextmanager
    async def _open(self, visit: _Visit, address: WebAddress) -> AsyncIterator[httpx.Response]:
        slots = self._slots.setdefault(address.host, asyncio.Semaphore(self._limits.connections))
        async with slots:
            # A little less than what is left: httpx closes a socket whose handshake takes too long, and does
            # not when it is cancelled from outside.
            left = 0.9 * (visit.deadline - asyncio.get_running_loop().time())
            url = urldefrag(address.url).url
            async with visit.client.stream("GET", url, timeout=max(0.001, left)) as response:
                yield response

    async def _rules_text(self, response: httpx.Response) -> bytes:
        if response.status_code != 200:
            return b""
        body = BoundedBody(response.headers.get("content-encoding", ""), FILE_BYTES, FILE_BYTES)
        try:
            async for piece in response.aiter_raw():
                body.feed(piece)
        except PageTooLarge:
            # Rules beyond what is read do not count (RFC 9309, section 2.5).
            return body.content
        return body.end()

    async def _page(self, response: httpx.Response) -> Fetched:
        if response.status_code not in (200, 203):
            raise status_error(response.status_code)
        media_type, charset = _content_type(response)
        if media_type and media_type not in MEDIA_TYPES:
            raise PageUnreadable(
                "This is not a web page but a file of another kind.", "Give the address of a page."
            )
        limits = self._limits
        length = response.headers.get("content-length", "")
        if length.isdecimal() and int(length[:20]) > limits.wire_bytes:
            raise too_large(limits.wire_bytes)
        body = BoundedBody(
            response.headers.get("content-encoding", ""), limits.wire_bytes, limits.decoded_bytes
        )
        async for piece in response.aiter_raw():
            body.feed(piece)
        content = body.end()
        if not content.strip():
            raise EmptyPage("The page is empty.", "Try another page of the site.")
        if not media_type:
            media_type = "text/html" if content.lstrip()[:1] == b"<" else "text/plain"
        return Fetched(str(response.url), media_type, charset, content)


def _endless() -> PageUnreadable:
    return PageUnreadable(
        "The site sends from one address to the next without end.", "Try the site's home page."
    )


def _target(response: httpx.Response, address: WebAddress) -> str:
    location: str = response.headers.get("location", "").strip()
    if not location:
        raise PageUnreadable("The site sends on without saying where to.", "Try another page.")
    try:
        return urljoin(address.url, location)
    except ValueError as exc:
        raise AddressRefused(
            "The site sends on to something that is no web address.", "Try another page."
        ) from exc


def _content_type(response: httpx.Response) -> tuple[str, str]:
    media_type, _, rest = response.headers.get("content-type", "").partition(";")
    charset = rest.lower().partition("charset=")[2].partition(";")[0].strip(" \"'")
    return media_type.strip().lower(), charset[:40]
