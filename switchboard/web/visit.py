"""Reading some pages of the web one after the other or at once, over connections that stay open meanwhile.

Every hop is checked before a socket opens, everything that one page needs has one limit of time, and
robots.txt is honoured. No cookie outlives a fetch. The connections are ``connections.py``'s.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from urllib.parse import urldefrag, urljoin

import httpx

from switchboard.addresses import WebAddress, check_url
from switchboard.errors import AddressRefused, PageUnreadable
from switchboard.web.failures import BlockedByRobots, timed_out, transport_error
from switchboard.web.responses import PAGES, Fetched, Limits, read_page, read_rules, redirect_target
from switchboard.web.robots import AGENT, KEPT_SECONDS, RETRY_SECONDS, KnownRules, Rules
from switchboard.web.transport import LEASES

USER_AGENT = f"{AGENT}/0.1 (reads a page when a person asks for it)"
_HEADERS = {
    "User-Agent": USER_AGENT,
    "Accept-Encoding": "gzip, deflate",
    "Accept-Language": "en,*;q=0.5",
}
_REDIRECTS = (301, 302, 303, 307, 308)


class Visit:
    """Fetches pages, from any number of tasks at once; ``Fetcher.visit`` opens it.

    Args:
        transport: what requests go through; it is not closed here.
        leases: left when the visit ends.
        limits: what one fetch may cost.
        rules: the robots.txt files that are known.
    """

    def __init__(
        self, transport: httpx.AsyncBaseTransport, leases: AsyncExitStack, limits: Limits, rules: KnownRules
    ) -> None:
        self._transport = _Leased(transport, leases, limits.wire_bytes)
        self._limits = limits
        self._rules = rules

    async def fetch(self, url: str, media_types: Sequence[str] = PAGES) -> Fetched:
        """What stands at ``url``.

        Args:
            url: where.
            media_types: what it may be.

        Raises:
            AddressRefused: it, or an address it redirects to, is not one that is connected to.
            PageUnreadable: there is no page, or none that can be read; the reason is in the message.
        """
        async with self._bounded() as client:
            for _ in range(self._limits.redirects + 1):
                address = check_url(url)
                if not (await self._rules_of(client, address)).allow(address.url):
                    raise BlockedByRobots(
                        "The site asks programs not to read this page (robots.txt).", "Open it in a browser."
                    )
                async with _opened(client, address, media_types) as response:
                    if response.status_code not in _REDIRECTS:
                        return await read_page(response, media_types, self._limits)
                    url = redirect_target(response, address.url)
            raise _endless()

    async def declared_sitemaps(self, url: str) -> tuple[str, ...]:
        """The sitemaps that the robots.txt of ``url``'s site names, unchecked, at most ten.

        Raises:
            AddressRefused: it is not an address that is connected to.
            PageUnreadable: the site could not be asked.
        """
        async with self._bounded() as client:
            return (await self._rules_of(client, check_url(url))).sitemaps

    @asynccontextmanager
    async def _bounded(self) -> AsyncIterator[httpx.AsyncClient]:
        seconds = self._limits.seconds
        try:
            # A client for each fetch, so that the cookies of a redirect end with it; it has nothing to close.
            client = httpx.AsyncClient(
                transport=self._transport, headers=_HEADERS, trust_env=False, timeout=httpx.Timeout(None)
            )
            async with asyncio.timeout(seconds):
                yield client
        except (TimeoutError, httpx.TimeoutException) as exc:
            raise timed_out(seconds) from exc
        except (httpx.TransportError, OSError) as exc:
            raise transport_error(exc) from exc
        except httpx.InvalidURL as exc:
            raise AddressRefused("That is not a web address.", "Check the spelling.") from exc

    async def _rules_of(self, client: httpx.AsyncClient, page: WebAddress) -> Rules:
        url = urljoin(page.url, "/robots.txt")
        site = url.removesuffix("/robots.txt")
        async with self._rules.asking(site):
            known = self._rules.get(site)
            if known is None:
                status, body = await self._robots_file(client, url)
                known = Rules(status, body)
                self._rules.put(site, known, KEPT_SECONDS if status < 500 else RETRY_SECONDS)
            return known

    async def _robots_file(self, client: httpx.AsyncClient, url: str) -> tuple[int, bytes]:
        for _ in range(self._limits.redirects + 1):
            address = check_url(url)
            async with _opened(client, address, ("text/plain",)) as response:
                if response.status_code not in _REDIRECTS:
                    return response.status_code, await read_rules(response)
                url = redirect_target(response, address.url)
        raise _endless()


class _Leased(httpx.AsyncBaseTransport):
    """The shared transport as one visit uses it."""

    def __init__(self, transport: httpx.AsyncBaseTransport, leases: AsyncExitStack, wire_bytes: int) -> None:
        self._transport = transport
        self._terms = {LEASES: leases, "wire_bytes": wire_bytes}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send ``request`` on this visit's terms; what httpx stumbles over in an answer is kept from it."""
        request.extensions = {**request.extensions, **self._terms}
        response = await self._transport.handle_async_request(request)
        # httpx would read it first, in its own way, and break on what it cannot read.
        response.extensions["location"] = response.headers.pop("location", "")
        # It takes any cookie, and cannot send one that is not ASCII.
        response.headers = httpx.Headers(
            [
                (name, value)
                for name, value in response.headers.raw
                if name.lower() != b"set-cookie" or value.isascii()
            ]
        )
        return response


@asynccontextmanager
async def _opened(
    client: httpx.AsyncClient, address: WebAddress, media_types: Sequence[str]
) -> AsyncIterator[httpx.Response]:
    url = httpx.URL(urldefrag(address.url).url)
    # Without a Host, httpx would decode the name, which fails where IDNA 2008 does not know it.
    headers = {"Host": url.netloc.decode("ascii"), "Accept": ", ".join(media_types)}
    async with client.stream("GET", url, headers=headers) as response:
        yield response


def _endless() -> PageUnreadable:
    return PageUnreadable(
        "The site sends from one address to the next without end.", "Try the site's home page."
    )
