"""Which links of a site lead to a page that could be read.

Each page once, however its address is written, and those in the home page's language first. What a page is
about is judged in ``candidates.py``.
"""

import re
from collections.abc import Callable, Collection, Iterable
from functools import cache
from itertools import chain
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

from switchboard.web.page import Link, Page

_PAGE_ENDINGS = frozenset({"", "html", "htm", "xhtml", "shtml", "php", "asp", "aspx", "jsp", "do", "cfm"})
_INDEX = re.compile(r"(?<=/)(?:index|default)\.(?:html?|xhtml|shtml|php|aspx?|jsp|cfm)$")
_TRACKING = frozenset(
    {"gclid", "fbclid", "msclkid", "dclid", "yclid", "mc_cid", "mc_eid", "ref", "_ga", "_gl"}
)
_HOST_CHARACTERS = 253
"""The longest name that DNS knows (RFC 1035, section 2.3.4)."""
_CODES = """
ar bg bn ca cs cy da de el en es et eu fa fi fr ga gl he hi hr hu id is it ja ko lt lv ms mt nb nl nn no pl
pt ro ru sk sl sq sr sv sw ta th tr uk ur vi zh
"""
_LANGUAGES = frozenset(_CODES.split())
_LOCALE = re.compile(r"([a-z]{2})(?:[-_]([a-z]{2,4}))?")


def registered_domain(host: str) -> str:
    """What its owner registered: ``example.co.uk`` of ``www.example.co.uk``, by the public suffix list.

    An IP address, and a suffix that nobody can register, are their own. A port behind the name is ignored.
    """
    if host.count(":") == 1:
        host = host.partition(":")[0]
    host = host.lower().rstrip(".")
    if ":" in host or host.rpartition(".")[2].isdecimal() or len(host) > _HOST_CHARACTERS:
        return host
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            return host
    return _private_suffix()(host) or host


def is_same_site(one: str, other: str, allowed: Collection[str] = ()) -> bool:
    """Whether a URL stands on the registered domain of another, or on one of those allowed besides."""
    try:
        domains = [registered_domain(urlsplit(url).hostname or "") for url in (one, other)]
    except ValueError:
        return False
    return domains[0] == domains[1] or domains[0] in {registered_domain(name) for name in allowed}


def readable_links(home: Page, allowed: Collection[str] = (), more: Iterable[Link] = ()) -> list[Link]:
    """The links to other pages of a site, each page once.

    First the home page's in the order of the page, then ``more``; of both, those in the home page's own
    language before those in others. A page in another language is left out where it stands in the home
    page's own too.

    Args:
        home: the home page.
        allowed: registered domains whose pages count as the site's.
        more: further links, such as those of a sitemap.
    """
    domains = {registered_domain(name) for name in (urlsplit(home.url).hostname or "", *allowed)}
    found: dict[str, Link] = {}
    known = page_key(home.url)
    for link in chain(home.links, more):
        key = page_key(link.url)
        if not key or key == known or not _is_readable(link.url, domains):
            continue
        if key not in found or (link.text and not found[key].text):
            found[key] = link
    return _own_language_first(list(found.values()), home)


def page_key(url: str) -> str:
    """What the addresses of one page have in common; empty where ``url`` is none.

    http or https, ``www.``, ``index.html``, a slash at the end and parameters that only count visits make no
    other page.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    host = (parts.hostname or "").removeprefix("www.")
    if not host:
        return ""
    path = _INDEX.sub("", parts.path or "/").rstrip("/")
    query = parts.query
    if query:
        kept = [pair for pair in parse_qsl(query, keep_blank_values=True) if not _is_tracking(pair[0])]
        query = urlencode(kept)
    return f"{host}{'' if port in (None, 80, 443) else f':{port}'}{path}?{query}"


def locale_of(url: str) -> str:
    """The language, with its country where that is given, in which an address says its page is written.

    ``de`` of ``/de/about``, ``en-gb`` of ``/gb/en/`` and ``/en-GB/``, ``fr`` of ``fr.example.com``; empty
    where it says nothing.
    """
    parts = urlsplit(url)
    locale, _ = split_locale(parts.path)
    if not locale:
        label = (parts.hostname or "").partition(".")[0]
        locale = label if label in _LANGUAGES and (parts.hostname or "").count(".") > 1 else ""
    return locale


def split_locale(path: str) -> tuple[str, str]:
    """The locale that a path begins with, or nothing, and the rest of the path."""
    first, _, rest = path.lstrip("/").partition("/")
    match = _LOCALE.fullmatch(first.lower())
    if match is None:
        return "", path
    one, two = match[1], match[2] or ""
    second, _, after = rest.partition("/")
    if not two and second.lower() in _LANGUAGES:
        return f"{second.lower()}-{one}", f"/{after}"
    if one in _LANGUAGES:
        return f"{one}-{two}" if two else one, f"/{rest}"
    if two in _LANGUAGES:
        return f"{two}-{one}", f"/{rest}"
    return "", path


@cache
def _private_suffix() -> Callable[[str], str | None]:
    # The list takes 30 ms to read.
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList().privatesuffix


def _own_language_first(links: list[Link], home: Page) -> list[Link]:
    language, _, country = (locale_of(home.url) or home.language.lower().replace("_", "-")).partition("-")

    def _is_foreign(link: Link) -> bool:
        other, _, other_country = locale_of(link.url).partition("-")
        if not (language and other):
            return False
        return other != language or bool(country and other_country and country != other_country)

    own = [link for link in links if not _is_foreign(link)]
    there = {_without_locale(link.url) for link in own} | {_without_locale(home.url)}
    return own + [link for link in links if _is_foreign(link) and _without_locale(link.url) not in there]


def _without_locale(url: str) -> str:
    parts: SplitResult = urlsplit(url)
    rest = split_locale(parts.path)[1]
    host = parts.hostname or ""
    label, _, parent = host.partition(".")
    if label in _LANGUAGES and "." in parent:
        host = parent
    return page_key(parts._replace(scheme="https", netloc=host, path=rest).geturl())


def _is_tracking(name: str) -> bool:
    return name.lower() in _TRACKING or name.lower().startswith("utm_")


def _is_readable(url: str, domains: Collection[str]) -> bool:
    """Whether a URL, which can be parsed, is one of a page on one of these registered domains."""
    parts = urlsplit(url)
    if "@" in parts.netloc or not url.isprintable() or parts.scheme not in ("http", "https"):
        return False
    if registered_domain(parts.hostname or "") not in domains:
        return False
    name = parts.path.rpartition("/")[2]
    stem, dot, ending = name.rpartition(".")
    return not (dot and stem) or ending.lower() in _PAGE_ENDINGS or len(ending) > 5 or ending.isdecimal()
