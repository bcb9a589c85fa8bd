"""Markdown text, cut into the smallest spans that may stand alone.

Headings with ``#`` signs, fenced code and tables are told apart from other text; whatever else Markdown has
stays part of the lines it stands in. The spans follow one another and make up the whole text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_HEADING = re.compile(r" {0,3}(#{1,6})[ \t](.*)")
_FENCE = re.compile(r"\s*(`{3,}|~{3,})([^`]*)$")
_DELIMITER = re.compile(r":?-+:?")
_NAME_CHARACTERS = 120


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a text from ``start`` to ``end``, with what is known of it.

    Attributes:
        start: offset in characters into the text.
        end: offset of the first character after it.
        path: the headings it stands under, from the outermost; its own where it is a heading.
        heading: whether it is a heading.
        whole: whether it must not be split: code between fences, a row of a table.
        lead: the header rows of its table, for a row below them.
        loose: whether a paragraph ends before it, so that it is a good place to begin.
    """

    start: int
    end: int
    path: tuple[str, ...]
    heading: bool = False
    whole: bool = False
    lead: str = ""
    loose: bool = False


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    text: str


def spans(text: str) -> Iterator[Span]:
    """Cut ``text`` into headings, fences, table rows and paragraphs; empty lines go with what is above."""
    lines = [_Line(m.start(), m.end(), m.group().rstrip("\r\n")) for m in _LINE.finditer(text)]
    closes = _closing_fences(lines)
    path: tuple[tuple[int, str], ...] = ()
    index, loose = 0, True
    while index < len(lines):
        first = lines[index]
        heading = _HEADING.match(first.text)
        names = tuple(name for _, name in path)
        if heading:
            level, name = len(heading[1]), _name(heading[2])
            path = (*(part for part in path if part[0] < level), (level, name))
            stop = _past_blank(lines, index + 1)
            yield Span(first.start, lines[stop - 1].end, tuple(n for _, n in path), heading=True, loose=True)
        elif index in closes:
            stop = _past_blank(lines, closes[index] + 1)
            yield Span(first.start, lines[stop - 1].end, names, whole=True, loose=loose)
        elif _starts_table(lines, index):
            stop = _table_end(lines, index)
            yield from _rows(text, lines[index:stop], names, loose)
        else:
            stop = _paragraph_end(lines, index, closes)
            row = first.text.lstrip().startswith("|")
            yield Span(first.start, lines[stop - 1].end, names, whole=row, loose=loose)
        loose = not lines[stop - 1].text.strip()
        index = stop


def _name(heading: str) -> str:
    """The words of a heading, without the ``#`` signs that may close it."""
    name = heading.strip()
    words = name.rstrip("#")
    return (words.strip() if not words or words[-1] in " \t" else name)[:_NAME_CHARACTERS]


def _closing_fences(lines: list[_Line]) -> dict[int, int]:
    """The line that opens each fenced block → the line that closes it; what is never closed is no block."""
    closes: dict[int, int] = {}
    opened: tuple[int, str] | None = None
    for index, line in enumerate(lines):
        fence = _FENCE.match(line.text)
        if not fence:
            continue
        if opened is None:
            opened = index, fence[1]
        elif fence[1].startswith(opened[1]) and not fence[2].strip():
            closes[opened[0]] = index
            opened = None
    return closes


def _past_blank(lines: list[_Line], index: int) -> int:
    while index < len(lines) and not lines[index].text.strip():
        index += 1
    return index


def _starts_table(lines: list[_Line], index: int) -> bool:
    if index + 1 == len(lines) or not all("|" in line.text for line in lines[index : index + 2]):
        return False
    cells = lines[index + 1].text.strip().strip("|").split("|")
    return all(_DELIMITER.fullmatch(cell.strip()) for cell in cells)


def _table_end(lines: list[_Line], index: int) -> int:
    index += 2
    while index < len(lines) and "|" in lines[index].text and not _HEADING.match(lines[index].text):
        index += 1
    return _past_blank(lines, index)


def _rows(text: str, lines: list[_Line], path: tuple[str, ...], loose: bool) -> Iterator[Span]:
    """The header rows as one span, then a span a row; empty lines go with the row above."""
    lead = text[lines[0].start : lines[1].end]
    rows = [line for line in lines[2:] if line.text.strip()]
    starts = [lines[0].start, *(row.start for row in rows)]
    ends = [*starts[1:], lines[-1].end]
    for number, (start, end) in enumerate(zip(starts, ends, strict=True)):
        yield Span(start, end, path, whole=True, lead=lead if number else "", loose=loose and not number)


def _paragraph_end(lines: list[_Line], index: int, closes: dict[int, int]) -> int:
    if lines[index].text.lstrip().startswith("|"):
        return _past_blank(lines, index + 1)
    index += 1
    while index < len(lines) and lines[index].text.strip():
        text = lines[index].text
        starts = _HEADING.match(text) or text.lstrip().startswith("|") or _starts_table(lines, index)
        if starts or index in closes:
            return index
        index += 1
    return _past_blank(lines, index)
