"""What turns a true sentence into another one: a "not", an "all", an opposite, a bound, a plan told as done.

Which "not" reaches which words is in ``negation.py``.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from switchboard.grounding.alignment import Alignment
from switchboard.grounding.figures import Amount, Bound, Day
from switchboard.grounding.negation import NEGATIONS, NEGATIVE, added_negation, denied, denied_always
from switchboard.grounding.signs import Found, Sign
from switchboard.grounding.tokens import Mark, Token
from switchboard.grounding.trends import is_trend_turned
from switchboard.grounding.units import Unit
from switchboard.grounding.wording import Word, stems_of, stems_said, wording

_ALL = stems_of("all every entire whole everyone everything always everywhere however regardless")
_WHOLE = stems_of("all every each entire whole full always")
_LIMITS = stems_of(
    "except exception most some many half more few several only about nearly almost apart up but"
) | {"less than", "more than", "at least"}
_EXCEPTIONS = stems_of("except exception not apart unless")
_CONDITIONS = stems_of("if when only until between within") | {"up to"}
_RESTRICTED = _LIMITS | _EXCEPTIONS | _CONDITIONS
_RESTRICTED |= stems_of(
    "part normally usually mostly without provided once otherwise though although while alone restricted "
    "exclude besides other no never nobody none"
)
_EXCLUDING = stems_of("except exception unless apart")
_EVERY = frozenset(
    ("all", "every", "always", "everyone", "everybody", "both", "entirely", "whole", "whatever")
)
_ALREADY_WORDS = """
every all each any no never always whole both none nobody entire throughout whichever whatever continuously
"""
_ALREADY = frozenset(_ALREADY_WORDS.split())
"""Words of a source that may be told as "all"."""
_PERIODS = frozenset(["year", "month", "week", "day", "quarter", "two"])
_NOT_ALL = frozenset(("at", "not", "nearly", "almost", "for"))
_ALONE_WORDS = """
only sole solely exclusively exclusive first leading foremost premier unique won unanimous unanimously
guarantee guaranteed unlimited unrestricted limitless permanently forever lifelong worldwide globally
"""
_ALONE = frozenset(_ALONE_WORDS.split())
_PLANS = stems_of("plan aim target hope")
_MEANT = stems_of("intend propose forecast consider prospective upcoming negotiate") | {"under discussion"}
_COMING = frozenset(("will", "expected", "proposed", "discussion", "planned", "considering"))
_LATER_WORDS = """
will shall would should could may can looking wants hopes hoped planned planning yet discussed considered open
intends intended suggested suggests proposal proposals aims considering expected due set candidate
"""
_LATER = frozenset(_LATER_WORDS.split())
_BEING = frozenset(("is", "are", "be", "set", "due", "was", "were"))
_PHRASAL = frozenset(("up", "down"))
"""Words that turn round what a source says, but say little by themselves."""


def contrast(aligned: Alignment) -> Iterator[Found]:
    """The signs that a claim turns round what its source says."""
    cut, best = aligned.reading.cut, aligned.units[aligned.best]
    units = [aligned.units[at] for at in aligned.used]
    if text := added_negation(cut, best, [aligned.units[at] for at in aligned.chosen]):
        yield Found(Sign.NEGATED, text)
    if denied(cut, aligned.reading.telling.values(), best):
        yield Found(Sign.DENIED)
    if share := denied_always(aligned):
        yield Found(Sign.DENIED_ALWAYS, amount=share)
    if is_trend_turned(aligned):
        yield Found(Sign.TREND)
    words = [token for token in cut if isinstance(token, Word)]
    yield from _generalised(cut, aligned)
    yield from _restricted(cut, aligned)
    yield from _bounded(cut, units)
    yield from _opposed(words, units, aligned.sentence)
    yield from _planned(cut, aligned)


def _generalised(cut: Sequence[Token], aligned: Alignment) -> Iterator[Found]:
    """An "all", "only" or "first" that the source has not."""
    best = aligned.units[aligned.best]
    said = stems_said(
        token for at in aligned.used for token in (*aligned.units[at].tokens, *aligned.units[at].context)
    )
    is_all_said = best.columns or any(
        isinstance(token, Word) and token.folded.split()[0] in _ALREADY for token in aligned.sentence.tokens
    )
    for at, word in enumerate(cut):
        if not isinstance(word, Word):
            continue
        if word.stem in _ALL and _is_limited(cut, at, best):
            yield Found(Sign.LIMITED, word.text)
        if not is_all_said and word.folded.split()[0] in _EVERY and _is_every(cut, at):
            yield Found(Sign.ALL, word.text)
        enough = wording().strong.get(word.stem)
        is_verb = at + 1 < len(cut) and cut[at + 1].text == "to"
        if enough and word.folded in _ALONE and not is_verb and not best.columns and enough.isdisjoint(said):
            yield Found(Sign.ONLY, word.text)


def _is_every(cut: Sequence[Token], at: int) -> bool:
    """Whether an "all" is said of all there are: not of every week, all three, or all that matters."""
    word, following = cut[at].text.casefold(), cut[at + 1] if at + 1 < len(cut) else None
    if word.startswith("every ") or (at and cut[at - 1].text.casefold() in _NOT_ALL):
        return False
    if isinstance(following, Amount):
        return False
    return not (isinstance(following, Word) and following.folded in (_PERIODS | {"but", "in", "that"}))


def _is_limited(cut: Sequence[Token], at: int, unit: Unit) -> bool:
    """Whether a source says of some what a claim says of all."""
    following = cut[at + 1].text if at + 1 < len(cut) else ""
    word = cut[at].text.casefold()
    if word == "however" and following == ",":
        return False
    said, mine = stems_said(unit.tokens), stems_said(cut)
    if (said & _EXCEPTIONS) - mine and mine.isdisjoint(_EXCEPTIONS):
        return True
    if word in ("however", "regardless"):
        return bool((said & _CONDITIONS) - mine)
    if following == "of":
        return said.isdisjoint(_WHOLE)
    return bool((said & _LIMITS) - mine) and mine.isdisjoint(_LIMITS) and said.isdisjoint(_ALL | _WHOLE)


def _restricted(cut: Sequence[Token], aligned: Alignment) -> Iterator[Found]:
    """An "only", "except" or "unless" of the source of which nothing is left."""
    if not stems_said(cut).isdisjoint(_RESTRICTED) or _has_negation(cut):
        return
    telling = {word.stem for word in aligned.reading.telling.values()}
    for clause in _clauses(aligned.sentence.tokens):
        stems = stems_said(clause)
        if not stems.isdisjoint(_EXCLUDING) or ("only" in stems and not stems.isdisjoint(telling)):
            yield Found(Sign.RESTRICTED)
            return


def _clauses(cut: Sequence[Token]) -> Iterator[list[Token]]:
    clause: list[Token] = []
    for token in cut:
        if isinstance(token, Mark) or token.text in ("and", "but"):
            yield clause
            clause = []
        clause.append(token)
    yield clause


def _has_negation(cut: Sequence[Token]) -> bool:
    return any(isinstance(token, Word) and token.folded in NEGATIONS for token in cut)


def _bounded(cut: Sequence[Token], units: Sequence[Unit]) -> Iterator[Found]:
    """A number that the source bounds on the other side, or not at all."""
    for token in cut:
        if not isinstance(token, Amount) or token.bound is Bound.EXACT:
            continue
        amounts = (other for unit in units for other in unit.tokens if isinstance(other, Amount))
        said = [other for other in amounts if token.agrees(other)]
        is_said = any(token.bound_text in (word.text for word in unit.tokens) for unit in units)
        if said and not is_said and all(token.contradicts_bound(other) for other in said):
            yield Found(Sign.BOUNDED, token.bound_text)


def _opposed(words: Sequence[Word], units: Sequence[Unit], sentence: Unit) -> Iterator[Found]:
    """A word of which the best unit has the opposite, and no unit the word or one like it."""
    opposite = wording().opposite
    best, mine = stems_said(sentence.tokens), {word.stem for word in words}
    have = units[0].context_roots.union(*(one.roots for one in (units[:1] if sentence.columns else units)))
    turned = (*words, *(token for token in sentence.tokens if isinstance(token, Word)))
    is_negative = any(
        word.folded in NEGATIONS or word.stem in NEGATIVE or word.folded in ("fewer", "less")
        for word in turned
    )
    for word in words:
        against = opposite.get(word.stem)
        if not against or word.folded in _PHRASAL or word.stem in have or not (against & best) - mine:
            continue
        if sentence.columns and word.folded.endswith("est"):
            continue
        alike = {root for root in word.roots if root[0] in "=~"}
        held = (token for one in units for token in one.tokens if isinstance(token, Word))
        if all(alike.isdisjoint(token.roots) for token in held if token.stem not in against):
            yield Found(Sign.OPPOSED_BESIDE_NOT if is_negative else Sign.OPPOSED, word.text)


def _planned(cut: Sequence[Token], aligned: Alignment) -> Iterator[Found]:
    """A plan told as done."""
    is_later = any(isinstance(token, Word) and token.folded in _LATER for token in cut)
    is_to_be = any(token.text == "to" and at and cut[at - 1].text in _BEING for at, token in enumerate(cut))
    if is_later or is_to_be or _is_plan(cut):
        return
    telling = {token.stem for token in cut if isinstance(token, Word) and token.is_content}
    clauses = [[], *_clauses(aligned.sentence.tokens)]
    if not any(
        _is_plan(clause) and not telling.isdisjoint(stems_said((*before, *clause)))
        for before, clause in pairwise(clauses)
    ):
        return
    yield Found(Sign.PLANNED)
    if not any(isinstance(token, Day) for token in cut):
        yield Found(Sign.UNDATED)


def _is_plan(cut: Sequence[Token]) -> bool:
    """Whether a text tells of what is meant to come."""
    for at, token in enumerate(cut):
        if not isinstance(token, Word):
            continue
        following = cut[at + 1].text if at + 1 < len(cut) else ""
        if token.stem in _MEANT or token.folded in _COMING or token.folded == "due to":
            return True
        if token.folded == "to be" and (token.text[0].isupper() or (at and cut[at - 1].text in _BEING)):
            return True
        if token.stem in _PLANS and following == "to":
            return True
        if token.folded == "due" and following in ("to", "in"):
            return not (at + 2 < len(cut) and isinstance(cut[at + 2], Amount))
    return False
