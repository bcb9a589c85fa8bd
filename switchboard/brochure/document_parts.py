"""What every file of a brochure shows besides its text.

Its title, its sources, the sentences that were found on no page, and the words around them. How they look is
each format's own.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

from switchboard.brochure.brochure import TEXT_CHARACTERS, Brochure
from switchboard.errors import TooLarge
from switchboard.grounding import Unsupported
from switchboard.markdown_html import is_safe_address
from switchboard.messages import Source

SENTENCE_CHARACTERS = 240
"""Of a sentence that is quoted among those to check."""
WARNING = "⚠"
RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "iw", "ps", "sd", "syr", "ug", "ur", "yi"})
_WORDS = Path(__file__).with_name("document_words.json")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_LANGUAGE = re.compile(r"([a-zA-Z]{2,3})(?:-([a-zA-Z0-9]{2,8}))*")
_REGION = re.compile(r"-([a-zA-Z]{2})(?![a-zA-Z0-9])")
_HIDDEN = re.compile("[\\s\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
_ADDRESS_MARKS = "%/:=&?~#+!$,;@()*[]-._"
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Doubt:
    """A sentence that no page bears out; ``offset`` is where its mark stands in the brochure's text."""

    number: int
    offset: int
    sentence: str
    reason: str


@dataclass(frozen=True, slots=True)
class Language:
    """A brochure's language; ``tag`` is ``und`` where it is not known."""

    tag: str
    primary: str
    region: str

    @property
    def is_right_to_left(self) -> bool:
        """Whether its lines begin at the right."""
        return self.primary in RIGHT_TO_LEFT


def language(brochure: Brochure) -> Language:
    """The language as HTML and PDF take it, whatever the brochure calls it."""
    found = _LANGUAGE.fullmatch(brochure.language[:35])
    if not found:
        return Language("und", "und", "")
    region = _REGION.search(found[0])
    return Language(found[0], found[1].lower(), region[1].upper() if region else "")


def checked_text(brochure: Brochure) -> str:
    """The text, in characters that a file can hold; their offsets are those of the brochure's text.

    Raises:
        TooLarge: it is longer than ``TEXT_CHARACTERS``.
    """
    if len(brochure.text) > TEXT_CHARACTERS:
        raise TooLarge(
            f"The brochure has more than {TEXT_CHARACTERS:,} characters, too many for a file.",
            "Write a shorter one.",
        )
    return _SURROGATE.sub("\ufffd", brochure.text)


def doubts(brochure: Brochure) -> list[Doubt]:
    """The sentences that no page bears out, numbered from 1, in their order."""
    found: list[Doubt] = []
    for checked in brochure.checked:
        if isinstance(checked.verdict, Unsupported):
            words = one_line(checked.sentence.plain)
            if len(words) > SENTENCE_CHARACTERS:
                words = words[: SENTENCE_CHARACTERS - 1].rstrip() + "…"
            reason = one_line(checked.verdict.reason)
            found.append(Doubt(len(found) + 1, checked.sentence.mark_at, words, reason))
    return found


def address(source: Source) -> str:
    """Where a source stands on the web, in ASCII, or nothing where a link should not lead."""
    is_web = source.place.startswith("http") and is_safe_address(source.place)
    return quote(source.place, safe=_ADDRESS_MARKS) if is_web else ""


def site(brochure: Brochure) -> str:
    """The name of the site that the brochure was written from: ``www.example.com``."""
    for source in brochure.sources:
        try:
            host = urlsplit(address(source)).hostname
        except ValueError:
            continue
        if host:
            return host
    return ""


def written_on(brochure: Brochure) -> str:
    """The date: in words where the brochure is English, else as every language reads it."""
    if language(brochure).primary == "en":
        return f"{brochure.written.day} {_MONTHS[brochure.written.month - 1]} {brochure.written.year}"
    return brochure.written.isoformat()


def one_line(text: str) -> str:
    """``text`` without breaks and what cannot be printed."""
    return _HIDDEN.sub(" ", text).strip()


@dataclass(frozen=True, slots=True)
class Words:
    """What stands around the text, in its language where that is known here and else in English."""

    sources: str
    doubts: str
    legend: str
    written: str
    """What wrote the text, and when."""
    language: str


def words(brochure: Brochure) -> Words:
    """The words for a brochure's files."""
    known: dict[str, list[str]] = json.loads(_WORDS.read_text(encoding="utf-8"))
    spoken = language(brochure).primary
    spoken = spoken if spoken in known else "en"
    sources, of_doubts, legend, written = known[spoken]
    model = one_line(brochure.model) or "?"
    return Words(sources, of_doubts, legend, written.format(model=model, date=written_on(brochure)), spoken)
