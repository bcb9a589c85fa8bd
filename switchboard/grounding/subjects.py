"""What a sentence of a source is of, and facts of a claim that stand in one that is of something else.

Whether such a sentence fits less than another one is asked in ``placing.py``.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from switchboard.grounding.alignment import Alignment
from switchboard.grounding.derived import derives
from switchboard.grounding.figures import Amount, Day
from switchboard.grounding.naming import Name
from switchboard.grounding.reading import Fact, Reading
from switchboard.grounding.rivals import kind, same
from switchboard.grounding.signs import Found, Sign
from switchboard.grounding.tokens import Code, Token
from switchboard.grounding.wording import Word, close

_RARE = 8
"""Units up to which a row's label tells what it is about."""
_SELDOM = 4
"""Units up to which a name tells what a sentence is about."""
_COUNTED = 12.0
"""Up to this a number in words may count what a source only lists."""
TITLED = frozenset(("dr", "mr", "mrs", "ms", "prof", "professor", "sir", "captain", "director"))
"""Words before a surname that are no first names."""


def is_count(fact: Fact) -> bool:
    """Whether a fact is a small number in words, which may count what a source only lists."""
    token = fact.token
    is_small = isinstance(token, Amount) and not token.measure and token.values[0] <= _COUNTED
    return is_small and token.text.isalpha()


def is_about_the_same(fact: Fact, aligned: Alignment) -> bool:
    """Whether a unit with a fact is of what the best unit is of: its row's label, a name of the claim."""
    reading, titles = aligned.reading, aligned.reading.evidence.titles
    mine = {word.stem for word in fact.token.words} if isinstance(fact.token, Name) else set()
    best = _capitals(aligned.sentence.tokens)
    if isinstance(fact.token, Name):
        if fact.token.length > 1 and first_names(fact.token, aligned.sentence.tokens) <= TITLED:
            return fact.token.words[-1].stem in best
    elif isinstance(fact.token, Amount | Day) and derives(fact.token, aligned.sentence):
        return True
    for at in fact.own or fact.stating:
        unit = aligned.units[at]
        if unit.columns:
            cells = zip(unit.tokens, unit.columns, strict=True)
            label = _capitals([token for token, column in cells if column == 0]) - mine
            label = {stem for stem in label if len(reading.evidence.holding(stem)) < _RARE}
            if label and (label <= best - mine or len(label & best - mine) > 1):
                return True
        elif not isinstance(fact.token, Name):
            shared = _capitals(unit.tokens) & best & _capitals(reading.cut) - titles
            if any(_is_rare_name(stem, reading) for stem in shared):
                return True
    return False


def _is_rare_name(stem: str, reading: Reading) -> bool:
    own = [at for at, count in reading.evidence.holding(stem) if count == 1.0]
    return len(own) <= _SELDOM and stem not in reading.evidence.lower


def first_names(name: Name, cut: Sequence[Token]) -> set[str]:
    """The folded words before a name's last one in a text, where they are not the name's own."""
    last, own = name.words[-1].stem, {word.folded for word in name.words}
    pairs = pairwise(cut)
    return {
        one.folded
        for one, two in pairs
        if isinstance(one, Word) and isinstance(two, Word) and two.stem == last and kind(one) == "name"
    } - own


def _capitals(cut: Sequence[Token]) -> set[str]:
    """The stems of words with a capital, and codes."""
    named = {token.stem for token in cut if isinstance(token, Word) and kind(token) == "name"}
    return named | {token.key for token in cut if isinstance(token, Code)}


def dangling(fact: Fact, aligned: Alignment) -> Iterator[Found]:
    """A fact for which the sentence that fits has another one, and of which no other sentence has more."""
    units, reading = aligned.units, aligned.reading
    titles = reading.evidence.titles
    if any(at in fact.stating for at in aligned.here):
        return
    if isinstance(fact.token, Name) and any(word.folded in titles for word in fact.token.words):
        return
    near = frozenset().union(*(units[at].roots | units[at].heading_roots for at in aligned.here))
    rest = [
        [root for root in word.roots if close(root)]
        for word in reading.telling.values()
        if not any(close(root) and root in near for root in word.roots)
    ]
    others = [
        other
        for other in reading.facts
        if other is not fact and not any(at in other.stating for at in aligned.here)
    ]
    for at in fact.own or fact.stating:
        if any(not units[at].roots.isdisjoint(roots) for roots in rest) or any(
            at in one.own for one in others
        ):
            return
    sort = reading.kinds[fact.last]
    claimed = [reading.cut[other.last] for other in reading.facts]
    rivals = (
        token
        for token in units[aligned.best].tokens
        if kind(token) == sort and not (isinstance(token, Word) and token.folded in titles)
    )
    if any(not any(same(one, token) for one in claimed) for token in rivals):
        yield Found(Sign.DANGLING_NAME if isinstance(fact.token, Name) else Sign.DANGLING, fact.text)
