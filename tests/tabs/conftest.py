"""The real page without a browser: its handlers called directly, or over HTTP in a server of its own."""

import asyncio
import inspect
import json
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import gradio as gr
import httpx
import pytest

from benchmarks import page as bench
from benchmarks.upstream import Upstream
from switchboard.knowledge.base import KnowledgeBase
from switchboard.services import Services
from switchboard.sessions import COOKIE, mint_secret
from switchboard.settings import Settings
from tabs import build

DOCUMENTS = {
    "policies/bags.md": "# Bags\n\nA checked bag weighs up to 23 kg.\n",
    "policies/pets.md": "# Pets\n\nA cat travels in the cabin in a soft crate.\n",
}


@dataclass
class FakeRequest:
    """What handlers read of a Gradio request."""

    cookies: dict[str, str] = field(default_factory=lambda: {COOKIE: mint_secret()})
    session_hash: str = field(default_factory=lambda: secrets.token_hex(6))


@pytest.fixture
def new_request() -> type[FakeRequest]:
    return FakeRequest


class App:
    """The page with the services below it, its handlers by class and name."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        folders = {"data_dir": folder / "data", "vector_dir": folder / "vectors"}
        self.services = Services(Settings(_env_file=None, **folders | settings))
        documents = folder / "knowledge-base"
        for name, text in DOCUMENTS.items():
            (documents / name).parent.mkdir(parents=True, exist_ok=True)
            (documents / name).write_text(text, encoding="utf-8")
        base = KnowledgeBase(documents, folder / "vectors", find_model=lambda: None)
        self.services.__dict__["knowledge"] = base

    @cached_property
    def page(self) -> gr.Blocks:
        return build(self.services)

    @cached_property
    def bar(self) -> Any:
        return self._bound("ModelBar", "keep_key").__self__

    def _bound(self, owner: str, name: str) -> Any:
        for listener in self.page.fns.values():
            function = listener.fn
            if type(getattr(function, "__self__", None)).__name__ == owner and function.__name__ == name:
                return function
        raise LookupError(f"the page has no listener {owner}.{name}")

    async def call(self, where: str, *arguments: Any) -> list[Any]:
        """Call a handler, named as ``ChatTab.send``, and return all that it showed."""
        answered = self._bound(*where.split("."))(*arguments)
        if inspect.isasyncgen(answered):
            return [shown async for shown in answered]
        return [await answered if inspect.isawaitable(answered) else answered]

    def owner(self, request: FakeRequest) -> str:
        return self.services.visitors.visitor(request.cookies[COOKIE]).owner

    async def close(self) -> None:
        """Close what is open to providers; the page may serve another test, with visitors of its own."""
        while self.services._backends:
            _, backend = self.services._backends.popitem()
            if hasattr(backend, "aclose"):
                await backend.aclose()


@pytest.fixture
async def new_app(tmp_path: Path) -> AsyncIterator[Callable[..., App]]:
    """Makes the application with other settings."""
    made: list[App] = []

    def make(**settings: Any) -> App:
        made.append(App(tmp_path / str(len(made)), **settings))
        return made[-1]

    yield make
    for app in made:
        await app.close()


@pytest.fixture(scope="session")
def shared_app(tmp_path_factory: pytest.TempPathFactory) -> App:
    return App(tmp_path_factory.mktemp("app"))


@pytest.fixture
async def app(shared_app: App) -> AsyncIterator[App]:
    """The application as it is set up by default."""
    yield shared_app
    await shared_app.close()


class Provider(Upstream):
    """The fake provider in this process, with the model bar's values that choose it."""

    url = ""

    def __init__(self) -> None:
        super().__init__()
        self.connections: list[asyncio.Task[None]] = []

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections.append(asyncio.current_task())
        await super().answer(reader, writer)

    def chosen(self, model: str = "fast-5") -> tuple[Any, ...]:
        return ("compatible", model, self.url, None, None)


@pytest.fixture
async def provider(app: App) -> AsyncIterator[Provider]:
    upstream = Provider()
    upstream.url = f"http://127.0.0.1:{await upstream.start()}/v1"
    yield upstream
    await app.close()
    upstream.server.close()
    await asyncio.gather(*upstream.connections, return_exceptions=True)


@dataclass
class Running:
    """The page in its own process, answering on loopback."""

    url: str
    log: Path
    provider: str

    def visitor(self) -> "Caller":
        return Caller(self)


class Caller:
    """A program that speaks the protocol of the page as one visitor, without being a browser."""

    def __init__(self, running: Running) -> None:
        self.secret = mint_secret()
        self.http = httpx.Client(
            base_url=running.url, cookies={COOKIE: self.secret}, timeout=30, trust_env=False
        )
        self.config = self.http.get("/config").json()
        self.listeners = [one for one in self.config["dependencies"] if one["backend_fn"]]

    def listener(self, name: str) -> dict[str, Any]:
        """The listener that Gradio named after its function."""
        return next(one for one in self.listeners if one["api_name"] == name)

    def call(self, listener: dict[str, Any], data: list[Any], event: Any = None) -> dict[str, Any]:
        """Send an event, and return the last message of its answer."""
        session = secrets.token_hex(6)
        body = {
            "data": data,
            "fn_index": listener["id"],
            "session_hash": session,
            "event_data": event,
            "trigger_id": 0,
        }
        joined = self.http.post(
            "/gradio_api/queue/join",
            content=json.dumps(body),
            headers={"content-type": "application/json"},
        )
        if joined.status_code != 200:
            return {"msg": "refused", "status": joined.status_code, "success": False}
        with self.http.stream("GET", f"/gradio_api/queue/data?session_hash={session}") as updates:
            for line in updates.iter_lines():
                if line.startswith("data:") and '"msg":"process_completed"' in line:
                    return json.loads(line[5:])
        raise AssertionError("the stream of updates ended without an answer")

    def close(self) -> None:
        self.http.close()


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("running")
    for name, text in DOCUMENTS.items():
        (folder / "kb" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "kb" / name).write_text(text, encoding="utf-8")
    with bench.upstream() as provider_url:
        port = bench.free_port()
        environment = bench.switchboard_environment(port, provider_url, folder / "data")
        environment["SWITCHBOARD_KNOWLEDGE_DIR"] = str(folder / "kb")
        with bench.server(["app.py"], port, environment, folder):
            yield Running(f"http://127.0.0.1:{port}", folder / "server.log", provider_url)


@pytest.fixture
def caller(running: Running) -> Iterator[Caller]:
    one = running.visitor()
    yield one
    one.close()
