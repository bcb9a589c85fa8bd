"""Fitting the text of several pages into what goes to a model.

Each page gets its share, a short page's rest goes to the longer ones, and of a page that does not fit the
most useful blocks are kept, in their order. Nothing is cut within a word. It counts characters, not tokens.
"""

import re
from collections.abc import Sequence

from switchboard.messages import Source
from switchboard.web.page import Page

_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*(?=\s)|\n")
_TAG = re.compile(r"<(?=/?\s*source)", re.IGNORECASE)
"""The tags between which sources go to a model: a page that holds one must not end its own."""


def fitted_sources(pages: Sequence[Page], budget: int) -> tuple[Source, ...]:
    """The pages as numbered sources of at most ``budget`` characters together.

    A block that an earlier page holds too (a slogan, an address) is left out of the later ones; a page of
    which nothing is left is no source.
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
    head = text[: room + 1]
    ends = [found.end() for found in _SENTENCE_END.finditer(head)]
    if ends and ends[-1] > room // 2:
        return head[: ends[-1]].rstrip()
    return head.rpartition(" ")[0].rstrip()


def _own_blocks(page: Page, seen: set[str]) -> list[str]:
    blocks = page.text.split("\n\n")
    if page.description and page.description not in page.text:
        blocks.insert(0, page.description)
    own: list[str] = []
    for block in blocks:
        key = " ".join(block.lower().split())
        if key and key not in seen:
            seen.add(key)
            own.append(block)
    # A heading whose text was all left out says nothing.
    return [
        block
        for block, after in zip(own, [*own[1:], "#"], strict=False)
        if not (block.startswith("#") and after.startswith("#") and _level(after) <= _level(block))
    ]


def _level(block: str) -> int:
    return len(block) - len(block.lstrip("#"))


def _shares(lengths: Sequence[int], budget: int) -> list[int]:
    """Equal shares, where what one does not need goes to the others."""
    shares = [0] * len(lengths)
    left = budget
    for position, index in enumerate(sorted(range(len(lengths)), key=lengths.__getitem__)):
        shares[index] = min(lengths[index], left // (len(lengths) - position))
        left -= shares[index]
    return shares


def _fit(blocks: Sequence[str], room: int) -> str:
    if sum(len(block) + 2 for block in blocks) <= room + 2:
        return "\n\n".join(blocks)
    headings: dict[int, int] = {}
    last = -1
    for index, block in enumerate(blocks):
        if block.startswith("#"):
            last = index
        elif last >= 0:
            headings[index] = last
    order = sorted(
        (index for index, block in enumerate(blocks) if not block.startswith("#")),
        key=lambda index: -_usefulness(blocks[index], index / len(blocks)),
    )
    kept: dict[int, str] = {}
    for index in order:
        heading = headings.get(index)
        extra = len(blocks[heading]) + 2 if heading is not None and heading not in kept else 0
        text = cut(blocks[index], room - extra - 2)
        if not text or (text != blocks[index] and len(text) < 80):
            continue
        if heading is not None:
            kept[heading] = blocks[heading]
        kept[index] = text
        room -= extra + len(text) + 2
    return "\n\n".join(kept[index] for index in sorted(kept))


def _usefulness(block: str, place: float) -> float:
    """Prose and figures before crumbs; the beginning of a page before its end."""
    prose = min(len(block), 500) / 500
    figures = 0.4 if any(sign.isdigit() for sign in block) else 0.0
    sentence = 0.3 if _SENTENCE_END.search(block + "\n") and len(block.split()) > 8 else 0.0
    return prose + figures + sentence + 0.5 * (1 - place)
