"""A page in its own process, a fake provider on loopback, and people who use the page in Chromium.

One server serves all tests of a run: each person has a browser context, and so a secret, of their own.
"""

import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from benchmarks.page import free_port, server, switchboard_environment, upstream

GUARDED = str(Path(__file__).with_name("guarded.py"))
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)
LABELS = {
    "reader": "Built-in reader (no model)",
    "compatible": "OpenAI-compatible address",
    "openai": "OpenAI",
    "claude": "Claude",
    "ollama": "Ollama",
}
DESKTOP = {"width": 1280, "height": 860}
WAIT_MS = 10_000
CUT_SHORT = re.compile("AbortError|Connection errored out")


@dataclass(frozen=True)
class Site:
    """A running page: where it is, the provider behind it, and what it left on disk."""

    url: str
    provider_url: str
    folder: Path

    @property
    def log(self) -> str:
        return (self.folder / "server.log").read_text(encoding="utf-8")

    @property
    def refused(self) -> str:
        record = self.folder / "refused"
        return record.read_text(encoding="utf-8") if record.exists() else ""

    def asked(self) -> list[dict]:
        """The requests for an answer that the provider has got."""
        return self._provider("requests")

    def left(self) -> int:
        """How many streams the provider saw closed before their end."""
        return len(self._provider("closed"))

    def _provider(self, path: str) -> list:
        return httpx.get(f"{self.provider_url}/{path}", trust_env=False).json()


@contextmanager
def running_site(folder: Path, provider_url: str, port: int) -> Iterator[Site]:
    """The page with its data in ``folder``, the reader chosen, no key of OpenAI's and no Ollama."""
    site = Site(f"http://127.0.0.1:{port}/", provider_url, folder)
    environment = switchboard_environment(port, provider_url, folder / "data") | {
        "SWITCHBOARD_PROVIDER": "reader",
        "OPENAI_BASE_URL": provider_url,
        "OLLAMA_HOST": f"http://127.0.0.1:{free_port()}",
    }
    with server([GUARDED, str(folder / "refused")], port, environment, folder):
        yield site


@pytest.fixture(scope="session")
def provider_url() -> Iterator[str]:
    with upstream() as url:
        yield url


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, provider_url: str) -> Iterator[Site]:
    """The page that most tests share."""
    with running_site(tmp_path_factory.mktemp("site"), provider_url, free_port()) as site:
        yield site


@pytest.fixture
def start_site(tmp_path: Path, provider_url: str) -> Callable[[], object]:
    """Starts a page of the test's own; each time with the same data, at the same address."""
    port = free_port()
    return lambda: running_site(tmp_path, provider_url, port)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser a module: Playwright's event loop must be gone before the next module's async tests."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next(filter(None, map(shutil.which, names)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        yield browser
        browser.close()


