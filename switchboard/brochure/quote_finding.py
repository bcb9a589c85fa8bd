"""Finding what of a page can be quoted.

Sentences are judged one by one (``worth.py``); lists and tables are taken as the page has them. How much of
it goes into a text is decided in ``quoting.py``.
"""

from itertools import groupby

from switchboard.brochure.brief import Topic
from switchboard.brochure.contact_lines import is_contact_line, ways_of
from switchboard.brochure.events import PageKind
from switchboard.brochure.page_blocks import Block, Heading, blocks, cells
from switchboard.brochure.quotable import (
    Contact,
    Count,
    Grid,
    Line,
    Listing,
    Quotable,
    Quote,
    topic_named,
    topic_of,
)
from switchboard.brochure.worth import LONGEST, Judge, figures, is_bare_figure, word_count
from switchboard.messages import Source
from switchboard.sentences import Kind

_CARD_WORDS = 60
"""Words of a short section that may be one line of a list."""
_FIRST = 0.6
"""What the first sentence of a section has ahead of the second."""
_LABEL_WORDS = 8
_TITLE_WORDS = 16
_COLUMNS = (2, 6)
_CELL = 80
_ITEM_WORDS = 40
_COUNT_WORDS = 12
_SENTENCE_WORDS = 15
"""Words of a list's line, on average, from which on the list weighs as much as sentences."""


