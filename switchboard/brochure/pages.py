"""Reading one page of a site, rendered where only scripts write it.

Fetching under guard is ``web/fetch.py``, rendering ``web/rendering.py``; which pages are read is not decided
here.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

from switchboard.addresses import URL_CHARACTERS
from switchboard.brochure.events import PageKind, PageRead, PageStatus
from switchboard.errors import AddressRefused, BadInput, PageUnreadable, TooLarge
from switchboard.web.failures import BlockedByRobots, EmptyPage, PageTooLarge
from switchboard.web.fetch import Fetched, Fetcher, Visit
from switchboard.web.page import Page, parse


class Renders(Protocol):
    """Something that runs a page's scripts."""

    async def render(self, fetched: Fetched) -> Fetched:
        """The page as its scripts leave it.

        Raises:
            PageUnreadable: they do not come to an end, or the page breaks.
        """


class PageReader:
    """Reads pages; one serves all visitors.

    Args:
        fetcher: what may be fetched, and how: alone, or as part of a visit.
        renderer: runs the scripts of pages that hold no text without them; ``None`` reads no such page.
    """

    def __init__(self, fetcher: Fetcher | Visit, renderer: Renders | None = None) -> None:
        self.fetcher = fetcher
        self._renderer = renderer

    @asynccontextmanager
    async def visit(self) -> AsyncIterator["PageReader"]:
        """A reader whose connections stay open until it is left, for several pages of a site."""
        if isinstance(self.fetcher, Visit):
            yield self
            return
        async with self.fetcher.visit() as visit:
            yield PageReader(visit, self._renderer)

    async def read(self, url: str) -> Page:
        """The page at ``url``; what it holds may be nothing but links: see ``textless``.

        Raises:
            AddressRefused, PageUnreadable: there is none, or none that can be read.
        """
        fetched = await self.fetcher.fetch(url)
        page = await parse(fetched)
        if page.needs_script and self._renderer is not None:
            page = await parse(await self._renderer.render(fetched))
        return page


def textless(page: Page) -> EmptyPage | None:
    """Why a page that was read has no text to quote; ``None`` where it has."""
    if page.needs_script:
        return EmptyPage(
            "This page is built by JavaScript; its text could not be read.", "Try another page of the site."
        )
    return None if page.text else EmptyPage("The page holds no text.", "Try another page of the site.")


def checked_address(address: str) -> str:
    """The address with its scheme, https:// where none was typed.

    Raises:
        BadInput: there is none, or a longer one than any site has.
    """
    address = address.strip()
    if not address:
        raise BadInput("The web address is missing.", "Type one such as www.example.com.")
    if len(address) > URL_CHARACTERS:
        raise TooLarge(f"The address is longer than {URL_CHARACTERS:,} characters.", "Shorten it.")
    return address if "://" in address else f"https://{address}"


def outcome(url: str, kind: PageKind, page: Page) -> PageRead:
    """What became of a page that was read."""
    if (fault := textless(page)) is not None:
        return unread(url, kind, fault)
    return PageRead(url, kind, PageStatus.READ, page=page)


def unread(url: str, kind: PageKind, error: AddressRefused | PageUnreadable) -> PageRead:
    """What became of a page that could not be read."""
    match error:
        case AddressRefused():
            status = PageStatus.REFUSED
        case BlockedByRobots():
            status = PageStatus.BLOCKED
        case EmptyPage():
            status = PageStatus.EMPTY
        case PageTooLarge():
            status = PageStatus.TOO_LARGE
        case _:
            status = PageStatus.FAILED
    return PageRead(url, kind, status, error.what)
