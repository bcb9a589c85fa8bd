"""The English words for days: how they are spelt, how they are found in a sentence.

Which day they mean is in ``dates.py``. ``DATE_PATTERN`` finds what may be a day, not only what is one
("31 June"), and takes time linear in the sentence: every repetition in it is bounded.
"""

import re

from switchboard.spelling import Names

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTH_NAMES = "january february march april may june july august september october november december"
_COUNT = "one two three four five six seven eight nine ten eleven twelve"
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)
_LEFT_OUT = "on the of for by at in early late morning afternoon evening night noon please"
_KEPT = (
    "tomorrow yesterday day week month fortnight weekend after before from ago end this next last "
    "twenty thirty a couple"
)
_MONTHS, _FILLERS = _MONTH_NAMES.split(), frozenset(_LEFT_OUT.split())
_TENS = {"twenty": 20, "thirty": 30}
_SYMBOLS = {
    **{word: word for word in _KEPT.split()},
    **{name.casefold()[:size]: f"w{at}" for at, name in enumerate(WEEKDAYS) for size in (3, 4, 9)},
    **{name[:size]: f"m{at}" for at, name in enumerate(_MONTHS, 1) for size in (3, 9)},
    **{word: str(number) for number, word in enumerate(_COUNT.split(), 1)},
    **{word: str(number) for number, word in enumerate(_ORDINALS.split(), 1)},
    "thur": "w3", "thurs": "w3", "sept": "m9", "thirtieth": "30", "an": "a",
    "today": "today", "tonight": "today", "tonite": "today", "now": "today",
    "tmrw": "tomorrow", "tmr": "tomorrow", "tmw": "tomorrow",
    "days": "day", "weeks": "week", "months": "month", "coming": "this", "following": "next",
}  # fmt: skip
_SPELT = Names({word: symbol for word, symbol in _SYMBOLS.items() if len(word) >= 5})
_WORD = re.compile(r"([a-z]+)|([0-9]{1,4})(?:st|nd|rd|th)?(?![0-9])|[\s,.'’-]+|.", re.DOTALL)


def symbols(text: str) -> str:
    """The words of lower-case ``text`` in one form each, for comparing.

    Weekdays become "w0" to "w6" from Monday on, months "m1" to "m12", numbers and ordinals their digits,
    misspellings what they are nearest to; words such as "on" and "morning" are left out.

    Returns:
        The symbols between spaces; nothing where a word has to do with no day.
    """
    found: list[str] = []
    for match in _WORD.finditer(text):
        word, number = match[1], match[2]
        if number:
            found.append(str(int(number)).zfill(4 if len(number) == 4 else 1))
        elif word and word not in _FILLERS:
            known = word if word in _SYMBOLS else _SPELT.closest(word, forgiving=True)
            if not known:
                return ""
            symbol = _SYMBOLS[known]
            if found and found[-1] in _TENS and symbol in tuple("123456789"):
                symbol = str(_TENS[found.pop()] + int(symbol))
            found.append(symbol)
        elif not word and not re.fullmatch(r"[\s,.'’-]+", match[0]):
            return ""
    return " ".join(found)


_WEEKDAY = (
    r"(?:(?:mon|tues?|wed|thu(?:rs?)?|fri|sat|sun)\b|"
    # With slips: "wendesday", "firday", "saterday"; other words in -day are none.
    r"(?!some|work|week|mid|sick|man)[mtwfs][a-z]{1,7}d(?:ay|ya)\b)"
)
_MONTH = (
    r"(?:jan(?:[a-z]{2,5}y)?|feb(?:[a-z]{2,5}y)?|mar(?:ch)?|apr(?:il+)?|may|june?|july?|a(?:ug(?:ust)?|gust)|"
    r"se(?:p(?:t(?:[a-z]{0,3}er)?)?|tpember)|oc(?:t(?:[a-z]{0,3}er)?|otber)|nov(?:[a-z]{0,4}er)?|"
    r"dec(?:[a-z]{0,4}er)?)\b"
)
_DAY = r"(?:3[01]|[12][0-9]|0?[1-9])"
_NTH = rf"{_DAY}\s?(?:st|nd|rd|th)\b"
_YEAR = r"(?:,?\s{1,3}(?:19|20)[0-9]{2}\b)?"
_NUMBER = rf"(?:[0-9]{{1,3}}|an?|a\s+couple\s+of|{_COUNT.replace(' ', '|')})"
_UNITS = r"(?:days?|weeks?|months?|fortnights?)"
_RELATIVE = r"(?:today|tonight|tonite|tom+[aeo]?r+[oae]?w|tom+or+ow|tmrw|tmr|tmw|tommrow|yest[a-z]{1,4}day)"
_SOME = r"(?:this|next|last|coming|following)"

_FORMS = (
    r"[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}",
    rf"{_DAY}[-/.][01]?[0-9][-/.](?:20)?[0-9]{{2}}|[01]?[0-9][-/]{_DAY}[-/](?:20)?[0-9]{{2}}",
    rf"{_DAY}/(?:1[0-2]|0?[1-9])|(?:1[0-2]|0?[1-9])/{_DAY}|{_DAY}\.(?:1[0-2]|0?[1-9])\b\.?",
    rf"(?:{_WEEKDAY},?\s{{1,3}})?(?:the\s)?{_DAY}\s{{0,2}}(?:st|nd|rd|th)?(?:\sof)?\s{{0,2}}{_MONTH}{_YEAR}",
    rf"(?:{_WEEKDAY},?\s{{1,3}})?{_MONTH}\.?\s{{0,2}}(?:the\s)?{_DAY}\b(?:\s?(?:st|nd|rd|th))?{_YEAR}",
    rf"(?:{_WEEKDAY},?\s{{1,3}})?{_MONTH}\.?\s{{0,2}}(?:the\s)?{_NTH}{_YEAR}",
    rf"(?:{_WEEKDAY},?\s{{1,3}})?(?:the\s)?{_NTH}(?:\sof\s{_SOME}\smonth)?",
    rf"(?:the\s)?(?:day\s+after\s+{_RELATIVE}|day\s+before\s+yesterday)",
    rf"{_NUMBER}\s{_UNITS}\s(?:(?:from|after)\s(?:now|{_RELATIVE}|{_WEEKDAY})|ago|on\s{_WEEKDAY})",
    rf"in\s{_NUMBER}\s{_UNITS}",
    rf"(?:the\s)?(?:end\sof\s(?:the\s|this\s|next\s)?(?:month|{_MONTH})|month\s?end)",
    rf"(?:{_SOME}\s+(?:week\s+(?:on\s)?)?)?{_WEEKDAY}(?:\s+(?:next\s+)?week)?",
    rf"(?:(?:{_SOME}|the)\s+weekend|{_SOME}\s+(?:week|month))",
    _RELATIVE,
)
DATE_PATTERN = rf"(?i:{'|'.join(_FORMS)})(?![0-9])\b|(?i:{_DAY}\.(?:1[0-2]|0?[1-9])\.)"
"""For ``Spoken.pattern``: a day as people say it, within a sentence; without groups."""
