"""How promising the links of a site are for a brochure.

A link is judged by its words, its path and its place, without reading the page behind it. Which of them are
taken is decided in ``choice.py``.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import parse_qsl, unquote, urlsplit

from switchboard.brochure.events import PageKind
from switchboard.brochure.links import locale_of, registered_domain, split_locale
from switchboard.brochure.page_words import (
    Meaning,
    is_series,
    is_unwanted,
    is_unwanted_section,
    meaning_of,
    tokens_of,
)
from switchboard.web.page import Link

LIKELY = 0.9
"""The score from which on a link is taken to lead to a page of its kind."""
_TEXT, _PATH, _PATH_ALONE = 4.0, 3.0, 5.0
"""What a link's words weigh, the end of its path, and the end of its path where the words say nothing."""
_KINDS = tuple(PageKind)
_BELOW_ITS_KIND, _BELOW_ANOTHER = 0.75, 0.5
"""What is left of that below a page of the same kind, which is the better one, and of another."""
_OF_ITS_OWN = frozenset(
    {PageKind.CAREERS, PageKind.PRESS, PageKind.INVESTORS, PageKind.CUSTOMERS, PageKind.PRODUCTS}
)
"""Kinds whose pages stand apart: the contact page under ``/press/`` is not the company's."""
_YEAR = re.compile(r"(?:19|20)\d\d(?:[-_.]?\d\d?){0,2}")
_POST = re.compile(r"(?:^|&)(?:(?:p|m|paged|attachment_id|replytocom)=\d|feed=)", re.IGNORECASE)
_TITLE_WORDS = 6
"""Words from which on a link that names no kind of page is taken for the title of an article."""
_PART_PAGES = 3
"""Pages below a link from which on it leads to a part of the site. Where no link names what is offered,
the largest part that names nothing else is taken for it."""
_LEVELS = 6


@dataclass(frozen=True, slots=True)
class Candidate:
    """A link with what its page is taken to be; the higher its score, the more it is worth reading."""

    link: Link
    kind: PageKind
    score: float
    is_foreign: bool
    """Whether it is written in another language than most of the site's."""
    is_article: bool
    """Whether it is one of many news, posts or stories."""
    depth: int
    """How many parts of its address stand above the last."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a link leads.

    Attributes:
        name: the company's, as its address has it.
        labels: how many of the parts stand before that name and not in the path.
        parts: the words of each.
    """

    name: str
    locale: str
    labels: int
    parts: tuple[tuple[str, ...], ...]
    query: str


def candidates(links: Sequence[Link]) -> list[Candidate]:
    """The links that could be wanted, the best first; those in other languages and articles last.

    Legal pages, carts and sign-ins are left out.

    Args:
        links: whose addresses can be parsed, as ``readable_links`` leaves them.
    """
    places = [_place(link.url) for link in links]
    below = Counter(place.parts[:level] for place in places for level in range(1, len(place.parts)))
    locales = Counter(place.locale for place in places if place.locale)
    usual = locales.most_common(1)[0][0] if locales else ""
    found: list[Candidate] = []
    parts: list[tuple[int, Candidate]] = []
    for order, (link, place) in enumerate(zip(links, places, strict=True)):
        text = tokens_of(link.text)
        if _is_unwanted(text, place):
            continue
        said = meaning_of(text, place.name)
        end = meaning_of(place.parts[-1], place.name) if place.parts else Meaning({}, 0)
        kind, score = _kind(said, end, place)
        pages_below = below[place.parts]
        # A menu's links come early, are short and lead one level down; a story's are deep and long.
        score += 0.5 + 0.1 * min(pages_below, 5) - 0.35 * max(0, len(place.parts) - 1)
        score -= 0.15 * max(0, len(text) - _TITLE_WORDS) + 0.004 * min(order, 150)
        candidate = Candidate(
            link,
            kind,
            score - (0.3 if place.query else 0.0),
            bool(place.locale) and place.locale != usual,
            _is_article(text, place, said, end),
            max(0, len(place.parts) - 1),
        )
        found.append(candidate)
        if pages_below >= _PART_PAGES and not (said.shares or end.shares):
            parts.append((pages_below, candidate))
    if parts and not any(
        one.kind is PageKind.PRODUCTS and one.score >= LIKELY and not one.is_foreign for one in found
    ):
        _, largest = max(parts, key=lambda part: (not part[1].is_foreign, part[0]))
        found[found.index(largest)] = replace(
            largest, kind=PageKind.PRODUCTS, score=max(LIKELY, largest.score)
        )
    return sorted(found, key=lambda one: (one.is_article, one.is_foreign, -one.score))


