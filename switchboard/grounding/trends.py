"""Whether a claim says "up" where its source's numbers or words say "down"."""

from collections.abc import Sequence

from switchboard.grounding.alignment import Alignment
from switchboard.grounding.figures import Amount
from switchboard.grounding.tokens import Mark, Token
from switchboard.grounding.wording import Word, stems_of, stems_said

_UP = stems_of("rise rose risen increase grow grew grown growth climb raise gain higher up")
_DOWN = stems_of(
    "fall fell fallen decrease decline drop lower down reduce shrink shrank cut worsen slip slipped"
)
_LOSSES = stems_of("loss deficit lose lost debt")
"""What grows by a smaller number."""
_BEFORE = frozenset(("from", "against", "than", "after", "compared", "up", "down"))
_REACH = 4
"""Words between "rose" and the number."""


def is_trend_turned(aligned: Alignment) -> bool:
    """Whether a number of the claim has gone the other way."""
    cut = aligned.reading.cut
    stems = stems_said(cut)
    if not stems.isdisjoint(_LOSSES):
        return False
    is_up, is_down = not stems.isdisjoint(_UP), not stems.isdisjoint(_DOWN)
    for fact in aligned.reading.facts:
        if not isinstance(fact.token, Amount):
            continue
        for at in aligned.here:
            if at not in fact.own:
                continue
            said = aligned.units[at].tokens
            if _is_told_otherwise(cut, fact.at, fact.token, said):
                return True
            is_now = fact.at and cut[fact.at - 1].text == "to"
            if is_now and is_up != is_down and _is_counted_otherwise(fact.token, said, is_up=is_up):
                return True
    return False


def _is_told_otherwise(cut: Sequence[Token], at: int, amount: Amount, said: Sequence[Token]) -> bool:
    """Whether "fell by 6 %" became "rose by 6 %"."""
    mine = _direction(cut, at)
    places = [place for place, token in enumerate(said) if isinstance(token, Amount) and amount.agrees(token)]
    return mine != 0 and {_direction(said, place) for place in places} - {0} == {-mine}


def _direction(cut: Sequence[Token], at: int) -> int:
    """1 where a number is what something rises by or to, -1 where it falls, 0 where neither is said."""
    for token in reversed(cut[max(0, at - _REACH) : at]):
        if isinstance(token, Mark) or token.text in ("from", "than", "against"):
            return 0
        if isinstance(token, Word) and token.stem in _UP:
            return 1
        if isinstance(token, Word) and token.stem in _DOWN:
            return -1
    return 0


def _is_counted_otherwise(amount: Amount, said: Sequence[Token], *, is_up: bool) -> bool:
    """Whether the number that the source compares it with is on the wrong side of it."""
    mine = [at for at, token in enumerate(said) if isinstance(token, Amount) and amount.agrees(token)]
    if len(mine) != 1:
        return False
    now = said[mine[0]]
    others = [
        (at, token)
        for at, token in enumerate(said)
        if isinstance(token, Amount) and isinstance(now, Amount) and at != mine[0]
        if token.measure == now.measure and not token.is_ordinal
    ]
    if len(others) != 1:
        return False
    at, then = others[0]
    is_before = not _BEFORE.isdisjoint(token.text for token in said[max(0, at - _REACH) : at])
    was_from = mine[0] > 0 and said[mine[0] - 1].text == "from"
    value, old = amount.values[0], then.values[0]
    return is_before and not was_from and value != old and (value > old) != is_up
