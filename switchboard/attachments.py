"""Turning an attached file into a part of a message.

The bytes decide what a file is, its name only helps. Pictures are passed on unopened; what a model makes of a
part, and how many may be attached, is not decided here. Reading blocks: call it in a thread.
"""

import re
import unicodedata
from pathlib import Path, PurePosixPath

from switchboard.errors import BadInput, TooLarge
from switchboard.messages import Document, Image
from switchboard.pdf import TEXT_CHARACTERS, pdf_text

IMAGE_BYTES = 10_000_000
"""The most that OpenAI, Claude and Ollama all take for one picture, rounded down."""
PRINTABLE = 0.97
"""The share of printable characters from which a text in an unknown encoding is believed to be one."""
NAME_CHARACTERS = 120

_IMAGE_ENDINGS = frozenset({".png", ".jpg", ".jpeg", ".jfif", ".gif", ".webp", ""})
_MARKS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
_BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_SAVE_AS = "Save it as PDF or plain text and attach that."


def read_attachment(path: Path, name: str, limit_bytes: int) -> Document | Image:
    """A file as a document with its text, or as an image.

    Args:
        path: where the file lies.
        name: what the person calls it; a folder before it is left out.
        limit_bytes: the size above which it is refused unread.

    Raises:
        TooLarge: the file, or the text in it, is over a limit.
        BadInput: it is empty, or neither text, PDF nor a picture that models take.
    """
    name = _shown(name)
    try:
        size = path.stat().st_size
        if size > limit_bytes:
            raise TooLarge(
                f"{name} has {_megabytes(size)}; {_megabytes(limit_bytes)} are taken at most.",
                "Attach the part that matters.",
            )
        with path.open("rb") as file:
            head = file.read(16)
        if head.startswith(b"%PDF-") or (_ending(name) == ".pdf" and head):
            return Document(name, pdf_text(path, name))
        data = path.read_bytes()
    except OSError as exc:
        raise BadInput(f"{name} could not be read.", "Attach it again.") from exc
    if not data.strip():
        raise BadInput(f"{name} is empty.", "Attach a file with something in it.")
    if media_type := _media_type(data):
        return _image(name, media_type, data)
    if _ending(name) in _IMAGE_ENDINGS - {""}:
        raise BadInput(
            f"{name} is no PNG, JPEG, GIF or WebP picture.", "Save it as one of these and attach that."
        )
    return _document(name, data)


def _ending(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def _shown(name: str) -> str:
    last = re.split(r"[\\/]", name)[-1]
    clean = "".join(letter for letter in last if letter.isprintable()).strip()
    return clean[-NAME_CHARACTERS:] or "The file"


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:,.1f} MB"


def _media_type(data: bytes) -> str:
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "image/webp"
    return next((media_type for mark, media_type in _MARKS if data.startswith(mark)), "")


def _image(name: str, media_type: str, data: bytes) -> Image:
    if _ending(name) not in _IMAGE_ENDINGS:
        kind = media_type.removeprefix("image/").upper()
        raise BadInput(
            f"{name} is a {kind} picture, not what its name says.", "Rename it and attach it again."
        )
    if len(data) > IMAGE_BYTES:
        raise TooLarge(
            f"{name} has {_megabytes(len(data))}; pictures may have {_megabytes(IMAGE_BYTES)}.",
            "Make it smaller.",
        )
    return Image(name, media_type, data)


def _document(name: str, data: bytes) -> Document:
    text = _decoded(data)
    if text is None:
        if data.startswith(b"PK\x03\x04"):
            raise BadInput(f"{name} is an Office file or an archive, which is not opened.", _SAVE_AS)
        raise BadInput(f"{name} is no text: it holds binary data.", _SAVE_AS)
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n\ufeff")
    if len(text) > TEXT_CHARACTERS:
        raise TooLarge(
            f"{name} holds {len(text):,} characters; {TEXT_CHARACTERS:,} are read at most.",
            "Attach the part that matters.",
        )
    if not text.strip():
        raise BadInput(f"{name} is empty.", "Attach a file with something in it.")
    return Document(name, text)


def _decoded(data: bytes) -> str | None:
    encoding = next((encoding for mark, encoding in _BYTE_ORDER_MARKS if data.startswith(mark)), "")
    for candidate in (encoding,) if encoding else ("utf-8", "cp1252", "latin-1"):
        try:
            text = data.decode(candidate)
        except UnicodeError:
            continue
        if _readable(text):
            return text
    return None


_UNSEEN = ("Cf", "Zs", "Zl", "Zp")
"""Unicode's kinds of characters that have no ink and yet belong to a text: joiners, spaces, separators."""


def _readable(text: str) -> bool:
    if "\x00" in text:
        return False
    sample = text[:100_000]
    printable = sum(
        letter.isprintable() or letter in "\n\r\t\f" or unicodedata.category(letter) in _UNSEEN
        for letter in sample
    )
    return printable >= PRINTABLE * len(sample)
