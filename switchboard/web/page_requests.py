"""What a page in the browser asks for, and what it gets.

Only what writes text is fetched, through the guarded fetcher: documents, scripts and data, by GET. Styles are
answered empty, for some pages wait for them; images, media, fonts, frames, workers, sockets, windows and
whatever is sent are refused. When the page is finished is judged in ``rendering.py``.
"""

import asyncio
import json
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urldefrag

from switchboard.errors import AddressRefused, PageUnreadable
from switchboard.web.encodings import text_of
from switchboard.web.fetch import PAGES, RESOURCES, Fetched, Visit

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, Page, Request, Route, WebSocketRoute

_KINDS = ("document", "script", "xhr", "fetch", "stylesheet")
# What the page may not do, said to the browser as well; the requests would be refused all the same.
_POLICY = (
    "object-src 'none'; frame-src 'none'; img-src data:; media-src 'none'; font-src 'none';"
    " worker-src 'none'; manifest-src 'none'"
)


class PageRequests:
    """Answers the requests of one page.

    Args:
        visit: fetches what it asks for.
        fetched: the page itself.
        requests: how many are answered.
        body_bytes: how much they may bring together.
    """

    def __init__(self, visit: Visit, fetched: Fetched, requests: int, body_bytes: int) -> None:
        self._visit = visit
        self._fetched = fetched
        self._requests_left = requests
        self._bytes_left = body_bytes
        self._documents: dict[str, Fetched] = {}
        self._fetches: set[asyncio.Future[Fetched]] = set()
        self._changed = asyncio.Event()
        self._page: Page | None = None

    async def page(self, context: "BrowserContext") -> "Page":
        """A page of ``context``, the only one that it may have, all of whose requests come here."""
        await context.route("**/*", self._answer)
        await context.route_web_socket("**/*", _refuse)
        self._page = page = await context.new_page()
        context.on("page", _close)
        return page

    async def wait_for_quiet(self, seconds: float, end: float) -> bool:
        """Whether nothing was asked for in the next ``seconds``, nor is under way; at ``end`` at the latest.

        Args:
            seconds: how long to watch.
            end: a time of the event loop's clock.
        """
        left = max(0.0, end - asyncio.get_running_loop().time())
        if self._fetches:
            await asyncio.wait(self._fetches, timeout=left)
            return False
        self._changed.clear()
        try:
            async with asyncio.timeout(min(seconds, left)):
                await self._changed.wait()
        except TimeoutError:
            return True
        return False

    async def stop(self) -> None:
        """Cancel what is being fetched."""
        fetches = tuple(self._fetches)
        for fetch in fetches:
            fetch.cancel()
        if fetches:
            await asyncio.wait(fetches)

    async def _answer(self, route: "Route") -> None:
        """Answer a request of the page, or refuse it."""
        from playwright.async_api import Error

        found = await self._found(route.request)
        try:
            if found is None and route.request.is_navigation_request():
                # Without content the page stays where it is; an error would take its place.
                await route.fulfill(status=204)
            elif found is None:
                await route.abort("blockedbyclient")
            else:
                headers = {
                    "content-type": f"{found.media_type}; charset={found.charset or 'utf-8'}",
                    "content-security-policy": _POLICY,
                    "x-content-type-options": "nosniff",
                }
                await route.fulfill(status=200, headers=headers, body=found.body)
        except Error:
            # The page has gone on without it.
            return

    async def _found(self, request: "Request") -> Fetched | None:
        url, kind = urldefrag(request.url).url, request.resource_type
        if request.method != "GET" or kind not in _KINDS:
            return None
        if kind == "stylesheet":
            return Fetched(url, "text/css", "", b"")
        if kind == "document" and not self._is_top(request):
            return None
        self._requests_left -= 1
        if self._requests_left < 0:
            return None
        if kind != "document":
            return await self._fetch(url, RESOURCES)
        if not self._documents:
            # The page itself, whose address the browser may write in another way.
            self._documents[url] = replace(self._fetched, url=url)
        found = self._documents.get(url) or await self._fetch(url, PAGES)
        if found is None:
            return None
        end = urldefrag(found.url).url
        self._documents[end] = found
        if end != url:
            # A redirect: the page must know its own address, and be kept to its own origin.
            target = json.dumps(end).replace("<", "\\u003c")
            return Fetched(url, "text/html", "", f"<script>location.replace({target})</script>".encode())
        text = text_of(found.body, found.charset, is_html=found.media_type != "text/plain")
        media_type = "text/plain" if found.media_type == "text/plain" else "text/html"
        return Fetched(url, media_type, "", text.encode("utf-8", "replace"))

    def _is_top(self, request: "Request") -> bool:
        """Whether the request is for the page itself, and not for a frame or a window of its own."""
        from playwright.async_api import Error

        try:
            return self._page is not None and request.frame == self._page.main_frame
        except Error:
            # The window that it is for has not opened yet.
            return False

    async def _fetch(self, url: str, media_types: tuple[str, ...]) -> Fetched | None:
        fetch = asyncio.ensure_future(self._visit.fetch(url, media_types))
        self._fetches.add(fetch)
        self._changed.set()
        try:
            await asyncio.wait({fetch})
            if fetch.cancelled():
                return None
            found = fetch.result()
        except (AddressRefused, PageUnreadable):
            return None
        finally:
            self._fetches.discard(fetch)
            self._changed.set()
        self._bytes_left -= len(found.body)
        return found if self._bytes_left >= 0 else None


async def _close(window: "Page") -> None:
    from playwright.async_api import Error

    try:
        await window.close()
    except Error:
        return


async def _refuse(socket: "WebSocketRoute") -> None:
    await socket.close()
