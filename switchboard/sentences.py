"""Splitting a text into its sentences, each with its place in the text.

Markdown is known: a heading, a list item, a table row or a fenced block of code is one unit, never cut or
joined with its neighbours. It does not render Markdown, and it knows the abbreviations of English alone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

LONG = 400
"""Characters without an end of a sentence after which line breaks are taken for ends, as in logs and CSV."""


class Kind(Enum):
    """What a unit of text is."""

    PROSE = "prose"
    HEADING = "heading"
    ITEM = "list item"
    ROW = "table row"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A unit of a text: ``text`` is exactly ``source[start:end]``."""

    text: str
    start: int
    end: int
    kind: Kind = Kind.PROSE

    @property
    def plain(self) -> str:
        """Its words on one line, without the marks of Markdown; code as it is."""
        return self.text if self.kind is Kind.CODE else plain(self.text)

    @property
    def mark_at(self) -> int:
        """The end of what is said, where a mark on it can stand: in a table row, before the last bar."""
        if self.kind is Kind.ROW and self.text.endswith("|"):
            return self.start + len(self.text[:-1].rstrip())
        if self.kind is Kind.HEADING:
            return self.start + len(self.text.split("\n")[0].rstrip())
        return self.end

    @property
    def level(self) -> int:
        """1 to 6 for a heading, 0 for anything else."""
        if self.kind is not Kind.HEADING:
            return 0
        marks = len(self.text) - len(self.text.lstrip("#"))
        return marks or (1 if self.text.rstrip().endswith("=") else 2)


_FENCE = re.compile(r"\s{0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r"#{1,6}\s+\S")
_UNDERLINE = re.compile(r"(=+|-{3,})\s*$")
_ITEM = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)])\s+\S")
_ROW = re.compile(r"\s*\|.*\|\s*$")
_RULED = re.compile(r"[\s|:+-]+$")
_BREAK = re.compile(r"\s*(?:[-*_]\s*){3,}$")
_ENDS_BLOCK = re.compile(
    "|".join(pattern.pattern for pattern in (_FENCE, _HEADING, _ITEM, _ROW, _BREAK, _UNDERLINE))
)
# Possessive quantifiers, look-behinds and bounds here and below keep hostile text from costing squared time.
_END = re.compile(r"(?<![.!?…])[.!?…]++[\"'”’»)\]*_]*+(?:\s?\[\d{1,3}\])*(?=\s|\Z)|[。！？।]++[」』”]?")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\"'“‘])(?:[A-Za-z]|[A-Za-z](?:\.[A-Za-z])+|Mrs?|Ms|Dr|Prof|Sr|Jr|St|Mt|No|Nos|Fig|Figs|Eq|Sec|Ch|"
    r"Vol|Nr|vs|etc|cf|al|approx|ca|pp?|Inc|Ltd|Co|Corp|Gen|Col|Capt|Lt|Sen|Rep|Gov|Rev|Hon|Ave|Dept|est|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|Mon|Tue|Wed|Thu|Fri|Sat|Sun)\.$"
)
_BEFORE_END = re.compile(r"(?:etc|Inc|Ltd|Co|Corp|al|[ap]\.m|U\.S|U\.K)\.$")
"""Abbreviations that often close a sentence: a capital after them begins a new one."""

_MARKUP = (
    (re.compile(r"^\s{0,3}(?:#{1,6}\s+|>\s?|(?:[-*+•]|\d{1,3}[.)])\s+(?:\[[ xX]\]\s+)?)+"), ""),
    (re.compile(r"(?<!\s)\s+#+\s*$|(?<!\s)\s*\n[ \t]*(?:=+|-{3,})\s*$"), ""),
    (re.compile(r"!\[([^\]\n]{0,300})\]\([^)\n]{0,2000}\)"), r"\1"),
    (re.compile(r"\[([^\]\n]{1,300})\]\([^)\n]{0,2000}\)"), r"\1"),
    (re.compile(r"(\*\*|__|~~|`{1,3})(?=\S)(.{1,400}?)(?<=\S)\1", re.DOTALL), r"\2"),
    (re.compile(r"(?<![\w*])\*(?=\S)([^*\n]{1,400}?)(?<=\S)\*(?![\w*])"), r"\1"),
    (re.compile(r"\s+"), " "),
)


