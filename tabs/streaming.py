"""Events of an answer, gathered into as few updates of the page as look smooth.

Gradio compares and sends the whole conversation at every update, so an update a token would cost more than
the answer. Here a task reads the events as they come, and what has gathered is handed on by the clock.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, contextmanager, suppress
from typing import TypeVar

import gradio as gr

from switchboard.errors import SwitchboardError
from switchboard.sessions import COOKIE, Run, Visitor, Visitors

FLUSH_SECONDS = 0.045
FLUSH_SECONDS_A_STREAM = 0.0035
"""What an update costs the server, so that many visitors share one core without a backlog."""
IDLE_SECONDS = 0.4
"""How often an answer without news is looked at: Gradio notices a closed page only then."""

Item = TypeVar("Item")


class Pacer:
    """The clock of all answers that are being written."""

    def __init__(self) -> None:
        self._streams = 0

    @property
    def interval(self) -> float:
        """Seconds between two updates of one answer."""
        return max(FLUSH_SECONDS, self._streams * FLUSH_SECONDS_A_STREAM)

    async def batches(self, events: AsyncGenerator[Item], run: Run) -> AsyncIterator[list[Item]]:
        """Yield the events in batches, the first at once; an empty batch while there is no news.

        When ``run`` is stopped the events end; when this iterator is closed they are closed within a moment,
        and with them the connection to the provider.

        Raises:
            SwitchboardError: what ``events`` raises, after all that came before it.
        """
        gathered: list[Item] = []
        arrived = asyncio.Event()

        async def pump() -> None:
            async with aclosing(events):
                async for event in events:
                    gathered.append(event)
                    arrived.set()

        task = asyncio.create_task(pump())
        task.add_done_callback(lambda _: arrived.set())
        run.on_stop(task.cancel)
        self._streams += 1
        try:
            while not task.done() or gathered:
                with suppress(TimeoutError):
                    await asyncio.wait_for(arrived.wait(), IDLE_SECONDS)
                arrived.clear()
                batch = gathered.copy()
                gathered.clear()
                yield batch
                if batch and not task.done():
                    await asyncio.wait({task}, timeout=self.interval)
            if not task.cancelled():
                task.result()
        finally:
            self._streams -= 1
            task.cancel()
            await asyncio.wait({task})


@contextmanager
def plain_errors() -> Iterator[None]:
    """Show an error of ours as a message on the page; any other is a bug and stays one.

    Raises:
        gr.Error: in the place of a ``SwitchboardError``.
    """
    try:
        yield
    except SwitchboardError as exc:
        raise gr.Error(str(exc), title="Not done", print_exception=False) from exc


def visitor_of(visitors: Visitors, request: gr.Request) -> Visitor:
    """The visitor behind a request, by the cookie that only the server and that browser know."""
    return visitors.visitor(request.cookies.get(COOKIE, ""))


def place_of(tab: str, request: gr.Request) -> str:
    """The name of a tab in one open page; it says where, and gives no right to anything."""
    return f"{tab}:{request.session_hash}"
