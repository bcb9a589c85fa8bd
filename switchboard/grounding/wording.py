"""Words as they are compared: by their stem and by the sets of ``wording.txt`` they stand in.

English alone; the sets are those of what companies write about themselves, not a thesaurus.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from switchboard.ranking import STOP_WORDS
from switchboard.spelling import fold

_DATA = Path(__file__).with_name("wording.txt")
_PREFIX = 6
"""Letters that two long words share when one is derived from the other: reserve, reservation."""
_CLOSE = 7
"""Entries up to which a set's words stand for one another; those of a longer one are only related."""
_MEMORY = 16_384
_LONGEST = 60


class Word(NamedTuple):
    """A word or set phrase.

    ``roots`` are its stem, the close sets (``=``) and the loose ones (``~``) that it stands in, its beginning
    (``-``), and what it shares with a nation's name (``@``).
    """

    text: str
    folded: str
    stem: str
    roots: frozenset[str]
    is_content: bool
    """Whether it says something that a source can be asked for."""


@dataclass(frozen=True, slots=True)
class Wording:
    """The sets of ``wording.txt``, by folded words and phrases."""

    alike: dict[str, set[str]]
    phrases: dict[str, list[tuple[str, ...]]]
    """By the stem of their first word, longest first; each the stems of its words."""
    opposite: dict[str, set[str]]
    """For a stem, the stems that contradict it."""
    strong: dict[str, frozenset[str]]
    """For a stem that claims something by itself, the stems of which a source must have one."""
    planned: frozenset[str]
    idle: frozenset[str]


_IRREGULAR_WORDS = """
won win paid pay lost lose sold sell bought buy held hold made make took take taken take gave give
given give grew grow grown grow risen rise fell fall fallen fall began begin begun begin built build
met meet kept keep sent send spent spend went go gone go came come ran run flew fly flown fly wrote
write written write told tell drew draw drawn draw chose choose chosen choose broke break broken
break spoke speak spoken speak drove drive driven drive stood stand brought bring thought think
taught teach caught catch became become knew know known know shown show stole steal stolen steal
withdrew withdraw withdrawn withdraw forbade forbid forbidden forbid ate eat eaten eat slept sleep
swam swim hidden hide worn wear wore wear torn tear tore tear sank sink sunk sink
"""
_IRREGULAR = dict(zip(_IRREGULAR_WORDS.split()[::2], _IRREGULAR_WORDS.split()[1::2], strict=True))


@lru_cache(maxsize=_MEMORY)
def stem(word: str) -> str:
    """The stem of a folded word."""
    import Stemmer

    stemmed: str = Stemmer.Stemmer("english").stemWord(_IRREGULAR.get(word, word))
    return stemmed


def _key(phrase: str) -> str:
    return " ".join(stem(word) for word in phrase.split())


@lru_cache(maxsize=1)
def wording() -> Wording:
    """The sets, read once."""
    alike: dict[str, set[str]] = {}
    phrases: dict[str, list[tuple[str, ...]]] = {}
    opposite: dict[str, set[str]] = {}
    strong: dict[str, frozenset[str]] = {}
    lists: dict[str, frozenset[str]] = {}
    part = ""
    for number, line in enumerate(_DATA.read_text(encoding="utf-8").splitlines()):
        if line.startswith("["):
            part = line.strip("[]")
        if not line or line[0] in "#[":
            continue
        sides = [
            [fold(entry.strip()) for entry in side.split(",") if entry.strip()] for side in line.split(" / ")
        ]
        entries = sides[0]
        for entry in (entry for side in sides for entry in side):
            words = tuple(stem(word) for word in entry.split())
            if len(words) > 1 and words not in phrases.setdefault(words[0], []):
                phrases[words[0]].append(words)
            if part == "alike":
                mark = "=" if len(entries) <= _CLOSE else "~"
                alike.setdefault(_key(entry), set()).add(f"{mark}{number}")
        if part == "strong":
            enough = frozenset(_key(entry) for side in sides for entry in side)
            strong.update((_key(entry), strong.get(_key(entry), frozenset()) | enough) for entry in entries)
        elif part == "opposite":
            keys = [{_key(entry) for entry in side} for side in sides]
            for mine in keys:
                for entry in mine:
                    opposite.setdefault(entry, set()).update(*(side for side in keys if side is not mine))
        elif part in ("planned", "idle"):
            lists[part] = frozenset(map(_key, entries))
    for longer in phrases.values():
        longer.sort(key=len, reverse=True)
    return Wording(alike, phrases, opposite, strong, lists["planned"], lists["idle"])


_SHORT_NATION = 4
_NATIONAL = (
    "vians",
    "vian",
    "ians",
    "ian",
    "eans",
    "ean",
    "ans",
    "an",
    "ns",
    "n",
    "ese",
    "ish",
    "ia",
    "a",
    "y",
    "e",
)


@lru_cache(maxsize=_MEMORY)
def nation(folded: str) -> str:
    """What is left of a country or continent's name and of its adjective: the same for both."""
    for ending in _NATIONAL:
        if folded.endswith(ending) and len(folded) - len(ending) >= 4:
            return folded.removesuffix(ending)
    return folded


@lru_cache(maxsize=_MEMORY)
def word(text: str) -> Word:
    """A word, or the words of a phrase with single spaces, as it is compared."""
    folded = fold(text[:_LONGEST])
    key = _key(folded)
    known = wording()
    roots = {key} | known.alike.get(key, set())
    # A phrase is as good as its words to one that knows only one of them.
    if " " in key:
        roots.update(key.split())
    elif len(key) >= _PREFIX and key.isascii():
        roots.add(key[:_PREFIX] + "-")
    if text[:1].isupper() and len(folded) >= 5:
        roots.add("@" + nation(folded))
    elif text[:1].isupper() and len(folded) == _SHORT_NATION:
        roots.add("@" + folded)
    content = folded not in STOP_WORDS and len(folded) > 1
    return Word(text, folded, key, frozenset(roots), content)


def close(root: str) -> bool:
    """Whether words that share a root stand for one another, and are not only related."""
    return root[0] != "~"


def stems_of(words: str) -> frozenset[str]:
    """The stems of words with spaces between them."""
    return frozenset(map(stem, words.split()))


def stems_said(tokens: Iterable[object]) -> set[str]:
    """The stems of the words among the tokens of a text."""
    return {token.stem for token in tokens if isinstance(token, Word)}
