"""A finished brochure as one HTML file, to read on a screen or to print from a browser.

It holds all it needs and may load nothing: its policy forbids whatever its text could ask for.
"""

import re
from html import escape
from itertools import pairwise
from pathlib import Path

from switchboard.brochure.brochure import Brochure
from switchboard.brochure.document_parts import (
    WARNING,
    Doubt,
    Words,
    address,
    checked_text,
    doubts,
    language,
    one_line,
    site,
    words,
    written_on,
)
from switchboard.markdown_html import citations, to_html
from switchboard.messages import Source

_STYLE = Path(__file__).with_name("brochure.css")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_BRACKETS = re.compile(r"\[[0-9,;–—\s-]+\]\s*")
_STANDFIRST_CHARACTERS = 600
"""Of HTML: a longer first paragraph is set as the others."""


def as_html(brochure: Brochure) -> str:
    """The brochure as a page of its own.

    Raises:
        TooLarge: the text is longer than a file may be.
    """
    text = checked_text(brochure)
    found = doubts(brochure)
    known = {source.number: source for source in brochure.sources}
    marks = {
        doubt.offset: f'<a class="doubt" href="#check-{doubt.number}" title="{escape(doubt.reason)}">'
        f'{WARNING}<span class="aside"> {escape(doubt.reason)}</span></a>'
        for doubt in found
    }
    listed = _that_follow(text)
    body = to_html(
        text,
        cite=lambda number, occurrence: _citation(number, known.get(number), occurrence in listed),
        marks=marks,
    )
    company = escape(one_line(brochure.company))
    spoken = language(brochure)
    around = words(brochure)
    in_english = ' lang="en" dir="ltr"' if around.language == "en" != spoken.primary else ""
    return f"""<!doctype html>
<html lang="{spoken.tag}" dir="{"rtl" if spoken.is_right_to_left else "ltr"}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>{company}</title>
<style>
{_STYLE.read_text(encoding="utf-8")}</style>
</head>
<body>
<main>
<p class="kicker">{_kicker(brochure)}</p>
{_with_title(body, company)}</main>
<footer{in_english}>
{_sources(brochure, around)}{_doubts(found, around)}<p class="imprint">{escape(around.written)}</p>
</footer>
</body>
</html>
"""


def _that_follow(text: str) -> set[int]:
    """The citations that stand right behind another, as in ``[1][2]`` and ``[1, 2]``."""
    found = citations(text)
    return {
        later.occurrence
        for earlier, later in pairwise(found)
        if earlier.offset == later.offset or _BRACKETS.fullmatch(text, earlier.offset, later.offset)
    }


def _citation(number: int, source: Source | None, follows: bool) -> str:
    before = "," if follows else ""
    if source is None:
        return f'<sup class="cite">{before}{number}</sup>'
    title = escape(one_line(source.title) or one_line(source.place))
    return f'<sup class="cite">{before}<a href="#source-{number}" title="{title}">{number}</a></sup>'


def _kicker(brochure: Brochure) -> str:
    return " · ".join(escape(part) for part in (site(brochure), written_on(brochure)) if part)


def _with_title(body: str, company: str) -> str:
    """The text with the company's name over it where it has no title, its first lines set as a standfirst."""
    body = body.removeprefix("<h1></h1>\n")
    if not body.startswith("<h1>"):
        return f"<h1>{company}</h1>\n{body}"
    title, _, rest = body.partition("</h1>\n")
    first = rest.find("</p>")
    if rest.startswith("<p>") and 0 < first < _STANDFIRST_CHARACTERS:
        rest = rest.replace("<p>", '<p class="standfirst">', 1)
    return f"{title}</h1>\n{rest}"


def _sources(brochure: Brochure, around: Words) -> str:
    items = "".join(_source(source) for source in brochure.sources)
    return _section("sources", f"<h2>{around.sources}</h2>\n", items)


def _doubts(found: list[Doubt], around: Words) -> str:
    items = "".join(
        f'<li id="check-{doubt.number}"><bdi>“{escape(doubt.sentence)}”</bdi> '
        f'<span class="reason" lang="en" dir="auto">{escape(doubt.reason)}</span></li>\n'
        for doubt in found
    )
    return _section("doubts", f"<h2>{around.doubts}</h2>\n<p>{around.legend}</p>\n", items)


def _section(name: str, head: str, items: str) -> str:
    return f'<section class="{name}">\n{head}<ol>\n{items}</ol>\n</section>\n' if items else ""


def _source(source: Source) -> str:
    where = address(source)
    place = escape(one_line(source.place))
    link = (
        f'<a href="{escape(where)}" rel="noopener noreferrer nofollow" target="_blank">{place}</a>'
        if where
        else place
    )
    title = escape(one_line(source.title))
    return (
        f'<li id="source-{source.number}" value="{source.number}"><bdi>{title}</bdi> '
        f'<span class="place" dir="ltr">{link}</span></li>\n'
    )
