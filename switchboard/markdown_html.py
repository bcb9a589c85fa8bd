"""Drawing Markdown that a model wrote from strangers' pages as HTML that is safe on our page.

Only what is listed here is ever written: text is escaped, a link goes to the web or to a mail address or is
its words alone, an image is its words. No attribute but a link's address holds anything of the text. What
Markdown means is ``markdown_tokens.py``'s; Markdown that stays Markdown is made harmless by ``markdown.py``.
"""

import re
from collections.abc import Callable, Mapping
from html import escape
from types import MappingProxyType
from typing import TYPE_CHECKING

from switchboard.markdown_tokens import Citation, citations, parse

if TYPE_CHECKING:
    from markdown_it.token import Token

__all__ = ["Citation", "citations", "is_safe_address", "to_html"]

_NO_MARKS: Mapping[int, str] = MappingProxyType({})
_ADDRESS = re.compile(
    r"(?:https?://(?=[^/?#])|mailto:)[^\s\x00-\x1f\x7f\ud800-\udfff\"'<>`\\]+", re.IGNORECASE
)
_LINK = '<a href="{}" rel="noopener noreferrer nofollow" target="_blank">'
_INLINE = {"em": "em", "strong": "strong", "s": "s"}
_BLOCK = ("p", "blockquote", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td")
_ALIGNED = re.compile(r"text-align:(?:left|center|right)")
_HEADING = re.compile(r"h([1-6])")


def to_html(
    text: str,
    *,
    cite: Callable[[int, int], str] | None = None,
    marks: Mapping[int, str] = _NO_MARKS,
    base_level: int = 0,
) -> str:
    """``text`` as HTML; it may be cut anywhere, for it may still be growing.

    Args:
        text: Markdown, of which ``markdown_tokens.CHARACTERS`` are drawn.
        cite: the HTML for a cited number and its occurrence in ``citations(text)``, put there
            as it is; the space before is left out, so that none begins a line. Without it ``[2]`` stays.
        marks: HTML to put at offsets of ``text``, as it is; after a link or code that an offset is in.
        base_level: added to the level of each heading; none gets beyond 6.
    """
    return _Drawing(cite, marks, base_level).drawn(parse(text, marks))


def is_safe_address(address: str) -> bool:
    """Whether a link may lead there: to the web or to a mail address, and nothing in it ends an attribute."""
    return bool(_ADDRESS.fullmatch(address))


class _Drawing:
    """One drawing of one text."""

    def __init__(
        self, cite: Callable[[int, int], str] | None, marks: Mapping[int, str], base_level: int
    ) -> None:
        self._cite = cite
        self._marks = marks
        self._base_level = base_level
        self._occurrence = 0
        self._links: list[bool] = []
        """Whether each link that is open was drawn as one."""

    def drawn(self, tokens: "list[Token]") -> str:
        """The tokens of a text as HTML."""
        pieces: list[str] = []
        for token in tokens:
            if token.type == "inline":
                self._words(token.children or [], pieces)
            elif token.type == "mark":
                pieces.append(f"<p>{self._marks[token.meta['offset']]}</p>\n")
            elif token.type in ("fence", "code_block"):
                pieces.append(f"<pre><code>{escape(token.content)}</code></pre>\n")
            elif token.type == "hr":
                pieces.append("<hr>\n")
            else:
                pieces.append(self._block(token))
        return "".join(pieces)

    def _block(self, token: "Token") -> str:
        tag = token.tag
        if heading := _HEADING.fullmatch(tag):
            tag = f"h{max(1, min(6, int(heading[1]) + self._base_level))}"
        elif tag not in _BLOCK:
            return ""
        if token.hidden:
            # The paragraph of an item in a list without empty lines.
            return "\n" if token.nesting < 0 else ""
        if token.nesting < 0:
            return f"</{tag}>\n"
        attributes = ""
        if tag == "ol" and isinstance(start := token.attrs.get("start"), int):
            attributes = f' start="{start}"'
        elif _ALIGNED.fullmatch(str(style := token.attrs.get("style", ""))):
            attributes = f' style="{style}"'
        return f"<{tag}{attributes}>"

    def _words(self, tokens: "list[Token]", pieces: list[str]) -> None:
        self._links.clear()
        for token in tokens:
            match token.type:
                case "softbreak":
                    pieces.append("\n")
                case "hardbreak":
                    pieces.append("<br>\n")
                case "code_inline":
                    pieces.append(f"<code>{escape(token.content)}</code>")
                case "link_open":
                    pieces.append(self._link(str(token.attrs.get("href", ""))))
                case "link_close":
                    pieces.append("</a>" if self._links.pop() else "")
                case "citation":
                    self._citation(token, pieces)
                case "mark":
                    pieces.append(self._marks[token.meta["offset"]])
                case _ if token.tag in _INLINE:
                    pieces.append(f"<{'/' if token.nesting < 0 else ''}{_INLINE[token.tag]}>")
                case _:
                    pieces.append(escape(token.content))

    def _link(self, address: str) -> str:
        is_link = is_safe_address(address) and not any(self._links)
        self._links.append(is_link)
        return _LINK.format(escape(address)) if is_link else ""

    def _citation(self, token: "Token", pieces: list[str]) -> None:
        if self._cite is None:
            pieces.append(escape(token.content))
            return
        if pieces:
            pieces[-1] = pieces[-1].rstrip(" \t\n") if not pieces[-1].endswith(">\n") else pieces[-1]
        for number in token.meta["numbers"]:
            pieces.append(self._cite(number, self._occurrence))
            self._occurrence += 1
