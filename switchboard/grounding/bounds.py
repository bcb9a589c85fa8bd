"""The words beside a number that bound it: "at least", "more than", "or less"."""

from collections.abc import Sequence
from dataclasses import replace

from switchboard.grounding.figures import Amount, Bound
from switchboard.grounding.tokens import Token
from switchboard.grounding.wording import Word

_BOUND_WORDS = {
    Bound.MOST: "no more than|not more than|up to|at most|at the most|as many as|as much as|within|"
    "maximum of|not over|not exceeding|must not exceed|cannot exceed|may not exceed|not exceed|never exceed|"
    "never exceeds|never exceeded|not exceeded|never over|never more than|no heavier than|no longer than|"
    "no later than|capped at|limited to",
    Bound.LEAST: "no fewer than|no less than|not less than|not fewer than|at least|at the least|minimum of",
    Bound.OVER: "more than|over|above|exceeding|exceed|exceeds|exceeded|upwards of|greater than|in excess of|"
    "longer than|beyond|heavier than",
    Bound.UNDER: "less than|fewer than|under|below|shorter than|lower than",
    Bound.NEARLY: "nearly|almost|close to|just under|just below|approaching",
    Bound.ABOUT: "about|around|roughly|approximately|some|circa|ca|just over|just above|a little over|"
    "slightly over|slightly under|slightly more than",
}
_BY_LAST: dict[str, list[tuple[tuple[str, ...], Bound]]] = {}
"""The words before a number that bound it, by the last of them, longest first."""
for _bound, _phrases in _BOUND_WORDS.items():
    for _phrase in sorted((tuple(one.split()) for one in _phrases.split("|")), key=len, reverse=True):
        _BY_LAST.setdefault(_phrase[-1], []).append((_phrase, _bound))
for _entries in _BY_LAST.values():
    _entries.sort(key=lambda entry: -len(entry[0]))


def bounded(amount: Amount, done: Sequence[Token], cut: Sequence[Token], after: int) -> Amount:
    """An amount with the bound that the words before or after it give it.

    Args:
        amount: as it stands.
        done: the tokens before it.
        cut: the tokens of the whole text.
        after: the place in ``cut`` after the amount.
    """
    last = done[-1] if done else None
    if isinstance(last, Word) and (last.folded in _BY_LAST or last.folded in ("the", "of", "a")):
        before = [token.folded if isinstance(token, Word) else "" for token in done[-4:]]
        if before[-1] in ("the", "a", "an"):
            before.pop()
        for phrase, bound in _BY_LAST.get(before[-1] if before else "", ()):
            if tuple(before[-len(phrase) :]) == phrase:
                return replace(amount, bound=bound, bound_text=" ".join(phrase))
    following = [token.folded if isinstance(token, Word) else "" for token in cut[after : after + 4]]
    for after_it, bound in (("at most", Bound.MOST), ("at least", Bound.LEAST), ("or more", Bound.LEAST)):
        words = after_it.split()
        if following[:2] == words or following[1:3] == words:
            return replace(amount, bound=bound, bound_text=after_it)
    if following[:2] in (["or", "less"], ["or", "fewer"]):
        return replace(amount, bound=Bound.MOST, bound_text=" ".join(following[:2]))
    return amount
