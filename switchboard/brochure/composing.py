"""Composing the sections of a brochure from what can be quoted.

How much each section gets, in which form, and what stands above them all. Headings and the whole text are
``quoting.py``'s.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from switchboard.brochure.brief import Topic
from switchboard.brochure.contact_lines import ways_of
from switchboard.brochure.events import PageKind
from switchboard.brochure.picking import Picker
from switchboard.brochure.quotable import Grid, Line, Listing, Quotable, Quote
from switchboard.brochure.quoted_markdown import cited, escaped, item, table_of
from switchboard.brochure.worth import Judge, figures

_ROWS = 5
"""Rows of a table."""
_LINES = 5
"""Lines of a list."""
_COUNTS = 6
"""Short lines of figures."""
_CONTACTS = 6
_LOOKED_AT = 100
"""Ways to reach the company that are considered."""
_MEDIUM, _LONG = 17, 24
"""Sentences from which on every section has one list or table, or two."""
_AMOUNT = re.compile(r"[%€$£¥₹]|\b(?:[Mm]il|Mrd|[Bb]illion|bn)")
"""What stands at the figures of a company's results."""
_TIME = re.compile(r"\b(?:1[89]|20)\d\d\b")
_SOME = 5
"""Sentences from which on the summary of a page has a list or table."""
_DEFINING = (Topic.OFFER, Topic.COMPANY, Topic.CUSTOMERS, Topic.FIGURES)
"""What a sentence that says what a company does may be about."""
_TELLING = 1.2
"""What a sentence among the figures is worth at least."""
_FOREMOST = 1.0
"""How much more of the text the first section gets than the last: twice as much."""


