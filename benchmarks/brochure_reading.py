"""How fast a site is read, and how soon after its last page the brochure begins.

For the brochure's benchmark. The guard stays on: the site's name has a public address here, and only the
connection to that address is led to loopback.
"""

import asyncio
import json
import math
import ssl
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from functools import partial

import httpx

from benchmarks.brochure_figures import Figure
from benchmarks.brochure_pages import TITLES
from benchmarks.brochure_site import CERTIFICATE, NAME, Served
from benchmarks.brochure_tutorial import read_one_by_one
from switchboard.addresses import WEB_PORTS, resolve_public
from switchboard.backends.base import Backend, Capability, ChatRequest
from switchboard.backends.reader import ReaderBackend
from switchboard.brochure.brief import Brief
from switchboard.brochure.events import PageFound, PageKind, PageRead, PageStatus
from switchboard.brochure.pages import PageReader
from switchboard.brochure.reading import SitePlan, read_pages, read_site
from switchboard.brochure.writer import brochure_of_site
from switchboard.messages import Event, Finish, FinishReason, TextDelta, Usage
from switchboard.web.connections import CONNECTIONS, HostConnections, trusting
from switchboard.web.fetch import Fetcher
from switchboard.web.transport import PinnedTransport

ROUNDS = 3
VISITORS = 5
PATHS = tuple(f"/{path}" for path in TITLES)
_ADDRESS = "93.184.216.34"


class ScriptedModel:
    """A model that answers at once: the site's first pages where it chooses, otherwise a line of text."""

    provider = "Scripted"
    model = "scripted-1"
    capabilities = frozenset({Capability.LANGUAGE, Capability.SCHEMA})

    def __init__(self, home: str) -> None:
        self._pages = [{"url": home + path[1:], "kind": "other", "reason": "Wanted."} for path in PATHS[1:]]

    async def stream(self, request: ChatRequest) -> AsyncIterator[Event]:
        chosen = json.dumps({"pages": self._pages})
        yield TextDelta(chosen if request.schema is not None else "# Harrowgate Instruments\n\n")
        yield Finish(FinishReason.STOP, Usage(7, 5))


class _ToLoopback(httpx.AsyncBaseTransport):
    """The connections to a checked address, led to the site's ports."""

    def __init__(self, served: Served) -> None:
        self._ports = {"https": served.tls, "http": served.plain}
        self._inner = HostConnections(trusting(ssl.create_default_context(cafile=str(CERTIFICATE))))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(host="127.0.0.1", port=self._ports[request.url.scheme])
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()


async def _look_up(host: str, _port: int) -> list[str]:
    if host != NAME:
        raise OSError("no such name")
    return [_ADDRESS]


def page_reader(served: Served) -> PageReader:
    """What reads the site's pages through the guard."""
    resolve = partial(resolve_public, lookup=_look_up)
    connect = partial(_ToLoopback, served)
    return PageReader(Fetcher(lambda: PinnedTransport(ports=WEB_PORTS, resolve=resolve, connect=connect)))


async def seconds(reading: Callable[[], Awaitable[object]]) -> float:
    """How long ``reading`` takes."""
    began = time.perf_counter()
    await reading()
    return time.perf_counter() - began


async def read_at_once(reader: PageReader, home: str, count: int) -> float:
    """Seconds from the start to the last of ``count`` pages, all wanted at once."""
    found = [PageFound(home + path[1:], PageKind.OTHER, "") for path in PATHS[1 : count + 1]]
    began = time.perf_counter()
    async with aclosing(read_pages(reader, found, home)) as outcomes:
        statuses = [one.status async for one in outcomes]
    taken = time.perf_counter() - began
    if statuses != [PageStatus.READ] * count:
        raise RuntimeError(f"not all pages were read: {statuses}")
    return taken


