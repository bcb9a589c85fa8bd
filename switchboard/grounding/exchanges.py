"""Two things of a claim that have changed places: shares, dates, people, who does it and to whom.

How two facts are compared within one sentence is in ``rivals.py``; here clauses are compared with clauses.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from switchboard.grounding.alignment import Alignment
from switchboard.grounding.directions import has_moved
from switchboard.grounding.naming import Name
from switchboard.grounding.reading import Fact
from switchboard.grounding.rivals import REACH, kind, same, swapped
from switchboard.grounding.signs import Found, Sign
from switchboard.grounding.tokens import Mark, Token
from switchboard.grounding.wording import Word

_FAR = REACH + 4
_LIKELY = 0.6
"""How much of the claim a sentence must have, beside the one that has most, to be asked."""
_PARTING = frozenset(("while", "whereas", "but"))
_JOINING = _PARTING | {"and"}
_MARKS = ",;:—–.("
_ORDERING = frozenset(("respectively", "former", "latter"))
_BEING = frozenset(("was", "were", "been", "be", "is", "are", "being", "got", "by"))
_STEPS = 10
"""Words between two names of which one does something to the other."""
_OBJECT = 6
"""Words after a verb in which its object stands."""
_BEFORE_OTHERS = frozenset(("by", "with", "from", "to", "for", "in"))
_PASSIVE = ("ed", "t", "n")
"""How what is done to somebody ends."""
_NAMES = frozenset(("name", "code"))
_ENOUGH = 2
"""Words and facts that must be with another name."""
_MOSTLY = 0.6
"""The share of them that must be."""
_ITEMS = 24
"""Words and facts of a claim that are paired."""


def exchanges(aligned: Alignment) -> Iterator[Found]:
    """The signs that things have changed places."""
    yield from _exchanged(aligned)
    yield from _reordered(aligned)
    if aligned.around and not any(
        isinstance(token, Word) and token.folded in _ORDERING
        for token in (*aligned.around, *aligned.reading.cut)
    ):
        for joints in (_PARTING, _JOINING):
            yield from _mixed(aligned, joints)


def _exchanged(aligned: Alignment) -> Iterator[Found]:
    """Two facts of a kind that fit their sentence better with their places changed."""
    reading, units = aligned.reading, aligned.units
    is_moved = any(has_moved(fact, reading) for fact in reading.facts)
    for one, two in combinations(reading.facts, 2):
        is_name = isinstance(one.token, Name)
        if reading.kinds[one.last] != reading.kinds[two.last] or is_name != isinstance(two.token, Name):
            continue
        if is_name and any(_is_known(fact, aligned) for fact in (one, two)):
            continue
        if is_moved and not is_name:
            continue
        other = {(units[at].number, units[at].start) for at in two.own}
        both = {
            (units[at].number, units[at].start): at
            for at in one.own
            if (units[at].number, units[at].start) in other
        }.values()
        top = max((reading.scores[at] for at in both), default=0.0)
        asked = [at for at in both if reading.scores[at] >= _LIKELY * top]
        ones, twos = reading.bonds(one, _FAR), reading.bonds(two, _FAR)
        cut = reading.cut
        if asked and all(
            swapped(cut[one.last], ones, cut[two.last], twos, aligned.whole(at)) for at in asked
        ):
            yield Found(Sign.EXCHANGED_NAMES if is_name else Sign.EXCHANGED, one.text)


def _is_known(fact: Fact, aligned: Alignment) -> bool:
    """Whether the sources are about a name, so that it may stand anywhere."""
    evidence = aligned.reading.evidence
    return isinstance(fact.token, Name) and all(evidence.is_subject(word) for word in fact.token.words)


def _reordered(aligned: Alignment) -> Iterator[Found]:
    """Two names on either side of a word, each on the side where the source has the other one."""
    cut = aligned.reading.cut
    named = sorted(
        (fact for fact in aligned.reading.facts if isinstance(fact.token, Name)), key=lambda fact: fact.at
    )
    for one, two in pairwise(named):
        between = cut[one.last + 1 : two.at]
        if len(between) > _STEPS:
            continue
        stems = {token.stem for token in between if isinstance(token, Word) and token.is_content}
        for at in aligned.used:
            said = aligned.units[at].tokens
            firsts = [place for place, token in enumerate(said) if same(cut[one.last], token)]
            seconds = [place for place, token in enumerate(said) if same(cut[two.last], token)]
            if not firsts or not seconds or max(seconds) >= min(firsts):
                continue
            inside = said[max(seconds) : min(firsts)]
            if _is_passive(inside) == _is_passive(between) and any(
                isinstance(token, Word) and token.stem in stems for token in inside
            ):
                yield Found(Sign.ORDER, one.text)
    for fact in named:
        if _is_object(fact, aligned):
            yield Found(Sign.ORDER, fact.text)


def _is_passive(cut: Sequence[Token]) -> bool:
    return any(isinstance(token, Word) and token.folded in _BEING for token in cut)


def _is_object(fact: Fact, aligned: Alignment) -> bool:
    """Whether a claim says that something was done by whom the source says it was done to."""
    cut = aligned.reading.cut
    by = next((at for at in range(fact.at - 1, max(-1, fact.at - 6), -1) if cut[at].text == "by"), 0)
    verb = cut[by - 1] if by else None
    if not isinstance(verb, Word) or not verb.folded.endswith(_PASSIVE):
        return False
    said = aligned.around
    for at, token in enumerate(said):
        if not isinstance(token, Word) or token.stem != verb.stem or _is_passive(said[max(0, at - 2) : at]):
            continue
        for other in said[at + 1 : at + 1 + _OBJECT]:
            if isinstance(other, Mark) or (isinstance(other, Word) and other.folded in _BEFORE_OTHERS):
                break
            if same(cut[fact.at], other):
                return True
    return False


@dataclass(frozen=True, slots=True)
class _Item:
    """A word or fact of a claim, with the clause it is in and the only one in which the source has it."""

    token: Token
    text: str
    kind: str
    clause: int
    said: int


def _clauses(cut: Sequence[Token], joints: frozenset[str]) -> list[int]:
    """The number of each token's clause."""
    numbers: list[int] = []
    number = 0
    for token in cut:
        is_joint = isinstance(token, Word) and token.folded in joints
        number += is_joint or (isinstance(token, Mark) and token.text in _MARKS)
        numbers.append(number)
    return numbers


