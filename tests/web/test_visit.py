import asyncio
import logging
from pathlib import Path

import pytest
from hypercorn.asyncio import serve as run_hypercorn
from hypercorn.config import Config

from switchboard.errors import AddressRefused, PageUnreadable
from switchboard.web.connections import HostConnections
from switchboard.web.fetch import RESOURCES, SITEMAPS, Fetcher, Limits, web

HOME = "http://a.example/"
OPEN = "Connection: keep-alive"
NO_RULES = {"status": "404 Not Found"}


@pytest.fixture
def rules(answer):
    return answer(b"", OPEN, **NO_RULES)


async def test_pages_of_a_visit_use_a_connection_again(network, answer, rules):
    site = await network.serve(
        "a.example", {"/robots.txt": rules} | {f"/{i}": answer(b"%d" % i, OPEN) for i in range(5)}
    )
    async with network.fetcher().visit() as visit:
        for i in range(5):
            assert (await visit.fetch(f"{HOME}{i}")).body == b"%d" % i
        assert site.open == 1
    assert site.accepted == 1
    await network.nothing_is_left()


async def test_fetches_that_overlap_share_connections_and_the_last_closes_them(network, answer, rules):
    site = await network.serve("a.example", {"/robots.txt": rules, "/": answer(b"Hi", OPEN)})
    fetcher = network.fetcher()
    async with fetcher.visit():
        await fetcher.fetch(HOME)
    await network.nothing_is_left()
    assert len(await asyncio.gather(*(fetcher.fetch(HOME) for _ in range(40)))) == 40
    await network.nothing_is_left()
    assert site.most_open <= 4


async def test_no_more_than_four_connections_go_to_one_host_whatever_the_scheme(network, answer):
    async def slow(writer):
        await asyncio.sleep(0.05)
        writer.write(answer())
        await writer.drain()

    answers = {f"/{i}": slow for i in range(8)} | {"/robots.txt": answer(b"", OPEN, **NO_RULES)}
    plain = await network.serve("secure.example", answers)
    secret = await network.serve("secret.example", answers, tls=True)
    (address,), (other,) = network.names["secure.example"], network.names["secret.example"]
    both, most = (plain, secret), 0
    by_scheme = {80: address, 443: other}

    async def lookup(host, port):
        return [by_scheme[port]]

    async def watch():
        nonlocal most
        while True:
            most = max(most, sum(site.open for site in both))
            await asyncio.sleep(0.001)

    network.lookup = lookup
    watching = asyncio.create_task(watch())
    fetcher = network.fetcher()
    urls = [f"{scheme}://secure.example/{i}" for scheme in ("http", "https") for i in range(8)]
    assert len(await asyncio.gather(*(fetcher.fetch(url) for url in urls))) == 16
    watching.cancel()
    assert 2 <= most <= 5  # The server learns of a closed connection a moment later.
    await asyncio.gather(watching, return_exceptions=True)
    await network.nothing_is_left()


async def test_a_connection_is_not_used_once_its_name_stands_for_another_address(network, answer, rules):
    first = await network.serve("a.example", {"/robots.txt": rules, "/": answer(b"first", OPEN)})
    old = network.names["a.example"]
    second = await network.serve("a.example", {"/": answer(b"second", OPEN)})
    new, network.names["a.example"] = network.names["a.example"], old
    async with network.fetcher().visit() as visit:
        assert (await visit.fetch(HOME)).body == b"first"
        network.names["a.example"] = new
        assert (await visit.fetch(HOME)).body == b"second"
        network.names["a.example"] = ["10.0.0.1"]
        with pytest.raises(AddressRefused):
            await visit.fetch(HOME)
    assert (first.accepted, second.accepted) == (1, 1)
    await network.nothing_is_left()


async def test_a_name_that_rebinds_within_a_visit_never_reaches_the_canary(network, answer, rules):
    await network.serve("a.example", {"/robots.txt": rules, "/": answer(b"Hi", OPEN)})
    canary = await network.serve("canary.example", {"/": answer(b"secret", OPEN)})
    public = network.names["a.example"]
    network.ports["127.0.0.1"] = network.ports.pop(network.names.pop("canary.example")[0])
    turn = 0

    async def rebinding(host, port):
        nonlocal turn
        turn += 1
        return (public, ["127.0.0.1"], [*public, "127.0.0.1"])[turn % 3]

    network.lookup = rebinding
    read = refused = 0
    async with network.fetcher().visit() as visit:
        for _ in range(200):
            try:
                assert (await visit.fetch(HOME)).body == b"Hi"
                read += 1
            except AddressRefused:
                refused += 1
    assert canary.accepted == 0 and read and refused and read + refused == 200
    await network.nothing_is_left()


