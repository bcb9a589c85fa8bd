"""What the words of a link say of the page behind it.

The words stand in ``page_words.json``, in some twenty languages. How much they weigh beside a link's place is
``candidates.py``'s.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from switchboard.brochure.events import PageKind

_WORDS = Path(__file__).with_name("page_words.json")
_READ_CHARACTERS = 200
_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ı": "i"})
_CHARACTERS = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_TOKEN = re.compile(rf"[{_CHARACTERS}]|[^\W_{_CHARACTERS}]+")
"""A word; of scripts that put no spaces between words, a character."""
_PART_WEIGHT = 0.6
_COMPOUND_WEIGHT = 0.6
_COMPOUND_LETTERS = 6
"""Letters that a word must share with a compound to be taken for its first or last part."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What some words say.

    Attributes:
        shares: how much of them names each kind of page, from 0 to 1; ``OTHER`` for pages that are known to
            be none that a brochure needs, such as help.
        count: the words that mean anything; "Learn more" has none.
    """

    shares: Mapping[PageKind, float]
    count: int


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    phrases: dict[str, tuple[PageKind, float]]
    series: frozenset[str]
    unwanted: frozenset[str]
    unwanted_alone: frozenset[str]
    unwanted_sections: frozenset[str]
    filler: frozenset[str]
    lengths: dict[str, int]
    """The words that phrases begin with, and how many words the longest of these phrases has."""


def tokens_of(words: str) -> tuple[str, ...]:
    """The words without accents, in small letters."""
    folded = unicodedata.normalize("NFKD", words[:_READ_CHARACTERS].casefold()).translate(_LETTERS)
    bare = "".join(sign for sign in folded if not "\u0300" <= sign <= "\u036f")
    return tuple(_TOKEN.findall(unicodedata.normalize("NFC", bare)))


@lru_cache(maxsize=4_096)
def meaning_of(tokens: tuple[str, ...], name: str = "") -> Meaning:
    """Which kinds of page the words name.

    Args:
        tokens: the words.
        name: the company's name in its address; the parts of it mean nothing.
    """
    vocabulary = _vocabulary()
    letters: dict[PageKind, float] = {}
    total = count = place = 0
    while place < len(tokens):
        taken, kind, weight = _phrase_at(tokens, place)
        piece = tokens[place : place + taken]
        if kind is not None:
            size = sum(map(len, piece))
            letters[kind] = letters.get(kind, 0.0) + weight * size
            total += size
            count += taken
        elif not (piece[0] in vocabulary.filler or (len(piece[0]) > 2 and piece[0] in name)):
            total += len(piece[0])
            count += 1
        place += taken
    return Meaning({kind: value / total for kind, value in letters.items()}, count)


@lru_cache(maxsize=4_096)
def is_unwanted(tokens: tuple[str, ...]) -> bool:
    """Whether words name a page that no brochure needs: legal ones, carts, sign-ins."""
    return " ".join(tokens) in _vocabulary().unwanted_alone or is_unwanted_section(tokens)


@lru_cache(maxsize=4_096)
def is_unwanted_section(tokens: tuple[str, ...]) -> bool:
    """Whether a part of a path has none but such pages below it."""
    vocabulary = _vocabulary()
    if " ".join(tokens) in vocabulary.unwanted_sections:
        return True
    return any(phrase in vocabulary.unwanted for phrase in _phrases(tokens)) or any(
        token[:size] in vocabulary.unwanted
        for token in tokens
        for size in range(_COMPOUND_LETTERS + 1, min(len(token), 20))
    )


def is_series(segment: tuple[str, ...]) -> bool:
    """Whether a part of a path holds single articles, such as ``news``."""
    return " ".join(segment) in _vocabulary().series


def _phrase_at(tokens: tuple[str, ...], place: int) -> tuple[int, PageKind | None, float]:
    """The longest phrase that begins at a word: how many words it has, what it names, how much it weighs."""
    vocabulary = _vocabulary()
    for size in range(min(vocabulary.lengths.get(tokens[place], 0), len(tokens) - place), 0, -1):
        known = vocabulary.phrases.get(" ".join(tokens[place : place + size]))
        if known is not None:
            return size, *known
    return 1, *_compound(tokens[place])


@lru_cache(maxsize=4_096)
def _compound(token: str) -> tuple[PageKind | None, float]:
    """What a long word means by its beginning or its end, as in ``Kundenreferenzen``."""
    phrases = _vocabulary().phrases
    if len(token) <= 40 and token not in _vocabulary().filler:
        for size in range(len(token) - 2, _COMPOUND_LETTERS - 1, -1):
            for part in (token[-size:], token[:size]):
                kind, weight = phrases.get(part, (None, 0.0))
                if kind is not None:
                    return kind, weight * _COMPOUND_WEIGHT
    return None, 0.0


def _phrases(tokens: tuple[str, ...]) -> Iterable[str]:
    lengths = _vocabulary().lengths
    for place, token in enumerate(tokens):
        for size in range(1, min(lengths.get(token, 0), len(tokens) - place) + 1):
            yield " ".join(tokens[place : place + size])


@cache
def _vocabulary() -> _Vocabulary:
    words = json.loads(_WORDS.read_text(encoding="utf-8"))
    phrases: dict[str, tuple[PageKind, float]] = {}
    weights = {"whole": 1.0, "part": _PART_WEIGHT}
    for kind in PageKind:
        lists = {"whole": words[kind]} if kind is PageKind.OTHER else words.get(kind, {})
        for name, entries in lists.items():
            for phrase in map(_fold, entries):
                phrases.setdefault(phrase, (kind, weights[name]))
    phrases = {short: phrases[phrase] for short, phrase in _compact(phrases).items()} | phrases
    unwanted = _folded(words["unwanted"]["anywhere"])
    unwanted |= _compact(unwanted).keys()
    lengths: dict[str, int] = {}
    for phrase in (*phrases, *unwanted):
        first, *more = phrase.split()
        lengths[first] = max(lengths.get(first, 0), 1 + len(more))
    return _Vocabulary(
        phrases,
        _folded(words["series"]),
        unwanted,
        _folded(words["unwanted"]["alone"] + words["unwanted"]["section"]),
        _folded(words["unwanted"]["section"]),
        _folded(words["filler"]),
        lengths,
    )


def _folded(entries: Iterable[str]) -> frozenset[str]:
    return frozenset(map(_fold, entries))


def _fold(phrase: str) -> str:
    return " ".join(tokens_of(phrase))


def _compact(phrases: Iterable[str]) -> dict[str, str]:
    """The phrases by what some addresses make of them: ``aboutus``."""
    return {"".join(phrase.split()): phrase for phrase in phrases if " " in phrase and len(phrase) > 6}
