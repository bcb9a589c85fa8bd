"""A page in its own process, a fake provider on loopback, and people who use the page in Chromium.

One server serves all tests of a run: each person has a browser context, and so a secret, of their own.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from benchmarks.page import free_port, server, switchboard_environment, upstream
from tests.browser.person import Person

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
DESKTOP = {"width": 1280, "height": 860}


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
