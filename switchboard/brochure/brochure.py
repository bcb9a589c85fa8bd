"""A brochure that has been written: its text, its pages, and what the check of its sentences found.

Writing it is ``writer.py``'s, showing it as a file ``documents.py``'s.
"""

from dataclasses import dataclass
from datetime import date

from switchboard.grounding import Checked
from switchboard.messages import Source

TEXT_CHARACTERS = 30_000
"""As long as a text may be: some 12 pages, and 3 s for the one that takes a PDF longest."""


@dataclass(frozen=True, slots=True)
class Brochure:
    """A finished brochure."""

    company: str
    text: str
    """Markdown; ``[2]`` after what the second page says."""
    sources: tuple[Source, ...]
    """The pages it was written from, by the numbers that it cites."""
    checked: tuple[Checked, ...]
    """Its sentences, each with what its page says to it."""
    language: str
    """Of the text, as a BCP 47 tag: ``en``, ``pt-BR``."""
    model: str
    """What wrote it."""
    written: date
