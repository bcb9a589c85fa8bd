import asyncio
import builtins
import contextlib
import json
import socket
import sys

import psutil
import pytest

from switchboard.errors import PageUnreadable
from switchboard.web import chromium
from switchboard.web.browser import OfflineBrowser
from switchboard.web.fetch import Fetched
from switchboard.web.page import read
from switchboard.web.rendering import Renderer, RenderLimits

pytestmark = pytest.mark.browser

WORDS = "Brightwell makes pumps for farms, fire brigades and fountains in the north of England."


class Canary:
    """Listens on loopback, by TCP and UDP, and counts who comes."""

    def __init__(self):
        self.port = 0
        self.visits = 0

    async def start(self):
        self._server = await asyncio.start_server(self._visit, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        loop = asyncio.get_running_loop()
        self._datagrams, _ = await loop.create_datagram_endpoint(
            lambda: self, local_addr=("127.0.0.1", self.port)
        )

    async def _visit(self, reader, writer):
        self.visits += 1
        writer.close()

    def connection_made(self, transport):
        return

    def connection_lost(self, exc):
        return

    def datagram_received(self, data, address):
        self.visits += 1

    async def stop(self):
        self._datagrams.close()
        self._server.close()
        await self._server.wait_closed()


@pytest.fixture
async def canary():
    canary = Canary()
    await canary.start()
    yield canary
    await canary.stop()


OTHERS = set()
"""The processes that other tests have started: the page's, its provider's."""


def _processes():
    """The browser's, its driver's included, by their command lines."""
    found = {}
    for process in psutil.Process().children(recursive=True):
        if process not in OTHERS:
            with contextlib.suppress(psutil.Error):
                found[process] = process.cmdline()
    return found


def _browsers():
    return [process for process, line in _processes().items() if "--headless" in line]


@pytest.fixture(scope="module", autouse=True)
def no_browser_is_left():
    OTHERS.update(psutil.Process().children(recursive=True))
    yield
    assert _processes() == {}


@pytest.fixture
async def render(network):
    """Renders a page of ``http://shop.example`` whose other addresses are ``network``'s."""
    renderers = []

    async def rendered(html, path="/", **limits):
        if not renderers or limits:
            given = RenderLimits(**({"empty_seconds": 0.0} | limits))
            renderers.append(Renderer(network.fetcher(), given))
        body = html if isinstance(html, bytes) else html.encode()
        return await renderers[-1].render(Fetched(f"http://shop.example{path}", "text/html", "", body))

    yield rendered
    for renderer in renderers:
        await renderer.close()


async def test_a_page_that_scripts_write_is_read_with_the_data_they_load(network, answer, render):
    script = b"""
        const link = document.createElement('link');
        link.rel = 'stylesheet'; link.href = '/late.css';
        link.onload = () => fetch('/data.json').then((answer) => answer.json()).then((found) => {
            document.getElementById('root').innerHTML =
                `<h1>Pumps</h1><p>${found.words}</p><a href="/about">About</a>`;
            history.pushState({}, '', '/home');
        });
        document.head.append(link);"""
    site = await network.serve(
        "shop.example",
        {
            "/app.js": answer(script, "Content-Type: text/javascript"),
            "/data.json": answer(json.dumps({"words": WORDS}).encode(), "Content-Type: application/json"),
        },
    )
    html = (
        "<html lang=en><title>Shop</title><noscript>You need to enable JavaScript.</noscript>"
        '<div id="root"></div><script src="/app.js"></script>'
    )
    assert read(Fetched("http://shop.example/", "text/html", "", html.encode())).needs_script
    page = read(await render(html))
    assert (page.url, page.title, page.language) == ("http://shop.example/home", "Shop", "en")
    assert page.text == f"# Pumps\n\n{WORDS}\n\nAbout"
    assert [link.url for link in page.links] == ["http://shop.example/about"]
    assert not page.needs_script
    assert site.paths == ["/app.js", "/data.json"]


async def test_data_of_another_public_site_arrives_and_characters_of_any_script_survive(
    network, answer, render
):
    await network.serve(
        "api.example", {"/w": answer("Größe 水".encode(), "Content-Type: text/plain; charset=utf-8")}
    )
    html = "<p id=w></p><script>fetch('http://api.example/w').then(a=>a.text()).then(t=>w.textContent=t+'é')</script>"
    assert "Größe 水é" in (await render(html.encode("cp1252"))).body.decode()


@pytest.mark.parametrize(
    "url", ["https://shop.example", "https://shop.example/?q=ü b#part", "http://Shop.example/x"]
)
async def test_a_page_of_any_address_is_run_without_asking_for_it_again(network, url):
    renderer = Renderer(network.fetcher(), RenderLimits(empty_seconds=0.0))
    try:
        rendered = await renderer.render(
            Fetched(url, "text/html", "", b"<script>document.write('on ' + location.hostname)</script>")
        )
    finally:
        await renderer.close()
    assert b"on shop.example" in rendered.body
    assert network.looked_up == []


async def test_web_components_are_read_with_what_they_show(render):
    html = """<x-card><b>Slotted</b></x-card><form><input name="childNodes"><p>In a form</p></form><script>
        customElements.define('x-card', class extends HTMLElement {
            connectedCallback() {
                this.attachShadow({mode: 'open'}).innerHTML = '<p>Shadow &lt;words&gt;</p><slot></slot>';
            }
        });
        Node.prototype.appendChild = Element.prototype.getHTML = () => { throw 1; };
        </script>"""
    page = read(await render(html))
    assert page.text == "Shadow <words>\n\nSlotted\n\nIn a form"


ATTEMPTS = """
<link rel=prefetch href="http://127.0.0.1:PORT/1"><link rel=preconnect href="http://127.0.0.1:PORT">
<link rel=dns-prefetch href="//127.0.0.1:PORT"><link rel=stylesheet href="http://127.0.0.1:PORT/2">
<link rel=modulepreload href="http://127.0.0.1:PORT/3"><link rel=icon href="http://127.0.0.1:PORT/4">
<link rel=manifest href="http://127.0.0.1:PORT/5"><style>@import "http://127.0.0.1:PORT/6";
@font-face {font-family: f; src: url(http://127.0.0.1:PORT/7)} p {font-family: f}</style>
<img src="http://127.0.0.1:PORT/8"><iframe src="http://127.0.0.1:PORT/9"></iframe>
<video src="http://127.0.0.1:PORT/10" autoplay></video><object data="http://127.0.0.1:PORT/11"></object>
<script src="http://127.0.0.1:PORT/12"></script><a id=ping href="#x" ping="http://127.0.0.1:PORT/13">p</a>
<form id=form method=post target=frame action="http://127.0.0.1:PORT/14"><input name=a value=b></form>
<iframe name=frame srcdoc="<img src='http://127.0.0.1:PORT/15'>"></iframe>
<script type=speculationrules>{"prefetch": [{"source": "list", "urls": ["http://127.0.0.1:PORT/16"]}]}</script>
<p id=log></p><script>
const at = "127.0.0.1:PORT", url = `http://${at}/`;
const attempts = {
  fetch: () => fetch(url, {mode: 'no-cors'}).catch(() => 0),
  post: () => fetch(url, {method: 'POST', body: 'x', mode: 'no-cors'}).catch(() => 0),
  kept: () => fetch(url, {keepalive: true, mode: 'no-cors'}).catch(() => 0),
  localhost: () => fetch('http://localhost:PORT/', {mode: 'no-cors'}).catch(() => 0),
  short: () => fetch('http://127.1:PORT/', {mode: 'no-cors'}).catch(() => 0),
  xhr: () => { const x = new XMLHttpRequest(); x.open('GET', url); x.send(); },
  events: () => new EventSource(url),
  beacon: () => navigator.sendBeacon(url, 'x'),
  socket: () => new WebSocket(`ws://${at}/`),
  secureSocket: () => new WebSocket(`wss://${at}/`),
  stream: () => window.WebSocketStream && new WebSocketStream(`ws://${at}/`).opened.catch(() => 0),
  transport: () => window.WebTransport && new WebTransport(`https://${at}/`).ready.catch(() => 0),
  rtc: () => {
    const peer = window.RTCPeerConnection && new RTCPeerConnection({iceServers: [{urls: `stun:${at}`},
      {urls: [`turn:${at}?transport=udp`, `turn:${at}?transport=tcp`], username: 'a', credential: 'b'}]});
    peer.createDataChannel('x');
    return peer.createOffer().then((offer) => peer.setLocalDescription(offer));
  },
  frameRtc: () => {
    const frame = document.body.appendChild(document.createElement('iframe'));
    log.append(`frame has ${typeof frame.contentWindow.RTCPeerConnection} `);
    const peer = new frame.contentWindow.RTCPeerConnection({iceServers: [{urls: `stun:${at}`}]});
    peer.createDataChannel('x');
    peer.createOffer().then((offer) => peer.setLocalDescription(offer));
    frame.contentWindow.fetch(url, {mode: 'no-cors'}).catch(() => 0);
    new frame.contentWindow.WebSocket(`ws://${at}/`);
  },
  worker: () => new Worker(URL.createObjectURL(new Blob([
    `fetch('${url}', {mode: 'no-cors'}); new WebSocket('ws://${at}/'); importScripts('${url}')`]))),
  shared: () => new SharedWorker(URL.createObjectURL(new Blob([`fetch('${url}')`]))),
  service: () => navigator.serviceWorker && navigator.serviceWorker.register('/sw.js').catch(() => 0),
  image: () => { new Image().src = url; },
  form: () => document.getElementById('form').submit(),
  ping: () => document.getElementById('ping').click(),
  open: () => { window.open(url); window.open('about:blank')?.location.replace(url); },
  blank: () => {
    const a = document.createElement('a');
    a.target = 'w'; a.rel = 'opener'; a.href = url;
    a.click();
  },
  scripted: () => {
    const a = document.createElement('a');
    a.target = 'v';
    a.href = `javascript:p = new RTCPeerConnection({iceServers: [{urls: 'stun:${at}'}]});` +
      'p.createDataChannel("x"); p.createOffer().then((offer) => p.setLocalDescription(offer))';
    a.click();
  },
  imported: () => import(url + 'm.js').catch(() => 0),
};
for (const [name, attempt] of Object.entries(attempts)) {
  try { attempt(); log.append(name + ' '); } catch (error) { log.append(`${name}:${error.name} `); }
}
</script>"""


async def _sockets():
    """The internet sockets of the browser and all that belongs to it."""
    found = []
    for process in _processes():
        with contextlib.suppress(psutil.Error):
            found += process.net_connections(kind="inet")
    return found


async def test_nothing_that_a_page_tries_reaches_a_private_address_or_opens_a_socket(
    network, answer, render, canary
):
    await network.serve("shop.example", {})
    rendering = asyncio.create_task(render(ATTEMPTS.replace("PORT", str(canary.port)), quiet_seconds=2.0))
    sockets = []
    while not rendering.done():
        sockets += await _sockets()
        await asyncio.sleep(0.1)
    text = read(rendering.result()).text
    assert "frame has undefined" in text
    assert all(name in text.split() for name in ("fetch", "socket", "beacon", "image", "open", "xhr"))
    assert canary.visits == 0
    assert sockets == []
    assert network.looked_up == []
    with socket.create_connection(("127.0.0.1", canary.port)):
        await asyncio.sleep(0.1)
    assert canary.visits == 1


LEADING_AWAY = {
    "script": "<script>location = 'TARGET'</script>",
    "replace": "<script>setTimeout(() => location.replace('TARGET'), 50)</script>",
    "refresh": '<meta http-equiv="refresh" content="0; url=TARGET">',
    "form": "<form action='TARGET'></form><script>document.forms[0].submit()</script>",
    "post": "<form method=post action='TARGET'></form><script>document.forms[0].submit()</script>",
    "click": "<a href='TARGET'>x</a><script>document.links[0].click()</script>",
    "window": "<script>window.open('TARGET', '_self')</script>",
    "download": "<a download href='TARGET'>x</a><script>document.links[0].click()</script>",
}


@pytest.mark.parametrize("way", LEADING_AWAY)
async def test_a_page_is_not_led_to_a_private_address(network, answer, render, canary, way):
    private = f"http://127.0.0.1:{canary.port}/"
    location = f"Location: {private}"
    await network.serve("shop.example", {"/go": answer(b"", location, status="302 Found")})
    for target in (private, "/go"):
        rendered = await render(f"<p>{WORDS}</p>" + LEADING_AWAY[way].replace("TARGET", target))
        assert rendered.url == "http://shop.example/"
        assert WORDS in rendered.body.decode()
    assert canary.visits == 0
    assert network.looked_up in ([], ["shop.example"], ["shop.example"] * 2)


@pytest.mark.parametrize(
    "target",
    ["file:///etc/passwd", "data:text/html,<p>in</p>", "chrome://version", "view-source:http://x.example"],
)
async def test_a_page_is_led_to_web_addresses_only(render, target):
    rendered = await render(f"<p>{WORDS}</p><script>location = '{target}'</script>")
    assert rendered.url == "http://shop.example/"
    assert WORDS in rendered.body.decode()


async def test_a_page_that_leaves_the_web_is_refused(render):
    with pytest.raises(PageUnreadable, match="lead away"):
        await render(
            "<script>location = URL.createObjectURL(new Blob(['<p>in'], {type: 'text/html'}))</script>"
        )


async def test_a_page_may_lead_to_another_public_page_and_a_redirect_keeps_its_own_address(
    network, answer, render
):
    await network.serve(
        "shop.example", {"/go": answer(b"", "Location: http://new.example/en", status="302 Found")}
    )
    site = await network.serve("new.example", {"/en": answer(f"<p>{WORDS}</p>".encode())})
    rendered = await render("<script>location = '/go'</script>")
    assert rendered.url == "http://new.example/en"
    assert WORDS in rendered.body.decode()
    assert site.paths == ["/en"]


async def test_robots_txt_is_honoured_for_what_a_page_loads(network, answer, render):
    rules = answer(b"User-agent: *\nDisallow: /private", "Content-Type: text/plain")
    site = await network.serve(
        "shop.example", {"/robots.txt": rules, "/private.js": answer(b"document.write(1)")}
    )
    await render('<p>x</p><script src="/private.js"></script>')
    assert site.paths == []


async def test_an_endless_loop_is_cut_and_the_next_page_is_rendered(render):
    with pytest.raises(PageUnreadable, match="longer than 3 seconds"):
        await render("<p>x</p><script>while (true) {}</script>", seconds=3.0)
    assert b"written" in (await render("<script>document.write('written')</script>")).body


async def test_a_page_that_takes_all_memory_is_ended_and_the_next_one_is_rendered(network):
    small = OfflineBrowser(memory_bytes=400_000_000)
    renderer = Renderer(network.fetcher(), RenderLimits(empty_seconds=0.0), small)
    hungry = (
        "<script>setTimeout(() => { for (const all = []; ;) all.push(new Uint8Array(1e7).fill(1)) })</script>"
    )
    try:
        with pytest.raises(PageUnreadable, match="failed"):
            await renderer.render(Fetched("http://shop.example/", "text/html", "", hungry.encode()))
        page = Fetched("http://shop.example/", "text/html", "", b"<script>document.write('written')</script>")
        assert b"written" in (await renderer.render(page)).body
    finally:
        await renderer.close()


async def test_dialogs_and_popups_do_not_hold_a_page_up(render):
    html = "<script>alert(1); confirm(2); prompt(3); print(); window.open('/x'); onbeforeunload = () => 1;"
    assert b"written" in (await render(html + "document.write('written')</script>")).body


async def test_requests_and_bytes_and_the_page_that_comes_out_are_bounded(network, answer, render):
    big = answer(b"x" * 400_000, "Content-Type: text/plain")
    site = await network.serve("shop.example", {f"/{i}": big for i in range(30)})
    html = """<p id=log></p><script>(async () => {
        let got = 0;
        for (let i = 0; i < 30; i++) await fetch(`/${i}`).then(() => got++, () => 0);
        log.textContent = `got ${got}`;
        document.body.append('y'.repeat(3_000_000));
    })()</script>"""
    rendered = await render(html, requests=6, html_bytes=50_000)
    assert b"got 5" in rendered.body
    assert len(site.paths) == 5
    assert len(rendered.body) <= 50_000
    assert b"got 2" in (await render(html, body_bytes=1_000_000)).body


async def test_a_page_that_never_stops_asking_is_read_all_the_same(network, answer, render):
    await network.serve("shop.example", {"/poll": answer(b"{}", "Content-Type: application/json")})
    html = f"<p>{WORDS}</p><script>setInterval(() => fetch('/poll'), 100)</script>"
    assert WORDS in (await render(html, seconds=4.0, requests=10_000)).body.decode()


async def test_a_page_that_writes_after_a_while_is_waited_for(render):
    html = f"<p>Loading</p><script>setTimeout(() => document.write('{WORDS}'), 1_500)</script>"
    assert WORDS in (await render(html, empty_seconds=3.0)).body.decode()


async def test_a_page_finds_nothing_of_the_page_before_it(render):
    html = "<p id=log></p><script>log.textContent = `${localStorage.length} ${document.cookie}.`;"
    html += "localStorage.a = 1; document.cookie = 'a=1; max-age=9999'</script>"
    for _ in range(2):
        assert b">0 .<" in (await render(html)).body


async def test_pages_are_rendered_beside_each_other_and_no_more_than_the_limit(render):
    pages = [f"<p>x</p><script>document.write('written {i}')</script>" for i in range(4)]
    rendered = await asyncio.gather(*(render(html) for html in pages))
    assert [f"written {i}".encode() in found.body for i, found in enumerate(rendered)] == [True] * 4


async def test_a_visitor_who_leaves_ends_the_rendering_and_its_fetches(network, render):
    asked = asyncio.Event()

    async def slow(writer):
        asked.set()
        await asyncio.sleep(60)

    await network.serve("shop.example", {"/slow.js": slow})
    rendering = asyncio.create_task(render('<script src="/slow.js"></script>'))
    await asked.wait()
    rendering.cancel()
    with pytest.raises(asyncio.CancelledError):
        await rendering
    names = [task.get_coro().__qualname__ for task in asyncio.all_tasks()]
    assert not [name for name in names if name.startswith(("Visit.", "_Rendering.", "Renderer."))]
    assert b"written" in (await render("<script>document.write('written')</script>")).body


async def test_a_visitor_who_leaves_while_the_browser_starts_leaves_no_process_behind(network):
    renderer = Renderer(network.fetcher())
    rendering = asyncio.create_task(
        renderer.render(Fetched("http://shop.example/", "text/html", "", b"<p>x</p>"))
    )
    while not _processes():
        await asyncio.sleep(0.01)
    rendering.cancel()
    with pytest.raises(asyncio.CancelledError):
        await rendering
    await renderer.close()
    assert _processes() == {}


async def test_the_browser_gets_nothing_of_our_environment(monkeypatch, render):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    await render("<p>x</p>")
    seen = [process.environ() for process in _browsers()]
    assert seen and not any("OPENAI_API_KEY" in environment for environment in seen)


async def test_the_browser_ends_when_nobody_uses_it_and_starts_again(network):
    offline = OfflineBrowser(idle_seconds=0.1)
    renderer = Renderer(network.fetcher(), RenderLimits(empty_seconds=0.0), offline)
    page = Fetched("http://shop.example/", "text/html", "", b"<script>document.write('written')</script>")

    try:
        for _ in range(2):
            assert b"written" in (await renderer.render(page)).body
            assert _browsers()
            async with asyncio.timeout(20):
                while _browsers():
                    await asyncio.sleep(0.1)
    finally:
        await renderer.close()


async def test_a_browser_that_dies_is_replaced(network, render):
    await render("<p>x</p>")
    for process in _browsers():
        process.kill()
    assert b"written" in (await render("<script>document.write('written')</script>")).body


async def test_without_playwright_it_is_said_what_to_install(monkeypatch, network):
    real = builtins.__import__

    def missing(name, *rest, **more):
        if name.startswith("playwright"):
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", missing)
    for name in [name for name in sys.modules if name.startswith("playwright")]:
        monkeypatch.delitem(sys.modules, name)
    renderer = Renderer(network.fetcher())
    with pytest.raises(PageUnreadable, match=r"pip install .*playwright install chromium"):
        await renderer.render(Fetched("http://shop.example/", "text/html", "", b"<script></script>"))


async def test_without_a_browser_it_is_said_what_to_install(monkeypatch, network, tmp_path):
    monkeypatch.setattr(chromium, "_NAMES", ("no-such-browser",))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    renderer = Renderer(network.fetcher())
    with pytest.raises(PageUnreadable, match=r"pip install .*playwright install chromium"):
        await renderer.render(Fetched("http://shop.example/", "text/html", "", b"<script></script>"))


async def test_who_waits_too_long_for_a_turn_is_told(network):
    renderer = Renderer(network.fetcher(), RenderLimits(seconds=2.0, pages=1))
    endless = Fetched("http://shop.example/", "text/html", "", b"<script>while (true) {}</script>")
    ends = await asyncio.gather(*(renderer.render(endless) for _ in range(3)), return_exceptions=True)
    await renderer.close()
    assert all(isinstance(end, PageUnreadable) for end in ends)
    assert [end.what for end in ends if "Too many" in end.what]
