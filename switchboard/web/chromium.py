"""Starting a Chromium that has no network.

Hostile scripts run in it. It is given none of our environment, a limit of memory, and Chromium's own sandbox.
The sandbox cannot start for root, who is the only one to go without it: an operator who renders pages should
run the application as another user. Who uses it and for how long is ``browser.py``'s.
"""

import asyncio
import logging
import os
import shutil
import signal
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from switchboard.errors import PageUnreadable

if TYPE_CHECKING:
    from playwright.async_api import Browser, CDPSession, Playwright

_LOG = logging.getLogger(__name__)
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_START_SECONDS = 10.0
_CLOSE_SECONDS = 3.0
_WATCH_SECONDS = 0.2
_ARGUMENTS = (
    # No name resolves, no address is connected to: neither directly nor by way of the proxy, which is a name.
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=http://nowhere.invalid:9",
    "--proxy-bypass-list=<-loopback>",
    "--disable-quic",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--dns-prefetch-disable",
    "--no-pings",
    "--disable-gpu",
    "--disable-domain-reliability",
    "--disable-client-side-phishing-detection",
    "--js-flags=--max-old-space-size=512",
    # This list takes the place of Playwright's own, of which it keeps what a page could notice.
    "--disable-features=AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,HttpsUpgrades,"
    "HttpsFirstBalancedModeAutoEnable,PaintHolding,MediaRouter,OptimizationHints,NetworkTimeServiceQuerying,"
    "PreconnectToSearch,WebRtcHideLocalIpsWithMdns",
)


def _system_browser() -> str | None:
    return next(filter(None, map(shutil.which, _NAMES)), None)


@dataclass(frozen=True, slots=True)
class Running:
    """A started browser and what belongs to it."""

    playwright: "Playwright"
    browser: "Browser"
    watch: asyncio.Task[None]

    async def stop(self) -> None:
        """Close it, and kill what does not close."""
        self.watch.cancel()
        closing = asyncio.ensure_future(self.browser.close())
        await asyncio.wait({closing, self.watch}, timeout=_CLOSE_SECONDS)
        # Playwright's driver kills its browsers when it ends.
        await self.playwright.stop()
        await asyncio.wait({closing, self.watch})
        closing.exception()


async def launch(memory_bytes: int) -> Running:
    """Start one.

    Args:
        memory_bytes: what the process of a page may take; one over it is killed (on Linux).

    Raises:
        PageUnreadable: Playwright or a browser is missing, or it does not start.
    """
    try:
        from playwright.async_api import Error, async_playwright
    except ImportError as exc:
        raise _not_installed() from exc
    playwright = await async_playwright().start()
    try:
        browser = await playwright.chromium.launch(
            executable_path=_system_browser(),
            args=_ARGUMENTS,
            chromium_sandbox=not (hasattr(os, "geteuid") and os.geteuid() == 0),
            env={"PATH": os.defpath, "HOME": tempfile.gettempdir(), "LANG": "C.UTF-8"},
            timeout=_START_SECONDS * 1_000,
        )
        session = await browser.new_browser_cdp_session()
    except Error as exc:
        await playwright.stop()
        _LOG.warning("No browser could be started to render pages: %s", exc)
        raise _not_installed() from exc
    except BaseException:
        await playwright.stop()
        raise
    return Running(playwright, browser, asyncio.ensure_future(_watch(session, memory_bytes)))


async def _watch(session: "CDPSession", memory_bytes: int) -> None:
    """Kill each page's process that takes more memory than it may, as long as the browser lives."""
    from playwright.async_api import Error

    while True:
        try:
            processes = (await session.send("SystemInfo.getProcessInfo"))["processInfo"]
        except Error:
            return
        for process in processes:
            if process["type"] == "renderer" and _memory(process["id"]) > memory_bytes:
                with suppress(ProcessLookupError):
                    os.kill(process["id"], signal.SIGKILL)
        await asyncio.sleep(_WATCH_SECONDS)


def _memory(pid: int) -> int:
    """Bytes of memory that a process holds; 0 where the system does not say."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_bytes().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _not_installed() -> PageUnreadable:
    return PageUnreadable(
        "This page is built by JavaScript, and no browser could be started to run it.",
        'Whoever runs this application can install one: pip install "switchboard[browser]", then'
        " playwright install chromium.",
    )
