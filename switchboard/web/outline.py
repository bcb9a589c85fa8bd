"""The text of an HTML tree with its headings, lists and tables, in the marks of Markdown.

Which parts of a page are left out besides scripts is the caller's choice: see ``clutter.py``.
"""

from collections.abc import Iterator, Set
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_UNREAD_TAGS = """
button canvas datalist embed head iframe input map math noscript object option script select style svg
template textarea video audio
"""
UNREAD = frozenset(_UNREAD_TAGS.split())
"""Elements that a reader of the page never sees as text."""
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_CELLS = frozenset({"td", "th"})
_BLOCK_TAGS = """
address article aside blockquote body center dd details div dl dt fieldset figcaption figure footer form
header hr li main nav ol p pre section summary table tbody tfoot thead title tr ul
"""
_BLOCKS = frozenset(_BLOCK_TAGS.split()).union(_HEADINGS)
_PARAGRAPHS = frozenset({"p", "div"})
_HEADINGS_KEPT = 500
EVENTS = 100_000
"""Beginnings and ends of elements after which a walk over a page stops; 300 kB of real page have 10,000."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a page; ``level`` is 1 to 6."""

    level: int
    text: str


def outline(
    tree: "HtmlElement", limit: int, skip: Set["HtmlElement"] = frozenset()
) -> tuple[str, tuple[Heading, ...]]:
    """The blocks of a tree and, beside them, its headings.

    Args:
        tree: the page.
        limit: characters of text after which it stops, at the end of a block.
        skip: elements that are left out with all they hold.
    """
    blocks: list[str] = []
    headings: list[Heading] = []
    size, before = 0, ""
    for tag, words in _blocks(tree, skip):
        mark = "- " if tag == "li" else "| " if tag == "tr" else ""
        text = f"{mark}{words}"
        if tag == "tr":
            text = f"| {words.strip(' |')} |"
        elif tag in _HEADINGS:
            text = f"{'#' * _HEADINGS[tag]} {words}"
            headings.append(Heading(_HEADINGS[tag], words))
        # Items of one list, or rows of one table, stand together.
        gap = "\n" if mark and mark == before else "\n\n" if blocks else ""
        size, before = size + len(gap) + len(text), mark
        if size > limit:
            break
        blocks.append(gap + text)
    return "".join(blocks), tuple(headings[:_HEADINGS_KEPT])


def _blocks(tree: "HtmlElement", skip: Set["HtmlElement"]) -> Iterator[tuple[str, str]]:
    """Each block's tag with its words on one line; a block inside another ends the outer one's text."""
    from lxml import etree

    pieces: list[str] = []
    stack = [""]
    walk = etree.iterwalk(tree, events=("start", "end"))
    for event, element in islice(walk, EVENTS):
        tag = element.tag
        is_start = event == "start"
        if tag in _BLOCKS and (stack[-1] != "tr" or tag == "tr"):
            if (words := " ".join("".join(pieces).split())).strip(" |"):
                yield stack[-1], words
            pieces.clear()
            if is_start:
                stack.append("li" if tag in _PARAGRAPHS and stack[-1] == "li" else tag)
            else:
                stack.pop()
        if not is_start:
            text = element.tail
        elif tag in UNREAD or element in skip:
            walk.skip_subtree()
            continue
        else:
            if tag == "br":
                pieces.append("\n")
            elif tag in _CELLS:
                pieces.append(" | ")
            text = element.text
        if text:
            pieces.append(text)
    if words := " ".join("".join(pieces).split()):
        yield "", words
