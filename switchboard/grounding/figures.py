"""Numbers, amounts and dates as values, compared however they are written.

It compares what ``facts.py`` has found in a text; it finds nothing itself, and converts no currency.
"""

import math
from dataclasses import dataclass
from enum import Enum

_METRIC = {
    "length": "mm 0.001 millimetre 0.001 millimeter 0.001 cm 0.01 centimetre 0.01 centimeter 0.01 zentimeter "
    "0.01 m 1 metre 1 meter 1 km 1000 kilometre 1000 kilometer 1000 kms 1000 mile 1609.344 mi 1609.344 "
    "foot 0.3048 feet 0.3048 ft 0.3048 inch 0.0254 inches 0.0254",
    "mass": "g 1 gram 1 gramme 1 gramm 1 kg 1000 kilo 1000 kilogram 1000 kilogramme 1000 kilogramm 1000 "
    "tonne 1000000 ton 1000000 t 1000000 lb 453.592 lbs 453.592 pound 453.592",
    "volume": "litre 1 liter 1 l 1 ml 0.001",
    "time": "second 1 sec 1 s 1 minute 60 min 60 minuten 60 minuto 60 hour 3600 hr 3600 hrs 3600 h 3600 "
    "stunde 3600 stunden 3600 heure 3600 hora 3600 ora 3600 ore 3600 day 86400 tag 86400 tage 86400 tagen "
    "86400 jour 86400 día 86400 giorno 86400 giorni 86400 week 604800 woche 604800 wochen 604800 "
    "semaine 604800 semana 604800 settimana 604800",
    "months": "month 1 monat 1 monate 1 monaten 1 mois 1 mes 1 meses 1 mesi 1 year 12 jahr 12 jahre 12 "
    "jahren 12 ans 12 année 12 años 12 anni 12",
    "energy": "wh 1 kwh 1000 mwh 1000000 gwh 1000000000",
    "power": "w 1 watt 1 kw 1000 kilowatt 1000 mw 1000000 megawatt 1000000 gw 1000000000 gigawatt 1000000000",
    "area": "hectare 1 ha 1 acre 0.4047",
    "%": "% 1 percent 1 pct 1 prozent 1",
    "$": "$ 1 usd 1 dollar 1",
    "€": "€ 1 eur 1 euro 1",
    "£": "£ 1 gbp 1 sterling 1",
    "₹": "₹ 1 inr 1 rupee 1 rs 1",
    "¥": "¥ 1 jpy 1 yen 1 cny 1 yuan 1",
    "CHF": "chf 1 franken 1",
    "NOK": "nok 1",
    "SEK": "sek 1",
    "DKK": "dkk 1",
    "PLN": "pln 1 zloty 1",
    "degree": "degree 1 grad 1 °c 1 ° 1",
}
UNITS: dict[str, tuple[str, float]] = {}
"""What a unit's word measures, and how many of that measure's base unit it is."""
for _measure, _words in _METRIC.items():
    _pairs = _words.split()
    for _word, _factor in zip(_pairs[::2], _pairs[1::2], strict=True):
        UNITS[_word] = (_measure, float(_factor))
        if len(_word) > 2 and _word.isalpha():
            UNITS.setdefault(_word + "s", (_measure, float(_factor)))
_ABOUT = 0.06
"""How far off "about" may be, as a share."""
_PART = 0.1
"""The same for a part in words."""
DECADE = 10
"""Years of a decade."""
MONEY = frozenset("$€£₹¥") | {"CHF", "NOK", "SEK", "DKK", "PLN"}


class Bound(Enum):
    """What the words beside a number say of it."""

    EXACT = "exact"
    ABOUT = "about"
    NEARLY = "nearly"
    OVER = "over"
    LEAST = "at least"
    UNDER = "under"
    MOST = "at most"


