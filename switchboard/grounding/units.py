"""A source's sentences, items and rows, each with what stands above it and is meant with it.

How they are asked is in ``evidence.py``.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from switchboard.grounding.facts import tokens
from switchboard.grounding.figures import MONEY, UNITS, Amount, Day
from switchboard.grounding.numerals import SCALES
from switchboard.grounding.tokens import Code, Mark, Token
from switchboard.grounding.wording import Word
from switchboard.messages import Source
from switchboard.sentences import Kind, Sentence, sentences

_LABEL_DISTANCE = 2
_CELL_DISTANCE = 8
_LEAST_PART = 4
"""Tokens before a semicolon that can say something of their own."""
_AND = 4
"""How many words of distance an "and" counts for."""
_LONGEST = 250
"""Tokens after which a sentence is cut in any case."""
_CONTEXT = 60
"""Tokens of a heading or sentence that are kept for what stands below it."""
_HEAD = 12
"""The same of a column's head."""
_COMMA = 4
"""How many words of distance a mark between two words counts for."""


_RULED = re.compile(r"\n[ \t]*\|[ :|-]{0,120}-{2,}[ :|-]{0,120}\s{0,8}$")
_RULE = re.compile(r"\s{0,8}\|?[ :]{0,4}-{2,}")


@dataclass(slots=True)
class Unit:
    """A sentence, item or row of a source."""

    number: int
    start: int
    end: int
    tokens: list[Token]
    columns: list[int]
    """For a row, the column of each token; empty for anything else."""
    context: list[Token]
    roots: frozenset[str] = frozenset()
    context_roots: frozenset[str] = frozenset()
    heading_roots: frozenset[str] = frozenset()
    table: int = -1
    """The place of its table's first row in the source; -1 for what is no row."""
    cell_roots: frozenset[str] = frozenset()
    """The roots of a row without those of its columns' heads."""
    is_prose: bool = False
    places: list[int] = field(default_factory=list)
    """Where each token stands, marks counted as words."""

    def distance(self, one: int, two: int) -> int:
        """How far apart two tokens are, in words; cells of a row belong to its first cell."""
        near = abs(self.places[one] - self.places[two])
        if not self.columns or self.columns[one] == self.columns[two]:
            return near
        return _LABEL_DISTANCE if 0 in (self.columns[one], self.columns[two]) else _CELL_DISTANCE


def coded_keys(code: Code) -> list[str]:
    """A code's key, and those of its beginnings before a hyphen ("A350" of "A350-900")."""
    parts = code.text.split("-")
    begun = ("".join(parts[:count]).casefold() for count in range(1, len(parts)))
    return [code.key, *(key for key in begun if len(key) > 2 and key[-1:].isdigit())]


def roots(cut: Iterable[Token]) -> frozenset[str]:
    """Every root of a text's words and codes."""
    found: set[str] = set()
    for token in cut:
        if isinstance(token, Word):
            found |= token.roots
        elif isinstance(token, Code):
            found.update(f"#{key}" for key in coded_keys(token))
    return frozenset(found)


def places(cut: Sequence[Token]) -> list[int]:
    """Where each token stands in a line of words, a mark taking the room of several."""
    at = 0
    found = []
    for token in cut:
        joins = isinstance(token, Word) and token.folded in ("and", "or", "while", "but", "then", "plus")
        at += _COMMA if isinstance(token, Mark) else _AND if joins else 1
        found.append(at)
    return found


def units(source: Source, *, foreign: bool = False) -> list[Unit]:
    """The units of a source."""
    return list(_units(source, foreign))


