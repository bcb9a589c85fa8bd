"""The text of an HTML tree with its headings, lists and tables, in the marks of Markdown.

Which parts of a page are left out besides scripts is the caller's choice: see ``clutter.py``.
"""

from collections.abc import Iterator, Set
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

_UNREAD_TAGS = """
button canvas datalist embed head iframe input label map math noscript object option script select style svg
template textarea video audio
"""
UNREAD = frozenset(_UNREAD_TAGS.split())
"""Elements that a reader of the page never sees as text."""
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_CELLS = frozenset({"td", "th"})
_BLOCK_TAGS = """
address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure footer
form header hr li main nav ol p pre section summary table tbody tfoot thead title tr ul
"""
_BLOCKS = frozenset(_BLOCK_TAGS.split()).union(_HEADINGS)
_PARAGRAPHS = frozenset({"p", "div"})
_ONE_LINE = frozenset({"li", "dt", "dd", "tr", *_HEADINGS})
_LAYOUT = ("tr", "table", "ul", "ol", *_HEADINGS)
"""What no row of data holds: a row with one of these only places it on the page."""
_IMAGE_HOLDERS = frozenset({"a", "li", *_HEADINGS})
"""Where an image alone stands for words: a customer's logo in a list, a link, a name drawn by hand."""
_BREAK = "\v"
_HEADINGS_KEPT = 500
_MARKS = {"li": "- ", "dd": "- ", "tr": "| "}
_CLICKED = frozenset({"button", "label"})
"""Read within a heading only, where they open the text under it."""
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))
"""Places where a word may be broken; within a name they would hide it from every search."""
EVENTS = 100_000
"""Beginnings and ends of elements after which a walk over a page stops; 300 kB of real page have 10,000."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a page; ``level`` is 1 to 6."""

    level: int
    text: str


def outline(
    tree: "_Element", limit: int, skip: Set["_Element"] = frozenset()
) -> tuple[str, tuple[Heading, ...]]:
    """The blocks of a tree and, beside them, its headings.

    Args:
        tree: the page.
        limit: characters of text after which it stops, at the end of a block; a first block that is longer is
            cut at a word.
        skip: elements that are left out with all they hold.
    """
    blocks: list[str] = []
    headings: list[Heading] = []
    size, before = 0, ""
    for tag, words in _with_terms(_blocks(tree, skip)):
        mark = _MARKS.get(tag, "")
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
            if not blocks:
                blocks.append(text[:limit].rpartition(" ")[0] or text[:limit])
            break
        blocks.append(gap + text)
    return "".join(blocks), tuple(headings[:_HEADINGS_KEPT])


def _with_terms(blocks: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The blocks with each term of a list of definitions on one line with the first of them."""
    term = ""
    for tag, words in blocks:
        if term and tag == "dd":
            mark = "" if term.endswith(("?", "!", ".", ":")) else ":"
            yield tag, f"{term}{mark} {words}"
            term = ""
            continue
        if term:
            yield "", term
        term = words if tag == "dt" else ""
        if not term:
            yield tag, words
    if term:
        yield "", term


def _blocks(tree: "_Element", skip: Set["_Element"]) -> Iterator[tuple[str, str]]:
    """Each block's tag with its words; a block inside another ends the outer one's text."""
    from lxml import etree

    pieces: list[str] = []
    stack = [""]
    walk = etree.iterwalk(tree, events=("start", "end"))
    for event, element in islice(walk, EVENTS):
        tag = element.tag
        is_start = event == "start"
        if (tag in _BLOCKS and stack[-1] != "tr") or tag == "tr":
            yield from _lines(stack[-1], pieces)
            pieces.clear()
            if is_start:
                stack.append(_role(element, stack[-1]))
            else:
                stack.pop()
        if not is_start:
            text = element.tail if element is not tree else None
        elif element in skip or (tag in UNREAD and not (tag in _CLICKED and stack[-1] in _HEADINGS)):
            walk.skip_subtree()
            continue
        else:
            if tag == "br":
                pieces.append(_BREAK)
            elif tag == "img":
                pieces.append(_image_words(element))
            elif tag in _CELLS and stack[-1] == "tr":
                pieces.append(" | ")
            text = element.text
        if text:
            pieces.append(text)
    yield from _lines(stack[-1], pieces)


def _role(element: "_Element", outer: str) -> str:
    """The tag that the element's text is given under."""
    tag: str = element.tag
    if tag in _PARAGRAPHS and outer in _ONE_LINE:
        return outer
    if tag == "tr" and next(element.iterdescendants(*_LAYOUT), None) is not None:
        return "div"
    return tag


def _lines(tag: str, pieces: list[str]) -> Iterator[tuple[str, str]]:
    """The block that the pieces make, or more where empty lines part them."""
    text = "".join(pieces)
    if not text.isascii():
        text = text.translate(_INVISIBLE)
    if _BREAK not in text or tag in _ONE_LINE:
        if (words := " ".join(text.split())).strip(" |"):
            yield tag, words
        return
    lines: list[str] = []
    for line in (*text.split(_BREAK), ""):
        if words := " ".join(line.split()):
            lines.append(words)
        elif lines:
            yield tag, "\n".join(lines)
            lines.clear()


def _image_words(image: "_Element") -> str:
    """What an image says to those who do not see it, where nothing beside it says so."""
    words: str = (image.get("alt") or "").strip()[:200]
    for parent in islice(image.iterancestors(), 4 if words else 0):
        texts = (parent.text, *(inner.tail for inner in islice(parent, 4)))
        others = sum(inner.tag != "source" for inner in islice(parent, 4))
        if others > 1 or any(text and text.strip() for text in texts):
            return ""
        if parent.tag in _IMAGE_HOLDERS:
            return words
    return ""