async def pages_at_once(served: Served, scheme: str) -> list[Figure]:
    """11, 6 and 4 pages at once after the home page, beside each alone and beside the tutorial."""
    home, name = f"{scheme}://{NAME}/", _protocol(scheme)
    reader = page_reader(served)
    await reader.read(home)
    slowest = 0.0
    for path in PATHS[1:]:
        alone = [await seconds(partial(reader.read, home + path[1:])) for _ in range(ROUNDS)]
        slowest = max(slowest, statistics.median(alone))
    figures = [Figure(f"{name}: the slowest page alone", slowest * 1000, "ms")]
    for count in (11, 6, 4):
        taken = statistics.median([await read_at_once(reader, home, count) for _ in range(ROUNDS)])
        figures += [
            Figure(f"{name}: {count} pages at once", taken * 1000, "ms"),
            Figure(f"{name}: {count} pages at once, of the slowest", taken / slowest, "×", at_most=1.5),
        ]
        rounds = math.ceil(count / CONNECTIONS)
        if scheme == "http" and rounds > 1:
            of_rounds = f"{name}: the same, of the {rounds} rounds that {CONNECTIONS} connections need"
            figures.append(Figure(of_rounds, taken / rounds / slowest, "×"))
    seen = served.seen()[scheme]
    if seen["versions"] != (["2"] if scheme == "https" else ["1.1"]):
        raise RuntimeError(f"not the expected version of HTTP: {seen}")
    figures.append(
        Figure(f"{name}: most connections at once", seen["most_connections"], "", at_most=CONNECTIONS)
    )
    tutorial = await asyncio.to_thread(read_one_by_one, served, scheme, PATHS[1:])
    return [
        *figures,
        Figure(f"{name}: the tutorial, the same 11 pages", sum(tutorial) * 1000, "ms"),
        Figure(f"{name}: the tutorial, of its slowest", sum(tutorial) / max(tutorial), "×"),
    ]


async def first_text(served: Served, scheme: str, backend: Backend, pages: int) -> tuple[float, float]:
    """Seconds from the address to the first text, and from the last page that was read to it."""
    plan = SitePlan("", f"{scheme}://{NAME}/", pages)
    began = last_page = time.perf_counter()
    read = 0
    events = brochure_of_site(backend, page_reader(served), plan, Brief())
    async with aclosing(events):
        async for event in events:
            match event:
                case PageRead(status=PageStatus.READ):
                    last_page = time.perf_counter()
                    read += 1
                case TextDelta():
                    if read != pages + 1:
                        raise RuntimeError(f"{read} pages were read, not {pages + 1}")
                    return time.perf_counter() - began, time.perf_counter() - last_page
    raise RuntimeError("no text came")


async def ways_to_text(served: Served) -> list[Figure]:
    """The whole way from an address to the first text, with a model and with the built-in reader."""
    figures = []
    for scheme, pages in (("https", 6), ("https", 11), ("http", 6)):
        for backend in (ScriptedModel(f"{scheme}://{NAME}/"), ReaderBackend()):
            runs = [await first_text(served, scheme, backend, pages) for _ in range(ROUNDS)]
            whole, after = (statistics.median(values) * 1000 for values in zip(*runs, strict=True))
            name = f"{_protocol(scheme)}, {pages} pages, {backend.model}"
            figures += [
                Figure(f"{name}: address to first text", whole, "ms"),
                Figure(f"{name}: last page to first text", after, "ms", at_most=50),
                Figure(f"{name}: the same, slowest round", max(run[1] for run in runs) * 1000, "ms"),
            ]
    return figures


async def visitors_at_once(served: Served, scheme: str) -> list[Figure]:
    """Several visitors who read the same site at the same time, through one fetcher."""
    served.seen()

    async def _visit(reader: PageReader) -> None:
        plan = SitePlan("", f"{scheme}://{NAME}/")
        async with aclosing(read_site(ReaderBackend(), reader, plan)) as events:
            read = [event async for event in events if isinstance(event, PageRead)]
        if {one.status for one in read} != {PageStatus.READ} or len(read) != 7:
            raise RuntimeError("not all pages were read")

    async def _all(reader: PageReader) -> None:
        await asyncio.gather(*(_visit(reader) for _ in range(VISITORS)))

    one = await seconds(partial(_visit, page_reader(served)))
    taken = await seconds(partial(_all, page_reader(served)))
    most = served.seen()[scheme]["most_connections"]
    name = _protocol(scheme)
    return [
        Figure(f"{name}: one visitor reads the home page and 6 more", one * 1000, "ms"),
        Figure(f"{name}: {VISITORS} visitors do so at the same time", taken * 1000, "ms"),
        Figure(f"{name}: most connections at once", most, "", at_most=CONNECTIONS),
    ]


def _protocol(scheme: str) -> str:
    return "HTTP/2" if scheme == "https" else "HTTP/1.1"
