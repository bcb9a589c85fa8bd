"""A finished brochure as a PDF, ready to print.

The template ``brochure.typ`` draws it; the text goes there as data, so that nothing in it can be run. The PDF
is tagged for screen readers (PDF/UA-1), which also makes typst refuse a letter that no font has. What becomes
of a Markdown text's parts is ``document_tree.py``'s.
"""

import json
import re
import unicodedata
from dataclasses import asdict
from datetime import UTC, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from switchboard.brochure.brochure import Brochure
from switchboard.brochure.document_parts import (
    WARNING,
    Doubt,
    address,
    checked_text,
    doubts,
    language,
    one_line,
    site,
    words,
    written_on,
)
from switchboard.brochure.document_tree import Node, breakable, printable, tree, without_gaps, words_of
from switchboard.errors import BadInput

if TYPE_CHECKING:
    import typst

_TEMPLATE = Path(__file__).with_name("brochure.typ")
_FONTS = ("Libertinus Serif", "Noto Serif", "Noto Sans", "DejaVu Sans")
_SYMBOLS = "DejaVu Sans Mono"
"""In typst itself; it has the warning sign."""
_TITLE_CHARACTERS = 200
_PLACE_CHARACTERS = 300
_STANDFIRST_CHARACTERS = 400
_TITLE_SIZES = ((24, 29), (34, 21))
"""Points of the title's type, for a longest word of so many characters."""
_LEAST_TITLE_SIZE = 15
_LETTER_PAPER = frozenset({"US", "CA", "MX", "PH", "CL", "CO"})
_MISSING = re.compile(r'the text `"((?:[^"\\]|\\.)*)"` could not be displayed')
_ESCAPED = re.compile(r"\\u\{([0-9a-fA-F]{1,6})\}")
_ATTEMPTS = 4


def as_pdf(brochure: Brochure) -> bytes:
    """The brochure as a PDF; it takes a processor's while, so call it in a thread.

    Symbols that no font has, such as emoji, are left out.

    Raises:
        TooLarge: the text is longer than a file may be.
        BadInput: no font on this machine has the letters of the text.
    """
    import typst

    written = datetime.combine(brochure.written, time(), UTC)
    source = json.dumps(_data(brochure), ensure_ascii=False)
    for _ in range(_ATTEMPTS):
        try:
            pdf = typst.compile(
                _TEMPLATE.read_bytes(),
                font_paths=_fonts(),
                sys_inputs={"brochure": source},
                pdf_standards=["ua-1"],
                timestamp=written,
            )
        except typst.TypstError as exc:
            missing = _missing(exc.diagnostic)
            if not missing:
                # A bug of ours: the template draws whatever the text is.
                raise
            source = source.translate(dict.fromkeys(map(ord, missing)))
        else:
            return bytes(pdf)
    raise _no_font()


def _missing(diagnostic: str) -> set[str]:
    """The characters that no font has, of those that can be left out.

    Raises:
        BadInput: there are letters or digits among them.
    """
    missing: set[str] = set()
    for found in _MISSING.findall(diagnostic):
        missing |= {char for char in _ESCAPED.sub(_unescaped, found) if not char.isascii()}
    if any(unicodedata.category(char)[0] in "LN" for char in missing):
        raise _no_font()
    return missing


def _unescaped(found: re.Match[str]) -> str:
    return chr(int(found[1], 16))


def _no_font() -> BadInput:
    return BadInput(
        "No font on this machine has the letters of this text.", "Download HTML and print it from a browser."
    )


@lru_cache(maxsize=1)
def _fonts() -> "typst.Fonts":
    import typst

    return typst.Fonts()


def _data(brochure: Brochure) -> dict[str, Any]:
    """What the template draws."""
    found = doubts(brochure)
    blocks = tree(checked_text(brochure), [doubt.offset for doubt in found])
    _number_marks(blocks, {doubt.offset: doubt.number for doubt in found})
    heading, standfirst = _opening(blocks)
    without_gaps(blocks)
    company = _shown(brochure.company, _TITLE_CHARACTERS)
    spoken = language(brochure)
    around = words(brochure)
    families = _fonts().families()
    return {
        "title": company or words_of(heading).strip() or "Brochure",
        "heading": heading,
        "title-size": _title_size(words_of(heading) or company),
        "standfirst": standfirst,
        "kicker": " · ".join(part for part in (site(brochure), written_on(brochure)) if part),
        "footer": company,
        "lang": spoken.primary if spoken.primary != "und" else None,
        "region": spoken.region or None,
        "rtl": spoken.is_right_to_left,
        "paper": "us-letter" if spoken.region in _LETTER_PAPER else "a4",
        "fonts": [family for family in _FONTS if family in families],
        "symbols": _SYMBOLS,
        "warning": WARNING,
        "blocks": blocks,
        "sources": [
            {
                "number": source.number,
                "title": _shown(source.title, _TITLE_CHARACTERS),
                "place": _shown(source.place, _PLACE_CHARACTERS),
                "url": address(source) or None,
            }
            for source in {source.number: source for source in brochure.sources}.values()
        ],
        "doubts": [_doubt(doubt) for doubt in found],
        "words": asdict(around) | {"written": printable(around.written)},
    }


def _number_marks(nodes: list[Node], numbers: dict[int, int]) -> None:
    for node in nodes:
        if node["t"] == "mark":
            node["n"] = numbers[node["at"]]
        _number_marks(node.get("c", []), numbers)


def _opening(blocks: list[Node]) -> tuple[list[Node], list[Node]]:
    """The title and the paragraph under it, taken from the blocks; empty where there is none."""
    if not blocks or blocks[0].get("level") != 1:
        return [], []
    heading = blocks.pop(0)["c"]
    if not blocks or blocks[0]["t"] != "paragraph":
        return heading, []
    is_short = len(words_of(blocks[0]["c"])) < _STANDFIRST_CHARACTERS
    return heading, blocks.pop(0)["c"] if is_short else []


def _title_size(title: str) -> int:
    longest = max(map(len, re.split(r"[\s\u200b-]", title)))
    return next((size for most, size in _TITLE_SIZES if longest <= most), _LEAST_TITLE_SIZE)


def _shown(text: str, characters: int) -> str:
    text = printable(one_line(text))
    return breakable(text if len(text) <= characters else text[: characters - 1].rstrip() + "…")


def _doubt(doubt: Doubt) -> dict[str, Any]:
    return {
        "number": doubt.number,
        "sentence": breakable(printable(doubt.sentence)),
        "reason": breakable(printable(doubt.reason)),
    }
