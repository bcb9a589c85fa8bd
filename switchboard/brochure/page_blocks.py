"""A page's text as blocks, each under its headings.

A block is a paragraph with its sentences, a list with its items or a table with its rows. Which of them are
worth quoting is judged elsewhere.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from switchboard.brochure.quoted_markdown import CITATION_LIKE
from switchboard.brochure.worth import DATE, LONGEST, word_count
from switchboard.sentences import Kind, Sentence, sentences

UNITS = 3_000
"""Sentences, items and rows of a page that are looked at; 40,000 characters of text have about 500."""
_ITEM_MARK = re.compile(r"[-*+•]\s+")
_QUOTE_MARKS = re.compile(r"[\"“”„«»]")
_CUT = re.compile(
    r"\b(?:Mio|Mrd|z\. ?B|bzw|inkl|zzgl|ca|T[eé]l|Str|u\. ?a|d\. ?h|usw|evtl|ggf|Dipl|Ing|Sra?|Dra?|Mme|"
    r"Mlle|Av|[Nn]úm|p\. ?ex|ecc|max|min|geb|gegr|mind|vgl|o\. ?g|i\. ?d\. ?R)\.\Z"
)
"""Abbreviations of other languages than English, which do not end a sentence."""
_ORDINAL = re.compile(r"(?<!\d)\d{1,2}\.\Z")
_AFTER_ORDINAL = re.compile(
    r"(?:Jan|Feb|März|Apr|Mai\b|Jun|Jul|Aug|Sep|Okt|Nov|Dez|Jahrhundert|Jahrestag|Generation)"
)
_GAP = re.compile(r"\n[ \t\r]*\n|\f")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading with the one that it stands under; ``place`` counts the headings of the page from 1."""

    text: str
    level: int
    place: int
    parent: "Heading | None" = None


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that stand together, of one kind: ``PROSE``, ``ITEM`` or ``ROW``."""

    kind: Kind
    lines: tuple[str, ...]
    heading: Heading


def blocks(text: str) -> list[Block]:
    """A page's blocks in their order; what stands before the first heading is under an empty one."""
    text = CITATION_LIKE.sub("", text)
    heading = Heading("", 0, 0)
    found: list[Block] = []
    for kind, lines in _runs(text):
        if kind is not Kind.HEADING:
            found.append(Block(kind, tuple(_whole(lines) if kind is Kind.PROSE else lines), heading))
            continue
        level = len(lines[0]) - len(lines[0].lstrip("#")) or 2
        parent: Heading | None = heading
        while parent is not None and parent.level >= level:
            parent = parent.parent
        heading = Heading(lines[0].lstrip("# "), level, heading.place + 1, parent)
    return _dated(found)


def cells(row: str) -> list[str]:
    """The cells of a row ``| … | … |``."""
    return [cell.strip() for cell in row.strip().strip("|").split("|")]


def is_date(text: str) -> bool:
    """Whether it is a date and little more: “Mumbai, 28 May 2026.”."""
    return len(text) <= 60 and word_count(text) <= 6 and DATE.search(text) is not None


def _runs(text: str) -> Iterator[tuple[Kind, list[str]]]:
    """Headings, paragraphs, lists and tables, whole."""
    kind, lines, end = Kind.HEADING, list[str](), 0
    for unit in islice(sentences(text), UNITS):
        unit_kind = Kind.PROSE if unit.kind is Kind.CODE else unit.kind
        is_apart = unit_kind is Kind.PROSE and _GAP.search(text, end, unit.start) is not None
        if unit_kind is not kind or unit_kind is Kind.HEADING or is_apart:
            if lines:
                yield kind, lines
            lines = []
        kind, end = unit_kind, unit.end
        lines.append(_words(unit))
    if lines:
        yield kind, lines


def _words(unit: Sentence) -> str:
    words = " ".join(unit.text.split())
    return _ITEM_MARK.sub("", words, count=1) if unit.kind is Kind.ITEM else words


def _whole(lines: list[str]) -> Iterator[str]:
    """A paragraph's sentences; those within quotation marks stay together, so does a date before one."""
    held, is_open = "", False
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        held = f"{held} {line}" if held else line
        is_open ^= len(_QUOTE_MARKS.findall(line)) % 2 == 1
        is_cut = _CUT.search(held[-24:]) or (_ORDINAL.search(held[-4:]) and _AFTER_ORDINAL.match(following))
        if following and len(held) <= LONGEST and (is_open or is_cut or is_date(held)):
            continue
        yield held
        held, is_open = "", False
    if held:
        yield held


def _dated(found: list[Block]) -> list[Block]:
    """A date that stands alone on its line goes to the paragraph under it."""
    joined: list[Block] = []
    for block in found:
        before = joined[-1] if joined else None
        if (
            block.kind is Kind.PROSE
            and before is not None
            and before.kind is Kind.PROSE
            and before.heading is block.heading
            and len(before.lines) == 1
            and is_date(before.lines[0])
        ):
            first = f"{before.lines[0].rstrip('.')}. {block.lines[0]}"
            joined[-1] = Block(Kind.PROSE, (first, *block.lines[1:]), block.heading)
        else:
            joined.append(block)
    return joined
