"""Cutting what the built-in reader may quote into sentences that know their place.

A source, an attached document and the manual all become quotes. Which of them answer a question is decided in
``reader_answers.py``.
"""

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from switchboard.messages import Document, Source
from switchboard.pdf import PAGE_MARK
from switchboard.sentences import Kind, Sentence, plain, sentences

QUOTE_CHARACTERS = 700
"""Where a quote is cut off with an ellipsis; few sentences are longer."""

_MARKED_PAGE = re.compile(rf"(?:{PAGE_MARK.pattern})\n?", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence, list item, table row or block of code, word for word.

    Attributes:
        text: its words, without the marks of Markdown.
        title: what it comes from: a source's title or a file's name.
        headings: those it stands under, the outermost first.
        place: where in that, for a person: a page or the headings; empty for a numbered source.
        number: the source's number, 0 for a document.
        kind: what the text is.
    """

    text: str
    title: str
    headings: tuple[str, ...]
    place: str
    number: int = 0
    kind: Kind = Kind.PROSE

    @property
    def section(self) -> tuple[object, ...]:
        """Equal for quotes that stand together."""
        return (self.number, self.title, self.headings, self.place)


def source_quotes(sources: Sequence[Source]) -> list[Quote]:
    """The quotes of numbered sources."""
    return [
        Quote(text, source.title, headings, "", source.number, kind)
        for source in sources
        for text, headings, kind in _cut(source.text)
    ]


def document_quotes(documents: Sequence[Document]) -> list[Quote]:
    """The quotes of attached files, with their page or headings."""
    return [quote for document in documents for quote in _document(document)]


@lru_cache(maxsize=2)
def manual_quotes(manual: str) -> tuple[Quote, ...]:
    """The quotes of the application's manual, its title left out of their places."""
    return tuple(
        Quote(text, "the manual", headings, " › ".join(headings[1:] or headings), 0, kind)
        for text, headings, kind in _cut(manual)
    )


def _document(document: Document) -> Iterator[Quote]:
    name, text = document.name, document.text
    ending = name.rpartition(".")[2].lower()
    if ending in ("csv", "tsv"):
        for number, row in _rows(text, "\t" if ending == "tsv" else ","):
            yield Quote(row, name, (), f"line {number}", 0, Kind.ROW)
        return
    if ending in ("html", "htm"):
        text = _without_tags(text)
    elif ending == "json":
        text = _in_lines(text)
    page = ""
    # The text between page marks alternates with the numbers that the marks hold.
    for at, piece in enumerate(_MARKED_PAGE.split(text)):
        if at % 2:
            page = f"page {piece}"
            continue
        for words, headings, kind in _cut(piece):
            yield Quote(words, name, headings, page or " › ".join(headings), 0, kind)


def _in_lines(text: str) -> str:
    """JSON with a value on each line, so that one can be quoted alone."""
    try:
        return json.dumps(json.loads(text), indent=1, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


def _rows(text: str, comma: str) -> Iterator[tuple[int, str]]:
    lines = csv.reader(io.StringIO(text.replace("\x00", "")), delimiter=comma)
    try:
        header = next(lines, [])
        for cells in lines:
            if row := _row(header, cells):
                yield lines.line_num, row
    except csv.Error:
        return


def _row(header: Sequence[str], cells: Sequence[str]) -> str:
    named = [
        f"{header[at].strip()}: {cell.strip()}" if at < len(header) and header[at].strip() else cell.strip()
        for at, cell in enumerate(cells)
        if cell.strip()
    ]
    return _clipped("; ".join(named))


def _cut(text: str) -> Iterator[tuple[str, tuple[str, ...], Kind]]:
    """Each unit's words with the headings above it; headings themselves are not quoted."""
    path: list[tuple[int, str]] = []
    header: list[str] = []
    before: Sentence | None = None
    for unit in sentences(text):
        if unit.level:
            path = [*(entry for entry in path if entry[0] < unit.level), (unit.level, unit.plain)]
        elif unit.kind is Kind.ROW:
            cells = [plain(cell) for cell in unit.text.strip("|").split("|")]
            if before is None or before.kind is not Kind.ROW:
                header = cells
            elif words := _row(header, cells):
                yield words, tuple(name for _, name in path), unit.kind
        else:
            words = (
                unit.text if unit.kind is Kind.CODE else _clipped(plain(unit.text[: 2 * QUOTE_CHARACTERS]))
            )
            if words:
                yield words, tuple(name for _, name in path), unit.kind
        before = unit


def _clipped(text: str) -> str:
    if len(text) <= QUOTE_CHARACTERS:
        return text
    return text[:QUOTE_CHARACTERS].rsplit(" ", 1)[0] + " …"


_INLINE_TAGS = "a abbr b bdi cite code em font i kbd label mark q s small span strong sub sup u var"
_INLINE = frozenset(_INLINE_TAGS.split())
_HIDDEN = frozenset({"script", "style", "template", "noscript", "svg"})


def _without_tags(markup: str) -> str:
    """The text of a page: blocks on lines of their own, headings and list items marked as in Markdown."""
    from lxml import etree

    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    try:
        page = etree.fromstring(markup.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return ""
    if page is None:
        return ""
    pieces: list[str] = []
    hidden = 0
    for event, element in etree.iterwalk(page, events=("start", "end")):
        tag, text = str(element.tag), element.text if event == "start" else element.tail
        hidden += (tag in _HIDDEN) * (1 if event == "start" else -1)
        if tag not in _INLINE:
            pieces.append(_opening(tag) if event == "start" else "\n\n")
        if text and not hidden:
            pieces.append(re.sub(r"\s+", " ", text))
    return "".join(pieces)


def _opening(tag: str) -> str:
    if tag == "li":
        return "\n- "
    return "\n\n" + "#" * int(tag[1]) + " " if re.fullmatch("h[1-6]", tag) else "\n\n"