def plain(markdown: str) -> str:
    """A unit's words on one line, without list marks, emphasis, links' addresses and heading marks."""
    for pattern, replacement in _MARKUP:
        markdown = pattern.sub(replacement, markdown)
    return markdown.strip()


def sentences(text: str) -> list[Sentence]:
    """The units of ``text`` in their order; blank lines, rules and tables' ruled lines are left out."""
    return list(_units(text))


def _units(text: str) -> Iterator[Sentence]:
    lines = list(_lines(text))
    at = 0
    while at < len(lines):
        start, end = lines[at]
        line = text[start:end]
        last = at
        if not line.strip() or _BREAK.match(line):
            pass
        elif fence := _FENCE.match(line):
            last = _fence_end(text, lines, at, fence[1])
            yield _unit(text, start, lines[last][1], Kind.CODE)
        elif _HEADING.match(line):
            yield _unit(text, start, end, Kind.HEADING)
        elif _ROW.match(line):
            if not _RULED.match(line):
                yield _unit(text, start, end, Kind.ROW)
        else:
            last = _block_end(text, lines, at)
            following = text[slice(*lines[last + 1])] if last + 1 < len(lines) else ""
            if _ITEM.match(line):
                yield _unit(text, start, lines[last][1], Kind.ITEM)
            elif last == at and _UNDERLINE.match(following):
                last += 1
                yield _unit(text, start, lines[last][1], Kind.HEADING)
            else:
                yield from _prose(text, start, lines[last][1])
        at = last + 1


def _lines(text: str) -> Iterator[tuple[int, int]]:
    for match in re.finditer(r"[^\n\f]*(?:[\n\f]|$)", text):
        if match.end() > match.start():
            yield match.start(), match.start() + len(match[0].rstrip())


def _unit(text: str, start: int, end: int, kind: Kind) -> Sentence:
    start += len(text[start:end]) - len(text[start:end].lstrip())
    end -= len(text[start:end]) - len(text[start:end].rstrip())
    return Sentence(text[start:end], start, end, kind)


def _fence_end(text: str, lines: list[tuple[int, int]], at: int, fence: str) -> int:
    closing = re.compile(rf"\s{{0,3}}{re.escape(fence[0])}{{{len(fence)},}}\s*$")
    for number in range(at + 1, len(lines)):
        if closing.match(text[slice(*lines[number])]):
            return number
    return len(lines) - 1


def _block_end(text: str, lines: list[tuple[int, int]], at: int) -> int:
    """The last line of the paragraph or list item that begins in line ``at``."""
    for number in range(at + 1, len(lines)):
        line = text[slice(*lines[number])]
        if not line.strip() or _ENDS_BLOCK.match(line):
            return number - 1
    return len(lines) - 1


def _prose(text: str, start: int, end: int) -> Iterator[Sentence]:
    begin = start
    for mark in _END.finditer(text, start, end):
        if _ends(text, begin, mark, end):
            yield from _short(text, begin, mark.end())
            begin = mark.end()
    if text[begin:end].strip():
        yield from _short(text, begin, end)


def _ends(text: str, begin: int, mark: re.Match[str], end: int) -> bool:
    if mark[0][0] in "。！？।":
        return True
    after = text[mark.end() : min(end, mark.end() + 40)].lstrip(" \t\n\"'“‘«([*_")
    if not after:
        return True
    if after[0].islower():
        return False
    before = text[max(begin, mark.start() - 12) : mark.start() + 1]
    if mark[0][0] != "." or not _ABBREVIATION.search(before):
        return True
    return bool(_BEFORE_END.search(before)) and after[0].isupper()


def _short(text: str, start: int, end: int) -> Iterator[Sentence]:
    """One sentence, or one for each line where it is too long to be one."""
    if end - start <= LONG or "\n" not in text[start:end].strip():
        yield _unit(text, start, end, Kind.PROSE)
        return
    for line in re.finditer(r"[^\n]*\S[^\n]*", text[start:end]):
        yield _unit(text, start + line.start(), start + line.end(), Kind.PROSE)
