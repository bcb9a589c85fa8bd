import asyncio
import resource
import ssl
import time
from itertools import repeat
from pathlib import Path

import pytest

HOME = "https://secure.example/"
DATA, HEADERS, PRIORITY, RST, SETTINGS, PUSH, PING, GOAWAY, WINDOW, CONTINUATION = range(10)
END_STREAM, END_HEADERS, PADDED = 1, 4, 8
OK = b"\x88"
HTML = OK + b"\x0f\x10\x09text/html"


def frame(kind, flags, stream, payload=b""):
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


HELLO = frame(SETTINGS, 0, 0) + frame(SETTINGS, 1, 0)
PAGE = frame(HEADERS, END_HEADERS, 1, HTML) + frame(DATA, END_STREAM, 1, b"<p>Hi</p>")


class RawSite:
    """Sends the bytes it was given, frame after frame, whatever it is asked."""

    def __init__(self, pieces, reads):
        self.pieces, self.reads = pieces, reads
        self.open = self.sent = 0

    async def serve(self, reader, writer):
        self.open += 1
        reading = asyncio.create_task(self.serve_nothing(reader)) if self.reads else None
        try:
            for piece in self.pieces:
                writer.write(piece)
                self.sent += len(piece)
                await writer.drain()
            if reading:
                await reading
        except OSError:
            return
        finally:
            self.open -= 1
            writer.transport.abort()
            if reading:
                reading.cancel()

    async def serve_nothing(self, reader):
        while await reader.read(65_536):
            pass


class GoodSite(RawSite):
    """Answers the first request with 404 and the second with a page."""

    async def serve(self, reader, writer):
        self.open += 1
        seen = b""
        writer.write(HELLO + PAGE.replace(OK, b"\x8d"))
        while frame(HEADERS, END_STREAM | END_HEADERS, 3)[3:] not in seen:
            seen += await reader.readexactly(1)
        writer.write(PAGE.replace(b"\0\0\0\1", b"\0\0\0\3"))
        await self.serve_nothing(reader)
        self.open -= 1
        writer.close()


@pytest.fixture
def context():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(Path(__file__).with_name("secure.example.pem"))
    context.set_alpn_protocols(["h2"])
    return context


@pytest.fixture
def raw(network, context):
    async def raw(pieces, reads=True):
        site = RawSite(pieces, reads)
        await network.listen("secure.example", site, context)
        return site

    return raw


