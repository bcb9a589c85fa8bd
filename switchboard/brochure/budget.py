"""Fitting the text of several pages into what goes to a model.

Each page gets its share, a short page's rest goes to the longer ones, and of a page that does not fit the
most useful pieces are kept, in their order. Nothing is cut within a word. It counts characters, not tokens.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from switchboard.messages import Source
from switchboard.sentences import sentences
from switchboard.web.page import Page

_TAG = re.compile(r"<(?=/?\s*source)", re.IGNORECASE)
"""The tags between which sources go to a model: a page that holds one must not end its own."""
_HEADING = re.compile(r"(#{1,6}) ")
_WEIGHTS = (1.5, 1.25)
"""The home page and the page chosen first say most about a company; all others weigh 1."""
_LEAST_SHARE = 200
"""Characters of a page under which it is left out for the pages before it."""
_LEAST_PIECE = 80
"""Characters of a piece that was cut under which it says too little."""
_PIECE = 1_000
"""Characters of a paragraph from which on its parts are judged one by one."""
_TABLE_SHARE = 1 / 3
"""Of a page's room that one table may take."""
_REPEATED = 40
"""Characters from which on a line with figures, such as a date, is told only once."""
_UNSPACED = r"\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_THAI_BOUND = r"\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
_BETWEEN = re.compile(
    rf"\s|(?<=[、，；：・。！？」』）])|(?<=[{_UNSPACED}])(?<![\u0e40-\u0e44])(?=[{_UNSPACED}])(?![{_THAI_BOUND}])"
)
"""Between words: at a space, and within scripts that have none between two of their letters."""


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    heading: int
    """The index of the heading that it stands under; -1 where there is none."""
    place: float
    """How far down the page it stands, from 0 to 1."""
    glue: str = "\n\n"
    """What stands between it and the piece before it."""


def fitted_sources(pages: Sequence[Page], budget: int) -> tuple[Source, ...]:
    """The pages as numbered sources of at most ``budget`` characters together.

    A block that an earlier page holds too (a slogan, an address) is left out of the later ones; a page of
    which nothing is left is no source.

    Args:
        pages: the home page first, then those that matter most.
        budget: characters.
    """
    seen: set[str] = set()
    texts = [_own_blocks(page, seen) for page in pages]
    shares = _shares([sum(len(block) + 2 for block in blocks) for blocks in texts], budget)
    sources: list[Source] = []
    for page, blocks, share in zip(pages, texts, shares, strict=True):
        text = _TAG.sub("‹", _fit(blocks, share))
        if text:
            sources.append(Source(len(sources) + 1, page.title or page.url, text, page.url))
    return tuple(sources)


def cut(text: str, room: int) -> str:
    """The beginning of ``text`` in ``room`` characters: whole sentences, or else whole words, or nothing."""
    if len(text) <= room:
        return text
    head = text[: max(0, room) + 1]
    # The last unit may go on after the cut.
    ends = [unit.end for unit in sentences(head)][:-1]
    if ends and ends[-1] > room // 2:
        return text[: ends[-1]].rstrip()
    gaps = [found.start() for found in _BETWEEN.finditer(head) if found.start() <= room]
    return text[: gaps[-1]].rstrip() if gaps else ""


def _own_blocks(page: Page, seen: set[str]) -> list[str]:
    blocks = page.text.split("\n\n")
    if page.description and page.description not in page.text:
        blocks.insert(0, page.description)
    own: list[str] = []
    for block in blocks:
        key = " ".join(block.lower().split())
        is_kept = _level(block) > 0 or (len(key) < _REPEATED and any(map(str.isdigit, key)))
        if key and (is_kept or key not in seen):
            seen.add(key)
            own.append(block)
    return _without_empty_headings(own) or own


def _without_empty_headings(blocks: Sequence[str]) -> list[str]:
    """A heading whose text was all left out says nothing."""
    kept: list[str] = []
    deepest = 0
    """The level of the last heading kept, going up the page; 7 for text."""
    for block in reversed(blocks):
        level = _level(block)
        if level == 0 or level < deepest:
            kept.append(block)
            deepest = level or 7
    return kept[::-1]