async def test_a_connection_that_the_server_closed_meanwhile_is_replaced(network, answer, rules):
    async def hanging_up(writer):
        writer.write(answer(b"Hi", OPEN))
        await writer.drain()

    site = await network.serve("a.example", {"/robots.txt": rules, "/": hanging_up, "/b": answer(b"B")})
    async with network.fetcher().visit() as visit:
        await visit.fetch(HOME)
        assert (await visit.fetch(f"{HOME}b")).body == b"B"
        await visit.fetch(HOME)
        await asyncio.sleep(0.05)
        assert (await visit.fetch(f"{HOME}b")).body == b"B"
    assert site.accepted >= 3
    await network.nothing_is_left()


async def test_garbage_behind_an_answer_is_not_taken_for_the_next(network, answer, rules):
    fake = answer(b"<p>fake</p>", OPEN)
    site = await network.serve(
        "a.example", {"/robots.txt": rules, "/": answer(b"Hi", OPEN) + fake, "/b": answer(b"B")}
    )
    async with network.fetcher().visit() as visit:
        assert (await visit.fetch(HOME)).body == b"Hi"
        assert (await visit.fetch(f"{HOME}b")).body == b"B"
    assert site.accepted == 2
    await network.nothing_is_left()


async def test_bytes_that_come_unasked_end_a_connection(network, answer, rules):
    async def late(writer):
        writer.write(answer(b"Hi", OPEN))
        await writer.drain()
        await asyncio.sleep(0.02)
        writer.write(answer(b"<p>fake</p>", OPEN))
        await asyncio.sleep(60)

    site = await network.serve("a.example", {"/robots.txt": rules, "/": late, "/b": answer(b"B")})
    async with network.fetcher().visit() as visit:
        await visit.fetch(HOME)
        await asyncio.sleep(0.1)
        assert (await visit.fetch(f"{HOME}b")).body == b"B"
    assert site.accepted == 2
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()


async def test_cookies_last_for_one_fetch(network, answer, rules):
    sent_on = answer(b"", OPEN, "Location: /in", "Set-Cookie: visitor=7", status="302 Found")
    site = await network.serve("a.example", {"/robots.txt": rules, "/": sent_on, "/in": answer(b"Hi", OPEN)})
    async with network.fetcher().visit() as visit:
        await visit.fetch(HOME)
        await visit.fetch(f"{HOME}in")
    cookies = [headers.get("cookie") for path, headers in site.requests if path == "/in"]
    assert cookies == ["visitor=7", None]


async def test_a_cookie_that_cannot_be_sent_back_is_left_out(network, answer, rules):
    cookies = ("Set-Cookie: visitor=7", "Set-Cookie: city=Zürich", "Set-Cookie: größe=1")
    sent_on = answer(b"", OPEN, "Location: /in", *cookies, status="302 Found")
    site = await network.serve("a.example", {"/robots.txt": rules, "/": sent_on, "/in": answer(b"Hi", OPEN)})
    assert (await network.fetcher().fetch(HOME)).body == b"Hi"
    assert [headers.get("cookie") for path, headers in site.requests if path == "/in"] == ["visitor=7"]


async def test_a_cancelled_fetch_leaves_the_others_of_a_visit_alone(network, answer, rules):
    async def slow(writer):
        await asyncio.sleep(0.2)
        writer.write(answer(b"slow"))
        await writer.drain()

    await network.serve("a.example", {"/robots.txt": rules, "/": slow})
    async with network.fetcher().visit() as visit:
        tasks = [asyncio.create_task(visit.fetch(HOME)) for _ in range(10)]
        await asyncio.sleep(0.1)
        for task in tasks[::2]:
            task.cancel()
        pages = await asyncio.gather(*tasks, return_exceptions=True)
    assert [page.body for page in pages[1::2]] == [b"slow"] * 5
    assert all(isinstance(page, asyncio.CancelledError) for page in pages[::2])
    await network.nothing_is_left()


def test_a_fetcher_serves_one_event_loop_after_the_other(network_type, answer):
    networks = []
    fetcher = Fetcher(lambda: networks[-1].transport(), Limits(seconds=5))

    async def read():
        networks.append(network_type())
        await networks[-1].serve(
            "a.example", {"/": answer(b"Hi", OPEN), "/robots.txt": answer(b"", OPEN, **NO_RULES)}
        )
        pages = await asyncio.gather(*(fetcher.fetch(HOME) for _ in range(6)))
        await networks[-1].close()
        return {page.body for page in pages}

    assert [asyncio.run(read()) for _ in range(3)] == [{b"Hi"}] * 3


