"""The Markdown of a brochure as a small tree of plain values, for a template to draw.

Every node is a dictionary with its kind as ``t``; it holds text, numbers and other nodes, nothing that a
template could run. What a page cannot show (an image, an unsafe link, a list within too many) becomes the
words it has.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from switchboard.markdown_html import is_safe_address
from switchboard.markdown_tokens import parse

if TYPE_CHECKING:
    from markdown_it.token import Token

Node = dict[str, Any]

_DEPTH = 10
"""Nodes within one another; what is deeper stands beside its parent."""
_CELLS = 4_000
"""Of one table."""
_WHOLE_CHARACTERS = 600
"""Of a table's cell that is not broken between pages."""
_BLOCKS = {"bullet_list": "list", "ordered_list": "list", "list_item": "item", "blockquote": "quote"}
_TABLE = {"table": "table", "tr": "row", "th": "cell", "td": "cell"}
_INLINE = {"em": "em", "strong": "strong", "s": "strike", "link": "link"}
_EMOJI_MARKS = re.compile("[\ufe00-\ufe0f\u20dd-\u20e4]")
_LONG_WORD = re.compile("[!-~\u00c0-\u024f]{40}")
_ADDRESS_PART = re.compile("(?<=[!-~]{20})[/?&=](?=[!-~])")
_UNPRINTABLE = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}


def tree(text: str, marks: Iterable[int] = ()) -> list[Node]:
    """The blocks of ``text``; a ``mark`` node stands at each offset of ``marks``."""
    return _Tree().built(parse(text, marks))


def printable(text: str) -> str:
    """``text`` without the characters that no font draws, its letters in one piece with their accents."""
    text = unicodedata.normalize("NFC", text)
    if text.isascii() and text.isprintable():
        return text
    # A digit with the mark that makes it an emoji would be missing in every font.
    text = _EMOJI_MARKS.sub("", text)
    return "".join(" " if unicodedata.category(char) in _UNPRINTABLE else char for char in text)


def breakable(text: str) -> str:
    """``text`` with places where a word of more than a line, such as an address, may be broken."""
    return _LONG_WORD.sub("\\g<0>\u200b", _ADDRESS_PART.sub("\\g<0>\u200b", text))


def words_of(nodes: Sequence[Node]) -> str:
    """The words of inline nodes, without what is around them."""
    return "".join(node["s"] if "s" in node else words_of(node.get("c", [])) or " " for node in nodes)


def without_gaps(nodes: Sequence[Node], above: list[int] | None = None) -> None:
    """Make the headings' levels begin at 1 and skip none, as a document for screen readers must.

    Args:
        nodes: blocks, which are changed.
        above: the levels that the headings before were written with, those which the next stands under.
    """
    levels = [] if above is None else above
    for node in nodes:
        if node["t"] == "heading" and node["c"]:
            while levels and levels[-1] >= node["level"]:
                levels.pop()
            levels.append(node["level"])
            node["level"] = len(levels)
        else:
            without_gaps(node.get("c", []), levels)


class _Tree:
    """One tree while it grows: the node that is open, in those it is in."""

    def __init__(self) -> None:
        self._root: Node = {"t": "root", "c": []}
        self._open: list[tuple[str, Node]] = [("root", self._root)]

    def built(self, tokens: "list[Token]") -> list[Node]:
        """The nodes of a text's tokens."""
        for token in tokens:
            kind = token.type.removesuffix("_open").removesuffix("_close")
            if token.type == "inline":
                self._words(token.children or [])
            elif kind == "mark":
                self._add({"t": "paragraph", "c": [_mark(token)], "tight": False})
            elif kind in ("fence", "code_block"):
                self._add({"t": "code", "s": _code(token.content)})
            elif kind == "hr":
                self._add({"t": "rule"})
            elif kind in _BLOCKS or kind in _TABLE or kind in ("paragraph", "heading"):
                self._block(kind, token)
        return list(self._root["c"])

    def _block(self, kind: str, token: "Token") -> None:
        if token.nesting < 0:
            self._close(kind)
            return
        node: Node = {"t": _BLOCKS.get(kind) or _TABLE.get(kind) or kind, "c": []}
        if kind == "heading":
            node["level"] = int(token.tag[1])
        elif kind == "paragraph":
            node["tight"] = token.hidden
        elif kind in ("bullet_list", "ordered_list"):
            start = token.attrs.get("start", 1)
            node["start"] = start if kind == "ordered_list" else None
        elif kind in ("th", "td"):
            node["head"] = kind == "th"
            node["align"] = str(token.attrs.get("style", "")).removeprefix("text-align:") or None
        self._begin(kind, node)

    def _begin(self, kind: str, node: Node) -> None:
        """Open ``node``, or go on in the open one where they are too deep."""
        is_deep = len(self._open) > _DEPTH and (kind in _BLOCKS or kind in _INLINE)
        self._open.append((kind, self._open[-1][1] if is_deep else self._add(node)))

    def _close(self, kind: str) -> None:
        if self._open[-1][0] == kind:
            _, node = self._open.pop()
            if node["t"] == "table" and kind == "table":
                node["c"] = node["c"][: max(2, _CELLS // max(1, len(node["c"][0]["c"])))]
            elif node["t"] == "cell":
                node["whole"] = len(words_of(node["c"])) < _WHOLE_CHARACTERS

    def _add(self, node: Node) -> Node:
        self._open[-1][1]["c"].append(node)
        return node

    def _words(self, tokens: "list[Token]") -> None:
        for token in tokens:
            kind = token.type.removesuffix("_open").removesuffix("_close")
            if kind in _INLINE and token.nesting < 0:
                self._close(kind)
            elif kind in _INLINE:
                node: Node = {"t": _INLINE[kind], "c": []}
                if kind == "link":
                    address = str(token.attrs.get("href", ""))
                    is_link = is_safe_address(address) and not any(name == "link" for name, _ in self._open)
                    node |= {"url": address if is_link else None}
                self._begin(kind, node)
            elif kind == "citation":
                self._cite(token.meta["numbers"])
            elif kind == "mark":
                self._add(_mark(token))
            elif kind in ("softbreak", "hardbreak"):
                self._add({"t": "text", "s": " "} if kind == "softbreak" else {"t": "break"})
            elif token.content:
                is_code = kind == "code_inline"
                self._add(
                    {"t": "code-words" if is_code else "text", "s": breakable(printable(token.content))}
                )

    def _cite(self, numbers: Sequence[int]) -> None:
        """Add citations: each number once where several stand together, none at the beginning of a line."""
        before = self._open[-1][1]["c"]
        if before and before[-1]["t"] == "text":
            before[-1]["s"] = before[-1]["s"].rstrip()
            if not before[-1]["s"]:
                before.pop()
        together = before[-1] if before and before[-1]["t"] == "cite" else self._add({"t": "cite", "n": []})
        together["n"] += [number for number in dict.fromkeys(numbers) if number not in together["n"]]


def _mark(token: "Token") -> Node:
    return {"t": "mark", "at": token.meta["offset"]}


def _code(text: str) -> str:
    lines = re.split("\n", text.rstrip("\n"))
    return "\n".join(breakable(printable(line.expandtabs(4))) for line in lines)
