"""A product's text as named features.

Words, numbers with their units and neighbouring pairs, words and numbers once more within the kind of
product, and the place of each quantity on a logarithmic scale, so that 1425 MHz tells what 1410 and 1440 do.
Does not weigh them against each other: ``vocabulary.py`` does.
"""

import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from switchboard.prices.kinds import kind_of

MAX_CHARACTERS = 4_000

# Finer and coarser grids were no better on the validation set.
STEPS_PER_DOUBLING = 2

_UNITS = {
    **{"mb": ("gb", 0.001), "gb": ("gb", 1), "tb": ("gb", 1000)},
    **{"hz": ("hz", 1), "khz": ("hz", 1000), "mhz": ("mhz", 1), "ghz": ("mhz", 1000)},
    **{"w": ("w", 1), "kw": ("w", 1000), "va": ("va", 1)},
    **{"mm": ("mm", 1), "cm": ("mm", 10), '"': ('"', 1), "in": ('"', 1), "inch": ('"', 1), "-inch": ('"', 1)},
    **{"cores": ("cores", 1), "core": ("cores", 1), "-core": ("cores", 1)},
    **{"rpm": ("rpm", 1), "cfm": ("cfm", 1), "db": ("db", 1), "dba": ("db", 1), "dpi": ("dpi", 1)},
    **{"ms": ("ms", 1), "ns": ("ns", 1), "l": ("l", 1), "g": ("g", 1)},
    **{"gb/s": ("gb/s", 1), "gbps": ("gb/s", 1)},
}
# At most twelve digits: more are a serial number, never a size.
_TOKEN = re.compile(
    rf"(?P<number>\d{{1,12}}(?:\.\d{{1,6}})?)\s?"
    rf"(?P<unit>{'|'.join(re.escape(unit) for unit in sorted(_UNITS, key=len, reverse=True))})(?!\w)"
    r"|[^\W\d_]\w*|\d+(?:\.\d+)?\w*"
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word, or a number with its unit, at its place in the text.

    ``name`` is the same for every way of writing it ("1 TB" and "1000GB"); ``written`` is how it stands in
    the text. ``unit`` is empty for a word, and ``amount`` is then 0.
    """

    name: str
    written: str
    amount: float = 0.0
    unit: str = ""


def normal(text: str) -> str:
    """``text`` in lower case with the compatible forms of Unicode characters made one (NFKC)."""
    return unicodedata.normalize("NFKC", text).lower()


def tokens(text: str) -> Iterator[Token]:
    """The words and quantities of normal ``text``, in order."""
    for match in _TOKEN.finditer(text):
        written = " ".join(match[0].split())
        if match["unit"]:
            unit, factor = _UNITS[match["unit"]]
            amount = float(match["number"]) * factor
            yield Token(f"{amount:g}{unit}", written, amount, unit)
        else:
            yield Token(written, written)


@dataclass(frozen=True, slots=True)
class Feature:
    """How strongly a feature is present, 0 to 1, and the words of the text that it rests on."""

    strength: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Features:
    """A text's features by name, its distinct words as ``{name: written}``, its kind if it names one."""

    by_name: dict[str, Feature]
    words: dict[str, str]
    kind: str | None


def features_of(text: str) -> Features:
    """The features of ``text``; a feature that occurs twice counts once, at its greatest strength."""
    text = normal(text)
    named = kind_of(text)
    kind = named.name if named else None
    found: dict[str, Feature] = {}
    words: dict[str, str] = {}
    before: Token | None = None
    for token in tokens(text):
        words.setdefault(token.name, token.written)
        for name, strength, rests_on in _around(token, before, kind):
            if name not in found or found[name].strength < strength:
                found[name] = Feature(strength, rests_on)
        before = token
    if named:
        # In "12-core i5", "core" was read as a unit: the kind then rests on "i5" alone.
        rests_on = tuple(token.name for token in tokens(named.phrase) if token.name in words)
        found[f"={kind}"] = Feature(1.0, rests_on or tuple(words)[:1])
    return Features(found, words, kind)


def _around(
    token: Token, before: Token | None, kind: str | None
) -> Iterator[tuple[str, float, tuple[str, ...]]]:
    """The features that ``token`` brings: name, strength, and the words it rests on."""
    alone = (token.name,)
    yield token.name, 1.0, alone
    if kind:
        yield f"{kind}|{token.name}", 1.0, alone
    if before:
        yield f"{before.name} {token.name}", 1.0, (before.name, token.name)
    if token.amount > 0:
        # What is measured often stands before the figure: "boost clock 1740 MHz".
        scales = [token.unit] if not before or before.unit else [token.unit, f"{before.name} {token.unit}"]
        for scale in scales:
            for cell, strength in _cells(token.amount):
                yield f"{scale}@{cell}", strength, alone
                if kind:
                    yield f"{kind}|{scale}@{cell}", strength, alone


def _cells(amount: float) -> Iterator[tuple[int, float]]:
    """The two points of the logarithmic scale next to ``amount``, the nearer the stronger; together 1."""
    place = math.log2(amount) * STEPS_PER_DOUBLING
    below = math.floor(place)
    if place < below + 1:
        yield below, 1 - (place - below)
    if place > below:
        yield below + 1, place - below
