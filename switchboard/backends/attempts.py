"""When a provider is asked again.

A stream that fails before its first event has shown nothing to anybody, so it is started again, twice at most
and within half a minute; after its first event it never is. What a failure means is ``failures.py``.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from switchboard.backends.failures import timed_out
from switchboard.errors import BackendError, Overloaded, RateLimited, StreamCut, Unreachable
from switchboard.messages import Event

PAUSES = (0.4, 1.2)
"""Seconds before each further attempt."""
FIRST_EVENT_SECONDS = 30.0
"""How long all attempts and pauses together may last until the first event."""

_PASSING = (Overloaded, RateLimited, StreamCut, Unreachable)


async def with_retries(
    provider: str,
    attempt: Callable[[], AsyncGenerator[Event | None, None]],
    within: float = FIRST_EVENT_SECONDS,
) -> AsyncGenerator[Event, None]:
    """Yield the events of the first attempt that has any.

    Args:
        provider: its name as the page shows it.
        attempt: starts the stream; each call is a new request. ``None`` before its first event is a sign of
            life, after which a model may think as long as it likes.
        within: seconds until the first event or sign of life.

    Raises:
        TimedOut: there was none in time.
        BackendError: the last attempt's, at once where another would not help or not fit in the time.
    """
    clock = asyncio.get_running_loop().time
    deadline = clock() + within
    pauses = iter(PAUSES)
    while True:
        async with aclosing(attempt()) as events:
            try:
                async with asyncio.timeout_at(deadline) as limit:
                    while (first := await anext(events)) is None:
                        limit.reschedule(None)
            except StopAsyncIteration:
                return
            except TimeoutError as exc:
                raise timed_out(provider, within) from exc
            except _PASSING as exc:
                pause = _pause(exc, next(pauses, None))
                if pause is None or clock() + pause >= deadline:
                    raise
            else:
                yield first
                async for event in events:
                    if event is not None:
                        yield event
                return
        await asyncio.sleep(pause)


def _pause(failure: BackendError, planned: float | None) -> float | None:
    if planned is None or not isinstance(failure, RateLimited) or failure.retry_after is None:
        return planned
    return max(planned, failure.retry_after)