class QuoteFinder:
    """Goes over pages and keeps what can be quoted of them in ``found``.

    Args:
        judge: of the pages' language.
        company: its name.
    """

    def __init__(self, judge: Judge, company: str) -> None:
        self._judge = judge
        self._company = company
        self.found = Quotable()

    def read(self, source: Source, kind: PageKind) -> None:
        """Add what a page holds."""
        parts = blocks(source.text)
        in_cards = self._cards(parts, source.number, kind)
        before: Block | None = None
        for place, part in enumerate(parts):
            topic = topic_of(kind, part.heading, self._company)
            above = before if before is not None and before.heading is part.heading else None
            if topic is Topic.CONTACT and part.kind is not Kind.ROW:
                self._contact(part, above, source.number)
            elif part.kind is Kind.ROW:
                self._rows(part, above, source.number, topic)
            elif part.kind is Kind.ITEM:
                self._items(part, above, source.number, topic)
            elif part.heading in in_cards:
                for line in filter(ways_of, part.lines):
                    self._add_contact(Line(line), source.number, is_own=False)
            elif not self._is_count(part, above, source.number):
                self._prose(part, source.number, topic, 1 - place / len(parts))
            before = part

    def _prose(self, part: Block, number: int, topic: Topic, earliness: float) -> None:
        before: Quote | None = None
        for place, line in enumerate(part.lines):
            judge, previous, before = self._judge, before, None
            if ways_of(line):
                self._add_contact(Line(line), number, is_own=False)
                continue
            is_thin = not judge.is_sentence(line)
            if (is_thin and not self._is_fragment(line)) or not judge.is_welcome(line):
                continue
            depends = judge.depends(line) or (place > 0 and judge.refers(line))
            if depends and previous is None:
                continue
            worth = judge.worth(line) + 0.4 * earliness + (0.4 if previous is None else -0.8)
            worth -= 0.6 if part.heading.text.endswith("?") else 0.0
            is_history = topic in (Topic.OFFER, Topic.COMPANY) and judge.is_of_history(line)
            worth += 0.5 if is_history else 0.0
            quote = Quote(
                line,
                number,
                Topic.COMPANY if is_history else topic,
                (number, part.heading.place, len(self.found.quotes)),
                worth,
                previous,
                depends,
                is_thin,
            )
            self.found.quotes.append(quote)
            before = None if is_thin else quote

    def _is_fragment(self, line: str) -> bool:
        return len(line) <= LONGEST and word_count(line) >= 2

    def _cards(self, parts: list[Block], number: int, kind: PageKind) -> set[Heading]:
        """Take sections of one form for lines of a list; returns those that say nothing without a title."""
        sections: dict[Heading, list[Block]] = {}
        for part in parts:
            if part.kind is Kind.PROSE and part.heading.level > 1:
                sections.setdefault(part.heading, []).append(part)
        titled: set[Heading] = set()
        for parent, siblings in groupby(sections, key=lambda heading: (heading.parent, heading.level)):
            headings = list(siblings)
            topic = topic_of(kind, headings[0], self._company)
            is_low, is_news = parent[1] > 2, topic is Topic.NEWS
            if topic is Topic.CONTACT or (topic is Topic.COMPANY and not is_low):
                continue
            lines: dict[Heading, Line] = {}
            for heading in headings:
                size = sum(word_count(line) for block in sections[heading] for line in block.lines)
                if (is_low or is_news or size <= _CARD_WORDS) and (
                    topic_of(kind, heading, self._company) is topic
                ):
                    text = self._card(sections[heading][0])
                    if text and self._is_label(heading.text, 2 * _LABEL_WORDS if is_news else _LABEL_WORDS):
                        lines[heading] = Line(text, heading.text)
            if len(lines) < (2 if is_low or is_news else 3):
                continue
            title = parent[0].text if parent[0] is not None and parent[0].level > 1 else ""
            told = tuple(lines.values())
            self.found.listings.append(Listing(self._title(title), told, number, topic, has_sentences=True))
            titled |= set(lines) if is_low else set()
        return titled

    def _card(self, part: Block) -> str:
        """The better of a section's first two sentences."""
        fit = [
            line
            for place, line in enumerate(part.lines[:2])
            if self._judge.is_sentence(line)
            and self._judge.is_welcome(line)
            and not ways_of(line)
            and (place == 0 or not (self._judge.depends(line) or self._judge.refers(line)))
        ]

        def _worth(line: str) -> float:
            return self._judge.worth(line) + (_FIRST if line is fit[0] else 0.0)

        return max(fit, key=_worth, default="")

    def _items(self, part: Block, above: Block | None, number: int, topic: Topic) -> None:
        counts = [line for line in part.lines if self._counts(line)]
        if 2 * len(counts) >= len(part.lines):
            self.found.counts += [Count(line, number) for line in counts]
            return
        lines: list[Line] = []
        for line in part.lines:
            if ways_of(line):
                self._add_contact(Line(line), number, is_own=False)
            elif self._is_fragment(line) and word_count(line) <= _ITEM_WORDS and self._judge.is_welcome(line):
                lines.append(Line(line))
        if len(lines) > 1:
            mean = sum(word_count(line.text) for line in lines) / len(lines)
            title = self._lead(part, above)
            self.found.listings.append(
                Listing(title, tuple(lines), number, topic, has_sentences=mean > _SENTENCE_WORDS)
            )

    def _rows(self, part: Block, above: Block | None, number: int, topic: Topic) -> None:
        rows = [tuple(cells(line)) for line in part.lines if len(line) <= _COLUMNS[1] * (_CELL + 3)]
        header, width = rows[0] if rows else (), max(map(len, rows[1:]), default=0)
        if len(header) + 1 == width:
            header = ("", *header)
        kept = tuple(row for row in rows[1:] if len(row) == width and all(len(cell) <= _CELL for cell in row))
        is_header = len(header) == width and not any(figures(cell) or "@" in cell for cell in header)
        title = self._lead(part, above)
        if _COLUMNS[0] <= width <= _COLUMNS[1] and is_header and len(kept) > 1:
            self.found.grids.append(Grid(title, header, kept, number, topic))
        elif width == 2:
            lines = tuple(Line(row[1], row[0]) for row in rows if len(row) == 2 and all(row))
            if topic is Topic.CONTACT:
                for line in lines:
                    self._add_contact(line, number, is_own=True)
            elif len(lines) > 1:
                self.found.listings.append(Listing(title, lines, number, topic, has_sentences=False))

    def _contact(self, part: Block, above: Block | None, number: int) -> None:
        title = part.heading.text if part.heading.level > 1 else ""
        is_label = self._is_label(title, _LABEL_WORDS // 2) and topic_named(title, self._company) is None
        label = title if is_label and (above is None or above.kind is Kind.ROW) else ""
        for line in part.lines:
            if is_contact_line(line, has_verb=self._judge.tells(line)):
                self._add_contact(Line(line, label), number, is_own=True)
                label = ""

    def _add_contact(self, line: Line, number: int, *, is_own: bool) -> None:
        if len(line.text) <= LONGEST and self._judge.is_welcome(line.text, orders=True):
            self.found.contacts.append(Contact(line, number, is_own))

    def _is_count(self, part: Block, above: Block | None, number: int) -> bool:
        """A figure and what it counts, one above the other; or both on a line of their own."""
        if len(part.lines) > 1:
            return False
        line, held = part.lines[0], part.heading.text
        if above is not None and above.kind is Kind.PROSE and len(above.lines) == 1:
            held = above.lines[0]
        if is_bare_figure(line):
            return True
        if is_bare_figure(held) and word_count(line) <= _LABEL_WORDS and not figures(line):
            self.found.counts.append(Count(f"{held} {line}", number))
            return True
        if self._counts(line) and not self._judge.is_sentence(line):
            self.found.counts.append(Count(line, number))
            return True
        return False

    def _counts(self, line: str) -> bool:
        start = line[:1]
        return (
            (start.isdigit() or start in "$€£¥₹")
            and 2 <= word_count(line) <= _COUNT_WORDS
            and line.startswith(tuple(figures(line)[:1]))
            and self._judge.is_welcome(line)
        )

    def _lead(self, part: Block, above: Block | None) -> str:
        """What a list or table is called: the line right above it, or the heading."""
        if above is not None and above.kind is Kind.PROSE and len(above.lines) == 1:
            line = above.lines[0]
            if (line.endswith(":") or not self._judge.is_sentence(line)) and (title := self._title(line)):
                return title
        return self._title(part.heading.text) if part.heading.level > 1 else ""

    def _title(self, text: str) -> str:
        text = text.rstrip(" :.")
        return text if text and self._is_label(text, _TITLE_WORDS) else ""

    def _is_label(self, text: str, most: int) -> bool:
        return bool(text) and word_count(text) <= most and len(text) <= 120 and self._judge.is_welcome(text)
