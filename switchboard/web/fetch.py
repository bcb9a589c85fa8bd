"""Fetching a page whose address a stranger typed.

Here is what callers use; how a page is read is ``visit.py``, what it says ``page.py``, which addresses are
public ``switchboard/addresses.py``.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import httpx

from switchboard.addresses import WEB_PORTS
from switchboard.web.connections import HostConnections
from switchboard.web.responses import LIMITS, PAGES, RESOURCES, SITEMAPS, Fetched, Limits
from switchboard.web.robots import KnownRules
from switchboard.web.transport import PinnedTransport
from switchboard.web.visit import USER_AGENT, Visit

__all__ = ["PAGES", "RESOURCES", "SITEMAPS", "USER_AGENT", "Fetched", "Fetcher", "Limits", "Visit", "web"]


def web() -> httpx.AsyncBaseTransport:
    """The public web: ports 80 and 443 of public addresses, a few connections to each host."""
    return PinnedTransport(ports=WEB_PORTS, connect=HostConnections)


@dataclass(slots=True)
class _Open:
    """The transport that the visits under way share, and how many they are."""

    loop: asyncio.AbstractEventLoop
    transport: httpx.AsyncBaseTransport
    visits: int = 0


class Fetcher:
    """Fetches pages; one serves all visitors, whose connections to a host are the same few.

    Args:
        transport: opens what requests go through, once for all visits that overlap. It is the guard: any
            other than a ``PinnedTransport`` must refuse what is not its own.
        limits: what one fetch may cost.
    """

    def __init__(
        self, transport: Callable[[], httpx.AsyncBaseTransport] = web, limits: Limits = LIMITS
    ) -> None:
        self._transport = transport
        self._limits = limits
        self._rules = KnownRules()
        self._open: _Open | None = None

    @asynccontextmanager
    async def visit(self) -> AsyncIterator[Visit]:
        """Read several pages over connections that stay open until it is left.

        ``async with fetcher.visit() as visit:`` and then ``visit.fetch`` for each, one by one or at once.
        """
        loop = asyncio.get_running_loop()
        shared = self._open
        if shared is None or shared.loop is not loop:
            shared = self._open = _Open(loop, self._transport())
        shared.visits += 1
        try:
            async with AsyncExitStack() as leases:
                yield Visit(shared.transport, leases, self._limits, self._rules)
        finally:
            shared.visits -= 1
            if not shared.visits:
                if self._open is shared:
                    self._open = None
                await shared.transport.aclose()

    async def fetch(self, url: str, media_types: Sequence[str] = PAGES) -> Fetched:
        """What stands at ``url``.

        Args:
            url: where.
            media_types: what it may be.

        Raises:
            AddressRefused: it, or an address it redirects to, is not one that is connected to.
            PageUnreadable: there is no page, or none that can be read; the reason is in the message.
        """
        async with self.visit() as visit:
            return await visit.fetch(url, media_types)

    async def declared_sitemaps(self, url: str) -> tuple[str, ...]:
        """The sitemaps that the robots.txt of ``url``'s site names, unchecked, at most ten.

        Raises:
            AddressRefused: it is not an address that is connected to.
            PageUnreadable: the site could not be asked.
        """
        async with self.visit() as visit:
            return await visit.declared_sitemaps(url)