@pytest.mark.parametrize("tls", [False, True])
def test_another_kind_of_event_loop_does_as_well(network_type, answer, tls):
    uvloop = pytest.importorskip("uvloop")

    async def endless(writer):
        while True:
            writer.write(b"x" * 10_000)
            await writer.drain()

    async def read():
        network = network_type()
        answers = {
            "/robots.txt": answer(b"", OPEN, **NO_RULES),
            "/": answer(b"Hi", OPEN),
            "/endless": endless,
        }
        await network.serve("secure.example", answers, tls=tls)
        home = f"http{'s' * tls}://secure.example/"
        async with network.fetcher().visit() as visit:
            pages = await asyncio.gather(*(visit.fetch(home) for _ in range(8)))
            with pytest.raises(PageUnreadable):
                await visit.fetch(f"{home}endless")
        await network.nothing_is_left()
        await network.close()
        return {page.body for page in pages}

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(read()) == {b"Hi"}


def test_a_visit_that_is_open_in_another_loop_is_not_disturbed(network_type, answer):
    networks = []
    fetcher = Fetcher(lambda: networks[-1].transport(), Limits(seconds=5))

    async def begin():
        networks.append(network_type())
        await networks[-1].serve(
            "a.example", {"/": answer(b"Hi", OPEN), "/robots.txt": answer(b"", OPEN, **NO_RULES)}
        )
        opened = fetcher.visit()
        return opened, await opened.__aenter__()

    async def end(network, opened, visit):
        assert (await visit.fetch(HOME)).body == b"Hi"
        await opened.__aexit__(None, None, None)
        await network.nothing_is_left()
        await network.close()

    with asyncio.Runner() as one, asyncio.Runner() as two:
        held = one.run(begin())
        other = two.run(begin())
        one.run(end(networks[0], *held))
        two.run(end(networks[1], *other))


def test_the_web_itself_is_reached_by_the_guard_alone():
    assert web()._connect is HostConnections


async def test_what_may_stand_there_is_the_callers_choice(network, answer):
    script = answer(b"let a = 1", "Content-Type: text/javascript")
    await network.serve("a.example", {"/": script, "/plain": answer(b"{}", "Content-Type: ")})
    fetcher = network.fetcher()
    with pytest.raises(PageUnreadable, match="another kind"):
        await fetcher.fetch(HOME)
    assert (await fetcher.fetch(HOME, RESOURCES)).media_type == "text/javascript"
    assert (await fetcher.fetch(f"{HOME}plain", SITEMAPS)).media_type == "text/plain"


@pytest.fixture
def application():
    """A site of any number of pages, and the versions of HTTP it was asked in."""

    async def application(scope, receive, send):
        assert scope["type"] in ("http", "lifespan")
        if scope["type"] == "lifespan":
            while (await receive())["type"] != "lifespan.shutdown":
                await send({"type": "lifespan.startup.complete"})
            await send({"type": "lifespan.shutdown.complete"})
            return
        versions.append(scope["http_version"])
        status = 404 if scope["path"] == "/robots.txt" else 200
        await send(
            {"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/html")]}
        )
        await send({"type": "http.response.body", "body": scope["path"].encode() * 10_000})

    versions = []
    return application, versions


@pytest.fixture
def hypercorn(network):
    """A site behind hypercorn; ends with the test."""
    stop = asyncio.Event()
    tasks = []

    async def start(application, versions=("h2", "http/1.1")):
        config = Config()
        certificate = str(Path(__file__).with_name("secure.example.pem"))
        config.certfile = config.keyfile = certificate
        config.alpn_protocols = list(versions)
        config.bind = ["127.0.0.1:0"]
        config.errorlog = logging.getLogger("hypercorn.silent")
        sockets = config.create_sockets()
        port = sockets.secure_sockets[0].getsockname()[1]
        config.create_sockets = lambda: sockets
        tasks.append(asyncio.create_task(run_hypercorn(application, config, shutdown_trigger=stop.wait)))
        network.stand_in("secure.example", port)
        await asyncio.sleep(0.2)

    return start, stop, tasks


@pytest.mark.parametrize("version", ["2", "1.1"])
async def test_a_real_server_is_read_over_the_http_it_prefers(network, hypercorn, version, application):
    start, stop, tasks = hypercorn
    serve, versions = application
    await start(serve, ("h2", "http/1.1") if version == "2" else ("http/1.1",))
    async with network.fetcher().visit() as visit:
        urls = [f"https://secure.example/{i}" for i in range(12)]
        pages = await asyncio.gather(*(visit.fetch(url) for url in urls))
        again = await visit.fetch(urls[0])
    assert [page.body for page in [*pages, again]] == [b"/%d" % i * 10_000 for i in [*range(12), 0]]
    assert set(versions) == {version} and len(versions) == 14
    stop.set()
    await asyncio.gather(*tasks)
