"""What Chromium makes of the page, beside the textbook app in the same run.

usage: python benchmarks/browser.py

Measures how long 2,000 tokens at full speed take until they stand in the page and how long the frames are
meanwhile; what a cold load transfers, and when the page can be typed into. Prints a table and, last, one JSON
object.
"""

import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.page import free_port, percentile, server, switchboard_environment, upstream

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]
ROUNDS = 3
TARGETS = {"complete_s": 1.5, "frame_p95_ms": 50.0, "page_kb": 900.0, "usable_s": 2.5}
FRAMES = """() => {
  window.frames_ms = []; let last = performance.now();
  const next = (now) => {
    window.frames_ms.push(now - last); last = now;
    if (window.counting) requestAnimationFrame(next);
  };
  window.counting = true; requestAnimationFrame(next);
}"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """The distribution's Chromium where there is one, else Playwright's."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


def cold_load(browser: Browser, port: int, box: str) -> tuple[float, float]:
    """Kilobytes over the wire, and seconds until the box can be typed into, with an empty cache."""
    page = browser.new_context().new_page()
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    sizes: list[float] = []
    wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    began = time.perf_counter()
    page.goto(f"http://127.0.0.1:{port}/", wait_until="commit")
    page.wait_for_selector(f"{box}:not([disabled])", timeout=60_000)
    page.fill(box, "x")
    usable = time.perf_counter() - began
    page.wait_for_timeout(3_000)
    page.context.close()
    return sum(sizes) / 1000, usable


def full_speed(page: Page, box: str, text: str, tokens: int) -> tuple[float, float]:
    """Seconds until the last token stands in the page, and the 95th percentile of frames in milliseconds."""
    page.evaluate(FRAMES)
    page.fill(box, text)
    began = time.perf_counter()
    page.press(box, "Enter")
    page.wait_for_function(
        "count => (document.querySelector('[aria-label=\"chatbot conversation\"]').textContent"
        ".match(/t\\d{10}\\.\\d{3}/g) || []).length >= count",
        arg=tokens,
        timeout=180_000,
        polling="raf",
    )
    took = time.perf_counter() - began
    frames = page.evaluate("() => { window.counting = false; return window.frames_ms; }")
    return took, percentile(frames, 0.95)


def measure(browser: Browser, port: int, box: str, text: str) -> dict[str, float]:
    """All figures of one app; the first answer of a page warms the server up and does not count."""
    loads = [cold_load(browser, port, box) for _ in range(ROUNDS)]
    page = browser.new_context().new_page()
    page.goto(f"http://127.0.0.1:{port}/")
    page.wait_for_selector(f"{box}:not([disabled])", timeout=60_000)
    rounds = [full_speed(page, box, text, 2_000 * (n + 1)) for n in range(ROUNDS)][1:]
    page.context.close()
    return {
        "complete_s": statistics.median(took for took, _ in rounds),
        "frame_p95_ms": statistics.median(frame for _, frame in rounds),
        "page_kb": statistics.median(size for size, _ in loads),
        "usable_s": statistics.median(usable for _, usable in loads),
    }


def main() -> None:
    results = {}
    with tempfile.TemporaryDirectory() as name, upstream() as base_url, chromium() as browser:
        folder = Path(name)
        port = free_port()
        environment = switchboard_environment(port, base_url, folder) | {"SWITCHBOARD_MODEL": "fast-2000"}
        with server(["app.py"], port, environment, folder):
            results["switchboard"] = measure(browser, port, "#chat-box textarea", "Go")
        port = free_port()
        with server(["benchmarks/textbook.py", str(port), base_url], port, environment, folder):
            results["textbook"] = measure(browser, port, "textarea", "fast-2000")
    print(f"{'':16}{'target':>10}{'switchboard':>14}{'textbook':>12}")
    for name, target in TARGETS.items():
        ours, theirs = results["switchboard"][name], results["textbook"][name]
        print(f"{name:16}{target:>10.1f}{ours:>14.2f}{theirs:>12.2f}")
    print(json.dumps(results))


if __name__ == "__main__":
    main()
