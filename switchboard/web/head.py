"""What a page says of itself in its head: title, description, language, Open Graph data.

BeautifulSoup reads these few tags, wherever in the page they stand. The text of the page is not read here.
"""

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urljoin

if TYPE_CHECKING:
    from bs4 import BeautifulSoup
    from lxml.etree import _Element

_TAGS_READ = 400
_HTML_CHARACTERS = 200_000
_SHORT = 300
_LONG = 1_000


@dataclass(frozen=True, slots=True)
class OpenGraph:
    """What a page gives to sites that show a card of it (https://ogp.me); empty where it says nothing."""

    site_name: str = ""
    """The name of the whole site, often the company's."""
    title: str = ""
    description: str = ""
    type: str = ""
    """Such as ``website``, ``article`` or ``product``."""
    image: str = ""
    """An absolute http or https address. Nothing is loaded from it."""


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a page; empty where it says nothing."""

    title: str
    description: str
    language: str
    open_graph: OpenGraph
    base: str
    """The address that the page's links are relative to."""


def read_head(tree: "_Element", url: str) -> Head:
    """Read the head.

    Args:
        tree: the whole page.
        url: where the page stands.
    """
    from bs4 import BeautifulSoup
    from lxml import etree

    tags = (
        etree.tostring(tag, encoding="unicode", method="html", with_tail=False)
        for tag in islice(tree.iter("title", "meta", "base"), _TAGS_READ)
        # The title of a drawing is not the page's.
        if tag.tag != "title" or tag.getparent().tag in ("head", "body", "html")
    )
    soup = BeautifulSoup("".join(tags)[:_HTML_CHARACTERS], "lxml")
    base = absolute(url, _attribute(soup, "base[href]", "href")) or url
    graph = OpenGraph(
        site_name=_meta(soup, "og:site_name")[:_SHORT],
        title=_meta(soup, "og:title")[:_SHORT],
        description=_meta(soup, "og:description")[:_LONG],
        type=_meta(soup, "og:type")[:_SHORT],
        image=absolute(base, _meta(soup, "og:image")),
    )
    title = " ".join(soup.title.get_text().split())[:_SHORT] if soup.title else ""
    description = _attribute(soup, 'meta[name="description" i]', "content")[:_LONG]
    language = tree.get("lang") or tree.get("xml:lang") or _meta(soup, "og:locale").replace("_", "-")
    language = language or _attribute(soup, 'meta[http-equiv="content-language" i]', "content")
    return Head(title or graph.title, description or graph.description, language.strip()[:35], graph, base)


def absolute(base: str, href: str) -> str:
    """The http or https address of a link without its fragment, or nothing."""
    href = href.strip().partition("#")[0]
    if not href or len(href) > 2_000:
        return ""
    try:
        url = urljoin(base, href)
    except ValueError:
        return ""
    return url if url.startswith(("http://", "https://")) else ""


def _meta(soup: "BeautifulSoup", name: str) -> str:
    """An Open Graph property, which some pages write as a name."""
    selectors = (f'meta[property="{name}" i]', f'meta[name="{name}" i]')
    return next(filter(None, (_attribute(soup, selector, "content") for selector in selectors)), "")


def _attribute(soup: "BeautifulSoup", selector: str, name: str) -> str:
    tag = soup.select_one(selector)
    value = tag.get(name) if tag is not None else None
    return " ".join(value.split()) if isinstance(value, str) else ""
