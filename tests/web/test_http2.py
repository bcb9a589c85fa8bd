import asyncio
import ssl
from pathlib import Path

import pytest
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import ConnectionTerminated, RequestReceived, StreamReset
from h2.exceptions import ProtocolError
from h2.settings import SettingCodes

from switchboard.errors import PageUnreadable
from switchboard.web.failures import PageTooLarge

HOME = "https://secure.example/"
HTML = [(":status", "200"), ("content-type", "text/html")]


def context():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(Path(__file__).with_name("secure.example.pem"))
    context.set_alpn_protocols(["h2"])
    return context


class Talk:
    """One HTTP/2 connection on the server's side."""

    def __init__(self, writer):
        self.writer = writer
        config = H2Configuration(
            client_side=False,
            header_encoding="utf-8",
            validate_outbound_headers=False,
            normalize_outbound_headers=False,
        )
        self.h2 = H2Connection(config)

    async def flush(self):
        self.writer.write(self.h2.data_to_send())
        await self.writer.drain()

    async def answer(self, stream, body=b"<p>Hi</p>", headers=HTML):
        self.h2.send_headers(stream, headers)
        while body:
            room = min(self.h2.local_flow_control_window(stream), 16_384)
            if room:
                self.h2.send_data(stream, body[:room])
                body = body[room:]
                await self.flush()
            else:
                await asyncio.sleep(0.01)
        self.h2.end_stream(stream)
        await self.flush()


class H2Site:
    """A site that speaks HTTP/2: paths and what is said at each."""

    def __init__(self, answers, streams=100, greets=True):
        self.answers, self.streams, self.greets = answers, streams, greets
        self.open = self.accepted = 0
        self.requests = []
        self.resets = []

    @property
    def paths(self):
        return [headers[":path"] for headers in self.requests if headers[":path"] != "/robots.txt"]

    async def serve(self, reader, writer):
        self.open += 1
        self.accepted += 1
        talk, tasks = Talk(writer), []
        if self.greets:
            talk.h2.local_settings[SettingCodes.MAX_CONCURRENT_STREAMS] = self.streams
            talk.h2.local_settings.acknowledge()
            talk.h2.initiate_connection()
        try:
            await talk.flush()
            while data := await reader.read(65_536):
                for event in talk.h2.receive_data(data):
                    if isinstance(event, RequestReceived):
                        self.requests.append(dict(event.headers))
                        tasks.append(asyncio.create_task(self.serve_request(talk, event)))
                    elif isinstance(event, StreamReset):
                        self.resets.append(event.error_code)
                    elif isinstance(event, ConnectionTerminated):
                        return
                await talk.flush()
        except (OSError, ProtocolError):
            return
        finally:
            for task in tasks:
                task.cancel()
            self.open -= 1
            writer.close()

    async def serve_request(self, talk, event):
        path = dict(event.headers)[":path"]
        answer = self.answers.get(path, [(":status", "404")])
        try:
            if isinstance(answer, bytes):
                await talk.answer(event.stream_id, answer)
            elif isinstance(answer, list):
                await talk.answer(event.stream_id, b"", answer)
            else:
                await answer(talk, event.stream_id)
        except (OSError, ProtocolError):
            return


@pytest.fixture
def serve(network):
    async def serve(answers, **options):
        site = H2Site(answers, **options)
        await network.listen("secure.example", site, context())
        return site

    return serve


def after(seconds, body):
    async def answer(talk, stream):
        await asyncio.sleep(seconds)
        await talk.answer(stream, body)

    return answer


async def endless(talk, stream):
    talk.h2.send_headers(stream, HTML)
    await talk.flush()
    while True:
        if talk.h2.local_flow_control_window(stream) >= 1_000:
            talk.h2.send_data(stream, b"x" * 1_000)
            await talk.flush()
        else:
            await asyncio.sleep(0.01)


async def silent(talk, stream):
    await asyncio.sleep(60)


async def test_a_page_arrives_over_http2_with_its_headers(network, serve):
    site = await serve({"/x?y=1": b"<p>Hello</p>" * 50_000})
    fetched = await network.fetcher().fetch("https://secure.example/x?y=1#part")
    assert fetched.body == b"<p>Hello</p>" * 50_000
    assert (fetched.url, fetched.media_type) == ("https://secure.example/x?y=1", "text/html")
    request = site.requests[-1]
    assert request[":authority"] == "secure.example" and request["user-agent"].startswith("Switchboard/")
    assert "connection" not in request and "host" not in request
    await network.nothing_is_left()


