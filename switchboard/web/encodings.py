"""The text of a page's bytes.

The order is that of https://html.spec.whatwg.org/#determining-the-character-encoding: byte order mark, the
header, what the page declares of itself, then UTF-8 and a guess, which here goes by the page's language and,
without one, is windows-1252. Unlike there, bytes that are UTF-8 throughout are read as that even where a
one-byte encoding is declared: no text in one of those looks so by chance, many servers declare wrongly.
"""

import codecs
import re

DAMAGED_SHARE = 0.001
"""Characters that may be undecodable in an encoding that the page declares; real pages hold a few."""

_DECLARED_BYTES = 10_000
"""Where a page may declare its encoding; HTML asks for the first 1,024. Looking takes squared time."""
_NAMES = """
ascii utf-8 utf-16 utf-16-be utf-16-le cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258
iso8859-1 iso8859-2 iso8859-3 iso8859-4 iso8859-5 iso8859-6 iso8859-7 iso8859-8 iso8859-9 iso8859-10
iso8859-13 iso8859-14 iso8859-15 iso8859-16 cp874 tis-620 koi8-r koi8-u cp866 mac-roman shift_jis cp932
euc_jp iso2022_jp gb2312 gbk gb18030 big5 big5hkscs euc_kr cp949
"""
_KNOWN = frozenset(_NAMES.split())
"""Encodings that pages are written in, by Python's names. Nothing else is decoded: some of Python's codecs
are no text encodings, and punycode takes squared time."""
# What pages declare, and the superset that browsers read it as.
_READ_AS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "tis-620": "cp874",
    "shift_jis": "cp932",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
}


_WIDE = ("utf-16", "cp932", "shift_jis", "euc_jp", "iso2022_jp", "gb18030", "big5", "euc_kr", "cp949")
"""Beginnings of the names of encodings whose characters take several bytes."""
_LANGUAGE = re.compile(
    rb"""<html\b[^>]{0,500}?\slang\s*=\s*["']?([a-z]{2}(?:-[a-z]{2,4})?)\b""", re.IGNORECASE
)
_LEGACY = {
    "ar fa ur": ("cp1256",),
    "bg mk ru sr uk be": ("cp1251", "koi8-u"),
    "cs hr hu pl ro sk sl": ("cp1250",),
    "el": ("cp1253",),
    "et lt lv": ("cp1257",),
    "he iw yi": ("cp1255",),
    "ja": ("euc_jp", "cp932"),
    "ko": ("cp949",),
    "th": ("cp874",),
    "tr az": ("cp1254",),
    "vi": ("cp1258",),
    "zh-tw zh-hk zh-hant": ("big5hkscs",),
    "zh": ("gb18030", "big5hkscs"),
}
"""Languages, and what their pages were written in before UTF-8, the stricter first."""


def text_of(body: bytes, charset: str = "", *, is_html: bool = True) -> str:
    """Decode ``body``.

    Args:
        body: the bytes, of any kind: the worst that can happen is a text with U+FFFD in it.
        charset: what the Content-Type says, if anything.
        is_html: whether the body may declare its own encoding.
    """
    from bs4.dammit import EncodingDetector

    body, mark = EncodingDetector.strip_byte_order_mark(body)
    declared = _declared(body) if is_html else None
    utf8 = _decoded(body, "utf-8")
    for label in (mark, charset, declared):
        encoding = _encoding(label)
        # A page that can tell its encoding in ASCII is not in UTF-16, whatever it says.
        if encoding is None or (encoding.startswith("utf-16") and label is declared):
            continue
        if utf8 is not None and not encoding.startswith(_WIDE):
            return utf8
        text = body.decode(encoding, "replace")
        if text.count("\ufffd") <= max(2, len(text) * DAMAGED_SHARE):
            return text
    return utf8 if utf8 is not None else _guessed(body)


def _declared(body: bytes) -> str | None:
    from bs4.dammit import EncodingDetector

    beginning = body[:_DECLARED_BYTES]
    return EncodingDetector.find_declared_encoding(beginning, is_html=True, search_entire_document=True)


def _decoded(body: bytes, encoding: str) -> str | None:
    try:
        return body.decode(encoding)
    except UnicodeDecodeError:
        return None


def _guessed(body: bytes) -> str:
    """The text in UTF-8 with a little damage, or in what pages of its language were written in."""
    text = body.decode("utf-8", "replace")
    damaged = text.count("\ufffd")
    if sum(not sign.isascii() for sign in text[:100_000]) - damaged > 10 * damaged:
        return text
    found = _LANGUAGE.search(body[:4_000])
    language = found[1].decode("ascii").lower() if found else ""
    for name in filter(None, (language, language[:2])):
        for languages, encodings in _LEGACY.items():
            if name in languages.split():
                texts = filter(None, (_decoded(body, encoding) for encoding in encodings))
                # Cyrillic in the wrong one of its encodings is in the wrong case.
                return max(texts, key=_lower_case, default=body.decode(encodings[0], "replace"))
    return body.decode("cp1252", "replace")


def _lower_case(text: str) -> int:
    return sum(sign.islower() for sign in text[:20_000] if sign > "\x7f")


def _encoding(label: str | None) -> str | None:
    if not label:
        return None
    try:
        name = codecs.lookup(label.strip()).name
    except (LookupError, ValueError):
        return None
    return _READ_AS.get(name, name) if name in _KNOWN else None
