"""The parts of pages that can be quoted, and what each is about.

Finding them on a page is ``quote_finding.py``'s, choosing among them ``quoting.py``'s.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from switchboard.brochure.brief import Topic
from switchboard.brochure.events import PageKind
from switchboard.brochure.page_blocks import Heading
from switchboard.brochure.page_words import meaning_of, tokens_of

_TOPICS: Mapping[PageKind, Topic] = {
    PageKind.HOME: Topic.OFFER,
    PageKind.ABOUT: Topic.COMPANY,
    PageKind.PRODUCTS: Topic.OFFER,
    PageKind.CUSTOMERS: Topic.CUSTOMERS,
    PageKind.CAREERS: Topic.CAREERS,
    PageKind.PRESS: Topic.NEWS,
    PageKind.INVESTORS: Topic.FIGURES,
    PageKind.CONTACT: Topic.CONTACT,
    PageKind.OTHER: Topic.OFFER,
}
_MIXED = (PageKind.HOME, PageKind.OTHER)
_ANYWHERE = (Topic.COMPANY, Topic.CONTACT, Topic.CAREERS)
"""What a part of a page for something else may be about."""
_HEADING_CHARACTERS = 100
_MOSTLY, _ONLY = 0.4, 0.8
"""Of a heading's words that name a kind of page, when it is a sign of one and when it is nothing else."""


@dataclass(frozen=True, slots=True, eq=False)
class Quote:
    """A sentence, word for word."""

    text: str
    number: int
    """Of its page."""
    topic: Topic
    place: tuple[int, int, int]
    """The number of its page, its heading there, its position among all quotations."""
    worth: float
    before: "Quote | None" = None
    """The sentence right before it in its paragraph, where that can be quoted."""
    leans: bool = False
    """Whether it can only be understood after that one."""
    is_thin: bool = False
    """Whether it is no whole sentence, and stands in only where a site has no better."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a list, under a name that the page gives it or none."""

    text: str
    label: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Listing:
    """A list, or several short sections of one form."""

    title: str
    lines: tuple[Line, ...]
    number: int
    topic: Topic
    has_sentences: bool
    """Whether its lines weigh as much as sentences do."""


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """A table with a header."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    number: int
    topic: Topic


@dataclass(frozen=True, slots=True, eq=False)
class Contact:
    """A way to reach the company; ``is_own`` where its page, or part of the page, is there for that."""

    line: Line
    number: int
    is_own: bool


@dataclass(frozen=True, slots=True, eq=False)
class Count:
    """A short line that begins with a figure: “71 airports in 38 countries”."""

    text: str
    number: int


@dataclass(slots=True)
class Quotable:
    """All that can be quoted of some pages, in their order."""

    quotes: list[Quote] = field(default_factory=list)
    listings: list[Listing] = field(default_factory=list)
    grids: list[Grid] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    counts: list[Count] = field(default_factory=list)


def topic_of(kind: PageKind, heading: Heading, company: str) -> Topic:
    """What a section is about: as its heading says on a page of many things, else as the page."""
    usual = _TOPICS[kind]
    if kind in (PageKind.CONTACT, PageKind.CAREERS, PageKind.INVESTORS):
        return usual
    above: Heading | None = heading
    while above is not None and above.level > 0:
        named = topic_named(above.text[:_HEADING_CHARACTERS], company)
        if named is not None and (above.level > 1 or kind in _MIXED):
            topic, is_only = named
            if (is_only and topic in _ANYWHERE) or (kind in _MIXED and (is_only or above.level > 1)):
                return topic
        above = above.parent
    return usual


@lru_cache(maxsize=2_048)
def topic_named(heading: str, company: str) -> tuple[Topic, bool] | None:
    """The topic that a heading names, and whether it says nothing else."""
    name = "".join(tokens_of(company))
    shares = dict(meaning_of(tokens_of(heading), name).shares)
    shares.pop(PageKind.OTHER, None)
    kind = max(shares, key=lambda kind: shares[kind], default=PageKind.OTHER)
    share = shares.get(kind, 0.0)
    return (_TOPICS[kind], share >= _ONLY) if share >= _MOSTLY else None
