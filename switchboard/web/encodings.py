"""The text of a page's bytes.

The order is that of https://html.spec.whatwg.org/#determining-the-character-encoding: byte order mark, the
header, what the page declares of itself, then UTF-8 and, as the web does, windows-1252.
"""

import codecs

DAMAGED_SHARE = 0.001
"""Characters that may be undecodable in an encoding that the page declares; real pages hold a few."""

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


def text_of(body: bytes, charset: str = "", *, is_html: bool = True) -> str:
    """Decode ``body``.

    Args:
        body: the bytes, of any kind: the worst that can happen is a text with U+FFFD in it.
        charset: what the Content-Type says, if anything.
        is_html: whether the body may declare its own encoding.
    """
    from bs4.dammit import EncodingDetector

    body, mark = EncodingDetector.strip_byte_order_mark(body)
    declared = EncodingDetector.find_declared_encoding(body, is_html=True) if is_html else None
    for label in (mark, charset, declared):
        encoding = _encoding(label)
        # A page that can tell its encoding in ASCII is not in UTF-16, whatever it says.
        if encoding is None or (encoding.startswith("utf-16") and label is declared):
            continue
        text = body.decode(encoding, "replace")
        if text.count("\ufffd") <= max(2, len(text) * DAMAGED_SHARE):
            return text
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace")


def _encoding(label: str | None) -> str | None:
    if not label:
        return None
    try:
        name = codecs.lookup(label.strip()).name
    except (LookupError, ValueError):
        return None
    return _READ_AS.get(name, name) if name in _KNOWN else None
