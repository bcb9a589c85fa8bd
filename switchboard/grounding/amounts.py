"""Numbers, dates and times put together from the words, figures and marks of a text.

What they are worth is in ``figures.py``; how a text is cut, in ``facts.py``.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from switchboard.grounding.bounds import bounded
from switchboard.grounding.figures import MONEY, UNITS, Amount, Bound, Day
from switchboard.grounding.months import MONTHS
from switchboard.grounding.numerals import FRACTIONS, ORDINALS, SCALES, SMALL, spelt
from switchboard.grounding.ranges import ranged
from switchboard.grounding.tokens import Mark, Token
from switchboard.grounding.wording import Word

_ROMAN = {"II": 2, "III": 3, "IV": 4, "VI": 6, "VII": 7, "VIII": 8, "IX": 9}
_LARGE = 1000.0
"""The step from which on pounds are money: nobody weighs in millions of them."""
_PARTED = ("of", "more", "less", "fewer", "higher", "lower", "above", "below")
_FINER = 12
"""How many times a unit of time holds the one that follows it: years and months, hours and minutes."""


def joined(cut: Sequence[Token], *, foreign: bool = False) -> list[Token]:
    """Numbers with their scales and units, number words as numbers, and the parts of dates together."""
    line = list(_joined(cut, foreign))
    if sum(isinstance(token, Amount) for token in line) < 2:
        return line
    return ranged(list(_timed(line)))


def _joined(cut: Sequence[Token], foreign: bool) -> Iterator[Token]:
    at = 0
    done: list[Token] = []
    while at < len(cut):
        token = cut[at]
        found, after = token, at + 1
        if isinstance(token, Word):
            lower = token.folded
            if (
                lower in MONTHS
                and (foreign or lower != "may" or _is_may(cut, at))
                and token.text[0].isupper()
            ):
                found, after = _month_first(cut, at)
            elif lower in SMALL or (
                lower == "half" and not _says(_at(cut, at + 2), "year") and _says(_at(cut, at + 1), "a")
            ):
                found, after = _number_words(cut, at)
            elif lower in ORDINALS or lower in FRACTIONS:
                found, after = _ordinal(cut, at)
            elif lower == "half" and _says(_at(cut, at + 1), "a") and _says(_at(cut, at + 2), "year"):
                found, after = Amount(_text(cut, at, at + 3), (6.0,), "months"), at + 3
            elif token.text in _ROMAN and done and isinstance(done[-1], Word):
                found = Amount(token.text, (float(_ROMAN[token.text]),))
            elif lower in ("a", "an"):
                found, after = _number_words(cut, at)
        elif isinstance(token, Amount):
            found, after = _day_first(cut, at)
        if isinstance(found, Amount):
            found = _priced(found, done)
            found, after = _measured(found, cut, after)
            found = bounded(found, done, cut, after)
        done.append(found)
        yield found
        at = after


def _is_may(cut: Sequence[Token], at: int) -> bool:
    after = _at(cut, at + 1)
    before = _at(cut, at - 1)
    if isinstance(after, Day) and not after.month:
        return True
    if isinstance(after, Amount) and after.is_ordinal:
        return True
    if isinstance(before, Amount) and 1 <= before.values[0] <= 31:
        return True
    return isinstance(before, Word) and before.folded in (
        "in",
        "of",
        "since",
        "until",
        "by",
        "from",
        "last",
        "this",
    )


def _year(cut: Sequence[Token], at: int) -> tuple[tuple[int, ...], int]:
    """The year that stands at a place, a comma or "of" before it forgiven, and the place after it."""
    for skip in (0, 1):
        token = _at(cut, at + skip)
        if isinstance(token, Day) and len(token.years) == 1 and not token.month:
            between = cut[at] if skip else None
            if not skip or (isinstance(between, Mark) and between.text == ",") or _says(between, "of"):
                return token.years, at + skip + 1
    return (), at


def _at(cut: Sequence[Token], at: int) -> Token | None:
    return cut[at] if 0 <= at < len(cut) else None


def _says(token: Token | None, *words: str) -> bool:
    return isinstance(token, Word) and token.folded in words


def _text(cut: Sequence[Token], start: int, end: int) -> str:
    pieces = (token.text for token in cut[start:end])
    return re.sub(r" (?=[,;])", "", " ".join(pieces))


def _month_first(cut: Sequence[Token], at: int) -> tuple[Token, int]:
    month_word = cut[at]
    month = MONTHS[month_word.folded] if isinstance(month_word, Word) else 0
    day, after = 0, at + 1
    token = _at(cut, after)
    if _says(token, "the") and after + 1 < len(cut):
        token, after = cut[after + 1], after + 1
    if isinstance(token, Amount) and not token.measure and token.values[0] in range(1, 32):
        day, after = int(token.values[0]), after + 1
    else:
        after = at + 1
    years, after = _year(cut, after)
    return Day(_text(cut, at, after), years, month, day), after


def _day_first(cut: Sequence[Token], at: int) -> tuple[Token, int]:
    token = cut[at]
    after = at + 1
    if _says(_at(cut, after), "of", "de", "."):
        after += 1
    month = _at(cut, after)
    if isinstance(month, Mark) and month.text == "." and after + 1 < len(cut):
        after, month = after + 1, cut[after + 1]
    if isinstance(token, Amount) and isinstance(month, Word) and month.folded in MONTHS:
        whole = not token.measure and token.values[0] in range(1, 32)
        if whole and (month.folded not in ("may", "mar", "mai") or month.text[0].isupper() or after > at + 1):
            day = int(token.values[0])
            following = _at(cut, after + 1)
            years, end = _year(cut, after + 2 if _says(following, "de", "del") else after + 1)
            end = end if years else after + 1
            return Day(_text(cut, at, end), years, MONTHS[month.folded], day), end
    return token, at + 1


def _ordinal(cut: Sequence[Token], at: int) -> tuple[Token, int]:
    """A third as an ordinal; a third of something as a part of a hundred; "first" stays a word."""
    token = cut[at]
    if not isinstance(token, Word):
        return token, at + 1
    following = _at(cut, at + 1)
    before = _at(cut, at - 1)
    if token.folded in FRACTIONS and _says(following, *_PARTED) and _says(before, "a", "an", "one", "about"):
        percent = 100 / FRACTIONS[token.folded]
        return Amount(
            token.text, (percent,), "%", 1.0, 2, Bound.ABOUT, is_soft=token.folded == "half", is_part=True
        ), at + 1
    if token.folded == "half" and not _says(following, "a", "an", "year", "hour", "day", "way", "term"):
        return Amount(token.text, (50.0,), "%", 1.0, 2, Bound.ABOUT, is_soft=True), at + 1
    if token.folded in ORDINALS:
        return Amount(token.text, (float(ORDINALS[token.folded]),), is_ordinal=True), at + 1
    return token, at + 1


def _number_words(cut: Sequence[Token], at: int) -> tuple[Token, int]:
    words = [token.folded if isinstance(token, Word) else "" for token in cut[at : at + 10]]
    value, used = spelt(words)
    if not used:
        return cut[at], at + 1
    text = _text(cut, at, at + used)
    part = words[used] if used < len(words) else ""
    if part.removesuffix("s") in FRACTIONS and 1 < value < 100:
        percent = 100 * value / FRACTIONS[part.removesuffix("s")]
        return Amount(f"{text} {part}", (percent,), "%", 1.0, 2, Bound.ABOUT, is_part=True), at + used + 1
    return Amount(text, (float(value),), digits=1), at + used


def _priced(amount: Amount, done: Sequence[Token]) -> Amount:
    """An amount with the currency that stands before it in letters ("USD 20 million")."""
    last = done[-1] if done else None
    if amount.measure or not isinstance(last, Word) or len(last.text) != 3 or not last.text.isupper():
        return amount
    measure, _ = UNITS.get(last.folded, ("", 1.0))
    return replace(amount, measure=measure) if measure in MONEY else amount


def _measured(amount: Amount, cut: Sequence[Token], at: int) -> tuple[Amount, int]:
    """An amount with the scale and unit that follow it."""
    if amount.is_ordinal:
        return amount, at
    for _ in range(3):
        token = _at(cut, at)
        if not isinstance(token, Word):
            break
        lower = token.folded
        if lower in SCALES and not (lower == "m" and amount.measure):
            scale = SCALES[lower]
            values = tuple(value * scale for value in amount.values)
            amount = replace(amount, values=values, step=amount.step * scale)
        elif (
            lower == "cents"
            and _says(_at(cut, at + 1), "of", "in")
            and _says(_at(cut, at + 2), "every", "each")
        ):
            return replace(amount, measure="%", text=f"{amount.text} cents"), at + 1
        elif lower == "per" and _says(_at(cut, at + 1), "cent"):
            return replace(amount, measure="%", text=f"{amount.text} per cent"), at + 2
        elif lower in UNITS and not amount.measure and lower not in ("s", "t", "l", "g", "second"):
            is_sterling = lower in ("pound", "pounds") and amount.step >= _LARGE
            measure, factor = ("£", 1.0) if is_sterling else UNITS[lower]
            values = tuple(value * factor for value in amount.values)
            written = amount.values[0] if factor != 1.0 else None
            amount = replace(
                amount, values=values, step=amount.step * factor, measure=measure, written=written
            )
        elif not (lower == "us" and _says(_at(cut, at + 1), "dollars", "dollar")):
            break
        amount, at = replace(amount, text=f"{amount.text} {token.text}"), at + 1
    return amount, at


def _timed(line: Sequence[Token]) -> Iterator[Token]:
    """The tokens with hours and minutes that stand together as one amount."""
    at = 0
    while at < len(line):
        token = line[at]
        after = at + (2 if _says(_at(line, at + 1), "and") else 1)
        following = _at(line, after)
        at += 1
        if isinstance(token, Amount) and isinstance(following, Amount):
            both = token.measure == following.measure and token.measure in ("time", "months")
            if both and len(token.values) == 1 and token.step >= _FINER * following.step > 0:
                value = token.values[0] + following.values[0]
                text = _text(line, at - 1, after + 1)
                token = replace(token, text=text, values=(value,), step=following.step, digits=4)
                at = after + 1
        yield token
