import asyncio
import gzip
import ssl
import time
import zlib
from itertools import repeat
from pathlib import Path

import pytest

from switchboard.errors import AddressRefused
from switchboard.web.failures import EmptyPage, PageTooLarge
from switchboard.web.fetch import PAGES, SITEMAPS

HOME = "http://a.example/"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


def endless(first, piece):
    async def send(writer):
        writer.write(first)
        for piece_ in repeat(piece * (10_000 // len(piece) + 1)):
            writer.write(piece_)
            await writer.drain()

    return send


@pytest.mark.parametrize(
    "send",
    [
        endless(HEAD, b"X: y\r\n"),
        endless(HEAD + b"X: ", b"y"),
        endless(HEAD, b" folded\r\n"),
        endless(b"", b"H"),
        endless(b"HTTP/1.1 200 ", b"O"),
        endless(b"", b"\r\n"),
        endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        endless(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"),
        endless(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        endless(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1;e=" + b"e" * 5_000 + b"\r\nx\r\n"),
        endless(HEAD + b"Transfer-Encoding: chunked\r\n\r\n1;e=", b"e"),
        endless(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"00000000000"),
        endless(HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X: y\r\n"),
        endless(HEAD + b"\r\n", b"<p>"),
        endless(HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"<p>Hi"), b"garbage"),
        endless(HEAD + b"Content-Encoding: deflate\r\n\r\n" + zlib.compress(b"<p>Hi"), b"garbage"),
    ],
)
async def test_an_endless_answer_ends_soon_with_a_plain_message(network, refused, answer, send):
    await network.serve("a.example", {"/": send, "/good": answer()})
    fetcher = network.fetcher(seconds=4)
    began, cpu = time.monotonic(), time.process_time()
    error = await refused(fetcher)
    assert "broke off" in error.what or "larger than 2 MB" in error.what
    assert time.monotonic() - began < 4 and time.process_time() - cpu < 3
    await network.nothing_is_left()
    assert (await fetcher.fetch(f"{HOME}good")).body


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"<html><h1>HTTP/0.9</h1></html>", "broke off"),
        (b"HTTP/2.0 200 OK\r\n\r\n", "empty"),
        (b"HTTP/1.1 200\r\nContent-Length: -5\r\n\r\nHi", "broke off"),
        (HEAD + b"Content-Length: 5, 6\r\n\r\nHello", "broke off"),
        (HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nHello", "broke off"),
        (HEAD + b"Content-Length: " + "５".encode() + b"\r\n\r\nHello", "broke off"),
        (HEAD + b"Content-Length: +5\r\n\r\nHello", "broke off"),
        (HEAD + b"Content-Length: 0x5\r\n\r\nHello", "broke off"),
        (HEAD + b"Content-Length: " + b"9" * 5_000 + b"\r\n\r\nHello", ""),
        (HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n5\r\nHello\r\n0\r\n\r\n", "broke off"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n-5\r\nHello\r\n0\r\n\r\n", "broke off"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nHello\r\n", "broke off"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nHelloHello\r\n0\r\n\r\n", "broke off"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nHello", "broke off"),
        (HEAD + b"Bad Name: x\r\n\r\nHi", "broke off"),
        (HEAD + b"X: a\0b\r\n\r\nHi", "broke off"),
        (
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\nHi",
            "broke off",
        ),
        (b"HTTP/1.1 101 Switching Protocols\r\n\r\n", "broke off"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n<p>short", "broke off"),
        (b"HTTP/1.1 999 Odd\r\n\r\n", "999"),
        (b"HTTP/1.1 2OO OK\r\n\r\nHi", "broke off"),
        (b"\x16\x03\x01\x02\x00", "broke off"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "broke off"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n" + b"\x5b" * 50, "packed"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Encoding: gzip\r\n\r\nx", "packed"),
        (b"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-1/9\r\nContent-Length: 2\r\n\r\nHi", "206"),
    ],
)
async def test_a_malformed_answer_is_told_and_the_next_fetch_works(network, refused, answer, raw, words):
    await network.serve("a.example", {"/": raw, "/good": answer()})
    fetcher = network.fetcher()
    assert words in (await refused(fetcher)).what
    await network.nothing_is_left()
    assert (await fetcher.fetch(f"{HOME}good")).body


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" + HEAD + b"Content-Length: 5\r\n\r\nHello",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 3 + HEAD + b"Content-Length: 5\r\n\r\nHello",
        HEAD + b"Content-Length: 5\r\n\r\nHello and more than was told",
        HEAD + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nHello\r\n0\r\n\r\n",
        HEAD + b"Content-Length: 5\r\nContent-Length: 5\r\n\r\nHello",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nHello\r\n0\r\n\r\ngarbage",
        HEAD + b"Content-Disposition: attachment; filename=x.exe\r\n\r\nHello",
        b"HTTP/1.0 200 OK\r\n\r\nHello",
        b"HTTP/1.1 203 Changed\r\nContent-Length: 5\r\n\r\nHello",
        HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"Hello") + b"garbage",
    ],
)
async def test_an_odd_answer_is_read_as_far_as_it_goes(network, raw):
    await network.serve("a.example", {"/": raw})
    assert (await network.fetcher().fetch(HOME)).body == b"Hello"
    await network.nothing_is_left()


async def test_a_download_is_judged_by_its_type(network, refused, answer):
    file = answer(b"MZ", "Content-Type: application/octet-stream", "Content-Disposition: attachment")
    await network.serve("a.example", {"/": file})
    assert "another kind" in (await refused(network.fetcher())).what


async def test_no_content_is_told_even_where_a_body_follows(network, refused):
    await network.serve("a.example", {"/": b"HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nHi"})
    assert "without a page" in (await refused(network.fetcher(), kind=EmptyPage)).what
    await network.nothing_is_left()


async def test_a_body_packed_twice_is_unpacked_once(network, answer):
    twice = gzip.compress(gzip.compress(b"<p>" * 1_000))
    await network.serve("a.example", {"/": answer(twice, "Content-Encoding: gzip")})
    assert (await network.fetcher().fetch(HOME, PAGES)).body == gzip.decompress(twice)


def bomb(window):
    """A gigabyte of zeros: from the second flush on, each piece is packed to the same bytes."""
    packer = zlib.compressobj(9, wbits=window)
    first, second = (packer.compress(bytes(10**6)) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    return first + second * 999 + packer.flush()


@pytest.mark.parametrize(
    ("encoding", "window"),
    [("gzip", zlib.MAX_WBITS | 16), ("deflate", zlib.MAX_WBITS), ("deflate", -zlib.MAX_WBITS)],
)
async def test_a_bomb_is_left_without_being_unpacked(network, refused, answer, encoding, window):
    packed = answer(bomb(window), f"Content-Encoding: {encoding}")
    robots = answer(bomb(window), f"Content-Encoding: {encoding}", "Content-Type: text/plain")
    await network.serve("a.example", {"/": packed, "/robots.txt": robots, "/good": answer()})
    cpu = time.process_time()
    fetcher = network.fetcher()
    await refused(fetcher, kind=PageTooLarge)
    assert time.process_time() - cpu < 0.5
    await network.nothing_is_left()
    assert (await fetcher.fetch(f"{HOME}good")).body


XML = b"<urlset></urlset>"


@pytest.mark.parametrize(
    "media_type", ["application/x-gzip", "application/gzip", "application/xml", "text/xml"]
)
@pytest.mark.parametrize("packed", [True, False])
async def test_a_packed_sitemap_is_unpacked(network, answer, media_type, packed):
    body, headers = gzip.compress(XML), [f"Content-Type: {media_type}"]
    if packed:
        body, headers = gzip.compress(body), [*headers, "Content-Encoding: gzip"]
    await network.serve("a.example", {"/": answer(body, *headers)})
    fetched = await network.fetcher().fetch(HOME, SITEMAPS)
    assert fetched.body == XML and fetched.media_type == "application/xml"


async def test_a_sitemap_that_is_a_bomb_is_too_large(network, answer):
    packed = bomb(zlib.MAX_WBITS | 16)
    headers = ("Content-Type: application/gzip",)
    twice = answer(gzip.compress(packed), *headers, "Content-Encoding: gzip")
    await network.serve("a.example", {"/": answer(packed, *headers), "/twice": twice})
    for url in (HOME, f"{HOME}twice"):
        with pytest.raises(PageTooLarge):
            await network.fetcher().fetch(url, SITEMAPS)


@pytest.mark.parametrize(
    "target",
    [
        *("http://2130706433/", "http://017700000001/", "http://0x7f.1/"),
        *("http://0/", "http://127.0.0.1.:80/", "http://[::]/"),
        *("http://[::ffff:7f00:1]/", "http://[64:ff9b::7f00:1]/", "http://[64:ff9b:1::7f00:1]/"),
        *("http://[2002:7f00:1::]/", "http://[fe80::1%25lo]/", "http://[fec0::1]/"),
        *("http://[fd00:ec2::254]/", "http://100.64.0.1/", "http://224.0.0.1/"),
        *("http://１２７.0.0.1/", "http://127。0。0。1/", "http://localhost/"),
        *("http://a.example@127.0.0.1/", "http:\\\\127.0.0.1/", "https://127.0.0.1:443/"),
        *("ftp://a.example/", "http://a.example:8080/", "//[::1]/"),
        "\\\\127.0.0.1\\",
    ],
)
async def test_a_redirect_to_any_form_of_a_private_address_is_refused(network, refused, answer, target):
    moved = answer(b"", f"Location: {target}", status="302 Found")
    site = await network.serve("a.example", {"/": moved})
    await refused(network.fetcher(), kind=AddressRefused)
    assert set(network.connected) == {"93.184.216.1"} and site.paths == ["/"]
    await network.nothing_is_left()


@pytest.mark.parametrize(
    ("name", "certificate"),
    [
        ("wrong.example", "secure.example.pem"),
        ("stranger.example", "stranger.example.pem"),
        ("expired.example", "expired.example.pem"),
        ("93.184.216.1", "secure.example.pem"),
    ],
)
async def test_a_certificate_that_proves_nothing_is_told(network, refused, answer, name, certificate):
    network.trust.load_verify_locations(cadata=expired())
    site = await network.serve(name, {"/": answer()}, tls=True, certificate=certificate)
    assert "certificate" in (await refused(network.fetcher(), f"https://{name}/")).what
    assert site.requests == []
    await network.nothing_is_left()


def expired():
    # Trusted as its own authority, so that the date alone is wrong with it.
    text = Path(__file__).with_name("expired.example.pem").read_text()
    return text[text.index("-----BEGIN CERTIFICATE") :]


@pytest.mark.parametrize("sent", [b"", b"\x16\x03\x03\x20\x00\x02", b"\x16\x03\x03\x40\x00" + bytes(100)])
async def test_a_handshake_that_stalls_is_left_at_the_limit(network, refused, sent):
    class StallingSite:
        open = 0

        async def serve(self, reader, writer):
            self.open += 1
            writer.write(sent)
            try:
                while await reader.read(1_000):
                    pass
            except OSError:
                return
            finally:
                self.open -= 1
                writer.close()

    await network.listen("a.example", StallingSite(), None)
    error = await refused(network.fetcher(seconds=0.3), "https://a.example/")
    assert "0.3 seconds" in error.what or "secure connection" in error.what
    await network.nothing_is_left()


async def test_an_old_version_of_tls_is_not_spoken(network, refused, answer):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(Path(__file__).with_name("secure.example.pem"))
    context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2
    context.set_ciphers("AES128-SHA256")
    site = await network.serve("x.example", {"/": answer()})
    await network.listen("secure.example", site, context)
    error = await refused(network.fetcher(), "https://secure.example/")
    assert "secure connection" in error.what or "no connections" in error.what
    assert site.requests == []
    await network.nothing_is_left()


async def test_a_server_that_hangs_up_at_once_is_told(network, refused):
    class HangingUpSite:
        open = 0

        async def serve(self, reader, writer):
            writer.transport.abort()

    await network.listen("a.example", HangingUpSite(), None)
    for url in (HOME, "https://a.example/"):
        error = await refused(network.fetcher(), url)
        assert "broke off" in error.what or "no connections" in error.what
    await network.nothing_is_left()


async def test_a_hundred_readers_of_a_hostile_site_leave_nothing_behind(network, answer):
    await network.serve("a.example", {"/": endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), "/good": answer()})
    fetcher = network.fetcher(seconds=10)
    outcomes = await asyncio.gather(*(fetcher.fetch(HOME) for _ in range(100)), return_exceptions=True)
    assert {str(outcome) for outcome in outcomes} == {"The site broke off its answer. Try again."}
    await network.nothing_is_left()