@dataclass
class Person:
    """Somebody at the page: what they do, what they see, and what the browser complains of."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)
    updates: int = 0

    def __post_init__(self) -> None:
        self.page.set_default_timeout(WAIT_MS)
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(f"page error: {error}"))
        self.page.on("request", self._watch)
        for end in ("requestfinished", "requestfailed"):
            self.page.on(end, self._count)

    def open(self) -> "Person":
        """Load the page, until what it shows when it opens has come: sooner than anybody can type."""
        self.leave()
        self.updates = 0
        self.page.goto(self.url)
        expect(self.box).to_be_visible()
        until = time.monotonic() + 2
        while not self.updates and time.monotonic() < until:
            self.page.wait_for_timeout(10)
        return self

    def leave(self) -> None:
        """Close the page; that the requests it still had are cut then is no fault of its."""
        self.page.goto("about:blank")
        self.complaints[:] = [complaint for complaint in self.complaints if not CUT_SHORT.search(complaint)]

    def forget(self) -> None:
        """Be somebody new: no cookie, nothing kept in the browser."""
        self.page.context.clear_cookies()
        origin = {"origin": self.url.rstrip("/"), "storageTypes": "local_storage"}
        self.page.context.new_cdp_session(self.page).send("Storage.clearDataForOrigin", origin)

    def another_page(self) -> "Person":
        """Open the page once more in the same browser."""
        return Person(self.page.context.new_page(), self.url, self.complaints).open()

    def show(self, tab: str) -> None:
        self.page.get_by_role("tab", name=tab, exact=True).click()

    def find(self, selector: str) -> Locator:
        return self.page.locator(selector)

    @property
    def box(self) -> Locator:
        return self.find("#chat-box textarea")

    @property
    def messages(self) -> Locator:
        return self.find("#chat-messages")

    @property
    def notes(self) -> Locator:
        """The lines under the answers in the chat."""
        return self.find("#chat-messages small")

    @property
    def attached(self) -> Locator:
        """The files that go off with the next message."""
        return self.find("#chat-box .thumbnail-item")

    @property
    def status(self) -> Locator:
        return self.find("#status")

    @property
    def listed(self) -> Locator:
        return self.find("#conversations label")

    @property
    def error(self) -> Locator:
        """What was refused, and why."""
        return self.page.get_by_test_id("toast-text")

    def send(self, text: str) -> None:
        self.box.fill(text)
        self.box.press("Enter")

    def converse(self, text: str, ending: str = "finished") -> None:
        """Send a message, and wait for the note under its answer."""
        before = self.notes.count()
        self.send(text)
        expect(self.notes).to_have_count(before + 1)
        expect(self.notes.last).to_contain_text(ending)

    def attach(self, name: str, data: bytes, media_type: str) -> None:
        file = {"name": name, "mimeType": media_type, "buffer": data}
        self.find("#chat-box input[type=file]").set_input_files([file])
        expect(self.attached).to_have_count(1)

    def keep_key(self, key: str, status: str) -> None:
        """Give a key to the provider that is chosen."""
        self.find("#key input").fill(key)
        self.find("#key input").press("Enter")
        expect(self.status).to_contain_text(status)

    def choose(self, provider: str, model: str = "", status: str = "") -> None:
        """Choose on the bar, and wait for the status that the choice ends in."""
        field = self.find("#provider input")
        if field.input_value() != LABELS[provider]:
            field.click()
            self.page.get_by_role("option", name=LABELS[provider], exact=True).click()
            expect(self.status).to_contain_text("is ready with" if model else status)
        if model:
            self.find("#model input").fill(model)
            self.find("#model input").press("Enter")
            expect(self.status).to_contain_text(status or model)

    def _hear(self, message) -> None:
        if message.type == "error":
            self.complaints.append(f"console: {message.text}")

    def _watch(self, request) -> None:
        if not request.url.startswith((self.url, "data:", "blob:")):
            self.complaints.append(f"request: {request.url}")

    def _count(self, request) -> None:
        self.updates += "/queue/data" in request.url


@pytest.fixture(scope="module")
def profile(chromium: Browser) -> BrowserContext:
    """A context whose cache outlives a test, so that the page's scripts are read once."""
    return chromium.new_context(viewport=DESKTOP)


@pytest.fixture
def visit(chromium: Browser, profile: BrowserContext, site: Site) -> Iterator[Callable[..., Person]]:
    """Opens the page for somebody new; in the end no browser may have complained, and nothing gone out."""
    people: list[Person] = []
    logged, refused = len(site.log), len(site.refused)

    def opened(url: str = site.url, **options) -> Person:
        fresh = bool(people or options)
        context = chromium.new_context(**{"viewport": DESKTOP} | options) if fresh else profile
        people.append(Person(context.new_page(), url))
        if not fresh:
            people[-1].forget()
        return people[-1].open()

    yield opened
    for person in people:
        person.page.close()
        if person.page.context is not profile:
            person.page.context.close()
    assert [complaint for person in people for complaint in person.complaints] == []
    assert site.refused[refused:] == ""
    assert "Traceback" not in site.log[logged:]


@pytest.fixture
def person(visit: Callable[..., Person]) -> Person:
    return visit()
