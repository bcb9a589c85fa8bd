r"""A stranger's words as Markdown that shows them as they are.

Nothing in them becomes a link, a picture, a heading, markup or a citation: ``[7]`` of a page is left out,
other marks stand behind a backslash. Whether a text is worth quoting is not judged here.
"""

import re
from collections.abc import Sequence

CITATION_LIKE = re.compile(r"\s{0,3}\[[\d,;\s–-]{1,40}\]")
"""What a reader of ours would take for the number of a source."""
_MARKS = re.compile(r"[\\`*\[\]~|]|(?<![^\W_])_|_(?![^\W_])|\$(?=\$)|(?<=\$)\$")
_ENTITY = re.compile(r"&(?=#?\w{1,31};)")
_ADDRESS = re.compile(r"(?i)(\bhttps?|\bftp|\bmailto|\bxmpp)(?=:)|(\bwww)(?=\.)")
_LINE_START = re.compile(r"(?=[#>+=:-])|(\d{1,9})(?=[.)](?:\s|$))")
_SPACE = re.compile(r"[\s\u0085\u2028\u2029]+")
_UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069]")
"""Characters that would break a pattern or turn the direction of the text around it."""


def escaped(text: str) -> str:
    """The words on one line, so that Markdown shows them and nothing else; linear in their length."""
    text = _SPACE.sub(" ", _UNSEEN.sub("", text)).strip()
    text = CITATION_LIKE.sub("", text).strip()
    text = _MARKS.sub(r"\\\g<0>", text)
    text = _ADDRESS.sub(lambda found: f"{found[0]}\\", text)
    text = _ENTITY.sub("&amp;", text).replace("<", "&lt;")
    begun = _LINE_START.match(text)
    return f"{begun[1] or ''}\\{text[begun.end() :]}" if begun else text


def cited(text: str, number: int) -> str:
    """A quotation with the number of its page."""
    return f"{escaped(text)} [{number}]"


def item(text: str, number: int, label: str = "") -> str:
    """One line of a list; its label, if it has one, stands before it in bold."""
    name = f"**{escaped(label.rstrip(' :.'))}:** " if label else ""
    return f"- {name}{cited(text, number)}"


def table_of(header: Sequence[str], rows: Sequence[Sequence[str]], number: int) -> str:
    """A table with the number of its page at the end of each row."""
    lines = [_row([escaped(cell) for cell in header]), _row(["---"] * len(header))]
    for *cells, last in rows:
        lines.append(_row([*(escaped(cell) for cell in cells), cited(last, number)]))
    return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
