"""A page as text and links.

BeautifulSoup reads the head and the encoding; the body, which may be large, is walked in lxml, several times
faster than a soup of it. Scripts are not run: a page that only they write says so in ``needs_script``. What
is left out of the main text is decided in ``clutter.py``.
"""

import asyncio
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from switchboard.web.clutter import find_clutter
from switchboard.web.encodings import text_of
from switchboard.web.fetch import Fetched
from switchboard.web.outline import Heading, outline

if TYPE_CHECKING:
    from lxml.html import HtmlElement

HTML_CHARACTERS = 3_000_000
TEXT_CHARACTERS = 200_000
LINKS = 2_000
_LINKS_SEEN = 20_000
_HEAD_TAGS = 400
_LITTLE = 80
"""Characters of text under which a page with scripts is taken to be written by them."""


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


async def parse(fetched: Fetched) -> Page:
    """Read a page in a thread; it takes about 35 ms of CPU for 300 kB."""
    return await asyncio.to_thread(read, fetched)


def read(fetched: Fetched) -> Page:
    """Read a page; never raises, whatever the bytes are."""
    is_html = fetched.media_type != "text/plain"
    text = text_of(fetched.body, fetched.charset, is_html=is_html)[:HTML_CHARACTERS]
    tree = _tree(text) if is_html else None
    if tree is None:
        plain = "" if is_html else text[:TEXT_CHARACTERS].strip()
        return Page(fetched.url, "", "", "", plain, (), (), needs_script=False)
    title, description, language, base = _head(tree)
    links = _links(tree, urljoin(fetched.url, base) if base else fetched.url)
    has_scripts = next(tree.iter("script"), None) is not None
    main, headings = outline(tree, TEXT_CHARACTERS, find_clutter(tree))
    if len(main) < _LITTLE:
        # A page whose words all stand in what looks like clutter is better read whole than not at all.
        main, headings = outline(tree, TEXT_CHARACTERS)
    needs_script = has_scripts and len(main) < _LITTLE
    return Page(fetched.url, title, description, language, main, headings, links, needs_script)


def _tree(text: str) -> "HtmlElement | None":
    from lxml import etree, html

    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return html.document_fromstring(
            text.replace("\0", "").encode("utf-8", "replace"), parser=parser, ensure_head_body=True
        )
    except (etree.ParserError, etree.XMLSyntaxError):
        return None


def _head(tree: "HtmlElement") -> tuple[str, str, str, str]:
    """Title, description, language and the base of relative links."""
    from bs4 import BeautifulSoup, Tag
    from lxml import html

    tags = islice(tree.iter("title", "meta", "base"), _HEAD_TAGS)
    soup = BeautifulSoup(
        "".join(html.tostring(tag, encoding="unicode", with_tail=False) for tag in tags), "lxml"
    )

    def _attribute(selector: str, name: str) -> str:
        tag = soup.select_one(selector)
        value = tag.get(name) if isinstance(tag, Tag) else None
        return " ".join(value.split()) if isinstance(value, str) else ""

    title = " ".join(soup.title.get_text().split()) if soup.title else ""
    title = title or _attribute('meta[property="og:title"]', "content")
    description = _attribute('meta[name="description" i]', "content")
    description = description or _attribute('meta[property="og:description"]', "content")
    language = (tree.get("lang") or tree.get("xml:lang") or "").strip()[:35]
    return title[:300], description[:1_000], language, _attribute("base[href]", "href")


def _links(tree: "HtmlElement", base: str) -> tuple[Link, ...]:
    found: dict[str, str] = {}
    addresses: dict[str, str] = {}
    for anchor in islice(tree.iter("a", "area"), _LINKS_SEEN):
        href = anchor.get("href") or ""
        if href not in addresses:
            addresses[href] = _absolute(base, href)
        url = addresses[href]
        if url and not found.get(url):
            found[url] = _words(anchor)
        if len(found) >= LINKS:
            break
    return tuple(Link(url, text) for url, text in found.items())


def _absolute(base: str, href: str) -> str:
    """The http or https address of a link without its fragment, or nothing."""
    href = href.strip().partition("#")[0]
    if not href or len(href) > 2_000:
        return ""
    try:
        url = urljoin(base, href)
    except ValueError:
        return ""
    return url if url.startswith(("http://", "https://")) else ""


def _words(anchor: "HtmlElement") -> str:
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
