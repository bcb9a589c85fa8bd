import asyncio
import gzip
import time
import zlib

import pytest

from switchboard.errors import AddressRefused, PageUnreadable
from switchboard.web.failures import BlockedByRobots, EmptyPage, PageTooLarge

HOME = "http://a.example/"


async def refusal(fetcher, url=HOME, kind=PageUnreadable):
    with pytest.raises(kind) as caught:
        await fetcher.fetch(url)
    message = str(caught.value)
    assert message.endswith(".") and "127.0.0.1" not in message and "93.184" not in message
    return caught.value


def tasks_besides_the_servers():
    return [
        task
        for task in asyncio.all_tasks()
        if "Site.serve" not in repr(task) and task is not asyncio.current_task()
    ]


async def test_a_page_arrives_with_its_type_and_its_own_name_asked_for(network, answer):
    site = await network.serve(
        "a.example", {"/x?y=1": answer(b"<p>Hi</p>", "Content-Type: Text/HTML; Charset=UTF-8")}
    )
    fetched = await network.fetcher().fetch("http://a.example/x?y=1#part")
    assert (fetched.url, fetched.media_type, fetched.charset) == (
        "http://a.example/x?y=1",
        "text/html",
        "utf-8",
    )
    assert fetched.body == b"<p>Hi</p>"
    headers = site.requests[-1][1]
    assert headers["host"] == "a.example"
    assert headers["user-agent"].startswith("Switchboard/")
    assert set(network.connected) == {"93.184.216.1"}


async def test_redirects_are_followed_and_each_is_resolved_anew(network, answer):
    await network.serve(
        "a.example", {"/": answer(b"", "Location: http://b.example/there", status="302 Found")}
    )
    await network.serve("b.example", {"/there": answer(b"<p>There</p>")})
    fetched = await network.fetcher().fetch(HOME)
    assert fetched.url == "http://b.example/there"
    assert set(network.looked_up) == {"a.example", "b.example"}


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1/",
        "http://127.1/",
        "http://[::1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://168.63.129.16/",
        "http://inside.example/",
        "http://a.example:22/",
        "http://u:p@a.example/",
        "file:///etc/passwd",
        "gopher://a.example/",
        "//127.0.0.1/",
        "http://[",
        "javascript:alert(1)",
    ],
)
async def test_a_redirect_to_where_nobody_may_go_is_refused(network, answer, target):
    network.names["inside.example"] = ["10.0.0.7"]
    await network.serve("a.example", {"/": answer(b"", f"Location: {target}", status="301 Moved")})
    await refusal(network.fetcher(), kind=AddressRefused)
    assert set(network.connected) == {"93.184.216.1"}


@pytest.mark.parametrize("step", [0, 1])
async def test_endless_redirects_end_after_five(network, answer, step):
    answers = {f"/{i}": answer(b"", f"Location: /{i + step}", status="307 Temporary") for i in range(20)}
    site = await network.serve("a.example", answers)
    assert "without end" in (await refusal(network.fetcher(), "http://a.example/0")).what
    assert len(site.paths) == 6


async def test_five_redirects_are_followed(network, answer):
    answers = {f"/{i}": answer(b"", f"Location: {i + 1}", status="308 Permanent") for i in range(5)}
    await network.serve("a.example", answers | {"/5": answer()})
    assert (await network.fetcher().fetch("http://a.example/0")).url == "http://a.example/5"


@pytest.mark.parametrize("addresses", [["10.0.0.1"], ["93.184.216.1", "127.0.0.1"], ["::1"], []])
async def test_a_name_with_an_address_that_is_not_public_is_never_connected_to(network, answer, addresses):
    await network.serve("a.example", {"/": answer()})
    network.names["a.example"] = addresses
    await refusal(network.fetcher(), kind=AddressRefused)
    assert network.connected == []


async def test_a_name_that_rebinds_200_times_never_reaches_a_private_address(network, answer):
    await network.serve("a.example", {"/": answer()})
    public, turn = network.names["a.example"], 0

    async def rebinding(host, port):
        nonlocal turn
        turn += 1
        return public if turn % 2 else ["127.0.0.1"]

    network.lookup = rebinding
    fetcher = network.fetcher()
    outcomes = set()
    for _ in range(200):
        try:
            outcomes.add((await fetcher.fetch(HOME)).media_type)
        except AddressRefused:
            outcomes.add("refused")
    assert set(network.connected) == {"93.184.216.1"}
    assert "refused" in outcomes


def dribbling(first, piece, pause=0.02):
    async def send(writer):
        writer.write(first)
        while True:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)

    return send