def _mixed(aligned: Alignment, joints: frozenset[str]) -> Iterator[Found]:
    """Clauses of a claim that are made of halves of the source's clauses."""
    numbers = _clauses(aligned.around, joints)
    items = _items(aligned, numbers, _clauses(aligned.reading.cut, joints))
    rivals = _rivals(aligned, numbers)
    said = {number for number, _ in zip(numbers[aligned.lead :], aligned.sentence.tokens, strict=False)}
    here = [item for item in items if item.said in said]
    for item in here:
        if item.kind in _NAMES and not item.text[0].isdigit() and _is_attached_elsewhere(item, here, rivals):
            yield Found(Sign.DETACHED, item.text)
    for one, two in combinations(items, 2):
        if one.said == two.said:
            continue
        if one.clause != two.clause and one.kind == two.kind and _is_paired(one, two, items):
            yield Found(Sign.PAIRED, one.text)
        are_facts = one.clause == two.clause and one.kind != two.kind
        if are_facts and one.kind in rivals.get(two.said, ()) and two.kind in rivals.get(one.said, ()):
            yield Found(Sign.CROSSED, one.text)


def _items(aligned: Alignment, numbers: Sequence[int], clauses: Sequence[int]) -> list[_Item]:
    """The words and facts of a claim that stand in one clause of the source alone."""
    reading = aligned.reading
    asked = [(fact.at, reading.cut[fact.last], fact.text, reading.kinds[fact.last]) for fact in reading.facts]
    asked += [(at, word, word.text, "") for at, word in reading.words.items()]
    found: list[_Item] = []
    evidence = reading.evidence
    told: dict[str, set[int]] = {}
    for at, word in reading.words.items():
        told.setdefault(word.stem, set()).add(clauses[at])
    for at, token, text, sort in asked[:_ITEMS]:
        if isinstance(token, Word):
            is_told_twice = len(told.get(token.stem, ())) > 1
            if is_told_twice or (kind(token) and evidence.is_subject(token)):
                continue
        places = {
            number for number, other in zip(numbers, aligned.around, strict=True) if _stands(token, other)
        }
        if len(places) == 1:
            found.append(_Item(token, text, sort, clauses[at], places.pop()))
    return found


def _stands(token: Token, other: Token) -> bool:
    if isinstance(token, Word):
        return isinstance(other, Word) and token.stem == other.stem
    return same(token, other)


def _is_paired(one: _Item, two: _Item, items: Sequence[_Item]) -> bool:
    """Whether what is with each of two in the claim is with the other one in the source, with it alone."""
    crossed = []
    for mine, other in ((one, two), (two, one)):
        rest = [item.said for item in items if item.clause == mine.clause and item is not mine]
        if mine.said in rest:
            return False
        crossed.append(other.said in rest)
    return all(crossed) or (any(crossed) and one.kind not in ("", "name"))


def _is_attached_elsewhere(item: _Item, items: Sequence[_Item], rivals: Mapping[int, set[str]]) -> bool:
    """Whether all that is with a name in the claim is with another name in the source's sentence."""
    rest = [other.said for other in items if other.clause == item.clause and other is not item]
    place, count = Counter(rest).most_common(1)[0] if rest else (0, 0)
    is_enough = count >= max(_ENOUGH, _MOSTLY * len(rest)) and item.said not in rest
    return is_enough and not _NAMES.isdisjoint(rivals.get(place, ()))


def _rivals(aligned: Alignment, numbers: Sequence[int]) -> Mapping[int, set[str]]:
    """The kinds of facts in each clause of the source that the claim has not."""
    claimed = [aligned.reading.cut[fact.last] for fact in aligned.reading.facts]
    evidence = aligned.reading.evidence
    found: dict[int, set[str]] = {}
    for number, token in zip(numbers, aligned.around, strict=True):
        sort = kind(token)
        is_known = isinstance(token, Word) and evidence.is_subject(token)
        if sort and not is_known and not any(same(fact, token) for fact in claimed):
            found.setdefault(number, set()).add(sort)
    return found