UPPER = frozenset({Bound.UNDER, Bound.MOST})
LOWER = frozenset({Bound.OVER, Bound.LEAST})


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with its unit; ``values`` holds each reading of it, in the base unit of what it measures."""

    text: str
    values: tuple[float, ...]
    measure: str = ""
    step: float = 1.0
    """The worth of its last digit: 10 million in "3.55 billion"."""
    digits: int = 1
    """Significant ones."""
    bound: Bound = Bound.EXACT
    bound_text: str = ""
    is_ordinal: bool = False
    is_soft: bool = False
    """Whether it is a part or a count that a source may put in other words: "half", "one"."""
    is_loose: bool = False
    """Whether its unit or scale may stand elsewhere, as in a table."""
    is_part: bool = False
    """Whether it is a part in words, which is never exact: "a third"."""
    written: float | None = None
    """Its value in the unit that it is written in, where that is not the base unit."""

    def agrees(self, said: "Amount") -> bool:
        """Whether a source that has ``said`` bears this number out, units and rounding considered."""
        if self.is_ordinal != said.is_ordinal or not self._measures_as(said):
            return False
        if any(
            self._near(claimed, value, said.step, is_part=said.is_part)
            for claimed in self.values
            for value in said.values
        ):
            return True
        # "3.1 more kilometres" has its unit too far off to be read with it.
        is_bare = not self.measure and said.written is not None
        return is_bare and any(_same(claimed, said.written or 0.0) for claimed in self.values)

    def contradicts_bound(self, said: "Amount") -> bool:
        """Whether it is bounded where ``said`` is not, or on the other side."""
        if self.bound in LOWER:
            if said.bound in UPPER:
                return True
        elif self.bound in UPPER:
            return said.bound in LOWER
        strict = self.bound is Bound.OVER or (self.bound is Bound.UNDER)
        same = any(_same(one, two) for one in self.values for two in said.values)
        return strict and same and said.bound in (Bound.EXACT, Bound.ABOUT, Bound.NEARLY)

    def _measures_as(self, said: "Amount") -> bool:
        if self.measure == said.measure:
            return True
        if not self.measure or not said.measure:
            known = self.measure or said.measure
            return self.is_loose or said.is_loose or not (known == "%" or known in MONEY)
        return False

    def _near(self, claimed: float, value: float, step: float, *, is_part: bool) -> bool:
        if _same(claimed, value):
            return True
        if is_part and abs(claimed - value) < 1:
            return True
        if self.bound in (Bound.ABOUT, Bound.NEARLY):
            return abs(claimed - value) <= (_PART if self.is_part else _ABOUT) * abs(value)
        if self.bound is Bound.OVER:
            return 0 <= value - claimed <= 0.15 * abs(value)
        if self.bound is Bound.UNDER:
            return 0 <= claimed - value <= 0.15 * abs(value)
        rounded = self.digits >= 2 and self.step > step
        return rounded and abs(claimed - value) <= self.step / 2 * 1.0001


def _same(one: float, two: float) -> bool:
    return math.isclose(one, two, rel_tol=1e-9, abs_tol=1e-12)


@dataclass(frozen=True, slots=True)
class Day:
    """A date, as exact as it was written; a financial year has two ``years``, a decade ten."""

    text: str
    years: tuple[int, ...] = ()
    month: int = 0
    day: int = 0
    is_swappable: bool = False
    """Whether day and month may stand the other way round, as in 03/04/2026."""

    def agrees(self, said: "Day") -> bool:
        """Whether a source that has ``said`` bears this date out: it may be less exact, never more."""
        if len(self.years) == DECADE:
            return bool(said.years) and set(said.years) <= set(self.years)
        if self.years and not set(self.years) <= set(said.years):
            return False
        if self._fits(said.month, said.day):
            return True
        return (self.is_swappable or said.is_swappable) and self._fits(said.day, said.month)

    def _fits(self, month: int, day: int) -> bool:
        return self.month in (0, month) and self.day in (0, day)


def readings(digits: str, *, foreign: bool = False) -> tuple[float, ...]:
    """The values that a number's digits may mean: "1,200" is 1200, and in other locales 1.2 as well.

    Args:
        digits: with points, commas, apostrophes or narrow spaces between them.
        foreign: whether the text may follow another locale than the English one.
    """
    bare = "".join(character for character in digits if character not in "'’\u00a0\u202f ")
    english = _value(bare.replace(",", "")) if _is_grouped(bare, ",") else None
    other = _value(bare.replace(".", "").replace(",", ".")) if foreign or english is None else None
    return tuple(dict.fromkeys(value for value in (english, other) if value is not None))


def _is_grouped(digits: str, mark: str) -> bool:
    head, *groups = digits.split(".")[0].split(mark)
    return not groups or (0 < len(head) <= 3 and all(2 <= len(group) <= 3 for group in groups))


def _value(digits: str) -> float | None:
    if digits.count(".") > 1 or len(digits) > 40:
        return None
    try:
        return float(digits)
    except ValueError:
        return None


def agrees(claimed: Amount | Day, said: Amount | Day) -> bool:
    """Whether the one value bears the other out; a year is a number and a date."""
    if isinstance(claimed, Amount):
        if isinstance(said, Amount):
            return claimed.agrees(said)
        plain = not claimed.measure and not claimed.is_ordinal and len(said.years) == 1 and not said.month
        return plain and any(_same(value, said.years[0]) for value in claimed.values)
    if isinstance(said, Day):
        return claimed.agrees(said)
    if claimed.month or len(claimed.years) != 1 or said.is_ordinal:
        return False
    return not said.measure and any(_same(value, claimed.years[0]) for value in said.values)