@pytest.mark.parametrize(
    "send",
    [
        dribbling(b"", b"H"),
        dribbling(b"HTTP/1.1 200 OK\r\nX: ", b"y"),
        dribbling(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", b"<p>"),
        dribbling(b"HTTP/1.1 103 Early Hints\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
        dribbling(b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 100000\r\n\r\n", b"x"),
    ],
)
async def test_a_dribbling_server_is_left_at_the_time_limit_with_nothing_running(network, send):
    site = await network.serve("a.example", {"/": send})
    began = time.monotonic()
    error = await refusal(network.fetcher(seconds=0.3))
    assert time.monotonic() - began < 1.5
    assert "0.3 seconds" in error.what or "without end" in error.what or "broke off" in error.what
    await asyncio.sleep(0.1)
    assert tasks_besides_the_servers() == []
    assert site.open == 0


async def test_a_slow_robots_file_counts_towards_the_same_limit(network, answer):
    await network.serve("a.example", {"/robots.txt": dribbling(b"", b"H"), "/": answer()})
    assert "0.2 seconds" in (await refusal(network.fetcher(seconds=0.2))).what


async def test_a_fetch_that_is_cancelled_closes_its_connection(network):
    site = await network.serve("a.example", {"/": dribbling(b"HTTP/1.1 200 OK\r\n\r\n", b"x")})
    task = asyncio.create_task(network.fetcher().fetch(HOME))
    while not site.paths:
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.sleep(0.1)
    assert site.open == 0


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("204 No Content", "without a page"),
        ("304 Not Modified", "without a page"),
        ("401 No", "sign-in"),
        ("403 Forbidden", "let programs"),
        ("404 Not Found", "no such page"),
        ("410 Gone", "removed"),
        ("429 Too Many", "too many requests"),
        ("500 Oops", "trouble"),
        ("503 Busy", "trouble"),
        ("451 Legal", "legal"),
        ("418 Teapot", "418"),
        ("206 Partial", "206"),
        ("300 Choices", "300"),
    ],
)
async def test_every_status_has_its_own_words(network, answer, status, words):
    await network.serve("a.example", {"/": answer(b"", status=status)})
    assert words in (await refusal(network.fetcher())).what


async def test_a_redirect_without_a_target_is_told(network, answer):
    await network.serve("a.example", {"/": answer(b"", status="302 Found")})
    assert "where to" in (await refusal(network.fetcher())).what


@pytest.mark.parametrize("body", [b"", b" \r\n\t "])
async def test_an_empty_page_is_told(network, answer, body):
    await network.serve("a.example", {"/": answer(body)})
    assert isinstance(await refusal(network.fetcher()), EmptyPage)


@pytest.mark.parametrize(
    "media_type", ["application/pdf", "image/png", "application/octet-stream", "text/css", "a"]
)
async def test_a_file_of_another_kind_is_not_read(network, answer, media_type):
    await network.serve("a.example", {"/": answer(b"%PDF", f"Content-Type: {media_type}")})
    assert "another kind" in (await refusal(network.fetcher())).what


@pytest.mark.parametrize(
    ("body", "media_type"), [(b" <html>x</html>", "text/html"), (b"Plain words", "text/plain")]
)
async def test_a_page_without_a_type_is_known_by_its_beginning(network, answer, body, media_type):
    await network.serve("a.example", {"/": answer(body, "Content-Type: ")})
    assert (await network.fetcher().fetch(HOME)).media_type == media_type


async def test_a_body_over_the_limit_is_left_whether_or_not_its_length_is_told(network, answer):
    async def endless(writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        while True:
            writer.write(b"x" * 10_000)
            await writer.drain()

    site = await network.serve(
        "a.example", {"/": endless, "/told": answer(b"x", "Content-Length: 99999999999999999999")}
    )
    assert isinstance(await refusal(network.fetcher(wire_bytes=100_000)), PageTooLarge)
    assert isinstance(await refusal(network.fetcher(), "http://a.example/told"), PageTooLarge)
    await asyncio.sleep(0.05)
    assert site.open == 0


def raw_deflate(data):
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [("gzip", gzip.compress), ("GZIP", gzip.compress), ("deflate", zlib.compress), ("deflate", raw_deflate)],
)
async def test_packed_pages_are_unpacked(network, answer, encoding, pack):
    text = b"<p>" + b"words and words " * 5_000
    site = await network.serve("a.example", {"/": answer(pack(text), f"Content-Encoding: {encoding}")})
    assert (await network.fetcher().fetch(HOME)).body == text
    assert site.requests[-1][1]["accept-encoding"] == "gzip, deflate"


async def test_a_bomb_is_left_at_the_limit_without_being_unpacked(network, answer):
    packer = zlib.compressobj(9, wbits=zlib.MAX_WBITS | 16)
    bomb = b"".join(packer.compress(bytes(1_000_000)) for _ in range(200)) + packer.flush()
    await network.serve("a.example", {"/": answer(bomb, "Content-Encoding: gzip")})
    began = time.process_time()
    assert isinstance(await refusal(network.fetcher()), PageTooLarge)
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "compress"])
async def test_a_packing_that_was_not_asked_for_is_not_unpacked(network, answer, encoding):
    await network.serve("a.example", {"/": answer(b"x", f"Content-Encoding: {encoding}")})
    assert "packed" in (await refusal(network.fetcher())).what


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "broke off"),
        (b"nonsense\r\n\r\n", "broke off"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\nContent-Type: text/html\r\n\r\n<p>short", "broke off"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\n<p>", "broke off"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/html\r\n\r\nZZ\r\n",
            "broke off",
        ),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 300_000 + b"\r\n\r\n", "broke off"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\nplain", "damaged"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n"
            + gzip.compress(b"words " * 100)[:-12],
            "incomplete",
        ),
    ],
)
async def test_a_broken_answer_is_told(network, raw, words):
    await network.serve("a.example", {"/": raw})
    assert words in (await refusal(network.fetcher())).what