def endless(*frames):
    # Many in a piece, so that the server is as fast as it can be.
    return repeat(b"".join(frames) * (10_000 // len(b"".join(frames)) + 1))


def started(pieces, first=b""):
    yield HELLO + first
    yield from pieces


HPACK_BOMB = OK + b"\x40\x01a\x7f\x81\x1e" + b"x" * 4_000 + b"\xbe" * 12_000
FLOODS = {
    "settings": endless(frame(SETTINGS, 0, 0)),
    "settings that change something": endless(
        frame(SETTINGS, 0, 0, b"\0\x03" + (1).to_bytes(4, "big")),
        frame(SETTINGS, 0, 0, b"\0\x03" + (90).to_bytes(4, "big")),
    ),
    "table sizes": endless(
        frame(SETTINGS, 0, 0, b"\0\x01" + (0).to_bytes(4, "big")),
        frame(SETTINGS, 0, 0, b"\0\x01" + (65_536).to_bytes(4, "big")),
    ),
    "acknowledgements": endless(frame(SETTINGS, 1, 0)),
    "pings": endless(frame(PING, 0, 0, b"12345678")),
    "answers to pings": endless(frame(PING, 1, 0, b"12345678")),
    "window updates": endless(frame(WINDOW, 0, 0, b"\0\0\0\1")),
    "priorities": endless(frame(PRIORITY, 0, 1, b"\0\0\0\3\x10")),
    "unknown frames": endless(frame(99, 0, 0, b"?" * 50)),
    "large unknown frames": endless(frame(99, 0, 0, b"?" * 16_000)),
    "empty data": started(endless(frame(DATA, 0, 1)), frame(HEADERS, END_HEADERS, 1, HTML)),
    "data of a byte": started(endless(frame(DATA, 0, 1, b"x")), frame(HEADERS, END_HEADERS, 1, HTML)),
    "padding": started(
        endless(frame(DATA, PADDED, 1, b"\xff" + bytes(255))), frame(HEADERS, END_HEADERS, 1, HTML)
    ),
    "early hints": endless(frame(HEADERS, END_HEADERS, 1, b"\x08\x03103")),
    "continuations": started(endless(frame(CONTINUATION, 0, 1, OK)), frame(HEADERS, 0, 1, OK)),
    "large continuations": started(
        endless(frame(CONTINUATION, 0, 1, b"x" * 16_000)), frame(HEADERS, 0, 1, OK)
    ),
    "empty continuations": started(endless(frame(CONTINUATION, 0, 1)), frame(HEADERS, 0, 1, OK)),
    "resets": endless(frame(RST, 0, 1, b"\0\0\0\x08")),
    "goodbyes": endless(frame(GOAWAY, 0, 0, b"\0\0\0\1\0\0\0\0")),
    "more than the window holds": [
        HELLO,
        frame(HEADERS, END_HEADERS, 1, HTML),
        *[frame(DATA, 0, 1, b"x" * 16_000)] * 500,
    ],
    "data for nobody": started(endless(frame(DATA, 0, 1, b"x" * 16_000)), PAGE),
}


@pytest.mark.parametrize("kind", FLOODS)
async def test_a_flood_of_frames_ends_soon_with_a_plain_message(network, raw, refused, kind):
    site = await raw(FLOODS[kind])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began, cpu = time.monotonic(), time.process_time()
    error = await refused(network.fetcher(seconds=3), HOME)
    assert "broke off" in error.what or "larger" in error.what
    assert time.monotonic() - began < 3 and time.process_time() - cpu < 3
    assert site.sent < 60_000_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40_000
    await network.nothing_is_left()


async def test_a_server_that_makes_us_answer_and_does_not_read_is_left(network, raw, refused):
    await raw(endless(frame(PING, 0, 0, b"12345678")), reads=False)
    assert "broke off" in (await refused(network.fetcher(seconds=3), HOME)).what
    await network.nothing_is_left()


BROKEN = {
    "headers that unpack to megabytes": [HELLO, frame(HEADERS, END_HEADERS, 1, HPACK_BOMB)],
    "a header list too long": [
        HELLO,
        frame(HEADERS, 0, 1, OK),
        *[frame(CONTINUATION, 0, 1, (b"\0\x01a\x7f\x81\x1e" + b"x" * 4_000) * 4)] * 10,
        frame(CONTINUATION, END_HEADERS, 1),
    ],
    "nonsense in the headers": [HELLO, frame(HEADERS, END_HEADERS, 1, b"\xff" * 50)],
    "an index of no header": [HELLO, frame(HEADERS, END_HEADERS, 1, b"\xfe")],
    "headers without a status": [HELLO, frame(HEADERS, END_HEADERS, 1, b"\x0f\x10\x09text/html")],
    "a status of letters": [HELLO, frame(HEADERS, END_HEADERS, 1, b"\x08\x032xx")],
    "a status of full-width digits": [
        HELLO,
        frame(HEADERS, END_HEADERS, 1, b"\x08\x09" + "２００".encode()),
    ],
    "a body before its headers": [HELLO, frame(DATA, END_STREAM, 1, b"<p>Hi</p>")],
    "data on stream 0": [HELLO, frame(DATA, 0, 0, b"x")],
    "headers of a stream nobody opened": [HELLO, frame(HEADERS, END_HEADERS, 7, HTML)],
    "a pushed page": [HELLO, frame(PUSH, END_HEADERS, 1, b"\0\0\0\2" + OK)],
    "a frame too large": [HELLO, b"\xff\xff\xff\0\0\0\0\0\1", b"x" * 100_000],
    "a continuation of nothing": [HELLO, frame(CONTINUATION, END_HEADERS, 1, OK)],
    "padding beyond the frame": [
        HELLO,
        frame(HEADERS, END_HEADERS, 1, HTML),
        frame(DATA, PADDED, 1, b"\xff1"),
    ],
    "settings of an odd length": [HELLO, frame(SETTINGS, 0, 0, b"12345")],
    "settings out of range": [frame(SETTINGS, 0, 0, b"\0\x04\xff\xff\xff\xff")],
    "a window past its end": [HELLO, frame(WINDOW, 0, 0, b"\x7f\xff\xff\xff")],
    "a length too long": [
        HELLO,
        frame(HEADERS, END_HEADERS, 1, HTML + b"\x0f\x0d\x0250"),
        frame(DATA, END_STREAM, 1, b"<p>Hi</p>"),
    ],
    "a length too short": [
        HELLO,
        frame(HEADERS, END_HEADERS, 1, HTML + b"\x0f\x0d\x012"),
        frame(DATA, END_STREAM, 1, b"<p>Hi</p>"),
    ],
    "a negative length": [
        HELLO,
        frame(HEADERS, END_HEADERS, 1, HTML + b"\x0f\x0d\x02-9"),
        frame(DATA, END_STREAM, 1, b"<p>Hi</p>"),
    ],
    "an early end": [HELLO, frame(HEADERS, END_HEADERS, 1, HTML), frame(RST, 0, 1, b"\0\0\0\x02")],
    "an angry goodbye": [
        HELLO,
        frame(HEADERS, END_HEADERS, 1, HTML),
        frame(GOAWAY, 0, 0, b"\0\0\0\1\0\0\0\x0b"),
    ],
    "a goodbye before everything": [frame(GOAWAY, 0, 0, b"\0\0\0\0\0\0\0\0")],
    "HTTP/1.1 where HTTP/2 was agreed": [b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nHi" * 10],
    "noise": [bytes(range(256)) * 20],
    "TLS records of zeros": [bytes(5_000)],
}


@pytest.mark.parametrize("kind", BROKEN)
async def test_broken_http2_is_told_and_the_next_fetch_works(network, raw, context, refused, kind):
    await raw(BROKEN[kind])
    fetcher = network.fetcher(seconds=3)
    error = await refused(fetcher, HOME)
    assert "broke off" in error.what or "larger" in error.what
    await network.nothing_is_left()
    await network.listen("secure.example", GoodSite([], True), context)
    assert (await fetcher.fetch(HOME)).body == b"<p>Hi</p>"
    await network.nothing_is_left()


SILENT = {
    "nothing at all": [],
    "half a frame": [b"\0\0\x08\x06"],
    "no headers": [HELLO],
    "headers that never end": [HELLO, frame(HEADERS, 0, 1, OK)],
    "a body that never ends": [HELLO, frame(HEADERS, END_HEADERS, 1, HTML), frame(DATA, 0, 1, b"<p>")],
    "an answer to what nobody asked": [HELLO, frame(HEADERS, END_HEADERS, 2, HTML)],
    "a request refused and then nothing": [HELLO, frame(RST, 0, 1, b"\0\0\0\x07")],
    "no stream allowed": [frame(SETTINGS, 0, 0, b"\0\x03\0\0\0\0")],
}


@pytest.mark.parametrize("kind", SILENT)
async def test_a_server_that_falls_silent_is_left_at_the_limit(network, raw, refused, kind):
    await raw(SILENT[kind])
    began = time.monotonic()
    assert "0.4 seconds" in (await refused(network.fetcher(seconds=0.4), HOME)).what
    assert time.monotonic() - began < 2
    await network.nothing_is_left()


async def test_a_dribbled_body_of_http2_is_left_at_the_limit(network, context, refused):
    class Dribbling(RawSite):
        async def serve(self, reader, writer):
            self.open += 1
            writer.write(HELLO + frame(HEADERS, END_HEADERS, 1, HTML))
            try:
                while True:
                    writer.write(frame(DATA, 0, 1, b"x"))
                    await writer.drain()
                    await asyncio.sleep(0.01)
            except OSError:
                return
            finally:
                self.open -= 1
                writer.transport.abort()

    await network.listen("secure.example", Dribbling([], False), context)
    assert "0.4 seconds" in (await refused(network.fetcher(seconds=0.4), HOME)).what
    await network.nothing_is_left()
