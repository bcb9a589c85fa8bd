"""Taking the text out of a PDF file, page by page.

It reads the text that the file carries: no optical recognition, no pictures, no layout of columns or tables.
"""

import re
import struct
import time
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from switchboard.errors import BadInput, TooLarge

if TYPE_CHECKING:
    from pypdf import PageObject

PAGES = 300
TEXT_CHARACTERS = 2_000_000
SECONDS = 20.0
"""How long the reading of one file may take."""
STREAM_BYTES = 8_000_000
"""The most that one stream of a file may unpack to; pages of plain text take under 100 kB."""
OPERATIONS = 500_000
"""The most operators and operands of one page."""

PAGE_MARK = re.compile(r"^\[page (\d{1,4})\]$", re.MULTILINE)
"""The line above each page's text."""


def pdf_text(path: Path, name: str) -> str:
    """The text of a PDF, each page below a line such as ``[page 3]``; pages without text are left out.

    Args:
        path: the file.
        name: what the person calls it, for the errors.

    Raises:
        TooLarge: it has more pages or text than is read, or takes too long.
        BadInput: it is locked, damaged, or holds no text.
    """
    from pypdf.errors import DependencyError, FileNotDecryptedError, LimitReachedError, PyPdfError

    try:
        texts = _pages(path, name)
    except LimitReachedError as exc:
        raise _unpacks(name) from exc
    except (DependencyError, FileNotDecryptedError) as exc:
        raise _locked(name) from exc
    except (PyPdfError, ArithmeticError, AssertionError, AttributeError, LookupError, OSError) as exc:
        raise _damaged(name) from exc
    except (RuntimeError, TypeError, ValueError, struct.error, zlib.error) as exc:
        # What pypdf lets through from its parsing of files that break the format's rules.
        raise _damaged(name) from exc
    if not texts:
        raise BadInput(
            f"{name} holds no text: its pages are probably scans.",
            "Run a text recognition (OCR) over it first, or attach its pages as images.",
        )
    return "\n\n".join(f"[page {number}]\n{text}" for number, text in texts)


def _pages(path: Path, name: str) -> list[tuple[int, str]]:
    from pypdf import PdfReader, apply_configuration

    deadline = time.monotonic() + SECONDS
    texts: list[tuple[int, str]] = []
    size = 0
    # pypdf's own limits are for a machine of one's own; a page shared by many visitors unpacks less.
    limits = apply_configuration(
        zlib_maximum_output_length=STREAM_BYTES,
        lzw_maximum_output_length=STREAM_BYTES,
        run_length_maximum_output_length=STREAM_BYTES,
        array_based_stream_maximum_output_length=STREAM_BYTES,
        stream_parsing_work_maximum_count=OPERATIONS,
    )
    with limits, path.open("rb") as file:
        reader = PdfReader(file)
        if reader.is_encrypted and not reader.decrypt(""):
            raise _locked(name)
        if len(reader.pages) > PAGES:
            raise TooLarge(
                f"{name} has {len(reader.pages):,} pages; {PAGES} are read at most.",
                "Attach the part that matters.",
            )
        for number, page in enumerate(reader.pages, 1):
            text = _text(page, deadline, name)
            size += len(text)
            if size > TEXT_CHARACTERS:
                raise TooLarge(
                    f"{name} holds more than {TEXT_CHARACTERS:,} characters.", "Attach the part that matters."
                )
            if text:
                texts.append((number, text))
    return texts


def _text(page: "PageObject", deadline: float, name: str) -> str:
    def _watch(*_: object) -> None:
        if time.monotonic() > deadline:
            raise TooLarge(
                f"{name} took longer than {SECONDS:.0f} seconds to read.", "Attach a smaller part of it."
            )

    _watch()
    text = page.extract_text(visitor_operand_before=_watch)
    lines = (line.rstrip() for line in text.replace("\x00", "").splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _locked(name: str) -> BadInput:
    return BadInput(f"{name} is locked with a password.", "Save it without one and attach it again.")


def _damaged(name: str) -> BadInput:
    return BadInput(
        f"{name} is damaged or no PDF.", "Open it in a viewer, save it as a PDF again and attach that."
    )


def _unpacks(name: str) -> TooLarge:
    return TooLarge(
        f"{name} unpacks to more than is read.", "Print it to a new PDF, or attach the part that matters."
    )
