"""Words of a claim that its sources do not have: how many, and whether they stand together.

Who keeps to the source's words does not suddenly use strange ones; who says it in other words does.
"""

from collections.abc import Iterator, Sequence

from switchboard.grounding.alignment import Alignment
from switchboard.grounding.figures import Amount, Day
from switchboard.grounding.rivals import same
from switchboard.grounding.signs import Found, Sign
from switchboard.grounding.tokens import Mark, Token
from switchboard.grounding.wording import Word

_STRANGE = 0.15
"""Up to which a word is strange; see the levels of ``alignment.py``."""
_HELD = 0.6
"""From which on it ends a row of strange ones."""
_ENDS = 0.9
"""How much such a word takes from the row, and a fact of the units used."""
_FACT = 1.0
_LITERAL = 0.75
"""The share of the other words and facts that are the source's, from which on a claim keeps to its words."""
_LEAST = 3
"""Other words and facts that must be there to tell."""
_LONG = 2.5
"""How many strange words in a row are an addition to the source's words."""
_GAP = 1.5
"""How many in a row are nothing yet."""
_MOST = 1.5
"""How many more than that count."""
_UNLIKE = 0.4
"""The share of its words that a claim should have from its sources."""
_SLOT = 4
"""Words of the source that one word may stand for."""
_BEFORE_NOUN_WORDS = """
a an the its their his her of in on with by from for at into under through via this each every any and
"""
_BEFORE_NOUN = frozenset(_BEFORE_NOUN_WORDS.split())
_ARTICLES = frozenset(["a", "an", "the", "its", "their", "his", "her", "our"])


def strange(aligned: Alignment) -> Iterator[Found]:
    """The signs that strange words are."""
    reading, levels = aligned.reading, aligned.levels
    rows = list(_rows(aligned))
    weight, first, last = max(rows, key=lambda row: row[0], default=(0.0, 0, 0))
    ends = (_text(reading.cut[first]), _text(reading.cut[last]))
    if weight > _GAP:
        yield Found(Sign.GAP, *ends, amount=min(weight - _GAP, _MOST))
    unlike = _UNLIKE - _share(aligned)
    if unlike > 0:
        yield Found(Sign.UNLIKE, amount=unlike)
    unknown = [at for at, level in levels.items() if level <= _STRANGE]
    if unknown and not reading.facts:
        yield Found(Sign.STRANGE, amount=len(unknown) / len(levels))
    literal = _literal(aligned, len(unknown))
    if literal < _LITERAL:
        return
    if weight >= _LONG:
        yield Found(Sign.ADDED, *ends)
    if len(unknown) == 1 and _is_noun(unknown[0], reading.cut) and _is_in_place(unknown[0], aligned):
        yield Found(Sign.SWAPPED_WORD, _text(reading.cut[unknown[0]]))


def _text(token: Token) -> str:
    return token.text


def _rows(aligned: Alignment) -> Iterator[tuple[float, int, int]]:
    """The rows of strange words, each with its weight, first and last place."""
    facts = {
        place: any(at in fact.own for at in aligned.used)
        for fact in aligned.reading.facts
        for place in range(fact.at, fact.last + 1)
    }
    weight, first = 0.0, 0
    for at in range(len(aligned.reading.cut)):
        if at in aligned.levels:
            level = aligned.levels[at]
            if not weight:
                first = at
            weight = max(0.0, weight + 1 - level - (_ENDS if level >= _HELD else 0.0))
            if level < _HELD:
                yield weight, first, at
        elif at in facts:
            weight = max(0.0, weight - _FACT * facts[at])


def _share(aligned: Alignment) -> float:
    """How much of a claim's words the sources have, from 0 to 1."""
    weights = aligned.reading.weights
    total = sum(weights[at] for at in aligned.levels)
    held = sum(weights[at] * level for at, level in aligned.levels.items())
    return held / total if total else 1.0


def _literal(aligned: Alignment, unknown: int) -> float:
    """How much of what is not strange is the source's own; 0 where there is little of it."""
    reading = aligned.reading
    stems = {
        token.stem for at in aligned.used for token in aligned.units[at].tokens if isinstance(token, Word)
    }
    own = sum(word.stem in stems for word in reading.telling.values())
    own += sum(any(at in fact.stating for at in aligned.used) for fact in reading.facts)
    rest = len(reading.telling) + len(reading.facts) - unknown
    return own / rest if rest >= _LEAST else 0.0


def _is_noun(at: int, cut: Sequence[Token]) -> bool:
    """Whether a word may be a noun: after an article or preposition, or after an adjective after one."""
    before = [token.folded if isinstance(token, Word) else "" for token in cut[max(0, at - 2) : at]]
    if not before or not before[-1]:
        return False
    is_adjective = not before[-1].endswith(("s", "ed"))
    return before[-1] in _BEFORE_NOUN or (is_adjective and before[0] in _BEFORE_NOUN)


def _is_in_place(at: int, aligned: Alignment) -> bool:
    """Whether the source has another word between what stands before and after a word of the claim."""
    if aligned.sentence.columns:
        return False
    reading = aligned.reading
    mine = frozenset().union(*(word.roots for word in reading.words.values()))
    said = [token for token in aligned.sentence.tokens if not _is_article(token)]
    left = [
        isinstance(token, Word)
        and token.is_content
        and token.roots.isdisjoint(mine)
        and not any(same(reading.cut[fact.last], token) for fact in reading.facts)
        for token in said
    ]
    before = next((token for token in reversed(reading.cut[:at]) if not _is_article(token)), None)
    after = next((token for token in reading.cut[at + 1 :] if not _is_article(token)), None)
    start = 0
    while start < len(said):
        end = start
        while end < len(said) and left[end]:
            end += 1
        if 0 < end - start <= _SLOT:
            fits = _fits(before, said[start - 1] if start else None)
            fits += _fits(after, said[end] if end < len(said) else None)
            if fits >= 1:
                return True
        start = max(end, start + 1)
    return False


def _is_article(token: Token) -> bool:
    return isinstance(token, Word) and token.folded in _ARTICLES


def _fits(one: Token | None, two: Token | None) -> float:
    """How surely two tokens are the same: half as much for words that say nothing themselves."""
    if one is None or two is None or isinstance(one, Mark) or isinstance(two, Mark):
        return 0.0
    if isinstance(one, Word):
        return (1.0 if one.is_content else 0.5) * (isinstance(two, Word) and one.stem == two.stem)
    alike = isinstance(one, Amount | Day) and isinstance(two, Amount | Day) and same(one, two)
    return float(alike or one == two)
