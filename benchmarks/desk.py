"""What the airline's desk costs without a model: filling its world, a tool call, a reply of the reader.

usage: python benchmarks/desk.py

A world of its own is made in a temporary folder. Each tool is called through its JSON arguments, as a model
calls it, with arguments that differ from call to call; the proposals are confirmed. Times are wall-clock
milliseconds on this machine, so look at the medians. Prints a table and, last, one JSON object.
"""

import asyncio
import itertools
import json
import statistics
import sys
import tempfile
import time
from collections import deque
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from switchboard.airline.desk import AirlineDesk
from switchboard.backends.base import Sampling
from switchboard.backends.reader import ReaderBackend
from switchboard.errors import ToolError
from switchboard.tools import Tool

NOW = datetime(2026, 5, 14, 9, 30, tzinfo=UTC)
CUSTOMER = "lena_fischer"
CALLS = 60
QUESTIONS = ("flight price from Delhi to Mumbai", "status of LK101", "my bookings", "hello")
ASKED = {"tool call": 5.0, "search_onestop_flight": 50.0, "reply": 100.0}
"""Milliseconds at the median that are allowed."""


def arguments(desk: AirlineDesk) -> dict[str, list[dict[str, Any]]]:
    """Arguments for each tool that looks something up, and for two that propose."""
    cities = [airport.code for airport in desk.store().airports.values()]
    days = [(NOW + timedelta(n)).date().isoformat() for n in range(1, 40)]
    trips = [
        {"origin": origin, "destination": destination, "date": days[n % len(days)]}
        for n, (origin, destination) in enumerate(itertools.permutations(cities, 2))
    ][:: len(cities)]
    codes = [one.code for one in desk.reservations(CUSTOMER)]
    with desk.store().view() as view:
        numbers = view.numbers()
    return {
        "get_ticket_price": [{**trip, "date": ""} for trip in trips],
        "search_direct_flight": trips,
        "search_onestop_flight": trips,
        "get_flight_status": [
            {"flight_number": number, "date": day} for number, day in zip(numbers, itertools.cycle(days))
        ],
        "list_reservations": [{}],
        "get_reservation_details": [{"reservation_id": code} for code in codes],
        "get_user_details": [{}],
        "list_all_airports": [{}],
        "calculate": [{"expression": "2 * ((350 - 122) + (499 - 127))"}],
        "book_direct_flight": [{"flight_number": "LK101", "date": day} for day in days[20:]],
    }


async def milliseconds(tool: Tool, given: list[dict[str, Any]]) -> tuple[float, float]:
    """The median and the 95th percentile of calling a tool."""
    taken = []
    for values in itertools.islice(itertools.cycle(given), CALLS):
        text = json.dumps(values)
        began = time.perf_counter()
        with suppress(ToolError):
            await tool.call(text)
        taken.append((time.perf_counter() - began) * 1000)
    taken.sort()
    return statistics.median(taken), taken[int(0.95 * len(taken))]


async def reply(desk: AirlineDesk, question: str) -> float:
    """The median of the reader's whole reply."""
    taken = []
    for _ in range(15):
        began = time.perf_counter()
        async for _event in desk.reply(ReaderBackend(), "me", (), question, CUSTOMER, Sampling()):
            pass
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        desk = AirlineDesk(Path(folder) / "larkspur.db", lambda: NOW)
        began = time.perf_counter()
        desk.store()
        filled = time.perf_counter() - began
        made: deque[Any] = deque()
        tools = {tool.name: tool for tool in desk.tools("me", CUSTOMER, made)}
        print(f"{'filling the world':<40} {filled:8.2f} s")
        figures: dict[str, float] = {}
        for name, given in arguments(desk).items():
            median, slow = asyncio.run(milliseconds(tools[name], given))
            figures[name] = round(median, 2)
            print(f"{name:<40} {median:8.2f} ms   p95 {slow:8.2f} ms")
        began = time.perf_counter()
        confirmed = [desk.proposals.confirm("me", one.token) for one in desk.proposals.open("me", CUSTOMER)]
        figures["confirm"] = round((time.perf_counter() - began) * 1000 / max(1, len(confirmed)), 2)
        print(f"{'confirm':<40} {figures['confirm']:8.2f} ms   ({len(confirmed)} bookings)")
        replies = {question: round(asyncio.run(reply(desk, question)), 1) for question in QUESTIONS}
        for question, median in replies.items():
            print(f"reader: {question:<32} {median:8.1f} ms")
        calls = [value for name, value in figures.items() if name != "search_onestop_flight"]
        print(
            json.dumps(
                {
                    "fill_s": round(filled, 2), "tools_ms": figures, "replies_ms": replies,
                    "median_tool_ms": round(statistics.median(calls), 2), "asked_ms": ASKED,
                }
            )
        )  # fmt: skip


if __name__ == "__main__":
    main()
