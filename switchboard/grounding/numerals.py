"""Numbers written as English words: "two hundred and fourteen", "a dozen", "half a million"."""

from collections.abc import Sequence

_UNITS = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen
"""
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
SMALL = {name: value for value, name in enumerate(_UNITS.split())}
SMALL |= {name: value for value, name in zip(range(20, 100, 10), _TENS.split(), strict=True)}
SMALL |= {"dozen": 12}
SCALES: dict[str, float] = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
SCALES |= {"k": 1e3, "mn": 1e6, "bn": 1e9, "lakh": 1e5, "crore": 1e7, "m": 1e6, "millions": 1e6}
SCALES |= {"mio": 1e6, "mrd": 1e9, "milliarden": 1e9, "milliarde": 1e9, "millionen": 1e6, "tausend": 1e3}
SCALES |= {"milliards": 1e9, "milliard": 1e9, "mille": 1e3, "mil": 1e3, "millones": 1e6, "millon": 1e6}
SCALES |= {"milioni": 1e6, "milione": 1e6, "miliardi": 1e9, "miliardo": 1e9, "mila": 1e3, "milhoes": 1e6}
SCALES |= {"milhao": 1e6, "miljoen": 1e6, "miljard": 1e9, "duizend": 1e3, "miljoner": 1e6, "tusen": 1e3}
SCALES |= {"mln": 1e6, "mld": 1e9, "milionow": 1e6, "mill": 1e6, "tys": 1e3}
_ORDINALS = """
zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth
fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth
"""
ORDINALS = {name: value for value, name in enumerate(_ORDINALS.split()) if value > 1}
FRACTIONS = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "tenth": 10}
_LARGE = ("hundred", "thousand", "million", "billion", "dozen")


def spelt(words: Sequence[str]) -> tuple[float, int]:
    """The number that the first words say, and how many words say it; none where they say no number.

    Scales after digits ("1.2 million") are not looked at here.
    """
    if words[:2] == ["half", "a"] and len(words) > 2 and words[2] in SCALES and words[2] in _LARGE:
        return SCALES[words[2]] / 2, 3
    start = 0
    if words[:1] in (["a"], ["an"]):
        if len(words) < 2 or words[1] not in _LARGE:
            return 0, 0
        start = 1
    total = group = 0.0
    used = 0
    for at, name in enumerate(words[start:], start):
        if name == "dozen":
            group = (group or 1) * 12
        elif name in SMALL and (not used or group % 100 == 0 or (group % 10 == 0 and SMALL[name] < 10)):
            group += SMALL[name]
        elif name == "hundred" and (used or start):
            group = (group or 1) * 100
        elif name in _LARGE and (used or start):
            total, group = total + (group or 1) * SCALES[name], 0.0
        elif name == "and" and used and words[at - 1] in _LARGE and words[at + 1 : at + 2]:
            if words[at + 1] not in SMALL:
                break
            continue
        else:
            break
        used = at + 1
    return (total + group, used) if used else (0, 0)
