"""What somebody has made in the Brochure tab: the pages of a site, the text written from them.

Values only; what is done with them is ``brochure.py``'s, how they look ``brochure_view.py``'s.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from switchboard.brochure.brochure import Brochure
from switchboard.brochure.events import PageFound, PageKind, PageRead, PageStatus
from switchboard.errors import TooLarge
from switchboard.messages import Source

PAGES = 20
"""As many pages as a site may have here, those added by hand included."""
PAGE_CHARACTERS = 60_000
"""As much of a page's text as is kept to write from again; a model is given 40,000 of all pages."""


@dataclass(frozen=True, slots=True)
class ListedPage:
    """A page of the list: why it is there, what became of it, whether it is ticked."""

    url: str
    kind: PageKind
    reason: str
    read: PageRead | None = None
    ticked: bool = True

    @property
    def is_usable(self) -> bool:
        """Whether there is a text to write from."""
        return self.read is not None and self.read.status is PageStatus.READ


@dataclass(frozen=True, slots=True)
class Work:
    """The pages in their order, the text as it was written, and the text that is shown.

    The two differ where a translation is shown.
    """

    company: str = ""
    pages: tuple[ListedPage, ...] = ()
    written: Brochure | None = None
    shown: Brochure | None = None

    @property
    def ticked(self) -> list[PageRead]:
        """The pages to write from."""
        return [page.read for page in self.pages if page.ticked and page.is_usable and page.read]

    @property
    def sources(self) -> tuple[Source, ...]:
        """The pages by the numbers that the text cites."""
        return self.shown.sources if self.shown else ()

    def with_found(self, found: PageFound) -> "Work":
        """A page more; one that is there already stays as it is.

        Raises:
            TooLarge: the list is full.
        """
        if any(page.url == found.url for page in self.pages):
            return self
        if len(self.pages) >= PAGES:
            raise TooLarge(f"The list holds {PAGES} pages already.", "Begin with another site.")
        return replace(self, pages=(*self.pages, ListedPage(found.url, found.kind, found.reason)))

    def with_read(self, read: PageRead) -> "Work":
        """What became of a page of the list."""
        if read.page is not None:
            # Its links have been chosen from; its text is all that is written from.
            page = replace(read.page, text=read.page.text[:PAGE_CHARACTERS], links=())
            read = replace(read, page=page)
        return replace(
            self, pages=tuple(replace(one, read=read) if one.url == read.url else one for one in self.pages)
        )

    def named(self, company: str) -> "Work":
        """The same, of this company."""
        return replace(self, company=company)

    def with_text(self, text: Brochure, *, translated: bool = False) -> "Work":
        """The same with a new text, which is shown; a translation leaves the one it was made from."""
        return replace(self, written=self.written if translated else text, shown=text)

    def without(self, unticked: Collection[str]) -> "Work":
        """The same with these addresses unticked, and all others ticked."""
        return replace(
            self, pages=tuple(replace(page, ticked=page.url not in unticked) for page in self.pages)
        )


def unticked(value: object) -> frozenset[str]:
    """The addresses that a browser says are not ticked; anything else counts for nothing."""
    if not isinstance(value, list):
        return frozenset()
    return frozenset(one for one in value[:PAGES] if isinstance(one, str))


def count_of(pages: Iterable[ListedPage]) -> tuple[int, int]:
    """How many of the pages are done with, and how many there are."""
    listed = list(pages)
    return sum(page.read is not None for page in listed), len(listed)
