"""A page as text and links.

BeautifulSoup reads the head (``head.py``) and the encoding; the body, which may be large, is walked in lxml,
several times faster than a soup of it. Scripts are not run: a page that only they write says so in
``needs_script``, and ``rendering.py`` can run them. What is left out of the main text is decided in
``clutter.py``.
"""

import asyncio
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from switchboard.web.clutter import find_clutter
from switchboard.web.encodings import text_of
from switchboard.web.fetch import Fetched
from switchboard.web.head import OpenGraph, absolute, read_head
from switchboard.web.outline import Heading, outline
from switchboard.web.shells import LITTLE, is_written_by_script

if TYPE_CHECKING:
    from lxml.etree import _Element

HTML_CHARACTERS = 3_000_000
TEXT_CHARACTERS = 200_000
LINKS = 2_000
_LINKS_SEEN = 20_000


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a page: an absolute http or https address without fragment, and the words it stands under."""

    url: str
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """What a page says.

    In ``text`` a heading is ``## …``, a list item ``- …``, a table row ``| … |``; blocks have a blank line
    between them.
    """

    url: str
    title: str
    description: str
    language: str
    """As the page declares it, such as ``en-GB``; empty where it does not."""
    text: str
    headings: tuple[Heading, ...]
    links: tuple[Link, ...]
    """In the order of the page, each address once."""
    needs_script: bool
    """Whether its text is written by JavaScript, which is not run here."""
    open_graph: OpenGraph = OpenGraph()


async def parse(fetched: Fetched) -> Page:
    """Read a page in a thread; it takes about 30 ms of CPU for 300 kB."""
    return await asyncio.to_thread(read, fetched)


def read(fetched: Fetched) -> Page:
    """Read a page; never raises, whatever the bytes are."""
    is_html = fetched.media_type != "text/plain"
    text = text_of(fetched.body, fetched.charset, is_html=is_html)[:HTML_CHARACTERS]
    tree = _tree(text) if is_html else None
    if tree is None:
        plain = "" if is_html else text[:TEXT_CHARACTERS].strip()
        return Page(fetched.url, "", "", "", plain, (), (), needs_script=False)
    head = read_head(tree, fetched.url)
    main, whole, headings = _text(tree)
    return Page(
        fetched.url,
        head.title,
        head.description,
        head.language,
        whole,
        headings,
        _links(tree, head.base),
        is_written_by_script(tree, main, whole),
        head.open_graph,
    )


def _tree(text: str) -> "_Element | None":
    from lxml import etree

    # lxml.html would give each element a Python class, which takes a fifth of the time.
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        return etree.fromstring(text.replace("\0", "").encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return None


def _text(tree: "_Element") -> tuple[str, str, tuple[Heading, ...]]:
    """The text without clutter, and what is to be read as the page's text, with its headings.

    The two differ where next to nothing is left without clutter: such a page is better read with its menus,
    or even with what it hides, than not at all.
    """
    clutter = find_clutter(tree)
    main, headings = outline(tree, TEXT_CHARACTERS, clutter.menus | clutter.unseen)
    if len(main) >= LITTLE:
        main = "\n\n".join((main, *_postal(tree, main)))
        return main, main, headings
    whole, headings = outline(tree, TEXT_CHARACTERS, clutter.unseen)
    if not whole:
        whole, headings = outline(tree, TEXT_CHARACTERS)
    return main, whole, headings


def _postal(tree: "_Element", main: str) -> list[str]:
    """Where the company is, which many sites say in their footer only."""
    found = (outline(address, 400)[0] for address in islice(tree.iterfind(".//footer//address"), 3))
    return [address for address in found if address and address not in main]


def _links(tree: "_Element", base: str) -> tuple[Link, ...]:
    found: dict[str, str] = {}
    addresses: dict[str, str] = {}
    for anchor in islice(tree.iter("a", "area"), _LINKS_SEEN):
        href = anchor.get("href") or ""
        if href not in addresses:
            addresses[href] = absolute(base, href)
        url = addresses[href]
        if url and not found.get(url):
            found[url] = _words(anchor)
        if len(found) >= LINKS:
            break
    return tuple(Link(url, text) for url, text in found.items())


def _words(anchor: "_Element") -> str:
    """What a link says: its text, or else what stands for it."""
    if len(anchor) == 0:
        words = anchor.text or ""
    else:
        inner = tuple(islice(anchor.iterdescendants(), 30))
        parts = (anchor.text, *(part for each in inner for part in (each.text, each.tail)))
        words = " ".join(filter(None, parts))
        words = words if words.strip() else next(filter(None, (each.get("alt") for each in inner)), "")
    words = words if words.strip() else anchor.get("aria-label") or anchor.get("title") or ""
    return " ".join(words[:1_000].split())[:200]
