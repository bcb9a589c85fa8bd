"""Cutting a text into its words, numbers, dates, codes and marks.

How two of them compare is in ``figures.py`` and ``wording.py``; what they mean together, in ``bearing.py``.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from switchboard.grounding.amounts import joined
from switchboard.grounding.figures import DECADE, UNITS, Amount, Day, readings
from switchboard.grounding.tokens import Code, Mark, Token
from switchboard.grounding.wording import Word, word, wording
from switchboard.spelling import fold

_NUMBER = r"\d{1,3}(?:[,.'’\u00a0\u202f]\d{3})+(?:[.,]\d{1,9})?(?!\d)|\d{1,20}(?:[.,]\d{1,20})?"
# Possessive quantifiers and bounds keep hostile text from costing squared time.
_TOKEN = re.compile(
    r"(?P<word>[^\W\d_]++(?:['’](?:s|t|re|ve|ll|d|m|S)\b)?(?![\w@]))"
    r"|(?P<link>https?://[^\s<>()\]]{1,300}|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5})"
    r"|(?P<phone>\+\d[\d ()/-]{6,22}\d)"
    r"|(?P<iso>\b(?:1[5-9]|2[01])\d\d-[01]\d-[0-3]\d\b)"
    r"|(?P<slashed>\b\d{1,2}[./]\d{1,2}[./](?:1[5-9]|20)\d\d\b)"
    r"|(?P<period>\b(?:FY\s?)?(?:1[5-9]|20)\d\d[-–/](?:20)?\d\d\b(?![-/.]\d))"
    r"|(?P<decade>\b(?:1[5-9]|20)\d0s\b)"
    r"|(?P<half>\b(?:1[0-2]|0?[1-9])(?:[:.][0-5]\d)?\s?[ap]\.?m\b)"
    r"|(?P<clock>\b\d{1,2}:\d\d\b)"
    r"|(?P<ordinal>\b\d{1,4}(?:st|nd|rd|th)\b)"
    rf"|(?P<amount>(?:US|A|C)?[$€£₹¥]\s?(?:{_NUMBER})(?:(?:[kKmMbB]|[mb]n)\b)?"
    rf"|(?<!\w)(?:{_NUMBER})\s?(?:[%€£₹]|°C?|(?:[kKmMbB]|[mb]n|km|kg|cm|mm|g|h|min|s|t|l)\b)?(?![\w]))"
    r"|(?P<code>[^\W\d_]{1,12}\d\w{0,20}(?:-\d\w{0,20}){1,3}|\w{1,80})"
    r"|(?P<mark>[,;:()–—…!?]|\.(?=\s)|-(?=\s))"
)
_LETTER = {"k": 1e3, "m": 1e6, "b": 1e9, "mn": 1e6, "bn": 1e9}


def tokens(text: str, *, foreign: bool = False) -> list[Token]:
    """The tokens of a text in their order.

    Args:
        text: without the marks of Markdown.
        foreign: whether numbers may be written as in other locales than the English one.
    """
    return list(_phrased(joined(list(_cut(text, foreign)), foreign=foreign)))


def _cut(text: str, foreign: bool) -> Iterator[Token]:
    for match in _TOKEN.finditer(text):
        kind, piece = match.lastgroup, match[0]
        if kind == "word":
            yield word(piece)
        elif kind == "mark":
            yield Mark(piece)
        elif kind == "amount":
            yield from _amount(piece, foreign)
        else:
            yield _special(kind or "", piece)


def _special(kind: str, piece: str) -> Token:
    if kind == "iso":
        year, month, day = map(int, piece.split("-"))
        return Day(piece, (year,), month, day)
    if kind == "slashed":
        day, month, year = map(int, re.split(r"[./]", piece))
        return Day(piece, (year,), month, day, is_swappable=True)
    if kind == "period":
        year, last = map(int, re.findall(r"\d+", piece))
        end = year // 100 * 100 + last % 100
        return Day(piece, (year, end)) if end > year else Code(piece, piece)
    if kind == "decade":
        start = int(piece[:4])
        return Day(piece, tuple(range(start, start + DECADE)))
    if kind == "ordinal":
        return Amount(piece, (float(piece[:-2]),), is_ordinal=True)
    if kind == "half":
        hour, minute = re.findall(r"\d+", f"{piece} 00")[:2]
        is_late = "p" in piece.casefold()
        return Code(piece, f"{int(hour) % 12 + 12 * is_late}:{minute}")
    if re.fullmatch("[Qq][1-4]", piece):
        return Amount(piece, (float(piece[1]),), is_ordinal=True)
    if kind == "clock":
        hour, minute = piece.split(":")
        return Code(piece, f"{int(hour)}:{minute}")
    return Code(piece, "".join(filter(str.isalnum, piece)).casefold())


@lru_cache(maxsize=4096)
def _amount(piece: str, foreign: bool) -> tuple[Token, ...]:
    found = re.search(r"\d[\d.,'’\u00a0\u202f]*", piece)
    digits = (found[0] if found else "").rstrip(".,'’\u00a0\u202f")
    values = readings(digits, foreign=foreign)
    if not values:
        return (Code(piece, digits),)
    before, _, after = piece.partition(digits)
    measure = before.strip()[-1:]
    suffix = after.strip()
    scale = _LETTER.get(suffix.casefold() if suffix != "M" else "m", 1.0)
    if suffix in ("m", "t", "s", "l", "g", "h") and not measure:
        scale = 1.0
    bare = digits.replace(",", "")
    step = 10.0 ** -len(bare.partition(".")[2]) if not foreign else 1.0
    significant = len(bare.replace(".", "").lstrip("0"))
    if not measure and not suffix and len(digits) == 4 and digits.isdecimal() and 1500 <= int(digits) < 2100:
        return (Day(piece, (int(digits),)),)
    factor = scale
    if scale == 1.0 and suffix.casefold() in UNITS:
        measure, factor = UNITS[suffix.casefold()]
    return (
        Amount(piece.strip(), tuple(value * factor for value in values), measure, step * factor, significant),
    )


def _phrased(line: Sequence[Token]) -> Iterator[Token]:
    """The tokens with set phrases as one word each."""
    phrases = wording().phrases
    at = 0
    while at < len(line):
        token = line[at]
        used = 1
        if isinstance(token, Word):
            for phrase in phrases.get(token.stem, ()):
                window = line[at : at + len(phrase)]
                if len(window) == len(phrase) and all(
                    isinstance(one, Word) and one.stem == two for one, two in zip(window, phrase, strict=True)
                ):
                    used = len(phrase)
                    token = word(" ".join(one.text for one in window))
                    break
        yield token
        at += used


def folded_words(text: str) -> list[str]:
    """The words of a text, folded."""
    return [fold(match[0]) for match in re.finditer(r"[^\W\d_]+", text)]