async def test_many_pages_at_once_share_one_connection(network, serve):
    site = await serve({f"/{i}": after(0.05, b"<p>%d</p>" % i) for i in range(30)})
    fetcher = network.fetcher()
    pages = await asyncio.gather(*(fetcher.fetch(f"{HOME}{i}") for i in range(30)))
    assert [page.body for page in pages] == [b"<p>%d</p>" % i for i in range(30)]
    assert site.accepted == 1
    assert [headers[":path"] for headers in site.requests].count("/robots.txt") == 1
    await network.nothing_is_left()


async def test_a_visit_keeps_its_connection_between_pages(network, serve):
    site = await serve({"/": b"<p>Home</p>", "/a": b"<p>A</p>"})
    fetcher = network.fetcher()
    async with fetcher.visit() as visit:
        await visit.fetch(HOME)
        await asyncio.sleep(0.05)
        assert site.open == 1
        await visit.fetch(f"{HOME}a")
    assert site.accepted == 1
    await network.nothing_is_left()


async def test_no_more_streams_are_opened_than_the_server_takes(network, serve):
    now = most = 0

    async def counted(talk, stream):
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.02)
        await talk.answer(stream)
        now -= 1

    site = await serve({f"/{i}": counted for i in range(12)}, streams=2)
    fetcher = network.fetcher()
    assert len(await asyncio.gather(*(fetcher.fetch(f"{HOME}{i}") for i in range(12)))) == 12
    assert 0 < most <= 2 * site.accepted and site.accepted <= 4
    await network.nothing_is_left()


@pytest.mark.parametrize("slow", [endless, silent])
async def test_a_fetch_that_is_cancelled_harms_no_other_on_its_connection(network, serve, slow):
    site = await serve({"/slow": slow, "/": after(0.2, b"<p>Hi</p>" * 100_000)})
    fetcher = network.fetcher(wire_bytes=100_000_000, decoded_bytes=100_000_000)
    await fetcher.fetch(HOME)
    doomed = [asyncio.create_task(fetcher.fetch(f"{HOME}slow")) for _ in range(20)]
    good = [asyncio.create_task(fetcher.fetch(HOME)) for _ in range(5)]
    while len(site.paths) < 20:
        await asyncio.sleep(0.01)
    for number, task in enumerate(doomed):
        task.cancel()
        if number % 5 == 0:
            await asyncio.sleep(0.003)
    assert {len(page.body) for page in await asyncio.gather(*good)} == {900_000}
    assert all(
        isinstance(e, asyncio.CancelledError) for e in await asyncio.gather(*doomed, return_exceptions=True)
    )
    assert site.accepted == 2  # One for the first fetch alone, one for all the others.
    assert set(site.resets) == {ErrorCodes.CANCEL} and len(site.resets) == 20
    await network.nothing_is_left()


async def test_the_one_who_opens_the_connection_may_be_cancelled_at_any_moment(network, serve):
    site = await serve({"/": b"<p>Hi</p>"})
    fetcher = network.fetcher()
    for pause in range(25):
        first = asyncio.create_task(fetcher.fetch(HOME))
        await asyncio.sleep(0)
        others = [asyncio.create_task(fetcher.fetch(HOME)) for _ in range(3)]
        await asyncio.sleep(pause * 0.0005)
        first.cancel()
        assert {page.body for page in await asyncio.gather(*others)} == {b"<p>Hi</p>"}
        await asyncio.gather(first, return_exceptions=True)
        await network.nothing_is_left()
    assert site.open == 0


async def test_a_fetch_that_times_out_harms_no_other_on_its_connection(network, serve):
    site = await serve({"/": after(0.4, b"<p>Hi</p>"), "/slow": silent})
    fetcher = network.fetcher(seconds=1.0)
    slow = asyncio.create_task(fetcher.fetch(f"{HOME}slow"))
    await asyncio.sleep(0.7)
    good = asyncio.create_task(fetcher.fetch(HOME))
    with pytest.raises(PageUnreadable, match="1 seconds"):
        await slow
    assert (await good).body == b"<p>Hi</p>"
    assert site.accepted == 1
    await network.nothing_is_left()


async def test_a_page_over_the_limit_is_reset_and_the_connection_goes_on(network, serve, refused):
    site = await serve({"/": endless, "/a": b"<p>A</p>"})
    fetcher = network.fetcher(wire_bytes=100_000)
    async with fetcher.visit() as visit:
        for _ in range(60):  # More than a connection's window would hold if nothing were given back.
            with pytest.raises(PageTooLarge):
                await visit.fetch(HOME)
        assert (await visit.fetch(f"{HOME}a")).body == b"<p>A</p>"
    assert site.accepted == 1 and len(site.resets) == 60
    await network.nothing_is_left()


