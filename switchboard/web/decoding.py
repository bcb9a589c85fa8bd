"""Unpacking a body piece by piece, never past a limit.

``gzip`` and ``deflate``, which are what the fetcher asks for. A decompressor is asked for no more than what
is still allowed, so that a gigabyte of zeros in a megabyte of gzip costs a few megabytes here.
"""

import zlib

from switchboard.errors import PageUnreadable
from switchboard.web.failures import too_large

_WINDOWS = {"gzip": zlib.MAX_WBITS | 16, "x-gzip": zlib.MAX_WBITS | 16, "deflate": zlib.MAX_WBITS}


class BoundedBody:
    """A body as it grows.

    Args:
        encoding: the Content-Encoding, empty for none.
        wire_bytes: how much may arrive.
        decoded_bytes: how much it may unpack to.

    Raises:
        PageUnreadable: an encoding that was not asked for.
    """

    def __init__(self, encoding: str, wire_bytes: int, decoded_bytes: int) -> None:
        encoding = encoding.strip().lower()
        if encoding not in ("", "identity", *_WINDOWS):
            raise PageUnreadable("The page is packed in a way that was not asked for.", "Try another page.")
        self._undecided = encoding == "deflate"
        self._beginning = bytearray()
        self._unpack = zlib.decompressobj(_WINDOWS[encoding]) if encoding in _WINDOWS else None
        self._wire_bytes, self._decoded_bytes = wire_bytes, decoded_bytes
        self._arrived = 0
        self._body = bytearray()

    def feed(self, piece: bytes) -> None:
        """Add what arrived.

        Raises:
            PageTooLarge: one of the limits is passed.
            PageUnreadable: it cannot be unpacked.
        """
        self._arrived += len(piece)
        if self._arrived > self._wire_bytes:
            raise too_large(self._wire_bytes)
        self._body += self._unpacked(piece)
        if len(self._body) > self._decoded_bytes:
            raise too_large(self._decoded_bytes)

    def _unpacked(self, piece: bytes) -> bytes:
        if self._unpack is None:
            return piece
        if self._unpack.eof:
            return b""  # What follows the packed body is no part of it.
        if self._undecided:
            self._beginning += piece
            if len(self._beginning) < 2:
                return b""
            piece, self._undecided = bytes(self._beginning), False
            # Some servers send deflate without its zlib header (RFC 1950, section 2.2).
            if piece[0] & 15 != 8 or int.from_bytes(piece[:2], "big") % 31:
                self._unpack = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            return self._unpack.decompress(piece, self._decoded_bytes - len(self._body) + 1)
        except zlib.error as exc:
            raise PageUnreadable("The page arrived damaged.", "Try again.") from exc

    @property
    def content(self) -> bytes:
        """What has been unpacked so far."""
        return bytes(self._body)

    def end(self) -> bytes:
        """The whole body.

        Raises:
            PageUnreadable: the packed stream ends too early.
        """
        if self._unpack is not None and self._arrived and not self._unpack.eof:
            raise PageUnreadable("The page arrived incomplete.", "Try again.")
        return self.content


def unpacked_file(packed: bytes, decoded_bytes: int) -> bytes:
    """What a gzip file holds.

    Raises:
        PageTooLarge: more than ``decoded_bytes``.
        PageUnreadable: it cannot be unpacked.
    """
    body = BoundedBody("gzip", len(packed), decoded_bytes)
    body.feed(packed)
    return body.end()
