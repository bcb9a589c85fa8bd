"""When a connection is opened: at the first question, off the event loop, once.

How it is opened is each provider's: it imports the SDK, which takes up to a second.
"""

import asyncio
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from switchboard.backends.connection import Connection


class Opening:
    """A connection that is opened when it is first asked for.

    Sockets belong to the event loop that opened them, so that another loop (a second ``asyncio.run`` at a
    Python prompt) gets a connection of its own.

    Args:
        opened: opens it; called in a thread.
    """

    def __init__(self, opened: Callable[[], "Connection"]) -> None:
        self._opened = opened
        self._lock = threading.Lock()
        self._connection: Connection | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def connection(self) -> "Connection":
        """The connection of the running loop.

        Raises:
            KeyRefused: the key cannot stand in a header.
            BadInput: the address is none.
        """
        loop = asyncio.get_running_loop()
        if self._connection is None or self._loop is not loop:
            return await asyncio.to_thread(self._open, loop)
        return self._connection

    async def aclose(self) -> None:
        """Close the connection, if it was opened; the next question opens another."""
        closing, self._connection = self._connection, None
        if closing is not None and self._loop is asyncio.get_running_loop():
            await closing.aclose()

    def _open(self, loop: asyncio.AbstractEventLoop) -> "Connection":
        with self._lock:
            if self._connection is None or self._loop is not loop:
                self._connection, self._loop = self._opened(), loop
            return self._connection
