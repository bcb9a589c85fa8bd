"""Parsing Markdown that a model wrote into tokens, of which a citation is one.

CommonMark with tables and strikethrough, less what could act or hide: there is no HTML, no reference
definition (``[1]: address`` stays to be read), and an image is the words that describe it. Nothing is drawn
here, and no address is judged: whoever draws a link does that.

A caller's mark has its place in the tokens themselves. No character stands for it in the text that is parsed,
so no text can imitate one, and ``**bold.**`` before a mark stays bold.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from switchboard.markdown_places import Text, assigned, spans

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

CHARACTERS = 100_000
"""Of a text, the rest is left out: what costs the parser most, ``![`` repeated, takes 2 s at this length."""
NESTING = 40
"""Lists and quotations within one another; what is deeper is left out."""
_EMPTY_CELLS = 1_000
"""That rows of a table may leave out: 2 kB of text could ask for 65,000."""
_RANGE = 20
"""Numbers that ``[3-12]`` may stand for."""
_CITATION = re.compile(r"\[([0-9]{1,3}(?:[ \t]{0,3}[,;–—-][ \t]{0,3}[0-9]{1,3}){0,19})\]")
_CODE = ("fence", "code_block")


@dataclass(frozen=True, slots=True)
class Citation:
    """A number that a text cites; the bracket before it is ``text[offset]``.

    ``occurrence`` counts the citations of the text from 0. ``[1, 3]`` is two of them, ``[1–3]`` three.
    """

    number: int
    occurrence: int
    offset: int


def citations(text: str) -> list[Citation]:
    """The citations of ``text`` in their order; in code, links and the words of images there are none."""
    found: list[Citation] = []
    for token in parse(text):
        for child in token.children or ():
            if child.type == "citation":
                for number in child.meta["numbers"]:
                    found.append(Citation(number, len(found), child.meta["offset"]))
    return found


def parse(text: str, marks: Iterable[int] = ()) -> "list[Token]":
    """The tokens of markdown-it, and four types of ours.

    ``citation`` has ``meta["numbers"]``, its place in ``text`` as ``meta["offset"]``, and what was written as
    its content. ``mark`` has the offset that was given as ``meta["offset"]``; it is a child of a block's
    words or, where there are none, a block. ``image_open`` and ``image_close`` stand around the words of an
    image.

    Args:
        text: Markdown, ``CHARACTERS`` of it.
        marks: offsets in ``text``; a mark inside of code or a link comes after it.
    """
    source, parser = Text(text[:CHARACTERS]), _parser()
    tokens: list[Token] = []
    parser.block.parse(source.text, parser, {}, tokens)
    blocks = list(spans(source.lines, tokens))
    inside, outside = assigned(source, tokens, blocks, marks)
    for index, span in blocks:
        token = tokens[index]
        waiting = inside.get(index, [])[::-1]
        token.children = []
        parser.inline.parse(token.content, parser, {"marks": waiting}, token.children)
        token.children += [_mark(offset) for _, offset in reversed(waiting)]
        for child in token.children:
            if child.type == "citation":
                child.meta["offset"] = source.offset(*span.place(child.meta["at"]))
    return _with_marks(tokens, [(source.place(offset)[0], offset) for offset in outside])


def _with_marks(tokens: "Sequence[Token]", marks: Sequence[tuple[int, int]]) -> "list[Token]":
    """``tokens`` with each mark (line, offset) after the code in its line, or else after an outermost block.

    That is the block that the line is in or follows.
    """
    waiting = list(marks[::-1])
    whole: list[Token] = []
    for token in tokens:
        if token.map is not None and token.level == 0 and token.nesting >= 0:
            while waiting and waiting[-1][0] < token.map[0]:
                whole.append(_mark(waiting.pop()[1]))
        whole.append(token)
        if token.map is not None and token.type in _CODE:
            while waiting and waiting[-1][0] < token.map[1]:
                whole.append(_mark(waiting.pop()[1]))
    return whole + [_mark(offset) for _, offset in reversed(waiting)]


def _mark(offset: int) -> "Token":
    from markdown_it.token import Token

    return Token("mark", "", 0, meta={"offset": offset})


@lru_cache(maxsize=1)
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": NESTING})
    parser.enable(["table", "strikethrough"])
    parser.disable(["reference", "html_block", "html_inline"])
    # Every link is taken for one, so that an unsafe one can be drawn as its words.
    parser.validateLink = lambda url: True  # type: ignore[method-assign]  # noqa: ARG005
    parser.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})
    parser.inline.ruler.at("text", _text)
    parser.inline.ruler.at("image", _image)
    parser.inline.ruler.after("link", "citation", _citation)
    return parser


def _table(state: "StateBlock", start: int, end: int, silent: bool) -> bool:
    """A table, unless nearly all of its cells would be empty."""
    from markdown_it.rules_block import table

    if start < state.env.get("no table before", 0) or not table(state, start, end, True):
        return False
    if silent:
        return True
    columns = _bars(state, start + 1)
    empty = 0
    for line in range(start + 2, end):
        if state.isEmpty(line):
            break
        empty += max(0, columns - _bars(state, line))
        if empty > _EMPTY_CELLS:
            # So that the rows are not counted again from each of them.
            state.env["no table before"] = line
            return False
    return table(state, start, end, False)


def _bars(state: "StateBlock", line: int) -> int:
    """The bars between the cells of a row."""
    return state.src[state.bMarks[line] : state.eMarks[line]].strip(" \t|").count("|")


def _text(state: "StateInline", silent: bool) -> bool:
    """Words up to the next character that may mean something, or to the next mark."""
    marks: list[tuple[int, int]] = [] if silent or state.linkLevel else state.env["marks"]
    while marks and marks[-1][0] <= state.pos:
        state.push("mark", "", 0).meta = {"offset": marks.pop()[1]}
    found = state.md.inline.terminator_re.search(state.src, state.pos, state.posMax)
    end = found.start() if found else state.posMax
    if marks:
        end = min(end, marks[-1][0])
    if end == state.pos:
        return False
    if not silent:
        state.append_pending(state.src[state.pos : end])
    state.pos = end
    return True


def _image(state: "StateInline", silent: bool) -> bool:
    """The words of an image, parsed where they stand: markdown-it parses nested ones again and again."""
    from markdown_it.rules_inline import image

    start = state.pos
    if not image(state, True):
        return False
    if silent:
        return True
    after, most = state.pos, state.posMax
    state.pos, state.posMax = start + 2, state.md.helpers.parseLinkLabel(state, start + 1)
    state.push("image_open", "", 1)
    state.linkLevel += 1
    state.md.inline.tokenize(state)
    state.linkLevel -= 1
    state.push("image_close", "", -1)
    state.pos, state.posMax = after, most
    return True


def _citation(state: "StateInline", silent: bool) -> bool:
    # In silent mode the brackets of a link's words are matched, which a citation must not end.
    if silent or state.linkLevel or state.src[state.pos] != "[":
        return False
    found = _CITATION.match(state.src, state.pos, state.posMax)
    numbers = _numbers(found[1]) if found else ()
    if not found or not numbers:
        return False
    token = state.push("citation", "", 0)
    token.content = found[0]
    token.meta = {"numbers": numbers, "at": state.pos}
    state.pos = found.end()
    return True


def _numbers(written: str) -> tuple[int, ...]:
    """1, 3, 4, 5 of ``1, 3–5``; nothing where one is no number of a source."""
    numbers: list[int] = []
    for part in re.split("[,;]", written):
        ends = [int(digits) for digits in re.findall("[0-9]+", part)]
        first, last = ends[0], ends[-1]
        if len(ends) > 2 or not 0 < first <= last or last - first >= _RANGE:
            return ()
        numbers += range(first, last + 1)
    return tuple(numbers)