async def test_answers_that_nobody_reads_do_not_use_up_the_connection(network, serve):
    async def gone(talk, stream):
        talk.h2.send_headers(stream, [(":status", "404")])
        for _ in range(10):
            talk.h2.send_data(stream, b"x" * 10_000)
        talk.h2.end_stream(stream)
        await talk.flush()

    site = await serve({"/gone": gone, "/": b"<p>Hi</p>" * 100_000})
    async with network.fetcher().visit() as visit:
        for _ in range(60):
            with pytest.raises(PageUnreadable, match="no such page"):
                await visit.fetch(f"{HOME}gone")
        assert len((await visit.fetch(HOME)).body) == 900_000
    assert site.accepted == 1
    await network.nothing_is_left()


async def test_a_server_that_leaves_politely_finishes_what_it_took(network, serve):
    async def leaving(talk, stream):
        talk.h2.send_headers(stream, HTML)
        talk.h2.send_data(stream, b"<p>one")
        await talk.flush()
        # What h2 would send, which then sends nothing more itself.
        goaway = b"\0\0\x08\x07\0\0\0\0\0" + stream.to_bytes(4, "big") + bytes(4)
        body = b"\0\0\x07\0\1" + stream.to_bytes(4, "big") + b"two</p>"
        talk.writer.write(goaway + body)
        await talk.writer.drain()
        await asyncio.sleep(60)

    site = await serve({"/": leaving, "/a": b"<p>A</p>"})
    fetcher = network.fetcher()
    async with fetcher.visit() as visit:
        assert (await visit.fetch(HOME)).body == b"<p>onetwo</p>"
        assert (await visit.fetch(f"{HOME}a")).body == b"<p>A</p>"
    assert site.accepted == 2
    await network.nothing_is_left()


@pytest.mark.parametrize("polite", [True, False])
async def test_a_request_that_was_not_taken_is_sent_again(network, serve, polite):
    turns = 0

    async def refusing(talk, stream):
        nonlocal turns
        turns += 1
        if turns > 1:
            await talk.answer(stream)
        elif polite:
            talk.h2.close_connection(last_stream_id=stream - 2)
            await talk.flush()
        else:
            talk.h2.reset_stream(stream, ErrorCodes.REFUSED_STREAM)
            await talk.flush()

    await serve({"/": refusing})
    assert (await network.fetcher().fetch(HOME)).body == b"<p>Hi</p>"
    assert turns == 2
    await network.nothing_is_left()


async def test_a_connection_that_the_server_dropped_meanwhile_is_replaced(network, serve):
    dropped = False

    async def dropping(talk, stream):
        nonlocal dropped
        if dropped:
            await talk.answer(stream)
        else:
            dropped = True
            talk.writer.transport.abort()

    site = await serve({"/": b"<p>Home</p>", "/a": dropping})
    async with network.fetcher().visit() as visit:
        await visit.fetch(HOME)
        assert (await visit.fetch(f"{HOME}a")).body == b"<p>Hi</p>"
    assert site.accepted == 2
    await network.nothing_is_left()


@pytest.mark.parametrize("name", ["secure.example", "wrong.example"])
async def test_two_names_never_share_a_connection(network, serve, name):
    await serve({"/": [(":status", "302"), ("location", f"https://{name}/there")], "/there": b"<p>There</p>"})
    network.names["wrong.example"] = network.names["secure.example"]
    if name == "secure.example":
        assert (await network.fetcher().fetch(HOME)).body == b"<p>There</p>"
    else:
        with pytest.raises(PageUnreadable, match="certificate"):
            await network.fetcher().fetch(HOME)
    await network.nothing_is_left()


async def test_a_server_that_never_says_how_much_it_takes_is_asked_one_by_one(network, serve):
    async def unasked(talk, stream):
        answer = b"\0\0\1\1\4" + stream.to_bytes(4, "big") + b"\x88"  # :status 200
        talk.writer.write(answer + b"\0\0\2\0\1" + stream.to_bytes(4, "big") + b"Hi")
        await talk.writer.drain()

    site = await serve({f"/{i}": unasked for i in range(3)} | {"/robots.txt": unasked}, greets=False)
    fetcher = network.fetcher()
    pages = await asyncio.gather(*(fetcher.fetch(f"{HOME}{i}") for i in range(3)))
    assert {page.body for page in pages} == {b"Hi"} and site.accepted == 1
    await network.nothing_is_left()
