"""Somebody who uses the page in a browser: what they do, what they see, what the browser complains of."""

import re
import time
from dataclasses import dataclass, field

from playwright.sync_api import Locator, Page, expect

LABELS = {
    "reader": "Built-in reader (no model)",
    "compatible": "OpenAI-compatible address",
    "openai": "OpenAI",
    "claude": "Claude",
    "ollama": "Ollama",
}
WAIT_MS = 10_000
CUT_SHORT = re.compile("AbortError|Connection errored out")


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

    def sign_in(self, number: int | None = None) -> None:
        """Go to the airline's desk, as the customer of a number in its list, or as whoever is signed in."""
        self.show("Airline")
        field = self.find("#airline-customer input")
        expect(field).not_to_have_value("")
        if number is not None:
            before = self.side.inner_text()
            field.click()
            self.page.get_by_role("option").nth(number).click()
            expect(self.side).not_to_have_text(before, use_inner_text=True)

    def ask_desk(self, text: str) -> None:
        """Ask the airline's desk, and wait for the note under its answer."""
        notes = self.find("#airline-messages small:not(.desk)")
        before = notes.count()
        box = self.find("#airline-box textarea")
        box.fill(text)
        box.press("Enter")
        expect(box).to_have_value("")
        expect(notes).to_have_count(before + 1)

    def press(self, button: str) -> None:
        """Press a button of the airline's: confirm, decline, undo or next."""
        self.find(f"#airline-{button}").click()

    @property
    def talk(self) -> Locator:
        """The conversation at the airline's desk."""
        return self.find("#airline-messages")

    @property
    def proposal(self) -> Locator:
        """The card of a change that waits."""
        return self.find("#airline-card .proposal")

    @property
    def told(self) -> Locator:
        """What became of the last change."""
        return self.find("#airline-note .note")

    @property
    def side(self) -> Locator:
        """Who is signed in, and their reservations."""
        return self.find("#airline-side")

    def trip(self, code: str) -> Locator:
        """A reservation at the side."""
        return self.side.locator(f"[data-code='{code}']")

    def codes(self) -> set[str]:
        """The codes of all reservations at the side."""
        return set(self.side.locator("[data-code]").evaluate_all("all => all.map((one) => one.dataset.code)"))

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