def _place(url: str) -> _Place:
    split = urlsplit(url)
    name, labels = _host(split.hostname or "")
    path = unquote(split_locale(split.path)[1]).strip("/")
    stem, dot, ending = path.rpartition(".")
    if dot and "/" not in ending:
        path = stem
    parts = [*labels, *filter(None, map(tokens_of, path.split("/", _LEVELS)))]
    if parts and parts[-1] in (("index",), ("default",), ("home",)):
        parts.pop()
    if not parts and split.query:
        # Some sites have one path for all their pages: /index.php?page=about.
        parts += filter(None, [tokens_of(" ".join(value for _, value in parse_qsl(split.query)))])
    return _Place(name, locale_of(url), len(labels), tuple(parts), split.query)


@lru_cache(maxsize=512)
def _host(host: str) -> tuple[str, tuple[tuple[str, ...], ...]]:
    """The name that its owner registered, and what stands before it."""
    domain = registered_domain(host)
    labels = host.removesuffix(domain).split(".") if host.endswith(domain) else []
    own = tuple(
        tokens_of(label) for label in labels if label not in ("", "www") and not split_locale(label)[0]
    )
    return "".join(tokens_of(domain.partition(".")[0])), own


def _kind(said: Meaning, end: Meaning, place: _Place) -> tuple[PageKind, float]:
    if not (said.shares or end.shares):
        return PageKind.OTHER, 0.0
    above = _kind_above(place)
    path_weight = _PATH if said.count else _PATH_ALONE
    best, value = PageKind.OTHER, 0.0
    for kind in _KINDS:
        own = _TEXT * said.shares.get(kind, 0.0) + path_weight * end.shares.get(kind, 0.0)
        if kind is above:
            own *= _BELOW_ITS_KIND
        elif above in _OF_ITS_OWN:
            own *= _BELOW_ANOTHER
        if own > value:
            best, value = kind, own
    return (best, value) if best is not PageKind.OTHER else (best, 0.0)


def _kind_above(place: _Place) -> PageKind | None:
    """The kind of page below which a page stands."""
    for part in reversed(place.parts[:-1]):
        for kind, share in meaning_of(part, place.name).shares.items():
            if share > 0.9:
                return kind
    return None


def _is_unwanted(text: tuple[str, ...], place: _Place) -> bool:
    if is_unwanted(text) or any(map(is_unwanted_section, place.parts)):
        return True
    return any(map(is_unwanted, (*place.parts[: place.labels], *place.parts[-1:])))


def _is_article(text: tuple[str, ...], place: _Place, said: Meaning, end: Meaning) -> bool:
    """Whether a link leads to one of many news, posts or stories."""
    if _POST.search(place.query):
        return True
    if any(_YEAR.fullmatch("-".join(part)) for part in place.parts[:-1]):
        return True
    names_kind = max(end.shares.values(), default=0.0) > 0.9
    if any(is_series(part) for part in place.parts[:-1]) and not names_kind:
        return True
    clearest = max((*said.shares.values(), *end.shares.values()), default=0.0)
    return len(text) >= _TITLE_WORDS and clearest < 0.5
