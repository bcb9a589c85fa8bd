"""The pages that a site's sitemap names, after https://www.sitemaps.org/protocol.html.

Its addresses come without words; what they lead to is judged in ``candidates.py`` by their paths. When a page
was changed and how much it matters, which a sitemap may say too, is not read.
"""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from urllib.parse import urldefrag, urljoin, urlsplit

from switchboard.brochure.candidates import candidates
from switchboard.brochure.links import is_same_site
from switchboard.errors import AddressRefused, PageUnreadable
from switchboard.web.fetch import SITEMAPS, Fetcher, Visit
from switchboard.web.page import Link

FILES = 3
"""Sitemaps of a site that are read, an index counted as one."""
ADDRESSES = 5_000
"""Addresses that are read of all of them."""
KEPT = 500
"""Addresses that are returned, the most promising: a page and its forty translations are more than enough."""
_BYTES = 3_000_000
_URL_CHARACTERS = 2_000
_EVENTS = 250_000
"""Elements that are read of one file: 5,000 addresses with forty translations each."""
_LINE = re.compile(rb"^[ \t]*(https?://[^\s<>]{1,2000})", re.MULTILINE)
_PAGES = re.compile(r"page|site|main|company|corporate|static|general", re.IGNORECASE)
_ARTICLES = re.compile(
    r"post|product|image|video|news|tag|author|categor|blog|article|archive|event", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Sitemap:
    """What one file names."""

    pages: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()


async def sitemap_links(fetcher: Fetcher | Visit, home: str) -> tuple[Link, ...]:
    """The pages that a site names in the sitemaps of its robots.txt, or else in ``/sitemap.xml``.

    Of an index the files that it names are read, no deeper; of pages, those on the site's own registered
    domain. A sitemap that is missing, refused or broken names none.

    Args:
        fetcher: what may be fetched, and how.
        home: the site's home page.
    """
    try:
        fallback = urljoin(home, "/sitemap.xml")
        declared = await fetcher.declared_sitemaps(home)
    except (AddressRefused, PageUnreadable, ValueError):
        return ()
    files = _files(declared or (fallback,), home)
    first = await _read_all(fetcher, files[: FILES - 1])
    named = _files([url for sitemap in first for url in sitemap.sitemaps], home)
    further = [url for url in (*named, *files[FILES - 1 :]) if url not in files[: FILES - 1]]
    second = await _read_all(fetcher, further[: FILES - len(first)])
    pages = dict.fromkeys(url for sitemap in (*first, *second) for url in sitemap.pages)
    return await asyncio.to_thread(_promising, list(islice(pages, ADDRESSES)), home)


async def _read_all(fetcher: Fetcher | Visit, urls: list[str]) -> list[_Sitemap]:
    return list(await asyncio.gather(*(_read(fetcher, url) for url in urls)))


async def _read(fetcher: Fetcher | Visit, url: str) -> _Sitemap:
    try:
        fetched = await fetcher.fetch(url, SITEMAPS)
    except (AddressRefused, PageUnreadable):
        return _Sitemap()
    return await asyncio.to_thread(_parse, fetched.body, fetched.url)


def _parse(body: bytes, url: str) -> _Sitemap:
    """What a file names; whatever its bytes are, it takes bounded time and memory."""
    body = body[:_BYTES].removeprefix(b"\xef\xbb\xbf").lstrip()
    wide = body[:2] in (b"\xff\xfe", b"\xfe\xff")
    found = _elements(body) if wide or body.startswith(b"<") else _lines(body)
    named: dict[str, list[str]] = {"url": [], "sitemap": []}
    for kind, place in islice(found, ADDRESSES):
        try:
            named[kind].append(urldefrag(urljoin(url, place)).url)
        except ValueError:
            continue
    return _Sitemap(tuple(named["url"]), tuple(named["sitemap"]))


def _lines(body: bytes) -> Iterator[tuple[str, str]]:
    for match in _LINE.finditer(body):
        yield "url", match[1].decode("utf-8", "replace")


def _elements(body: bytes) -> Iterator[tuple[str, str]]:
    """What a ``loc`` stands in, ``url`` or ``sitemap``, with what it says."""
    from lxml import etree

    # Nothing that the file defines is put in, nothing is loaded, and libxml2's own limits of depth and size
    # stay on. Elements are thrown away as soon as they end.
    walk = etree.iterparse(
        BytesIO(body),
        events=("end",),
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        recover=True,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        for _, element in islice(walk, _EVENTS):
            parent = element.getparent()
            if parent is None:
                continue
            text = element.text
            if etree.QName(element).localname == "loc" and not len(element) and text:
                kind = etree.QName(parent).localname
                if kind in ("url", "sitemap") and len(text) <= _URL_CHARACTERS:
                    yield kind, text.strip()
            element.clear()
            while element.getprevious() is not None:
                del parent[0]
    except (etree.XMLSyntaxError, ValueError):
        return


def _files(urls: list[str] | tuple[str, ...], home: str) -> list[str]:
    """The sitemaps on the site itself, those of pages first."""
    own = [url for url in dict.fromkeys(urls) if is_same_site(url, home)]
    return sorted(own, key=_promise)


def _promise(sitemap: str) -> int:
    name = urlsplit(sitemap).path.rpartition("/")[2].replace("sitemap", "")
    return bool(_ARTICLES.search(name)) - bool(_PAGES.search(name))


def _promising(pages: list[str], home: str) -> tuple[Link, ...]:
    own = [
        Link(url, "") for url in pages if url.startswith(("http://", "https://")) and is_same_site(url, home)
    ]
    if len(own) <= KEPT:
        return tuple(own)
    # In whatever language: which one the home page is in is not known here.
    ranked = sorted(candidates(own), key=lambda candidate: (candidate.is_article, -candidate.score))
    return tuple(candidate.link for candidate in ranked[:KEPT])
