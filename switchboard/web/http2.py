"""One HTTP/2 connection, which carries many exchanges at once.

h2 reads and writes the frames and bounds what headers unpack to; here stand the limits that it leaves open:
how many frames say nothing, how much waits unread. Only requests without a body are sent.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress

import httpx
from h2.config import H2Configuration
from h2.connection import ConnectionState, H2Connection
from h2.errors import ErrorCodes
from h2.events import (
    ConnectionTerminated,
    DataReceived,
    Event,
    RemoteSettingsChanged,
    ResponseReceived,
    StreamEnded,
    StreamReset,
)
from h2.exceptions import ProtocolError
from h2.settings import SettingCodes, Settings

from switchboard.web.connection import Connection, Ended, Exchange, NotTaken

FRAME_BYTES = 16_384
HEADER_LIST_BYTES = 65_536
STREAM_WINDOW = 1_000_000
CONNECTION_WINDOW = 4_000_000
"""What may lie here unread, of one answer and of all."""
STREAMS = 100
SPARE_FRAMES = 1_000
FRAMES_PER_REQUEST = 100
FRAME_MEAN = 100
"""Frames are free as long as there are few for each request, or they carry so many bytes of bodies on
average: endless pings, settings, empty or tiny frames cost the sender nothing and us the time of everybody.
Other frames count once more for each so many bytes, for headers unpack to many times their size."""
_FRAME_HEAD = 9
_DATA = 0
_ONE_CONNECTION_ONLY = frozenset(
    {b"host", b"connection", b"keep-alive", b"proxy-connection", b"transfer-encoding", b"upgrade"}
)


class Http2(Connection):
    """An HTTP/2 connection.

    Args:
        changed: told whenever it can take another request, or no more.
    """

    version = "HTTP/2"

    def __init__(self, changed: Callable[[], None]) -> None:
        super().__init__(changed)
        self._h2 = H2Connection(H2Configuration(client_side=True, validate_inbound_headers=False))
        # Set before the first frame, so that they go out with it.
        self._h2.local_settings = Settings(
            client=True,
            initial_values={
                SettingCodes.ENABLE_PUSH: 0,
                SettingCodes.INITIAL_WINDOW_SIZE: STREAM_WINDOW,
                SettingCodes.MAX_CONCURRENT_STREAMS: STREAMS,
                SettingCodes.MAX_HEADER_LIST_SIZE: HEADER_LIST_BYTES,
            },
        )
        self._exchanges: dict[int, Exchange] = {}
        self._unread = bytearray()
        self._greeted = self._leaving = False
        self._spare_frames = SPARE_FRAMES
        self._bytes = 0
        self._stray = 0
        """What may still arrive of answers that nobody wants any more."""
        self._served = False

    @property
    def available(self) -> bool:
        """Whether it takes another request; more than one only once the server has said how many."""
        if self.closed or self._leaving:
            return False
        if not self._greeted:
            return not self._exchanges
        return len(self._exchanges) < min(STREAMS, self._h2.remote_settings.max_concurrent_streams)

    @property
    def greeted(self) -> bool:
        """Whether the server has said how many requests at once it takes."""
        return self._greeted

    @property
    def idle(self) -> bool:
        """Whether no answer is on its way."""
        return not self._exchanges

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is open: say what may be sent here."""
        super().connection_made(transport)
        self._h2.initiate_connection()
        self._h2.increment_flow_control_window(CONNECTION_WINDOW - 65_535)
        self._flush()

    def send(self, request: httpx.Request, wire_bytes: int | None) -> Exchange:
        """Send ``request``, which has no body.

        Raises:
            NotTaken: it is, or turned out to be, of no more use.
        """
        if self.closed:
            raise NotTaken("the connection had ended")
        url = request.url
        headers = [
            (b":method", request.method.encode("ascii")),
            (b":authority", request.headers["host"].encode("ascii")),
            (b":scheme", url.raw_scheme),
            (b":path", url.raw_path),
        ]
        for name, value in request.headers.raw:
            if (lower := name.lower()) not in _ONE_CONNECTION_ONLY:
                headers.append((lower, value))
        try:
            stream = self._h2.get_next_available_stream_id()
            self._h2.send_headers(stream, headers, end_stream=True)
        except ProtocolError as exc:
            self.close()
            raise NotTaken(str(exc)) from exc
        exchange = Exchange(
            wire_bytes, lambda _, cost: self._took(stream, cost), lambda left: self._left(stream, left)
        )
        self._exchanges[stream] = exchange
        self._spare_frames += FRAMES_PER_REQUEST
        self._flush()
        return exchange

    def data_received(self, data: bytes) -> None:
        """Take in what arrived, frame by frame."""
        self._unread += data
        start = 0
        while not self.closed and len(self._unread) - start >= _FRAME_HEAD:
            length = int.from_bytes(self._unread[start : start + 3], "big")
            if length > FRAME_BYTES:
                self.close(httpx.RemoteProtocolError("a frame is too large"))
                return
            end = start + _FRAME_HEAD + length
            if end > len(self._unread):
                break
            self._frame(bytes(self._unread[start:end]))
            start = end
        del self._unread[:start]
        self._flush()

    def _frame(self, frame: bytes) -> None:
        size = len(frame) - _FRAME_HEAD
        self._spare_frames -= 1
        if frame[3] != _DATA:
            self._spare_frames -= size // FRAME_MEAN
        else:
            self._bytes += size
            if int.from_bytes(frame[5:9], "big") not in self._exchanges:
                self._stray -= size
                if self._stray < 0:
                    self.close(httpx.RemoteProtocolError("data that nobody asked for"))
                    return
        if self._spare_frames + self._bytes // FRAME_MEAN < 0:
            self.close(httpx.RemoteProtocolError("too many frames that say nothing"))
            return
        try:
            for event in self._h2.receive_data(frame):
                self._take(event)
        except ProtocolError as exc:
            self.close(httpx.RemoteProtocolError(str(exc)))

    def _take(self, event: Event) -> None:
        stream = getattr(event, "stream_id", 0)
        exchange = self._exchanges.get(stream)
        match event:
            case RemoteSettingsChanged():
                self._greeted = True
                self._changed()
            case ConnectionTerminated():
                self._leave(event)
            case _ if exchange is None:
                return
            case ResponseReceived(headers=headers):
                self._start(exchange, headers or [])
            case DataReceived(data=data, flow_controlled_length=cost):
                exchange.add(data or b"", cost or 0)
                exchange.count(_FRAME_HEAD + (cost or 0))
            case StreamEnded():
                exchange.end()
                self._forget(stream)
            case StreamReset(error_code=code):
                refused = code == ErrorCodes.REFUSED_STREAM
                exchange.fail((NotTaken if refused else httpx.RemoteProtocolError)("the answer was reset"))
                self._forget(stream)

    def _start(self, exchange: Exchange, headers: list[tuple[bytes, bytes]]) -> None:
        status = next((value for name, value in headers if name == b":status"), b"")
        if len(status) != 3 or not status.isdigit():
            raise ProtocolError("the answer has no status")
        exchange.start(int(status), [(name, value) for name, value in headers if name[:1] != b":"])

    def _leave(self, event: ConnectionTerminated) -> None:
        """The server takes no more requests (GOAWAY); those it took before, it may still answer."""
        self._leaving = True
        last = event.last_stream_id or 0
        for stream in [stream for stream in self._exchanges if stream > last]:
            self._exchanges.pop(stream).fail(NotTaken("the server takes no more"))
        if event.error_code != ErrorCodes.NO_ERROR or not self._exchanges:
            self.close()
            return
        # h2 calls the connection closed from here on; RFC 9113, section 6.8 lets the last answers arrive.
        self._h2.state_machine.state = ConnectionState.CLIENT_OPEN
        self._changed()

    def _took(self, stream: int, cost: int) -> None:
        if not self.closed and cost:
            self._h2.acknowledge_received_data(cost, stream)
            self._flush()

    def _left(self, stream: int, exchange: Exchange) -> None:
        if self.closed or self._exchanges.get(stream) is not exchange:
            return
        self._stray += STREAM_WINDOW
        with suppress(ProtocolError):  # It may have ended in this very frame.
            self._h2.reset_stream(stream, ErrorCodes.CANCEL)
        self._forget(stream)
        self._flush()

    def _forget(self, stream: int) -> None:
        self._exchanges.pop(stream, None)
        self._served = True
        if self._leaving and not self._exchanges:
            self.close()
        self._changed()

    def _flush(self) -> None:
        self._write(self._h2.data_to_send())

    def _fail(self, failure: Exception) -> None:
        exchanges, self._exchanges = self._exchanges, {}
        for exchange in exchanges.values():
            # A connection that is used again may have been given up by the server a moment before.
            unseen = isinstance(failure, Ended) and self._served and not exchange.began
            exchange.fail(NotTaken(str(failure)) if unseen else failure)
