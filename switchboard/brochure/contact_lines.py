"""Whether a line says how a company is reached: mail, telephone, address, hours.

By the look of the line, for any country; no number or address is checked.
"""

import re

_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_PHONE = re.compile(
    r"(?<![\w.,])(?:\+|0(?!\.)|\(0)\d?[\d ()/.-]{6,20}\d(?![\w%])|"
    r"(?<!\d)\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?!\d)"
)
_UNIT = r"(?:am|pm|a\.m\.?|p\.m\.?|h|uhr|uur)"
_HOURS = re.compile(
    rf"(?i)(?<!\d)\d{{1,2}}(?:[:.h]\d\d)?\s?{_UNIT}?\s?(?:-|–|to|bis|à|a|tot|alle|until)\s?"
    rf"\d{{1,2}}(?:[:.h]\d\d(?!\d)|\s?{_UNIT}(?!\w))"
)
_POSTCODE = re.compile(
    r"(?<![\w+,.$€£])(?!(?:19|20)\d\d\b)\d{4,6}(?![\w,.-]?\d)|"
    r"\b[A-Z]{1,2}\d[\dA-Z]? \d[A-Z]{2}\b|\b\d{3} \d\d\b"
)
_STREET = re.compile(
    r"(?i)\b(?:street|road|avenue|lane|square|boulevard|rue|via|piazza|calle|plaza|rua|avenida|quai)\b|"
    r"(?:stra(?:ß|ss)e|str\.|weg|platz|allee|gasse|straat|laan|plein)\s+\d"
)
_LONGEST = 300


def ways_of(text: str) -> frozenset[str]:
    """The mail addresses and telephone numbers that a line holds, in one form."""
    mail = {address.lower() for address in _EMAIL.findall(text)} if "@" in text else set()
    return frozenset(mail | {"".join(filter(str.isdigit, number)) for number in _PHONE.findall(text)})


def is_contact_line(text: str, *, has_verb: bool) -> bool:
    """Whether a line of a contact page is worth keeping: it names a way, a place or hours.

    Args:
        text: the line.
        has_verb: whether it tells something, as an address does not.
    """
    if len(text) > _LONGEST:
        return False
    if ways_of(text) or _HOURS.search(text):
        return True
    is_place = _POSTCODE.search(text) or (_STREET.search(text) and any(map(str.isdigit, text)))
    return bool(is_place) and not has_verb
