"""How much the page adds to a provider's stream, beside the textbook app in the same run.

usage: python benchmarks/streaming.py [--quick]

Measures time to first token, server CPU per 1,000 tokens (empty history, 200 earlier messages), 10 and 50
visitors at 50 tokens a second, and how fast the connection to the provider is closed on Stop and when the
page is closed. What Chromium makes of it is ``browser.py``. Prints a table and, last, one JSON object.
"""

import asyncio
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.page import (
    Observed,
    Visitor,
    cpu,
    free_port,
    percentile,
    run,
    server,
    switchboard_environment,
    upstream,
)
from switchboard.conversations import Conversations
from switchboard.messages import AssistantMessage, user
from switchboard.sessions import Visitors, mint_secret


def bar(model: str) -> list:
    return ["compatible", model, "", None, None]


class Ours:
    """Our page, as the benchmark drives it."""

    name = "switchboard"

    def __init__(self, port: int, data: Path) -> None:
        self.port, self.data = port, data

    def command(self, _base_url: str) -> list[str]:
        return ["app.py"]

    async def visitor(self, history: int) -> Visitor:
        secret = mint_secret()
        visitor = Visitor(self.port, secret)
        await visitor.open()
        visitor.conversation = ""
        if history:
            owner = Visitors().visitor(secret).owner
            store = Conversations(self.data / "conversations.db")
            visitor.conversation = store.create(owner, "benchmark").id
            turns = [
                (user(TEXT), None) if i % 2 == 0 else (AssistantMessage(TEXT), None) for i in range(history)
            ]
            store.append(owner, visitor.conversation, turns)
        return visitor

    async def send(self, visitor: Visitor, model: str) -> Observed:
        listener = visitor.listener("chat-box", "submit")
        typed = {"text": "Go", "files": []}
        return await visitor.run(listener["id"], [typed, visitor.conversation, "", *bar(model)])


class Textbook:
    """``gr.ChatInterface`` with a growing string."""

    name = "textbook"

    def __init__(self, port: int) -> None:
        self.port = port

    def command(self, base_url: str) -> list[str]:
        return ["benchmarks/textbook.py", str(self.port), base_url]

    async def visitor(self, history: int) -> Visitor:
        visitor = Visitor(self.port)
        await visitor.open()
        visitor.history = [shown(("user", "assistant")[i % 2], TEXT) for i in range(history)]
        return visitor

    async def send(self, visitor: Visitor, model: str) -> Observed:
        # The interface keeps what was typed and said on the server, in steps that the browser triggers one
        # after the other. Only the last, which streams, is measured: in the textbook's favour.
        await visitor.run(visitor.named("lambda")["id"], [visitor.history])
        await visitor.run(visitor.named("_clear_and_save_textbox")["id"], [model])
        return await visitor.run(visitor.named("_submit_fn")["id"], [None, None])


def shown(role: str, text: str) -> dict:
    """A message as the Chatbot sends it back."""
    return {"role": role, "content": [{"type": "text", "text": text}], "metadata": None, "options": None}


ARRIVAL = 1.0
"""Seconds within which a crowd sends its messages."""
TEXT = "The quick brown fox jumps over the lazy dog. " * 6


async def cpu_per_thousand(app, process, history: int, model: str, tokens: int, rounds: int) -> float:
    """Server CPU seconds per 1,000 tokens at full speed, after one round that warms everything."""
    visitor = await app.visitor(history)
    await app.send(visitor, model)
    used = []
    for _ in range(rounds):
        visitor = await app.visitor(history)
        before = cpu(process)
        seen = await app.send(visitor, model)
        used.append((cpu(process) - before) * 1000 / tokens)
        assert seen.ok and len(seen.lags) > 0
        await visitor.close()
    return statistics.median(used)


async def first_token(app, model: str, rounds: int) -> float:
    """Median milliseconds from sending to the first token seen."""
    visitor = await app.visitor(0)
    await app.send(visitor, model)
    seen = []
    for _ in range(rounds):
        visitor = await app.visitor(0)
        seen.append((await app.send(visitor, model)).first * 1000)
        await visitor.close()
    return statistics.median(seen)


async def crowd(app, visitors: int, model: str, arrival: float) -> dict[str, float]:
    """Many visitors at once, who send their messages one after the other within ``arrival`` seconds."""
    pages = [await app.visitor(0) for _ in range(visitors)]

    async def sent(index: int) -> Observed:
        await asyncio.sleep(arrival * index / visitors)
        return await app.send(pages[index], model)

    results = await asyncio.gather(*map(sent, range(visitors)), return_exceptions=True)
    good = [r for r in results if isinstance(r, Observed) and r.ok and r.first is not None]
    lags = [lag for r in good for lag in r.lags]
    await asyncio.gather(*(page.close() for page in pages))
    return {
        "errors": visitors - len(good),
        "first_p95_ms": percentile([r.first for r in good], 0.95) * 1000 if good else -1,
        "lag_p95_ms": percentile(lags, 0.95) * 1000 if lags else -1,
    }