def _units(source: Source, foreign: bool) -> Iterator[Unit]:
    title = tokens(source.title[:300], foreign=foreign)
    headings: list[tuple[int, list[Token]]] = []
    before: list[Token] = []
    header: list[list[Token]] = []
    last_row, last_end, table = -2, 0, 0
    above, above_roots = title, roots(title)
    for order, sentence in enumerate(sentences(source.text)):
        if sentence.kind is Kind.HEADING:
            while headings and headings[-1][0] >= sentence.level:
                headings.pop()
            cut = tokens(sentence.plain, foreign=foreign)
            headings.append((sentence.level, cut[:_CONTEXT]))
            before, header = [], []
            yield _unit(source, sentence, cut, [], title, roots(title))
            above = [*title, *(token for _, heading in headings for token in heading)]
            above_roots = roots(above)
            continue
        if sentence.kind is Kind.ROW:
            cells = [tokens(cell, foreign=foreign) for cell in _cells(sentence)]
            if last_row != order - 1 or "\n\n" in source.text[last_end : sentence.start]:
                header = cells if _is_header(source.text, sentence, cells) else []
                table = sentence.start
                row = _row(source, sentence, [], cells, above, above_roots)
            else:
                row = _row(source, sentence, header, cells, above, above_roots)
            row.table = -1 if header is cells else table
            row.cell_roots = roots(token for cell in cells for token in cell)
            yield row
            last_row, last_end = order, sentence.end
            continue
        cut = tokens(sentence.plain, foreign=foreign)
        said = roots(before)
        days: list[Token] = []
        for part in _parts(cut):
            unit = _unit(source, sentence, part, [], [*above, *before, *days], above_roots)
            unit.context_roots |= said
            days += [token for token in part if isinstance(token, Day)]
            said |= unit.roots
            yield unit
        if sentence.kind is not Kind.ITEM:
            before = cut[:_CONTEXT]


def _parts(cut: list[Token]) -> Iterator[list[Token]]:
    """A sentence's parts between semicolons."""
    start = 0
    for at, token in enumerate(cut):
        is_end = isinstance(token, Mark) and token.text == ";" and at - start >= _LEAST_PART
        if is_end or at - start >= _LONGEST:
            yield cut[start:at]
            start = at + is_end
    yield cut[start:] if start else cut


def _is_header(text: str, sentence: Sentence, cells: Sequence[Sequence[Token]]) -> bool:
    """Whether a table's first row heads its columns; a ruled line above it, and it does not."""
    if _RULED.search(text[max(0, sentence.start - 200) : sentence.start]):
        return False
    if _RULE.match(text[sentence.end : sentence.end + 40]):
        return True
    return not any(isinstance(token, Amount | Day) for cell in cells for token in cell)


def _unit(
    source: Source,
    sentence: Sentence,
    cut: list[Token],
    columns: list[int],
    context: list[Token],
    above: frozenset[str],
) -> Unit:
    return Unit(
        source.number,
        sentence.start,
        sentence.end,
        cut,
        columns,
        context,
        roots(cut),
        above,
        heading_roots=above,
        is_prose=sentence.kind is Kind.PROSE,
        places=places(cut),
    )


def _cells(sentence: Sentence) -> list[str]:
    return [cell.strip() for cell in sentence.plain.strip().removeprefix("|").removesuffix("|").split("|")]


def _row(
    source: Source,
    sentence: Sentence,
    header: list[list[Token]],
    cells: list[list[Token]],
    above: list[Token],
    above_roots: frozenset[str],
) -> Unit:
    """A row with the heads of its columns; heads that lack the one above the labels are aligned right."""
    shift = len(cells) - len(header)
    cut: list[Token] = []
    columns: list[int] = []
    for column, cell in enumerate(cells):
        at = column - max(0, shift)
        head = header[at] if 0 <= at < len(header) else []
        for token in [*head[:_HEAD], *(_scaled(token, head) for token in cell)]:
            cut.append(token)
            columns.append(column)
    return _unit(source, sentence, cut, columns, above, above_roots)


def _scaled(token: Token, head: Sequence[Token]) -> Token:
    """A cell's number with the readings that the scale and unit in its column's head allow."""
    if not isinstance(token, Amount):
        return token
    values = token.values
    measure, step = token.measure, token.step
    for word in head:
        if not isinstance(word, Word):
            continue
        if word.folded in SCALES and len(word.folded) > 2:
            values = (*values, *(value * SCALES[word.folded] for value in values))
            step *= SCALES[word.folded]
        elif not measure and word.folded in UNITS and len(word.folded) > 1:
            kind, factor = UNITS[word.folded]
            if kind not in MONEY and kind != "%":
                values = (*values, *(value * factor for value in token.values))
    return replace(token, values=values, measure=measure, step=step, is_loose=True)
