"""What is read of one answer: its body where it is a page, the reason where it is none.

Which answer that is, after redirects and rules, is ``visit.py``'s.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urljoin

import httpx

from switchboard.errors import AddressRefused, PageUnreadable
from switchboard.web.decoding import BoundedBody, unpacked_file
from switchboard.web.failures import EmptyPage, PageTooLarge, status_error, too_large
from switchboard.web.robots import FILE_BYTES

PAGES = ("text/html", "application/xhtml+xml", "text/plain")
"""The media types of what a person reads."""
SITEMAPS = ("application/xml", "text/xml", "text/plain", "application/gzip", "application/x-gzip")
"""The media types of sitemaps; a file that is gzip itself is unpacked."""
RESOURCES = (
    "text/javascript",
    "application/javascript",
    "application/x-javascript",
    "application/ecmascript",
    "text/css",
    "application/json",
    "application/ld+json",
    "application/manifest+json",
    *PAGES,
)
"""The media types of what a browser needs to show the text of a page. The site's rules hold for each of these
addresses as for a page's, and refuse that one address only."""
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one fetch may cost."""

    seconds: float = 15.0
    """For everything: names, connections, redirects, robots.txt and the body."""
    wire_bytes: int = 2_000_000
    decoded_bytes: int = 5_000_000
    redirects: int = 5


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page as it arrived; ``url`` is where the redirects ended."""

    url: str
    media_type: str
    charset: str
    """As the Content-Type names it; empty where it does not."""
    body: bytes


async def read_page(response: httpx.Response, media_types: Sequence[str], limits: Limits) -> Fetched:
    """The page that ``response`` brings.

    Raises:
        PageUnreadable: it brings none, or none of ``media_types``.
    """
    if response.status_code not in (200, 203):
        raise status_error(response.status_code)
    media_type, charset = _content_type(response)
    if media_type and media_type not in media_types:
        raise PageUnreadable(
            "This is not a web page but a file of another kind.", "Give the address of a page."
        )
    length = response.headers.get("content-length", "")
    if length.isdecimal() and int(length[:20]) > limits.wire_bytes:
        raise too_large(limits.wire_bytes)
    body = BoundedBody(_packing(response), limits.wire_bytes, limits.decoded_bytes)
    async for piece in response.aiter_raw():
        body.feed(piece)
    content = body.end()
    if content[:2] == _GZIP and "application/gzip" in media_types:
        content, media_type = unpacked_file(content, limits.decoded_bytes), "application/xml"
    if not content.strip():
        raise EmptyPage("The page is empty.", "Try another page of the site.")
    if not media_type:
        guess = "text/html" if content.lstrip()[:1] == b"<" else "text/plain"
        media_type = guess if guess in media_types else media_types[0]
    return Fetched(str(response.url), media_type, charset, content)


async def read_rules(response: httpx.Response) -> bytes:
    """The robots.txt that ``response`` brings, as much of it as counts.

    Raises:
        PageUnreadable: it cannot be unpacked.
    """
    if response.status_code != 200:
        return b""
    body = BoundedBody(_packing(response), FILE_BYTES, FILE_BYTES)
    try:
        async for piece in response.aiter_raw():
            body.feed(piece)
    except PageTooLarge:
        # Rules beyond what is read do not count (RFC 9309, section 2.5).
        return body.content
    return body.end()


def redirect_target(response: httpx.Response, url: str) -> str:
    """Where an answer sends on to from ``url``, unchecked; its Location is among the extensions.

    Raises:
        PageUnreadable: it does not say.
        AddressRefused: it is no web address.
    """
    location: str = response.extensions["location"].strip()
    if not location:
        raise PageUnreadable("The site sends on without saying where to.", "Try another page.")
    try:
        return urljoin(url, location)
    except ValueError as exc:
        raise AddressRefused(
            "The site sends on to something that is no web address.", "Try another page."
        ) from exc


def _packing(response: httpx.Response) -> str:
    return str(response.headers.get("content-encoding", ""))


def _content_type(response: httpx.Response) -> tuple[str, str]:
    media_type, _, rest = response.headers.get("content-type", "").partition(";")
    charset = rest.lower().partition("charset=")[2].partition(";")[0].strip(" \"'")
    return media_type.strip().lower(), charset[:40]
