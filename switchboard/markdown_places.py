"""Finding where the words of a Markdown text's blocks stand in the text.

markdown-it tells the lines of a block, and its words without what is around them: list marks, indents, the
bars of a table. From these the place of any of the words is found, both ways. Nothing is parsed here.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.token import Token

_UNPRINTABLE = re.compile("[\0\ud800-\udfff]")
_CELLS = ("th_open", "td_open")
_UNDERLINE = re.compile(r"\s*(?:=+|-+)\s*")


class Text:
    """A text as the parser reads it, with the way back to the caller's offsets."""

    def __init__(self, text: str) -> None:
        """Make the ends of its lines and its characters such as every parser and file takes."""
        self._returns = [found.start() for found in re.finditer("\r\n", text)]
        self._kept = [offset - before for before, offset in enumerate(self._returns)]
        self.text = _UNPRINTABLE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
        self.lines = self.text.split("\n")
        self._starts = [0]
        for line in self.lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def place(self, offset: int) -> tuple[int, int]:
        """The line and column of an offset of the caller's."""
        offset = max(0, min(offset - bisect_left(self._returns, offset), len(self.text)))
        line = bisect_right(self._starts, offset) - 1
        return line, offset - self._starts[line]

    def offset(self, line: int, column: int) -> int:
        """The caller's offset of a place."""
        at = self._starts[line] + column
        return at + bisect_left(self._kept, at)


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that stand together: at ``at`` in their block's words, at ``column`` in ``line`` of the text."""

    at: int
    line: int
    column: int
    length: int


@dataclass(frozen=True, slots=True)
class Span:
    """Where the words of a block stand in the text; it has one piece at least."""

    pieces: tuple[Piece, ...]

    def place(self, at: int) -> tuple[int, int]:
        """The line and column in the text of ``at`` in the block's words."""
        piece = self.pieces[max(0, bisect_right(self.pieces, at, key=lambda piece: piece.at) - 1)]
        return piece.line, max(0, piece.column + at - piece.at)

    def at(self, line: int, column: int) -> int:
        """Where in the block's words a place in the text is, or the nearest to it."""
        before = bisect_right(self.pieces, (line, column), key=lambda piece: (piece.line, piece.column))
        if before == 0:
            return 0
        piece = self.pieces[before - 1]
        return piece.at + (min(column - piece.column, piece.length) if piece.line == line else piece.length)


def spans(lines: Sequence[str], tokens: "Sequence[Token]") -> Iterator[tuple[int, Span]]:
    """Every block of words, by its index in ``tokens``."""
    row, column = -1, 0
    for index, token in enumerate(tokens):
        if token.type != "inline" or token.map is None:
            continue
        line, end = token.map
        if tokens[index - 1].type in _CELLS:
            column = column if line == row else 0
            row = line
            pieces = list(_cell(lines[line], token.content, line, column))
            column = pieces[-1].column + pieces[-1].length
        else:
            pieces = list(_lines(lines, token.content, line, end))
        yield index, Span(tuple(pieces))


def assigned(
    source: Text, tokens: "Sequence[Token]", blocks: Sequence[tuple[int, Span]], offsets: Iterable[int]
) -> tuple[dict[int, list[tuple[int, int]]], list[int]]:
    """The block that each offset belongs to.

    Returns:
        For each block, by its index in ``tokens``, where in its words and which offset; then the offsets that
        belong to no block of words.
    """
    inside: dict[int, list[tuple[int, int]]] = {}
    outside: list[int] = []
    by_line: dict[int, list[tuple[int, Span]]] = {}
    for index, span in blocks:
        for line in {piece.line for piece in span.pieces}:
            by_line.setdefault(line, []).append((index, span))
    for offset in sorted(set(offsets)):
        line, column = source.place(offset)
        # The rule under a heading's words belongs to them.
        above = line - 1 if _UNDERLINE.fullmatch(source.lines[line]) else line
        here = by_line.get(line) or by_line.get(above)
        if not here:
            outside.append(offset)
            continue
        index, span = ([here[0]] + [found for found in here if _begins(found[1]) <= (line, column)])[-1]
        at = span.at(line, column)
        # A mark before the spaces at the end of a line leaves them there for the parser to see.
        at = len(tokens[index].content[:at].rstrip(" \t"))
        inside.setdefault(index, []).append((at, offset))
    return inside, outside


def _begins(span: Span) -> tuple[int, int]:
    return span.pieces[0].line, span.pieces[0].column


def _cell(row: str, content: str, line: int, column: int) -> Iterator[Piece]:
    r"""A table's cell, in which ``\|`` became ``|``."""
    first = max(column, row.find(content.replace("|", "\\|"), column))
    at = 0
    for number, part in enumerate(content.split("|")):
        length = len(part) + bool(number)
        yield Piece(at, line, first + at + number, length)
        at += length


def _lines(lines: Sequence[str], content: str, line: int, end: int) -> Iterator[Piece]:
    written = content.split("\n")
    # A first line of nothing but an odd space is not in the words.
    while line + len(written) < end and written[0].strip() not in lines[line]:
        line += 1
    at = 0
    for words in written:
        number = min(line, end - 1)
        indent = len(words) - len(words.lstrip())
        yield Piece(at, number, lines[number].rfind(words.strip()) - indent, len(words))
        at += len(words) + 1
        line += 1
