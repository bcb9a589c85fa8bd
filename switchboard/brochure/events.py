"""What happens while a brochure is made: pages are found, chosen and read, a text is written."""

from dataclasses import dataclass
from enum import Enum, StrEnum

from switchboard.messages import Finish, Notice, ReasoningDelta, Source, TextDelta, Usage
from switchboard.web.page import Page


class PageKind(StrEnum):
    """What a company's page is for."""

    HOME = "home"
    ABOUT = "about"
    PRODUCTS = "products"
    CUSTOMERS = "customers"
    CAREERS = "careers"
    PRESS = "press"
    INVESTORS = "investors"
    CONTACT = "contact"
    OTHER = "other"


class PageStatus(Enum):
    """What became of a page."""

    READ = "read"
    EMPTY = "empty"
    BLOCKED = "blocked by robots.txt"
    TOO_LARGE = "too large"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class PageFound:
    """A page that will be read, with why it was chosen."""

    url: str
    kind: PageKind
    reason: str


@dataclass(frozen=True, slots=True)
class PageRead:
    """What became of a page: ``reason`` says why it could not be read, ``page`` is there when it could."""

    url: str
    kind: PageKind
    status: PageStatus
    reason: str = ""
    page: Page | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """The pages are chosen.

    Attributes:
        company: the company's name, as given or as its home page says it.
        usage: what asking a model for the choice took.
    """

    company: str
    usage: Usage


@dataclass(frozen=True, slots=True)
class SourcesReady:
    """The writing begins.

    Attributes:
        sources: the pages as they go to the model; the text cites them by their numbers.
        language: that of the text, as a BCP 47 tag.
        same_language: whether the pages are in that language too.
    """

    sources: tuple[Source, ...]
    language: str = "en"
    same_language: bool = True


SiteEvent = PageFound | PageRead | Chosen | Notice
WritingEvent = SourcesReady | TextDelta | ReasoningDelta | Notice | Finish
