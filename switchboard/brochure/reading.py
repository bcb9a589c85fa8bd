"""Reading a company's site: its home page, its sitemap, and the pages that matter, all at once.

Which pages these are is decided in ``choice.py``, what is on them read in ``pages.py``; writing from them is
``writing.py``'s. It keeps nothing.
"""

import asyncio
import re
from collections.abc import AsyncGenerator, Collection, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from switchboard.backends.base import Backend, Capability
from switchboard.brochure.choice import choose_by_model, choose_by_words
from switchboard.brochure.events import Chosen, PageFound, PageKind, PageRead, PageStatus, SiteEvent
from switchboard.brochure.links import is_same_site, readable_links, registered_domain
from switchboard.brochure.pages import PageReader, checked_address, outcome, unread
from switchboard.brochure.sitemap import sitemap_links
from switchboard.errors import AddressRefused, BadInput, PageUnreadable, RequestRefused, TooLarge, Unsupported
from switchboard.messages import Notice, Usage
from switchboard.web.page import Link, Page

NAME_CHARACTERS = 200
PAGES = 6
"""Pages that are read besides the home page, unless the person says otherwise."""
MOST_PAGES = 12
_TITLE_BREAK = re.compile(r"\s[|–—·-]\s|:\s")
_SITEMAP_SECONDS = 2.0
"""How long the home page waits for the sitemap, which was asked for beside it."""


@dataclass(frozen=True, slots=True)
class SitePlan:
    """What of a site is to be read.

    Raises:
        BadInput: the name or the address cannot be used, or there is no such number of pages.
    """

    company: str
    """Its name; empty takes the one that the home page gives itself."""
    address: str
    """Of the home page; https:// is added where no scheme is given."""
    pages: int = PAGES
    """How many to read besides the home page, ``MOST_PAGES`` at most."""
    allowed: frozenset[str] = frozenset()
    """Further registered domains whose pages may be read."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "company", _checked_name(self.company))
        object.__setattr__(self, "address", checked_address(self.address))
        if not 0 <= self.pages <= MOST_PAGES:
            raise BadInput(f"{self.pages} pages cannot be read.", f"Choose a number up to {MOST_PAGES}.")


async def read_site(backend: Backend, reader: PageReader, plan: SitePlan) -> AsyncGenerator[SiteEvent, None]:
    """Read a site over the same connections; yields each page as it is found, and as it is read.

    Closing it stops what is still being read.

    Args:
        backend: chooses the pages where it can keep to a form; their links' words do where it cannot.
        reader: how pages are read.
        plan: what to read.

    Raises:
        AddressRefused, PageUnreadable: the home page could not be read.
        BackendError: the model does not answer.
    """
    async with reader.visit() as visiting, aclosing(_read_site(backend, visiting, plan)) as events:
        async for event in events:
            yield event


async def _read_site(backend: Backend, reader: PageReader, plan: SitePlan) -> AsyncGenerator[SiteEvent, None]:
    yield PageFound(plan.address, PageKind.HOME, "The address you gave.")
    mapped = asyncio.create_task(sitemap_links(reader.fetcher, plan.address))
    try:
        home = await reader.read(plan.address)
    except (AddressRefused, PageUnreadable) as exc:
        mapped.cancel()
        yield unread(plan.address, PageKind.HOME, exc)
        raise
    else:
        yield outcome(plan.address, PageKind.HOME, home)
        links = await _candidates(home, mapped, plan.allowed)
    finally:
        mapped.cancel()
    company = plan.company or company_of(home)
    try:
        pages, usage = await _chosen(backend, company, home, links, plan.pages)
    except (RequestRefused, Unsupported):
        pages, usage = [], Usage()
    if not pages:
        pages = await asyncio.to_thread(choose_by_words, links, plan.pages)
        if _can_choose(backend) and pages:
            yield Notice(f"{backend.model} named no pages of the site: their links’ words chose them.")
    yield Chosen(company, usage)
    for found in pages:
        yield found
    async with aclosing(read_pages(reader, pages, home.url, plan.allowed)) as outcomes:
        async for page in outcomes:
            yield page


async def read_pages(
    reader: PageReader, found: Sequence[PageFound], home: str, allowed: Collection[str] = ()
) -> AsyncGenerator[PageRead, None]:
    """Read pages at the same time; yields what became of each as soon as it is known.

    Closing it stops what is still being read.
    """
    tasks = [asyncio.create_task(_read(reader, one, home, allowed)) for one in found]
    try:
        for task in asyncio.as_completed(tasks):
            yield await task
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def read_page(reader: PageReader, address: str, kind: PageKind = PageKind.OTHER) -> PageRead:
    """Read one page that a person names; it may be of any site.

    Raises:
        BadInput: there is no address, or it is too long.
        AddressRefused, PageUnreadable: it could not be read.
    """
    url = checked_address(address)
    read = outcome(url, kind, await reader.read(url))
    if read.page is None:
        raise PageUnreadable(read.reason, "Try another page of the site.")
    return read


def company_of(home: Page) -> str:
    """What a home page calls its company: the site's name, or the part of its title that its domain holds."""
    if home.open_graph.site_name:
        return home.open_graph.site_name[:NAME_CHARACTERS]
    domain = registered_domain(urlsplit(home.url).hostname or "")
    parts = [part.strip() for part in _TITLE_BREAK.split(home.title) if part.strip()]
    named = [part for part in parts if "".join(filter(str.isalnum, part.lower())) in domain.replace("-", "")]
    return min(named or parts or [domain], key=len)[:NAME_CHARACTERS]


async def _candidates(
    home: Page, mapped: "asyncio.Task[tuple[Link, ...]]", allowed: Collection[str]
) -> list[Link]:
    """The home page's links, then those that only the sitemap has."""
    more: tuple[Link, ...] = ()
    with suppress(TimeoutError):
        async with asyncio.timeout(_SITEMAP_SECONDS):
            more = await mapped
    return await asyncio.to_thread(readable_links, home, allowed, more)


async def _chosen(
    backend: Backend, company: str, home: Page, links: list[Link], most: int
) -> tuple[list[PageFound], Usage]:
    if not links or not most or not _can_choose(backend):
        return [], Usage()
    return await choose_by_model(backend, company, home, links, most)


def _can_choose(backend: Backend) -> bool:
    return Capability.SCHEMA in backend.capabilities


async def _read(reader: PageReader, found: PageFound, home: str, allowed: Collection[str]) -> PageRead:
    try:
        page = await reader.read(found.url)
    except (AddressRefused, PageUnreadable) as exc:
        return unread(found.url, found.kind, exc)
    if not is_same_site(page.url, home, allowed):
        return PageRead(found.url, found.kind, PageStatus.REFUSED, "It leads to another site.")
    return outcome(found.url, found.kind, page)


def _checked_name(company: str) -> str:
    company = company.strip()
    if not company.isprintable():
        raise BadInput("The company's name holds a character that cannot be shown.", "Type it anew.")
    if len(company) > NAME_CHARACTERS:
        raise TooLarge(f"The company's name is longer than {NAME_CHARACTERS} characters.", "Shorten it.")
    return company