class Composer:
    """Makes the parts of one brochure; what one part quotes no other does.

    Args:
        found: what can be quoted.
        judge: of the pages' language.
        kinds: what each page is for, by its number.
    """

    def __init__(self, found: Quotable, judge: Judge, kinds: Mapping[int, PageKind]) -> None:
        self._found = found
        self._judge = judge
        self._kinds = kinds
        self._picker = Picker()
        self._rows = 0
        whole = [quote for quote in found.quotes if not quote.is_thin]
        # A site with hardly a whole sentence is quoted by its fragments.
        self._quotes = whole if whole or found.listings else found.quotes

    @property
    def quoted(self) -> int:
        """How many sentences, lines and rows were quoted so far."""
        return self._picker.count + self._rows

    def standfirst(self) -> str:
        """The sentence that says best what the company does; empty where there is none."""
        free = [quote for quote in self._quotes if not quote.leans and quote.topic in _DEFINING]
        for kinds in ((PageKind.HOME, PageKind.ABOUT), tuple(PageKind)):
            near = [quote for quote in free if self._kinds.get(quote.number) in kinds]
            defining = {quote: self._judge.definition(quote.text) for quote in near}
            best = max(near, key=lambda quote: self._opening(quote, defining[quote]), default=None)
            if best is not None and (defining[best] > 0 or len(kinds) > 2):
                self._picker.open_with(best)
                return cited(best.text, best.number)
        return ""

    def sections(self, topics: Sequence[Topic], sentences: int) -> list[tuple[Topic, str]]:
        """The sections that the pages have something for, in the order of ``topics``."""
        present = [topic for topic in topics if topic is not Topic.CONTACT and self._has(topic)]
        shares = dict(zip(present, _shares(sentences, len(present)), strict=True))
        bodies: dict[Topic, str] = {}
        # Figures first: their short lines would else be said again by the sentences of other sections.
        for topic in sorted(present, key=lambda topic: topic is not Topic.FIGURES):
            extras = (sentences >= _MEDIUM) + (sentences >= _LONG or topic is present[0])
            if topic is Topic.FIGURES:
                bodies[topic] = self._figures(shares[topic])
            elif shares[topic]:
                bodies[topic] = self._section(topic, shares[topic], extras)
        if Topic.CONTACT in topics:
            bodies[Topic.CONTACT] = self._contact(
                max(3, min(_CONTACTS, sentences // 3)), tables=sentences >= _MEDIUM
            )
        return [(topic, bodies[topic]) for topic in topics if bodies.get(topic)]

    def summary(self, sentences: int) -> list[str]:
        """What the page begins with, its best paragraphs in their order, and a list or table of it."""
        found = self._found
        opening = next((quote for quote in self._quotes if not quote.leans), None)
        if opening is not None:
            self._picker.open_with(opening)
        extras: list[Listing | Grid] = sorted([*found.listings, *found.grids], key=_weight, reverse=True)
        extras = extras[: 1 + (sentences >= _MEDIUM) if sentences >= _SOME or not self._quotes else 0]
        # Lists before sentences: some of their lines could stand as sentences too.
        after = [self._extra(extra) for extra in extras]
        picked = self._picker.pick(self._quotes, max(1, sentences - 1 - len(extras)))
        left = sentences - 1 - len(picked) - len(extras)
        after = ["\n".join(self._counts(2 * left)), self._contact(max(2, left), tables=False), *after]
        first = cited(opening.text, opening.number) if opening is not None else ""
        return [text for text in (first, *(text for _, text in _paragraphs(picked)), *after) if text]

    def _opening(self, quote: Quote, definition: float) -> float:
        is_home = self._kinds.get(quote.number) is PageKind.HOME
        return definition + 0.3 * quote.worth + (0.5 if is_home else 0.0)

    def _has(self, topic: Topic) -> bool:
        if topic is Topic.FIGURES and (self._found.counts or any(map(self._is_of_figures, self._quotes))):
            return True
        parts: list[Quote | Listing | Grid] = [*self._quotes, *self._found.listings, *self._found.grids]
        return any(part.topic is topic for part in parts)

    def _section(self, topic: Topic, share: int, extras: int) -> str:
        """Sentences, and after them at most ``extras`` lists and tables."""
        pool = [quote for quote in self._quotes if quote.topic is topic]
        listings = [listing for listing in self._found.listings if listing.topic is topic]
        grids = [grid for grid in self._found.grids if grid.topic is topic]
        if topic is Topic.NEWS:
            cards = [listing for listing in listings if listing.has_sentences]
            lines = self._lines(cards[0], share + extras) if cards else ""
            return lines or _items(self._picker.pick(pool, share))
        best: list[Listing | Grid] = [max(group, key=_weight) for group in (listings, grids) if group]
        best = sorted(best, key=_weight, reverse=True)[: extras if pool else max(1, extras)]
        # Lists before sentences: some of their lines could stand as sentences too.
        after = [text for text in map(self._extra, best) if text]
        picked = self._picker.pick(pool, max(min(share, 2), share - len(after)))
        if not picked and not after:
            picked = self._picker.pick(pool, 1, least=-9.0)
        return "\n\n".join([*(text for _, text in _paragraphs(picked)), *after])

    def _extra(self, extra: Listing | Grid) -> str:
        body = self._grid(extra) if isinstance(extra, Grid) else self._lines(extra, _LINES)
        return f"### {escaped(extra.title)}\n\n{body}" if body and extra.title else body

    def _figures(self, share: int) -> str:
        told = self._counts(2 * share)
        left = max(1, share - (len(told) + 1) // 2)
        pool = [
            replace(quote, worth=quote.worth + 0.4 * min(4, len(_AMOUNT.findall(quote.text))))
            for quote in self._quotes
            if self._is_of_figures(quote)
        ]
        picked = self._picker.pick(pool, left, least=_TELLING)
        lines = "\n".join(filter(None, ["\n".join(told), _items(picked)]))
        grids = [grid for grid in self._found.grids if grid.topic is Topic.FIGURES]
        tables = [self._extra(max(grids, key=_weight))] if grids else []
        return "\n\n".join(filter(None, [lines, *tables]))

    def _counts(self, most: int) -> list[str]:
        lines: list[str] = []
        for count in self._found.counts:
            if len(lines) < min(_COUNTS, most) and self._picker.take(count.text):
                lines.append(item(count.text, count.number))
        return lines

    def _is_of_figures(self, quote: Quote) -> bool:
        if quote.topic is Topic.FIGURES:
            return True
        return quote.topic is Topic.COMPANY and not quote.leans and len(figures(quote.text)) > 1

    def _lines(self, listing: Listing, most: int) -> str:
        kept: list[Line] = []
        for line in listing.lines:
            if len(kept) < most and self._picker.take(f"{line.label} {line.text}"):
                kept.append(line)
        return "\n".join(item(line.text, listing.number, line.label) for line in kept)

    def _grid(self, grid: Grid) -> str:
        is_history = all(_TIME.search(row[0]) for row in grid.rows)
        rows = [grid.rows[at] for at in _spread(len(grid.rows), _ROWS, is_even=is_history)]
        self._rows += len(rows)
        return table_of(grid.header, rows, grid.number)

    def _contact(self, most: int, *, tables: bool) -> str:
        own = [contact for contact in self._found.contacts if contact.is_own]
        grids = [grid for grid in self._found.grids if grid.topic is Topic.CONTACT]
        lines: list[str] = []
        told: set[str] = set()
        contacts = (own or self._found.contacts)[:_LOOKED_AT]
        ways = [ways_of(contact.line.text) for contact in contacts]
        for contact, named in zip(contacts, ways, strict=True):
            is_told = named <= told or any(named < other for other in ways) if named else False
            if len(lines) < most and not is_told and (named or self._picker.take(contact.line.text)):
                told |= named
                lines.append(item(contact.line.text, contact.number, contact.line.label))
        table = self._extra(grids[0]) if grids and tables else ""
        return "\n\n".join(filter(None, ["\n".join(lines), table]))


def _shares(whole: int, count: int) -> list[int]:
    """How many sentences each of ``count`` sections gets, at least one as far as they go, the first most."""
    weights = [1 + _FOREMOST * (count - 1 - place) / max(1, count - 1) for place in range(count)]
    shares = [1 if place < whole else 0 for place in range(count)]
    for _ in range(max(0, whole - count)):
        place = max(range(count), key=lambda place: (weights[place] / shares[place], -place), default=0)
        if shares:
            shares[place] += 1
    return shares


def _weight(extra: Listing | Grid) -> float:
    """Short sections before tables, tables before lists of a few words; named before nameless."""
    form = 2 if isinstance(extra, Grid) else 4 if extra.has_sentences else 0
    size = len(extra.rows) if isinstance(extra, Grid) else len(extra.lines)
    return min(size, _LINES) + form + (1 if extra.title else 0)


def _spread(count: int, most: int, *, is_even: bool) -> Iterable[int]:
    """The first ``most`` of ``count`` rows; of a course of events the first, the last and some between."""
    if count <= most or not is_even:
        return range(min(count, most))
    return [round(place * (count - 1) / (most - 1)) for place in range(most)]


def _items(quotes: Iterable[Quote]) -> str:
    return "\n".join(item(quote.text, quote.number) for quote in quotes)


def _paragraphs(quotes: Iterable[Quote]) -> list[tuple[tuple[int, int], str]]:
    """The sentences from under one heading together, with the numbers of the page and of the heading."""
    return [
        (place, " ".join(cited(quote.text, quote.number) for quote in group))
        for place, group in groupby(quotes, key=lambda quote: quote.place[:2])
    ]
