"""Comparing words as people type them: case, accents, endings, slips of the finger.

English endings alone; no dictionary, and no sound-alikes.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_ENDINGS = ("s", "es", "d", "ed", "ing", "er")


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text: ``folded`` for comparing, ``start`` and ``end`` where it stands."""

    folded: str
    start: int
    end: int


def fold(text: str) -> str:
    """Lower case, accents and a possessive's ending removed."""
    plain = text.casefold()
    if not plain.isascii():
        marked = unicodedata.normalize("NFKD", plain.replace("’", "'"))
        plain = "".join(letter for letter in marked if not unicodedata.combining(letter))
    return plain.removesuffix("'s").replace("'", "")


def tokens(text: str) -> tuple[Token, ...]:
    """The words of a text in their order."""
    return tuple(Token(fold(match[0]), *match.span()) for match in _TOKEN.finditer(text))


def distance(one: str, two: str, limit: int) -> int:
    """How many letters to insert, drop, change or swap with a neighbour, ``limit + 1`` at most.

    The restricted Damerau-Levenshtein distance (optimal string alignment).
    """
    if abs(len(one) - len(two)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(two) + 1))
    for i, letter in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, other in enumerate(two, 1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == two[j - 2] and one[i - 2] == other:
                best = min(best, last[j - 2] + 1)
            row.append(best)
        if min(row) > limit:
            return limit + 1
    return min(row[-1], limit + 1)


def same_word(token: str, word: str) -> bool:
    """Whether a folded token is the folded word, one of its inflections, or one slip away from it."""
    if token == word or _stem(token) == _stem(word):
        return True
    if len(word) < 5 or len(token) < 4 or token[0] != word[0]:
        return False
    return distance(token.removesuffix("s"), word.removesuffix("s"), 1) <= 1


def _stem(word: str) -> str:
    for ending in sorted(_ENDINGS, key=len, reverse=True):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word.removesuffix(ending)
            break
    if len(word) > 4 and word[-1] == word[-2] and word[-1] not in "aeiouls":
        word = word[:-1]
    return word.removesuffix("e").removesuffix("y").removesuffix("i")


def closest(typed: str, names: Iterable[str], forgiving: bool) -> str | None:
    """The one name that ``typed`` misspells; both folded.

    One slip is forgiven in four letters or more, two from six on where ``forgiving``; the first letter has to
    be right. ``None`` where none is near enough or two are equally near.
    """
    if len(typed) < (4 if forgiving else 5):
        return None
    limit = 2 if forgiving and len(typed) >= 6 else 1
    ranked = sorted(
        (found, name)
        for name in names
        if name[:1] == typed[0] and len(name) >= 4 and (found := distance(typed, name, limit)) <= limit
    )
    if not ranked or (len(ranked) > 1 and ranked[0][0] == ranked[1][0]):
        return None
    return ranked[0][1]
