"""A finished brochure as a file to take away.

The Markdown and the file's name are made here, the page in ``documents_html.py``, the print in
``documents_pdf.py``. Writing and checking the text are not covered.
"""

import re
import unicodedata

from switchboard.brochure.brochure import Brochure
from switchboard.brochure.document_parts import (
    WARNING,
    address,
    checked_text,
    doubts,
    one_line,
    site,
    words,
)
from switchboard.brochure.documents_html import as_html
from switchboard.brochure.documents_pdf import as_pdf
from switchboard.markdown import safe_markdown
from switchboard.markdown_tokens import parse
from switchboard.messages import Source
from switchboard.sentences import Kind, sentences

__all__ = ["as_html", "as_markdown", "as_pdf", "file_name"]

_STEM_CHARACTERS = 60
_LETTERS = str.maketrans(
    {"ß": "ss", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)
_SPECIAL = re.compile(r"([\\`*_\[\]<>&!|~$#])")


def file_name(brochure: Brochure, ending: str) -> str:
    """A name for the brochure's file that every system takes: ``larkspur-air-brochure.pdf``.

    Args:
        brochure: whose company's name it is made of, or its site's where that has no Latin letters.
        ending: without the dot.
    """
    stem = _stem(brochure.company) or _stem(site(brochure).removeprefix("www."))
    return f"{stem}-brochure.{ending}" if stem else f"brochure.{ending}"


def _stem(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name[:1_000].lower().translate(_LETTERS))
    words = re.sub(r"[^a-z0-9]+", "-", letters.encode("ascii", "ignore").decode("ascii"))
    return words.strip("-")[:_STEM_CHARACTERS].rstrip("-")


def as_markdown(brochure: Brochure) -> str:
    """The brochure as Markdown that loads nothing: its text, its sources, the sentences to check.

    Raises:
        TooLarge: the text is longer than a file may be.
    """
    around = words(brochure)
    blocks = [_body(brochure)]
    if brochure.sources:
        blocks += [f"## {around.sources}", "\n".join(_source(source) for source in brochure.sources)]
    if found := doubts(brochure):
        listed = "\n".join(
            f"{doubt.number}. “{_escaped(doubt.sentence)}” {_escaped(doubt.reason)}" for doubt in found
        )
        blocks += [f"## {around.doubts}", around.legend, listed]
    blocks += ["---", f"_{_escaped(around.written)}_"]
    return "\n\n".join(blocks) + "\n"


def _body(brochure: Brochure) -> str:
    text = checked_text(brochure)
    in_code = {unit.end for unit in sentences(text) if unit.kind is Kind.CODE}
    for doubt in reversed(doubts(brochure)):
        if doubt.offset not in in_code:
            text = f"{text[: doubt.offset]} {WARNING}{text[doubt.offset :]}"
    text = safe_markdown(text).strip("\n")
    tokens = parse(text)
    if not tokens or tokens[0].tag != "h1":
        text = f"# {_escaped(brochure.company)}\n\n{text}"
    # A fence that was never closed would take all that follows for code.
    last = parse(f"{text}\n\n# End")[-1]
    return f"{text}\n{last.markup}" if last.type == "fence" else text


def _source(source: Source) -> str:
    where = address(source)
    title = _escaped(source.title)
    place = f"<{where}>" if where else _escaped(source.place)
    return f"- **[{source.number}]** {': '.join(part for part in (title, place) if part)}"


def _escaped(text: str) -> str:
    """``text`` as words of Markdown, on one line."""
    return _SPECIAL.sub(r"\\\1", one_line(text))