def _level(block: str) -> int:
    found = _HEADING.match(block)
    return len(found[1]) if found else 0


def _shares(lengths: Sequence[int], budget: int) -> list[int]:
    """Shares by weight, where what one page does not need goes to the others."""
    count = max(1, min(len(lengths), budget // _LEAST_SHARE))
    weights = [_WEIGHTS[place] if place < len(_WEIGHTS) else 1.0 for place in range(len(lengths))][:count]
    shares = [0] * len(lengths)
    left, weight_left = max(0, budget), sum(weights)
    for place in sorted(range(len(weights)), key=lambda place: lengths[place] / weights[place]):
        shares[place] = min(lengths[place], int(left * weights[place] / weight_left))
        left -= shares[place]
        weight_left -= weights[place]
    return shares


def _fit(blocks: Sequence[str], room: int) -> str:
    whole = "\n\n".join(blocks)
    if len(whole) <= room:
        return whole
    pieces = list(_pieces(blocks, room))
    kept: dict[int, str] = {}
    headings: set[int] = set()
    for index in sorted(range(len(pieces)), key=lambda index: -_usefulness(pieces[index])):
        piece = pieces[index]
        is_new = piece.heading >= 0 and piece.heading not in headings
        extra = len(blocks[piece.heading]) + 2 if is_new else 0
        gap = 2 if kept or extra else 0
        text = cut(piece.text, room - extra - gap)
        if not text or (text != piece.text and len(text) < _LEAST_PIECE):
            continue
        if is_new:
            headings.add(piece.heading)
        kept[index] = text
        room -= extra + len(text) + gap
    return _joined(blocks, pieces, kept)


def _joined(blocks: Sequence[str], pieces: Sequence[_Piece], kept: dict[int, str]) -> str:
    parts: list[str] = []
    heading, last = -1, -2
    for index in sorted(kept):
        piece = pieces[index]
        if piece.heading not in (heading, -1):
            parts.append(blocks[piece.heading])
        heading = piece.heading
        if piece.glue != "\n\n" and last == index - 1 and kept[last] == pieces[last].text:
            parts[-1] += piece.glue + kept[index]
        else:
            parts.append(kept[index])
        last = index
    return "\n\n".join(parts)


def _pieces(blocks: Sequence[str], room: int) -> Iterator[_Piece]:
    """The blocks without their headings: a long paragraph in parts, of a long table its first rows."""
    heading = -1
    for index, block in enumerate(blocks):
        place = index / len(blocks)
        if _level(block):
            heading = index
        elif block.startswith("|"):
            table = cut(block, max(_PIECE, int(room * _TABLE_SHARE)))
            yield _Piece(table, heading, place)
        else:
            for begin, end in pairwise(_borders(block)):
                glue = "\n\n" if begin == 0 else "\n" if block[begin - 1] == "\n" else " "
                below = place + begin / len(block) / len(blocks)
                yield _Piece(block[begin:end].strip(), heading, below, glue)


def _borders(block: str) -> list[int]:
    """Where the parts of a block begin, at beginnings of sentences or items, and where the last one ends."""
    borders = [0]
    if len(block) > _PIECE:
        for unit in sentences(block):
            if unit.end - borders[-1] > _PIECE and unit.start > borders[-1]:
                borders.append(unit.start)
    return [*borders, len(block)]


def _usefulness(piece: _Piece) -> float:
    """Prose and figures before crumbs; the beginning of a page before its end."""
    text = piece.text
    prose = min(len(text), 500) / 500
    figures = 0.4 if any(map(str.isdigit, text)) else 0.0
    is_told = text.rstrip("\"'”’»)]").endswith((".", "!", "?", "…", "。", "！", "？", "।"))
    sentence = 0.3 if is_told and len(text) > _LEAST_PIECE // 2 else 0.0
    return prose + figures + sentence + 0.5 * (1 - piece.place)
