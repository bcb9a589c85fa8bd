"""One HTTP/1.1 connection: one exchange after the other.

h11 reads and writes the messages. Only requests without a body are sent.
"""

import ssl
from collections.abc import Callable

import h11
import httpx

from switchboard.web.connection import Connection, Ended, Exchange, NotTaken

HEAD_BYTES = 100_000
INTERIM_ANSWERS = 10
"""Answers of the kind 1xx before the answer itself."""
_UNREAD_BYTES = 500_000
_SLICE_BYTES = 16_384


class Http1(Connection):
    """An HTTP/1.1 connection.

    Args:
        changed: told whenever it can take a request, or no more.
    """

    version = "HTTP/1.1"

    def __init__(self, changed: Callable[[], None]) -> None:
        super().__init__(changed)
        self._h11 = h11.Connection(h11.CLIENT, max_incomplete_event_size=HEAD_BYTES)
        self._exchange: Exchange | None = None
        self._heard = self._reused = False
        self._interim = self._pieces = self._bytes = 0

    @property
    def available(self) -> bool:
        """Whether it takes a request now."""
        return not self.closed and self._exchange is None

    @property
    def idle(self) -> bool:
        """Whether no answer is on its way."""
        return self._exchange is None

    def send(self, request: httpx.Request, wire_bytes: int | None) -> Exchange:
        """Send ``request``, which has no body.

        Raises:
            NotTaken: the server ended the connection before it was asked anything.
            httpx.LocalProtocolError: the request cannot be written.
        """
        if self.closed:
            raise NotTaken("the connection had ended")
        self._exchange = exchange = Exchange(wire_bytes, self._took, self._left)
        self._heard = False
        self._interim = self._pieces = self._bytes = 0
        try:
            head = h11.Request(
                method=request.method, target=request.url.raw_path, headers=request.headers.raw
            )
            self._write((self._h11.send(head) or b"") + (self._h11.send(h11.EndOfMessage()) or b""))
        except h11.LocalProtocolError as exc:
            self.close()
            raise httpx.LocalProtocolError(str(exc)) from exc
        return exchange

    def data_received(self, data: bytes) -> None:
        """Take in what arrived."""
        self._heard = True
        if self._exchange is None:  # Nobody asked for anything.
            self.close()
            return
        self._exchange.count(len(data))
        for start in range(0, len(data), _SLICE_BYTES):
            if self.closed or self._exchange is None:
                return
            self._feed(data[start : start + _SLICE_BYTES], last=start + _SLICE_BYTES >= len(data))

    def eof_received(self) -> None:
        """The other side sends no more, which is how some answers end."""
        if self._exchange is not None and self._heard and not self.closed:
            self._feed(b"", last=True)

    def connection_lost(self, exc: Exception | None) -> None:
        """The other side is gone; without TLS's farewell that is an end like any other."""
        if exc is None or isinstance(exc, ssl.SSLError):
            self.eof_received()
        super().connection_lost(exc)

    def _feed(self, data: bytes, last: bool) -> None:
        try:
            self._h11.receive_data(data)
            while (exchange := self._exchange) is not None and not self.closed:
                event = self._h11.next_event()
                if event is h11.NEED_DATA or event is h11.PAUSED:
                    return
                self._take(exchange, event, last)
        except h11.RemoteProtocolError as exc:
            self.close(httpx.RemoteProtocolError(str(exc)))

    def _take(self, exchange: Exchange, event: object, last: bool) -> None:
        match event:
            case h11.InformationalResponse():
                self._interim += 1
                if self._interim > INTERIM_ANSWERS:
                    self.close(httpx.RemoteProtocolError("too many interim answers"))
            case h11.Response(status_code=status, headers=headers):
                exchange.start(status, list(headers.raw_items()))
            case h11.Data(data=data):
                self._pieces += 1
                self._bytes += len(data)
                # Each chunk costs time: a body in chunks of a byte is an attack.
                if self._pieces > 1_000 + self._bytes // 16:
                    self.close(httpx.RemoteProtocolError("too many small chunks"))
                    return
                exchange.add(bytes(data), len(data))
                if exchange.waiting > _UNREAD_BYTES and self._transport is not None:
                    self._transport.pause_reading()
            case h11.EndOfMessage():
                exchange.end()
                self._finish(clean=last)
            case _:
                self.close(Ended("the connection ended"))

    def _finish(self, clean: bool) -> None:
        self._exchange = None
        trailing = self._h11.trailing_data[0]
        if not clean or trailing or not (self._h11.our_state is self._h11.their_state is h11.DONE):
            self.close()
            return
        self._h11.start_next_cycle()
        self._reused = True
        if self._transport is not None:
            self._transport.resume_reading()
        self._changed()

    def _took(self, exchange: Exchange, _: int) -> None:
        if exchange is self._exchange and self._transport is not None and exchange.waiting <= _UNREAD_BYTES:
            self._transport.resume_reading()

    def _left(self, exchange: Exchange) -> None:
        if exchange is self._exchange:
            self.close()

    def _fail(self, failure: Exception) -> None:
        exchange, self._exchange = self._exchange, None
        if exchange is not None:
            # A connection that is used again may have been given up by the server a moment before.
            unseen = isinstance(failure, Ended) and self._reused and not self._heard
            exchange.fail(NotTaken("the connection had ended") if unseen else failure)
