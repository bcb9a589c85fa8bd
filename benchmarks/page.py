"""A page under test: the server in its own process, and visitors that speak Gradio's protocol to it.

Shared by the benchmarks and the tests that need a running page.
"""

import asyncio
import json
import os
import re
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil

ROOT = Path(__file__).parent.parent
TOKEN = re.compile(r"t(\d{10}\.\d{3})")


def free_port() -> int:
    """A port on loopback that nobody listens on."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def upstream() -> Iterator[str]:
    """The fake provider in its own process; yields its base URL."""
    command = [sys.executable, str(ROOT / "benchmarks" / "upstream.py")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}/v1"
        finally:
            process.terminate()


@contextmanager
def server(
    command: list[str], port: int, environment: dict[str, str], folder: Path
) -> Iterator[psutil.Process]:
    """A page in its own process, once it answers; yields the process, for its CPU seconds and memory."""
    kept = {k: v for k, v in os.environ.items() if not k.endswith(("_API_KEY", "_proxy", "_PROXY"))}
    with (folder / "server.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=kept | environment, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            wait_until_up(port, process, folder / "server.log")
            yield psutil.Process(process.pid)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_until_up(port: int, process: subprocess.Popen, log: Path, seconds: float = 60) -> None:
    """Return when the page answers with 200; raise with the log when it does not."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and process.poll() is None:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/", timeout=20, trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.02)
    raise RuntimeError(f"the page did not start:\n{log.read_text()[-4000:]}")


def switchboard_environment(port: int, base_url: str, data: Path) -> dict[str, str]:
    """The settings with which our page answers from the fake provider."""
    return {
        "SWITCHBOARD_PORT": str(port),
        "SWITCHBOARD_PROVIDER": "compatible",
        "SWITCHBOARD_COMPATIBLE_URL": base_url,
        "SWITCHBOARD_COMPATIBLE_KEY": "sk-fake",
        "SWITCHBOARD_DATA_DIR": str(data),
        "SWITCHBOARD_VECTOR_DIR": str(data / "vector_db"),
    }


class Visitor:
    """One open page: joins the queue and reads the stream of updates, as the browser does."""

    def __init__(self, port: int, secret: str | None = None) -> None:
        cookies = {"switchboard_visitor": secret} if secret else None
        self.http = httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}", timeout=120, trust_env=False, cookies=cookies
        )
        self.session = secrets.token_hex(6)

    async def open(self) -> None:
        """Load the page and its configuration, and run what a page runs when it opens."""
        (await self.http.get("/")).raise_for_status()
        self.config = (await self.http.get("/config")).json()
        for listener in self.config["dependencies"]:
            if "load" in (event for _, event in listener["targets"]) and listener["backend_fn"]:
                await self.run(listener["id"], [None] * len(listener["inputs"]))

    def listener(self, elem_id: str, event: str) -> dict:
        """The listener on the component with this id."""
        ids = [c["id"] for c in self.config["components"] if c["props"].get("elem_id") == elem_id]
        return next(
            d
            for d in self.config["dependencies"]
            if d["backend_fn"] and [ids[0], event] in map(list, d["targets"])
        )

    def stop_listener(self) -> dict:
        """The listener of the chat's Stop button: the first of that class on the page."""
        classes = {c["id"]: c["props"].get("elem_classes") or [] for c in self.config["components"]}
        stops = [number for number, names in classes.items() if "stop-answer" in names]
        return next(d for d in self.config["dependencies"] if [stops[0], "click"] in map(list, d["targets"]))

    def named(self, api_name: str) -> dict:
        """The listener that Gradio has named after its function."""
        return next(d for d in self.config["dependencies"] if d["api_name"] == api_name)

    async def run(self, fn_index: int, data: list) -> "Observed":
        """Send an event and read its updates to the end."""
        seen = Observed(time.time())
        body = {"data": data, "fn_index": fn_index, "session_hash": self.session, "trigger_id": 0}
        (await self.http.post("/gradio_api/queue/join", json=body)).raise_for_status()
        path = f"/gradio_api/queue/data?session_hash={self.session}"
        async with self.http.stream("GET", path) as response:
            async for line in response.aiter_lines():
                if not line.startswith("data:"):
                    continue
                now = time.time()
                if '"process_generating"' in line or '"process_completed"' in line:
                    seen.take(now, line)
                if '"process_completed"' in line:
                    seen.ok = bool(json.loads(line[5:])["success"])
                    break
                if '"unexpected_error"' in line:
                    break
        return seen

    async def close(self) -> None:
        """Leave the page."""
        await self.http.aclose()


class Observed:
    """The tokens of one answer: when each was sent by the provider and seen by the visitor."""

    def __init__(self, began: float) -> None:
        self.began, self.ok, self.updates = began, False, 0
        self.first: float | None = None
        self.lags: list[float] = []
        self._known: set[str] = set()

    def take(self, now: float, line: str) -> None:
        """Take an update into account that came at ``now``."""
        self.updates += 1
        new = [stamp for stamp in TOKEN.findall(line) if stamp not in self._known]
        if new and self.first is None:
            self.first = now - self.began
        self._known.update(new)
        self.lags += [now - float(stamp) for stamp in new]


def percentile(values: list[float], share: float) -> float:
    """The value below which the ``share`` of them lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def cpu(process: psutil.Process) -> float:
    """CPU seconds that the process has used."""
    times = process.cpu_times()
    return times.user + times.system


def run(coroutine):
    """Run the coroutine to its end."""
    return asyncio.run(coroutine)
