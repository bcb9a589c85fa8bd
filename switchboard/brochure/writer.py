"""Writing a company's brochure from its site.

The order of the work: the home page, the choice of pages, reading them at once, the text. What is on a page
is read in ``switchboard/web``, what fits is decided in ``budget.py``. It keeps nothing.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from pathlib import Path

from switchboard.addresses import URL_CHARACTERS
from switchboard.backends.base import Backend, Capability, ChatRequest, Sampling
from switchboard.backends.costs import context_window
from switchboard.brochure.budget import fitted_sources
from switchboard.brochure.choice import choose_by_model, choose_by_words
from switchboard.brochure.events import (
    BrochureEvent,
    PageFound,
    PageKind,
    PageRead,
    PageStatus,
    SourcesReady,
)
from switchboard.brochure.links import is_same_site, readable_links
from switchboard.context import ANSWER_TOKENS, CHARACTERS_A_TOKEN
from switchboard.errors import AddressRefused, BadInput, PageUnreadable, RequestRefused, TooLarge, Unsupported
from switchboard.messages import Finish, Notice, ReasoningDelta, Source, TextDelta, user
from switchboard.web.failures import BlockedByRobots, EmptyPage, PageTooLarge
from switchboard.web.fetch import Fetcher
from switchboard.web.page import Page, parse

NAME_CHARACTERS = 200
PAGES = 5
"""Pages that are read besides the home page."""
SOURCE_CHARACTERS = 40_000
"""About 10,000 tokens: six pages of a usual site nearly whole."""
_LEAST_CHARACTERS = 2_000
_DEFAULT = Sampling()
_PROMPT = Path(__file__).with_name("brochure.md")


async def write_brochure(
    backend: Backend,
    company: str,
    address: str,
    fetcher: Fetcher,
    *,
    pages: int = PAGES,
    budget: int = SOURCE_CHARACTERS,
    sampling: Sampling = _DEFAULT,
) -> AsyncGenerator[BrochureEvent, None]:
    """Read a company's site and write its brochure, with ``[n]`` after what page ``n`` says.

    Args:
        backend: the model, or the built-in reader, which quotes the pages.
        company: the name, ``NAME_CHARACTERS`` at most.
        address: of its home page; https:// is added where no scheme is given.
        fetcher: what may be fetched, and how.
        pages: how many to read besides the home page.
        budget: characters of the pages that go to the model, less where its window is smaller.
        sampling: how the model writes.

    Raises:
        BadInput: the name or the address is empty, too long or not on one line.
        AddressRefused, PageUnreadable: the home page could not be read.
        BackendError: the model does not answer as asked.
    """
    company, url = _checked(company, address)
    yield PageFound(url, PageKind.HOME, "The address you gave.")
    try:
        home = await parse(await fetcher.fetch(url))
    except (AddressRefused, PageUnreadable) as exc:
        yield PageRead(url, PageKind.HOME, _status(exc), exc.what)
        raise
    outcome = _outcome(url, PageKind.HOME, home)
    yield outcome
    chosen, notice = await _choose(backend, company, home, pages)
    if notice is not None:
        yield notice
    for found in chosen:
        yield found
    read = {} if outcome.page is None else {url: home}
    async with aclosing(read_pages(fetcher, chosen, home.url)) as outcomes:
        async for outcome in outcomes:
            if outcome.page is not None:
                read[outcome.url] = outcome.page
            yield outcome
    ordered = [read[place] for place in (url, *(found.url for found in chosen)) if place in read]
    sources = fitted_sources(ordered, _room(backend, budget))
    if not sources:
        raise _no_text(home)
    yield SourcesReady(sources)
    async with aclosing(write(backend, company, sources, sampling)) as events:
        async for event in events:
            yield event


async def read_pages(
    fetcher: Fetcher, chosen: Sequence[PageFound], home: str
) -> AsyncGenerator[PageRead, None]:
    """Read pages at the same time; yields what became of each as soon as it is known.

    Closing it stops what is still being read.
    """
    tasks = [asyncio.create_task(_read(fetcher, found, home)) for found in chosen]
    try:
        for outcome in asyncio.as_completed(tasks):
            yield await outcome
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def write(
    backend: Backend, company: str, sources: Sequence[Source], sampling: Sampling = _DEFAULT
) -> AsyncGenerator[TextDelta | ReasoningDelta | Notice | Finish, None]:
    """Write the brochure from pages that were read before.

    Raises:
        BackendError: the model does not answer as asked.
    """
    request = ChatRequest(
        messages=(user(f"Write a brochure about {company}."),),
        system=_PROMPT.read_text(encoding="utf-8"),
        sources=tuple(sources),
        sampling=sampling,
    )
    async with aclosing(backend.stream(request)) as events:  # type: ignore[type-var]
        async for event in events:
            if isinstance(event, TextDelta | ReasoningDelta | Notice | Finish):
                yield event


def _checked(company: str, address: str) -> tuple[str, str]:
    company, address = company.strip(), address.strip()
    if not company or not company.isprintable():
        raise BadInput("The company's name is missing.", "Type it, on one line.")
    if len(company) > NAME_CHARACTERS:
        raise TooLarge(f"The company's name is longer than {NAME_CHARACTERS} characters.", "Shorten it.")
    if not address:
        raise BadInput("The company's web address is missing.", "Type one such as www.example.com.")
    if len(address) > URL_CHARACTERS:
        raise TooLarge(f"The address is longer than {URL_CHARACTERS:,} characters.", "Shorten it.")
    return company, address if "://" in address else f"https://{address}"


async def _choose(
    backend: Backend, company: str, home: Page, most: int
) -> tuple[list[PageFound], Notice | None]:
    links = readable_links(home)
    if not links or most < 1 or Capability.SCHEMA not in backend.capabilities:
        return choose_by_words(links, most), None
    try:
        chosen = await choose_by_model(backend, company, home, links, most)
    except (RequestRefused, Unsupported):
        chosen = []
    if chosen:
        return chosen, None
    by_words = choose_by_words(links, most)
    return by_words, Notice(
        f"{backend.model} named no pages that the site has: they were chosen by the words of their links."
    )


async def _read(fetcher: Fetcher, found: PageFound, home: str) -> PageRead:
    try:
        page = await parse(await fetcher.fetch(found.url))
    except (AddressRefused, PageUnreadable) as exc:
        return PageRead(found.url, found.kind, _status(exc), exc.what)
    if not is_same_site(page.url, home):
        return PageRead(found.url, found.kind, PageStatus.REFUSED, "It leads to another site.")
    return _outcome(found.url, found.kind, page)


def _outcome(url: str, kind: PageKind, page: Page) -> PageRead:
    if not page.text or page.needs_script:
        return PageRead(url, kind, PageStatus.EMPTY, _no_text(page).what)
    return PageRead(url, kind, PageStatus.READ, page=page)


def _status(error: AddressRefused | PageUnreadable) -> PageStatus:
    match error:
        case AddressRefused():
            return PageStatus.REFUSED
        case BlockedByRobots():
            return PageStatus.BLOCKED
        case EmptyPage():
            return PageStatus.EMPTY
        case PageTooLarge():
            return PageStatus.TOO_LARGE
        case _:
            return PageStatus.FAILED


def _no_text(page: Page) -> PageUnreadable:
    if page.needs_script:
        return PageUnreadable(
            "This page is built by JavaScript; its text could not be read.", "Try another page of the site."
        )
    return EmptyPage("The page holds no text.", "Try another page of the site.")


def _room(backend: Backend, budget: int) -> int:
    """Characters of sources that fit the model's window beside the prompt and the answer."""
    window = context_window(backend.model)
    if window is None:
        return budget
    return max(_LEAST_CHARACTERS, min(budget, (window - ANSWER_TOKENS) * CHARACTERS_A_TOKEN - 4_000))
