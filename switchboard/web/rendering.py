"""Running the scripts of a page that only they write.

Its browser has no network (``browser.py``): what the page asks for comes to ``page_requests.py``, which gets
it through the same guarded fetcher as any page. The answer is the page's HTML, which ``page.py`` reads like
any other. What a closed shadow root, a frame or a canvas shows is not in it.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from switchboard.errors import PageUnreadable
from switchboard.web.browser import OfflineBrowser
from switchboard.web.fetch import Fetched, Fetcher
from switchboard.web.page_requests import PageRequests
from switchboard.web.shells import LITTLE

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, CDPSession

_READER = Path(__file__).with_name("rendered.js")
_SETTLE_SHARE = 0.8
"""The part of its time after which a page is read even though it goes on asking for more."""


@dataclass(frozen=True, slots=True)
class RenderLimits:
    """What the rendering of one page may cost."""

    seconds: float = 15.0
    """For everything, the browser's start included, but not the wait for one's turn."""
    requests: int = 40
    body_bytes: int = 10_000_000
    """Of all answers together."""
    html_bytes: int = 2_000_000
    """Of the page that comes out; the rest is cut off."""
    pages: int = 2
    """At a time."""
    quiet_seconds: float = 0.5
    """How long a page must ask for nothing to be taken as finished."""
    empty_seconds: float = 3.0
    """How much longer it may take where it has no text by then."""


class Renderer:
    """Renders pages; one serves all visitors, on one event loop.

    Args:
        fetcher: fetches what pages ask for.
        limits: what one page may cost.
        browser: runs them.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        limits: RenderLimits = RenderLimits(),
        browser: OfflineBrowser | None = None,
    ) -> None:
        self._fetcher = fetcher
        self._limits = limits
        self._browser = browser if browser is not None else OfflineBrowser()
        self._turns = asyncio.Semaphore(limits.pages)

    async def render(self, fetched: Fetched) -> Fetched:
        """The page as its scripts have written it; ``url`` is where they have led to.

        Raises:
            PageUnreadable: there is no browser, others are rendered for too long, or the page does not come
                to an end; the message says which.
        """
        try:
            async with (
                self._turn(),
                asyncio.timeout(self._limits.seconds) as clock,
                self._fetcher.visit() as visit,
                self._browser.context() as context,
            ):
                limits = self._limits
                requests = PageRequests(visit, fetched, limits.requests, limits.body_bytes)
                rendering = _Rendering(requests, limits, clock.when() or 0.0)
                return await rendering.run(context, fetched.url)
        except TimeoutError as exc:
            raise PageUnreadable(
                f"The scripts of this page took longer than {self._limits.seconds:g} seconds.",
                "Try another page of the site.",
            ) from exc

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._limits.seconds):
                await self._turns.acquire()
        except TimeoutError as exc:
            raise PageUnreadable("Too many pages are being rendered.", "Try again in a minute.") from exc
        try:
            yield
        finally:
            self._turns.release()

    async def close(self) -> None:
        """End the browser."""
        await self._browser.close()


class _Rendering:
    """One page on its way; ``deadline`` is a time of the event loop's clock."""

    def __init__(self, requests: PageRequests, limits: RenderLimits, deadline: float) -> None:
        self._requests = requests
        self._limits = limits
        self._deadline = deadline

    async def run(self, context: "BrowserContext", url: str) -> Fetched:
        """Open the page, wait until it is quiet, and read it.

        Raises:
            PageUnreadable: it has crashed, or left the web.
            TimeoutError: its scripts do not let it be read.
        """
        from playwright.async_api import Error

        crashed = asyncio.get_running_loop().create_future()
        reading = asyncio.ensure_future(self._open(context, url, crashed))
        try:
            await asyncio.wait({reading, crashed}, return_when=asyncio.FIRST_COMPLETED)
            if not reading.done():
                raise _failed()
            found = reading.result()
        except Error as exc:
            raise _failed() from exc
        finally:
            reading.cancel()
            await self._requests.stop()
            await asyncio.wait({reading})
            if not reading.cancelled():
                # Read, so that asyncio does not log a crash that is told already.
                reading.exception()
        if not found.url.startswith(("http://", "https://")):
            raise PageUnreadable("The scripts of this page lead away from it.", "Try another page.")
        return found

    async def _open(self, context: "BrowserContext", url: str, crashed: asyncio.Future[None]) -> Fetched:
        from playwright.async_api import Error

        page = await self._requests.page(context)
        page.once("crash", lambda _: crashed.set_result(None))
        session = await context.new_cdp_session(page)
        await page.goto(url, timeout=self._left(1.0) * 1_000, wait_until="commit")
        await self._settle(session)
        while True:
            # A page that goes to another one in this moment is read there.
            with suppress(Error):
                return Fetched(page.url, "text/html", "utf-8", await self._read(session))
            await asyncio.sleep(0.1)
            await self._settle(session)

    def _left(self, share: float) -> float:
        """Seconds until that share of the page's time is over."""
        spare = (1 - share) * self._limits.seconds
        return max(0.001, self._deadline - spare - asyncio.get_running_loop().time())

    async def _settle(self, session: "CDPSession") -> None:
        """Wait until the page neither works nor asks for anything and has a text, but not for ever."""
        loop = asyncio.get_running_loop()
        end = loop.time() + self._left(_SETTLE_SHARE)
        patience = self._limits.empty_seconds
        while loop.time() < end:
            # A page that works answers when it has done what it was doing.
            has_text = await self._has_text(session)
            began = loop.time()
            quiet = await self._requests.wait_for_quiet(self._limits.quiet_seconds, end)
            if quiet and (has_text or patience <= 0):
                return
            if quiet:
                patience -= loop.time() - began

    async def _has_text(self, session: "CDPSession") -> bool:
        from playwright.async_api import Error

        expression = f"document.body !== null && document.body.innerText.length >= {LITTLE}"
        with suppress(Error):
            got = await session.send("Runtime.evaluate", {"expression": expression})
            return got["result"].get("value") is True
        return False

    async def _read(self, session: "CDPSession") -> bytes:
        tree = await session.send("Page.getFrameTree")
        world = await session.send("Page.createIsolatedWorld", {"frameId": tree["frameTree"]["frame"]["id"]})
        reader = await asyncio.to_thread(_READER.read_text, encoding="utf-8")
        got = await session.send(
            "Runtime.callFunctionOn",
            {
                "functionDeclaration": reader,
                "arguments": [{"value": self._limits.html_bytes}],
                "executionContextId": world["executionContextId"],
                "returnByValue": True,
            },
        )
        html = got["result"].get("value")
        if not isinstance(html, str):
            raise _failed()
        return html.encode("utf-8", "replace")[: self._limits.html_bytes]


def _failed() -> PageUnreadable:
    return PageUnreadable("The scripts of this page failed.", "Try another page of the site.")
