"""A browser without a network, for whoever has a page to run.

It is started at the first use and closed when nobody has used it for a while; each use gets a fresh context
with nothing in it. What it can reach is settled in ``chromium.py`` (nothing), what a page is answered in
``page_requests.py``.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from switchboard.web.chromium import Running, launch

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext

_CLOSE_SECONDS = 3.0
_CONTEXT: dict[str, Any] = {
    "accept_downloads": False,
    "service_workers": "block",
    "reduced_motion": "reduce",
    "locale": "en",
}
# WebRTC binds sockets and asks the local network for names before it learns that it may not send. A window
# opened by a script could have it for a moment.
_REMOVED = """
for (const name of ["RTCPeerConnection", "webkitRTCPeerConnection", "WebTransport", "WebSocketStream"]) {
  delete globalThis[name];
}
globalThis.open = () => null;
"""


class OfflineBrowser:
    """Gives out contexts of one browser; to be used on one event loop.

    Args:
        idle_seconds: how long the browser is kept for the next use.
        memory_bytes: what the process of a page may take; one over it is killed (on Linux).
    """

    def __init__(self, idle_seconds: float = 60.0, memory_bytes: int = 1_000_000_000) -> None:
        self._idle_seconds = idle_seconds
        self._memory_bytes = memory_bytes
        self._running: Running | None = None
        self._used = 0
        self._lock = asyncio.Lock()
        self._idle: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def context(self) -> AsyncIterator["BrowserContext"]:
        """A fresh context, closed in the end with all its pages, whatever they are doing.

        Raises:
            PageUnreadable: there is no browser, or it does not start.
        """
        self._used += 1
        self._wake()
        try:
            running, context = await self._fresh_context()
            try:
                await context.add_init_script(_REMOVED)
                yield context
            finally:
                await self._end(running, context)
        finally:
            self._used -= 1
            if not self._used and self._running is not None:
                self._idle = asyncio.ensure_future(self._close_when_idle())

    async def _fresh_context(self) -> "tuple[Running, BrowserContext]":
        running = await self._start()
        from playwright.async_api import Error

        try:
            return running, await running.browser.new_context(**_CONTEXT)
        except Error:
            # It has died since its last use.
            async with self._lock:
                if self._running is running:
                    await self._stop()
        running = await self._start()
        return running, await running.browser.new_context(**_CONTEXT)

    async def close(self) -> None:
        """End the browser; a later use starts another."""
        self._wake()
        async with self._lock:
            await self._stop()

    def _wake(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None

    async def _close_when_idle(self) -> None:
        await asyncio.sleep(self._idle_seconds)
        async with self._lock:
            # From here on it ends, even if somebody comes: they wait for the lock.
            self._idle = None
            await self._stop()

    async def _start(self) -> Running:
        async with self._lock:
            if self._running is not None and not self._running.browser.is_connected():
                await self._stop()
            if self._running is None:
                launching = asyncio.ensure_future(launch(self._memory_bytes))
                try:
                    await asyncio.wait({launching})
                finally:
                    # Half a start would leave a process behind: who is cancelled meanwhile waits for it.
                    await asyncio.wait({launching})
                    if launching.exception() is None:
                        self._running = launching.result()
                return launching.result()
            return self._running

    async def _stop(self) -> None:
        running, self._running = self._running, None
        if running is not None:
            await running.stop()

    async def _end(self, running: Running, context: "BrowserContext") -> None:
        closing = asyncio.ensure_future(context.close())
        try:
            await asyncio.wait({closing}, timeout=_CLOSE_SECONDS)
        finally:
            if not closing.done():
                async with self._lock:
                    if self._running is running:
                        await self._stop()
            await asyncio.wait({closing})
            closing.exception()
