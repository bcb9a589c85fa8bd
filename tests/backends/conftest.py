"""A provider on loopback that says exactly the bytes it is told to."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from switchboard.backends import attempts
from switchboard.backends.base import ChatRequest
from switchboard.backends.claude import ClaudeBackend
from switchboard.backends.openai import OpenAIBackend
from switchboard.messages import Event


@dataclass
class Seen:
    """A request as it came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


@dataclass
class ScriptedReply:
    status: int
    headers: dict[str, str]
    steps: tuple[Any, ...]


@dataclass
class ScriptedServer:
    """Plays one scripted reply a request, the last one again and again.

    A step is bytes (one HTTP chunk), a number (seconds to wait), ``stall`` (silence until the client goes)
    or ``cut`` (the socket is reset).
    """

    stall = "stall"
    cut = "cut"
    port: int = 0
    connections: int = 0
    requests: list[Seen] = field(default_factory=list)
    replies: list[ScriptedReply] = field(default_factory=list)
    client_gone: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a client closes its connection while a reply is stalled or being written."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def bodies(self) -> list[Any]:
        return [seen.body for seen in self.requests]

    def reply(self, *steps: Any, status: int = 200, headers: dict[str, str] | None = None) -> None:
        """The next reply, by its exact steps."""
        self.replies.append(ScriptedReply(status, headers or {"content-type": "text/event-stream"}, steps))

    def say(self, value: Any, status: int = 200, **headers: str) -> None:
        """The next reply is this JSON; a header's underscores stand for hyphens."""
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        self.reply(
            json.dumps(value).encode(), status=status, headers={"content-type": "application/json", **named}
        )

    def stream(self, *events: Any, then: tuple[Any, ...] = (b"data: [DONE]\n\n",)) -> None:
        """The next reply is ``data:`` events in OpenAI's way, one chunk each, and then the given steps."""
        self.reply(*(b"data: " + json.dumps(event).encode() + b"\n\n" for event in events), *then)

    def named_stream(self, *events: dict[str, Any], then: tuple[Any, ...] = ()) -> None:
        """The next reply is ``event:`` and ``data:`` in Claude's way, one chunk each, and then the steps."""
        lines = (f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode() for event in events)
        self.reply(*lines, *then)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while await self._answered(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            self.client_gone.set()
        finally:
            writer.close()

    async def _answered(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        except asyncio.IncompleteReadError:
            return False
        headers = {
            name.lower(): text for name, _, text in (line.partition(": ") for line in head[1:] if line)
        }
        raw = await reader.readexactly(int(headers.get("content-length", 0)))
        method, path, _ = head[0].split(" ", 2)
        self.requests.append(Seen(method, path, headers, json.loads(raw) if raw else None))
        script = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        lines = [f"HTTP/1.1 {script.status} Scripted", "transfer-encoding: chunked"]
        lines += [f"{name}: {text}" for name, text in script.headers.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode())
        for step in script.steps:
            if step == self.stall:
                await writer.drain()
                if await reader.read(1) == b"":
                    self.client_gone.set()
                return False
            if step == self.cut:
                await writer.drain()
                writer.transport.abort()
                return False
            if isinstance(step, int | float):
                await writer.drain()
                await asyncio.sleep(step)
            elif step:
                writer.write(b"%x\r\n%s\r\n" % (len(step), step))
                await writer.drain()
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        return True


@pytest.fixture
async def scripted() -> AsyncIterator[ScriptedServer]:
    """A scripted provider on a free port of loopback."""
    script = ScriptedServer()
    connections: set[asyncio.Task[None]] = set()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.add(asyncio.create_task(script._connected(reader, writer)))

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    script.port = server.sockets[0].getsockname()[1]
    yield script
    server.close()
    for connection in connections:
        connection.cancel()
    await asyncio.gather(*connections, return_exceptions=True)
    await server.wait_closed()


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "PAUSES", (0.01, 0.02))


@pytest.fixture
async def openai(scripted: ScriptedServer) -> AsyncIterator[Callable[..., OpenAIBackend]]:
    """Makes a backend that speaks to the scripted provider."""
    made: list[OpenAIBackend] = []

    def make(model: str = "gpt-5.4-mini", **options: Any) -> OpenAIBackend:
        options = {"key": "test-key", "url": f"{scripted.url}/v1", "seconds": 2.0, **options}
        made.append(OpenAIBackend(model, **options))
        return made[-1]

    yield make
    for backend in made:
        await backend.aclose()


@pytest.fixture
async def claude(scripted: ScriptedServer) -> AsyncIterator[Callable[..., ClaudeBackend]]:
    """Makes a Claude backend that speaks to the scripted provider."""
    made: list[ClaudeBackend] = []

    def make(model: str = "claude-haiku-5-5", **options: Any) -> ClaudeBackend:
        options = {"key": "test-key", "url": scripted.url, "seconds": 2.0, **options}
        made.append(ClaudeBackend(model, **options))
        return made[-1]

    yield make
    for backend in made:
        await backend.aclose()


@pytest.fixture
def drain() -> Callable[..., Any]:
    """Reads a backend's stream to its end."""

    async def read(backend: OpenAIBackend | ClaudeBackend, request: ChatRequest) -> list[Event]:
        return [event async for event in backend.stream(request)]

    return read
