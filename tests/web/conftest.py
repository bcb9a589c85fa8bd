"""Servers on loopback that stand for public sites: the guard stays on, only the last step is led to them."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Container
from functools import partial
from pathlib import Path

import httpx
import pytest

from switchboard.addresses import WEB_PORTS, resolve_public
from switchboard.errors import PageUnreadable
from switchboard.web.connections import HostConnections, trusting
from switchboard.web.fetch import Fetcher, Limits
from switchboard.web.transport import PinnedTransport

Answer = bytes | Callable[[asyncio.StreamWriter], Awaitable[None]]
CERTIFICATES = Path(__file__).parent
CERTIFICATE = CERTIFICATES / "secure.example.pem"


def page(body: bytes = b"<h1>Hello</h1>", *headers: str, status: str = "200 OK") -> bytes:
    """A whole HTTP answer, its length right and its type HTML unless the headers say otherwise."""
    lines = [f"HTTP/1.1 {status}", *headers]
    names = {line.partition(":")[0].lower() for line in headers}
    if "connection" not in names:
        lines.append("Connection: close")
    if "content-type" not in names:
        lines.append("Content-Type: text/html; charset=utf-8")
    if "content-length" not in names:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Site:
    """One server: paths and their answers, what was asked and how many connections there were at once."""

    def __init__(self, answers: dict[str, Answer]) -> None:
        self.answers = answers
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.open = self.most_open = self.accepted = 0

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.requests if path != "/robots.txt"]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        self.accepted += 1
        self.most_open = max(self.most_open, self.open)
        try:
            while not writer.is_closing() and await self.serve_one(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            self.open -= 1
            writer.close()

    async def serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; whether the connection stays open."""
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        path = lines[0].split(" ")[1]
        headers = dict(line.split(": ", 1) for line in lines[1:] if line)
        self.requests.append((path, {name.lower(): value for name, value in headers.items()}))
        answer = self.answers.get(path, page(status="404 Not Found"))
        if isinstance(answer, bytes):
            writer.write(answer)
            await writer.drain()
            return b"Connection: keep-alive" in answer
        await answer(writer)
        return False


class _ToLoopback(httpx.AsyncBaseTransport):
    """Leads a checked address to the server that stands for it."""

    def __init__(self, network: "Network") -> None:
        self._network = network
        self._inner = HostConnections(network.trust)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._network.connected.append(request.url.host)
        port = self._network.ports.get(request.url.host)
        if port is None:
            raise httpx.ConnectError("nobody listens")
        request.url = request.url.copy_with(host="127.0.0.1", port=port)
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()


class Network:
    """Names, their public addresses, and the servers behind these."""

    def __init__(self) -> None:
        self.names: dict[str, list[str]] = {}
        self.ports: dict[str, int] = {}
        self.connected: list[str] = []
        self.looked_up: list[str] = []
        self.trust = trusting(ssl.create_default_context(cafile=str(CERTIFICATE)))
        self._servers: list[asyncio.Server] = []
        self.sites: list[Site] = []

    async def serve(
        self,
        name: str,
        answers: dict[str, Answer] | None = None,
        *,
        tls: bool = False,
        certificate: str = "secure.example.pem",
    ) -> Site:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) if tls else None
        if context is not None:
            context.load_cert_chain(CERTIFICATES / certificate)
        site = Site(answers or {})
        await self.listen(name, site, context)
        return site

    async def listen(self, name: str, site: "Site", context: ssl.SSLContext | None) -> None:
        """Let ``site``, or anything that serves connections as one does, stand behind ``name``."""
        server = await asyncio.start_server(site.serve, "127.0.0.1", 0, ssl=context)
        self._servers.append(server)
        self.sites.append(site)
        self.stand_in(name, server.sockets[0].getsockname()[1])

    def stand_in(self, name: str, port: int) -> None:
        """Let what listens at ``port`` stand behind ``name``."""
        address = f"93.184.216.{len(self.ports) + 1}"
        self.names[name] = [address]
        self.ports[address] = port

    async def lookup(self, host: str, port: int) -> list[str]:
        self.looked_up.append(host)
        if host not in self.names:
            raise OSError("no such name")
        return self.names[host]

    def to_loopback(self) -> httpx.AsyncBaseTransport:
        return _ToLoopback(self)

    def transport(self, ports: Container[int] = WEB_PORTS) -> PinnedTransport:
        resolve = partial(resolve_public, lookup=lambda host, port: self.lookup(host, port))
        return PinnedTransport(ports=ports, resolve=resolve, connect=self.to_loopback)

    def fetcher(self, **limits: float) -> Fetcher:
        return Fetcher(self.transport, Limits(**({"seconds": 5.0} | limits)))

    async def nothing_is_left(self) -> None:
        """Soon no task but the servers' runs, and no connection is open."""
        for _ in range(200):
            tasks = [
                task
                for task in asyncio.all_tasks()
                if "Site.serve" not in repr(task) and task is not asyncio.current_task()
            ]
            if not tasks and not any(site.open for site in self.sites):
                return
            await asyncio.sleep(0.01)
        raise AssertionError((tasks, [site.open for site in self.sites]))

    async def close(self) -> None:
        for server in self._servers:
            server.close()


@pytest.fixture
async def network():
    network = Network()
    yield network
    await network.close()


@pytest.fixture
def answer():
    return page


@pytest.fixture
def refused():
    """Fetch what cannot be read: a plain message comes, without any address."""

    async def refused(fetcher, url="http://a.example/", kind=PageUnreadable):
        with pytest.raises(kind) as caught:
            await fetcher.fetch(url)
        message = str(caught.value)
        assert message.endswith(".") and "127.0.0.1" not in message and "93.184" not in message
        return caught.value

    return refused


@pytest.fixture
def network_type():
    return Network
