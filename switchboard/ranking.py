"""Ranking short passages by the words of a question (BM25).

Plain Python over passages held in memory, for up to a few megabytes of text. It knows nothing of meaning,
keeps nothing on disk and does not split texts: see ``sentences.py`` for that.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence

K1 = 1.2
B = 0.75

_COMMON = """
a about above after again all also am an and any are as at be because been before being below between both
but by can could did do does doing don down during each few for from further get gets give had has have
having he her here hers him his how i if in into is it its just let many me more most much my no nor not now
of off on once one only or other our out over own please same shall she should show so some such tell than
that the their them then there these they this those through to too under until up us very was we were what
when where which while who whom whose why will with would you your
"""
STOP_WORDS = frozenset(_COMMON.split())

_WORD = re.compile(r"\w+")
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\dA-Za-z_]+")
_APOSTROPHE = re.compile(r"(?<=\w)['’](?:s|t|re|ve|ll|d|m)\b", re.IGNORECASE)
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
"""Japanese and Chinese, which put no space between words: pairs of characters stand for words."""


def terms(text: str) -> list[str]:
    """The words of a text as they are compared: lower-cased, stemmed, stop words left out.

    ``camelCase`` and ``snake_case`` names stand whole and in their parts.
    """
    import Stemmer

    words: list[str] = []
    for word in _WORD.findall(_APOSTROPHE.sub("", text)):
        if word.islower() and word.isascii() and word.isalpha():
            words.append(word)
        else:
            words += _split(word)
    # A stemmer of its own for each call: one may not be shared between threads, and costs under 1 µs.
    stemmer = Stemmer.Stemmer("english")
    stems: list[str] = stemmer.stemWords([word for word in words if word not in STOP_WORDS])
    return stems


def _split(word: str) -> Iterable[str]:
    if _UNSPACED.search(word):
        return [word[at : at + 2] for at in range(max(1, len(word) - 1))]
    whole = word.strip("_").casefold()
    parts = [part.casefold() for part in _PARTS.findall(word)] if not word.isdigit() else []
    return [whole, *parts] if len(parts) > 1 else [whole] if whole else []


class Ranking:
    """Passages (texts, or the ``terms`` of each), ready to be ranked; positions count from 0."""

    def __init__(self, passages: Sequence[str | Sequence[str]]) -> None:
        self._postings: dict[str, list[tuple[int, int]]] = {}
        lengths: list[int] = []
        for position, passage in enumerate(passages):
            counts = Counter(terms(passage) if isinstance(passage, str) else passage)
            lengths.append(counts.total())
            for term, count in counts.items():
                self._postings.setdefault(term, []).append((position, count))
        mean = sum(lengths) / len(lengths) if any(lengths) else 1.0
        self._dampers = [K1 * (1 - B + B * length / mean) for length in lengths]

    def weight(self, term: str) -> float:
        """How much a term (as ``terms`` writes it) tells the passages apart; highest for one in none of them.

        The inverse document frequency of Robertson and Spärck Jones with 1 added, as Lucene has it: never
        negative.
        """
        holding = len(self._postings.get(term, ()))
        return math.log(1 + (len(self._dampers) - holding + 0.5) / (holding + 0.5))

    def scores(self, query: str | Iterable[str]) -> list[float]:
        """A score from 0 up for each passage, in their order.

        Args:
            query: a text, or its ``terms``.

        The formula is BM25 as in Robertson and Zaragoza (2009), The Probabilistic Relevance Framework.
        """
        scores = [0.0] * len(self._dampers)
        for term in dict.fromkeys(terms(query) if isinstance(query, str) else query):
            weight = self.weight(term)
            for position, count in self._postings.get(term, ()):
                scores[position] += weight * count * (K1 + 1) / (count + self._dampers[position])
        return scores

    def best(self, query: str | Iterable[str], count: int) -> list[tuple[int, float]]:
        """At most ``count`` positions with their scores, best first, those that share no word left out."""
        ranked = sorted(enumerate(self.scores(query)), key=lambda entry: (-entry[1], entry[0]))
        return [(position, score) for position, score in ranked[:count] if score > 0]
