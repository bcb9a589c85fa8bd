"""The way from an address to a text: a site is read and a brochure written, or one page summed up.

The two halves in a row; each can be used alone: ``reading.py``, ``writing.py``. It keeps nothing.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from switchboard.backends.base import Backend, Sampling
from switchboard.brochure.brief import Brief
from switchboard.brochure.events import Chosen, PageFound, PageKind, PageRead, SiteEvent, WritingEvent
from switchboard.brochure.pages import PageReader, checked_address, unread
from switchboard.brochure.reading import SitePlan, read_page, read_site
from switchboard.brochure.writing import write_brochure, write_summary
from switchboard.errors import AddressRefused, PageUnreadable
from switchboard.messages import Usage

_DEFAULT = Sampling()


async def brochure_of_site(
    backend: Backend, reader: PageReader, plan: SitePlan, brief: Brief, sampling: Sampling = _DEFAULT
) -> AsyncGenerator[SiteEvent | WritingEvent, None]:
    """Read a company's site and write its brochure.

    Raises:
        AddressRefused, PageUnreadable: the home page could not be read.
        BadInput: no page has any text.
        BackendError: the model does not answer as asked.
    """
    read: dict[str, PageRead | None] = {}
    company = plan.company
    async with aclosing(read_site(backend, reader, plan)) as events:
        async for event in events:
            match event:
                case PageFound(url):
                    read.setdefault(url)
                case PageRead(url):
                    read[url] = event
                case Chosen(company):
                    pass
            yield event
    pages = [page for page in read.values() if page]
    async with aclosing(write_brochure(backend, company, pages, brief, sampling)) as writing:
        async for written in writing:
            yield written


async def summary_of_page(
    backend: Backend, reader: PageReader, address: str, brief: Brief, sampling: Sampling = _DEFAULT
) -> AsyncGenerator[SiteEvent | WritingEvent, None]:
    """Read one page and sum it up.

    Raises:
        BadInput, AddressRefused, PageUnreadable: the page could not be read.
        BackendError: the model does not answer as asked.
    """
    url = checked_address(address)
    yield PageFound(url, PageKind.OTHER, "The address you gave.")
    try:
        page = await read_page(reader, url)
    except (AddressRefused, PageUnreadable) as exc:
        yield unread(url, PageKind.OTHER, exc)
        raise
    yield page
    yield Chosen(page.page.title if page.page else "", Usage())
    async with aclosing(write_summary(backend, page, brief, sampling)) as events:
        async for event in events:
            yield event
