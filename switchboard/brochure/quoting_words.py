"""The words by which a sentence of a site is judged, language by language.

They stand in ``quoting_words.json``; what follows from them is decided in ``worth.py``. A language that is
not in the table is judged by the words of English, which it hardly ever has, and by no verbs.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from switchboard.brochure.brief import Topic

_FILE = Path(__file__).with_name("quoting_words.json")
_GUESSED_BY = 3_000
"""Words of the pages by which a language is guessed."""
_LEAST_SHARE = 0.06
"""Of a text's words that are a language's commonest before it is taken for that language."""


@dataclass(frozen=True, slots=True)
class QuotingWords:
    """The words of one language; patterns are for lower-cased text."""

    headings: Mapping[Topic, str]
    little: str
    """What is said when the pages hold next to nothing."""
    dependent: re.Pattern[str]
    """Beginnings of sentences that lean on the one before."""
    pronouns: frozenset[str]
    """Near the beginning of a sentence they do the same."""
    definite: frozenset[str]
    """Articles that, further down a paragraph, often speak of what was just named."""
    orders: re.Pattern[str]
    """Beginnings of sentences that tell the reader to do something."""
    crumbs: re.Pattern[str]
    """What only the notices and signposts of a site say."""
    slogans: re.Pattern[str]
    founded: re.Pattern[str]
    """What tells of a company's history."""
    verbs: frozenset[str]
    """Those of sentences that say what a company does; none where the language is not known."""
    auxiliary: frozenset[str]
    we: frozenset[str]
    ours: frozenset[str]
    """The company of itself, in any case."""


@cache
def words_of(language: str) -> QuotingWords:
    """The words of a language, such as ``de`` or ``pt-BR``; English for one that is not in the table."""
    table = _table()
    known = table.get(language.lower().partition("-")[0].partition("_")[0])
    words = known or {**table["en"], "verbs": [], "auxiliary": []}
    return QuotingWords(
        headings={topic: words["topics"][topic.name.lower()] for topic in Topic},
        little=words["little"],
        dependent=_any_of(words["dependent"]),
        pronouns=frozenset(words["pronouns"]),
        definite=frozenset(words["definite"]),
        orders=_any_of(words["orders"]),
        crumbs=_any_of(words["crumbs"]),
        slogans=_any_of(words["slogans"]),
        founded=_any_of(words["founded"], is_whole=False),
        verbs=frozenset(words["verbs"]),
        auxiliary=frozenset(words["auxiliary"]),
        we=frozenset(words["we"]),
        ours=frozenset(words["ours"]),
    )


def guessed_language(texts: Iterable[str]) -> str:
    """The language of the table that most of the texts' words are common in; ``""`` where none is."""
    found: list[str] = []
    for text in texts:
        found += text[: 8 * _GUESSED_BY].lower().split()[:_GUESSED_BY]
    shares = {
        language: sum(map(frozenset(words["common"]).__contains__, found))
        for language, words in _table().items()
    }
    best = max(shares, key=lambda language: shares[language])
    return best if shares[best] > _LEAST_SHARE * len(found) else ""


@cache
def _table() -> dict[str, dict[str, Any]]:
    table: dict[str, dict[str, Any]] = json.loads(_FILE.read_text(encoding="utf-8"))
    return table


def _any_of(phrases: Sequence[str], *, is_whole: bool = True) -> re.Pattern[str]:
    longest_first = sorted(phrases, key=len, reverse=True)
    end = r"(?!\w)" if is_whole else ""
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))}){end}")
