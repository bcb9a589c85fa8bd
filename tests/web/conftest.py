"""Servers on loopback that stand for public sites: the guard stays on, only the last step is led to them."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Container
from functools import partial
from pathlib import Path

import httpx
import pytest

from switchboard.addresses import WEB_PORTS, resolve_public
from switchboard.web.fetch import Fetcher, Limits
from switchboard.web.transport import PinnedTransport

Answer = bytes | Callable[[asyncio.StreamWriter], Awaitable[None]]
CERTIFICATE = Path(__file__).with_name("secure.example.pem")


def page(body: bytes = b"<h1>Hello</h1>", *headers: str, status: str = "200 OK") -> bytes:
    """A whole HTTP answer, its length right and its type HTML unless the headers say otherwise."""
    lines = [f"HTTP/1.1 {status}", "Connection: close", *headers]
    names = {line.partition(":")[0].lower() for line in headers}
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
        self.open = self.most_open = 0

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.requests if path != "/robots.txt"]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        try:
            lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            path = lines[0].split(" ")[1]
            headers = dict(line.split(": ", 1) for line in lines[1:] if line)
            self.requests.append((path, {name.lower(): value for name, value in headers.items()}))
            answer = self.answers.get(path, page(status="404 Not Found"))
            if isinstance(answer, bytes):
                writer.write(answer)
                await writer.drain()
            else:
                await answer(writer)
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            self.open -= 1
            writer.close()


class _ToLoopback(httpx.AsyncBaseTransport):
    """Leads a checked address to the server that stands for it."""

    def __init__(self, network: "Network") -> None:
        self._network = network
        self._inner = httpx.AsyncHTTPTransport(verify=network.trust, trust_env=False)

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
        self.trust: ssl.SSLContext = ssl.create_default_context(cafile=str(CERTIFICATE))
        self._servers: list[asyncio.Server] = []

    async def serve(self, name: str, answers: dict[str, Answer] | None = None, *, tls: bool = False) -> Site:
        context = None
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(CERTIFICATE)
        site = Site(answers or {})
        server = await asyncio.start_server(site.serve, "127.0.0.1", 0, ssl=context)
        self._servers.append(server)
        address = f"93.184.216.{len(self._servers)}"
        self.names[name] = [address]
        self.ports[address] = server.sockets[0].getsockname()[1]
        return site

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