async def direct_first_token(base_url: str, model: str, rounds: int) -> float:
    """Median milliseconds to the first token when the provider is asked without any page between."""
    seen = []
    async with httpx.AsyncClient(trust_env=False) as http:
        for _ in range(rounds):
            began = time.perf_counter()
            body = {"model": model, "messages": [], "stream": True}
            async with http.stream("POST", f"{base_url}/chat/completions", json=body) as response:
                async for _line in response.aiter_lines():
                    seen.append((time.perf_counter() - began) * 1000)
                    break
    return statistics.median(seen)


async def leaving(app: Ours, base_url: str, stop: bool) -> float:
    """Milliseconds until the provider's stalled connection is closed, after Stop or a closed page."""
    visitor = await app.visitor(0)
    running = asyncio.create_task(app.send(visitor, "stall-5"))
    await asyncio.sleep(1.0)
    left = time.time()
    if stop:
        listener = visitor.stop_listener()
        body = {"data": [], "fn_index": listener["id"], "session_hash": visitor.session, "trigger_id": 0}
        (await visitor.http.post("/gradio_api/run/predict", json=body)).raise_for_status()
    else:
        running.cancel()
    async with httpx.AsyncClient(trust_env=False) as http:
        for _ in range(200):
            closed = (await http.get(f"{base_url}/closed")).json()
            if closed and closed[-1] >= left:
                break
            await asyncio.sleep(0.02)
        else:
            raise AssertionError("the connection to the provider stayed open")
    await asyncio.gather(running, return_exceptions=True)
    await visitor.close()
    return (closed[-1] - left) * 1000


async def measure(app, process, base_url: str, quick: bool) -> dict[str, float]:
    """All figures of one app."""
    rounds = 3 if quick else 7
    figures = {}
    if isinstance(app, Ours):
        direct = await direct_first_token(base_url, "paced-50-20", rounds * 2)
        figures["first_token_added_ms"] = await first_token(app, "paced-50-20", rounds * 2) - direct
        figures["stop_closes_ms"] = max([await leaving(app, base_url, stop=True) for _ in range(rounds)])
        figures["leaving_closes_ms"] = max([await leaving(app, base_url, stop=False) for _ in range(rounds)])
        model, tokens = "fast-2000", 2000
    else:
        direct = await direct_first_token(base_url, "paced-50-200", rounds)
        figures["first_token_added_ms"] = await first_token(app, "paced-50-200", 2) - direct
        model, tokens, rounds = "fast-1000", 1000, 1
    figures["cpu_s_per_1000"] = await cpu_per_thousand(app, process, 0, model, tokens, rounds)
    figures["cpu_s_per_1000_history_200"] = await cpu_per_thousand(app, process, 200, model, tokens, rounds)
    for visitors in (10, 50):
        figures |= {
            f"{k}_{visitors}": v for k, v in (await crowd(app, visitors, "paced-50-200", ARRIVAL)).items()
        }
    return figures


TARGETS = {
    "first_token_added_ms": 30,
    "cpu_s_per_1000": 0.15,
    "cpu_s_per_1000_history_200": 0.2,
    "stop_closes_ms": 250,
    "leaving_closes_ms": 1000,
    "errors_10": 0,
    "first_p95_ms_10": 100,
    "lag_p95_ms_10": 60,
    "errors_50": 0,
    "first_p95_ms_50": 600,
    "lag_p95_ms_50": 300,
}


def main(quick: bool) -> None:
    results = {}
    with tempfile.TemporaryDirectory() as folder, upstream() as base_url:
        for make in (lambda port: Ours(port, Path(folder)), Textbook):
            app = make(free_port())
            environment = switchboard_environment(app.port, base_url, Path(folder))
            with server(app.command(base_url), app.port, environment, Path(folder)) as process:
                results[app.name] = run(measure(app, process, base_url, quick))
    print(f"{'':32}{'target':>10}{'switchboard':>14}{'textbook':>12}")
    for name, target in TARGETS.items():
        ours, theirs = results["switchboard"][name], results["textbook"].get(name)
        print(f"{name:32}{target:>10}{ours:>14.3f}{'' if theirs is None else f'{theirs:.3f}':>12}")
    print(json.dumps(results))


if __name__ == "__main__":
    main("--quick" in sys.argv)