async def test_a_site_that_takes_no_connections_is_told(network):
    network.names["a.example"] = ["93.184.216.77"]
    assert "no connections" in (await refusal(network.fetcher())).what


async def test_tls_is_checked_against_the_name_and_not_the_address(network, answer):
    await network.serve("secure.example", {"/": answer(b"<p>Safe</p>")}, tls=True)
    fetched = await network.fetcher().fetch("https://secure.example/")
    assert fetched.body == b"<p>Safe</p>"
    network.names["wrong.example"] = network.names["secure.example"]
    error = await refusal(network.fetcher(), "https://wrong.example/")
    assert "certificate" in error.what


@pytest.mark.parametrize("host", ["xn--a.example", "xn--99999999.example", "xn--i-7iq.example"])
async def test_a_name_that_stands_for_no_word_or_for_a_picture_is_one_like_any_other(network, answer, host):
    site = await network.serve(host, {"/": answer(b"", "Location: /in", status="302 Found"), "/in": answer()})
    assert (await network.fetcher().fetch(f"http://{host}/")).url == f"http://{host}/in"
    assert {headers["host"] for _, headers in site.requests} == {host}


async def test_two_names_at_one_address_never_share_a_connection(network, answer):
    await network.serve(
        "secure.example",
        {"/": answer(b"", "Location: https://wrong.example/", "Connection: keep-alive", status="302 Found")},
        tls=True,
    )
    network.names["wrong.example"] = network.names["secure.example"]
    assert "certificate" in (await refusal(network.fetcher(), "https://secure.example/")).what


async def test_tls_spoken_to_a_plain_server_is_told(network):
    await network.serve("a.example", {"/": b"HTTP/1.1 400 Bad\r\n\r\n"})
    error = await refusal(network.fetcher(seconds=1), "https://a.example/")
    assert "secure connection" in error.what or "longer" in error.what or "broke off" in error.what


ROBOTS = b"User-agent: *\nDisallow: /private\n\nUser-agent: Switchboard\nDisallow: /closed\n"


async def test_robots_rules_are_honoured_and_asked_for_once(network, answer):
    robots = answer(ROBOTS, "Content-Type: text/plain")
    site = await network.serve("a.example", {"/robots.txt": robots, "/open": answer(), "/closed": answer()})
    fetcher = network.fetcher()
    assert (await fetcher.fetch("http://a.example/open")).body
    assert isinstance(await refusal(fetcher, "http://a.example/closed"), BlockedByRobots)
    assert [path for path, _ in site.requests] == ["/robots.txt", "/open"]


@pytest.mark.parametrize(
    ("status", "allowed"),
    [("404 No", True), ("403 No", True), ("429 No", True), ("500 Oops", False), ("503 Busy", False)],
)
async def test_missing_rules_allow_and_broken_ones_forbid(network, answer, status, allowed):
    await network.serve("a.example", {"/robots.txt": answer(b"", status=status), "/": answer()})
    if allowed:
        assert (await network.fetcher().fetch(HOME)).body
    else:
        assert isinstance(await refusal(network.fetcher()), BlockedByRobots)


async def test_a_robots_file_is_fetched_through_the_same_guard(network, answer):
    moved = answer(b"", "Location: http://127.0.0.1/robots.txt", status="301 Moved")
    await network.serve("a.example", {"/robots.txt": moved, "/": answer()})
    await refusal(network.fetcher(), kind=AddressRefused)
    assert set(network.connected) == {"93.184.216.1"}


async def test_an_endless_robots_file_is_read_in_part(network, answer):
    rules = b"User-agent: *\nDisallow: /closed\n" + b"# words\n" * 200_000
    site = {"/robots.txt": answer(rules, "Content-Type: text/plain"), "/": answer(), "/closed": answer()}
    await network.serve("a.example", site)
    assert (await network.fetcher().fetch(HOME)).body
    assert isinstance(await refusal(network.fetcher(), "http://a.example/closed"), BlockedByRobots)


async def test_no_more_than_four_connections_go_to_one_host(network, answer):
    async def slow(writer):
        await asyncio.sleep(0.05)
        writer.write(answer())
        await writer.drain()

    site = await network.serve("a.example", {f"/{i}": slow for i in range(12)})
    fetcher = network.fetcher()
    pages = await asyncio.gather(*(fetcher.fetch(f"http://a.example/{i}") for i in range(12)))
    assert len(pages) == 12
    assert site.most_open == 4


async def test_no_proxy_of_the_environment_is_used(network, answer, monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    await network.serve("a.example", {"/": answer()})
    assert (await network.fetcher().fetch(HOME)).body
