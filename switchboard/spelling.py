"""Comparing words as people type them: case, accents, endings, slips of the finger.

English endings alone; no dictionary, and no sound-alikes.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_ENDINGS = ("ing", "es", "ed", "er", "s", "d")
_LONGEST = 40
"""Characters of the longest name or word that is corrected."""


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


@lru_cache(maxsize=4096)
def stem(word: str) -> str:
    """A folded word without its English ending: equal for most inflections of one word."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word.removesuffix(ending)
            break
    if len(word) > 4 and word[-1] == word[-2] and word[-1] not in "aeious":
        word = word[:-1]
    return word.removesuffix("e").removesuffix("y").removesuffix("i")


class Names:
    """Names that a misspelt one is looked for among, by the letters that are left when some are dropped.

    Two words that are n slips apart become the same when n letters or fewer are dropped from each, so that a
    look-up compares the few names that share such a remainder instead of all.

    Args:
        meanings: each folded name with what it stands for; the same for several names of one thing.
    """

    def __init__(self, meanings: Mapping[str, object]) -> None:
        self._meanings = dict(meanings)
        self._near: dict[str, set[str]] = {}
        for name in self._meanings:
            if 4 <= len(name) <= _LONGEST:
                for rest in _remainders(name, 2):
                    self._near.setdefault(rest, set()).add(name)

    def closest(self, typed: str, forgiving: bool) -> str | None:
        """The one name that folded ``typed`` misspells.

        One slip is forgiven in five letters or more, and where ``forgiving`` in four, two from six on; the
        first letter has to be right. ``None`` where no name is near enough, or two of different meaning are
        equally near.
        """
        if not (4 if forgiving else 5) <= len(typed) <= _LONGEST:
            return None
        limit = 2 if forgiving and len(typed) >= 6 else 1
        candidates: set[str] = set()
        for rest in _remainders(typed, limit):
            candidates |= self._near.get(rest, set())
        ranked = sorted(
            (found, name) for name in candidates if (found := distance(typed, name, limit)) <= limit
        )
        nearest = [name for slips, name in ranked if slips == ranked[0][0]]
        return nearest[0] if len({self._meanings[name] for name in nearest}) == 1 else None


def _remainders(word: str, drops: int) -> set[str]:
    """The word, and what is left when up to ``drops`` letters, never the first, are dropped."""
    found = level = {word}
    for _ in range(drops):
        level = {rest[:at] + rest[at + 1 :] for rest in level for at in range(1, len(rest))}
        found = found | level
    return found
