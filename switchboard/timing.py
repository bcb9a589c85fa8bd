"""How an answer comes about, observed from its events: time, tokens, cost, ending.

It watches what passes by and changes nothing.
"""

import time

from switchboard.backends.base import Backend
from switchboard.backends.costs import cost
from switchboard.messages import Finish, FinishReason, Notice, TextDelta, Usage
from switchboard.records import Ending, Note

_ENDINGS = {
    FinishReason.STOP: Ending.DONE,
    FinishReason.TOOL_CALLS: Ending.DONE,
    FinishReason.LENGTH: Ending.CUT,
    FinishReason.FILTERED: Ending.FILTERED,
}


class AnswerWatch:
    """A stopwatch that runs from its making, for one answer of ``backend``."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._began = time.perf_counter()
        self._first: float | None = None
        self._warnings: list[str] = []
        self._usage = Usage()
        self.ending: Ending | None = None
        """Why it ended; ``None`` as long as no ``Finish`` has come."""

    def see(self, event: object) -> None:
        """Take an event of the answer into account."""
        match event:
            case TextDelta() if self._first is None:
                self._first = time.perf_counter() - self._began
            case Notice(words):
                self._warnings.append(words)
            case Finish(reason, usage):
                self.ending = _ENDINGS[reason]
                self.add(usage)

    def add(self, usage: Usage) -> None:
        """Count the tokens of a request that was made for the answer."""
        self._usage += usage

    def warn(self, words: str) -> None:
        """Add what the person should know of the answer."""
        self._warnings.append(words)

    def note(self, ending: Ending | None = None) -> Note:
        """What is known by now; ``ending`` goes before the one that was seen, none at all means stopped."""
        return Note(
            provider=self._backend.provider,
            model=self._backend.model,
            ending=ending or self.ending or Ending.STOPPED,
            usage=self._usage,
            seconds=time.perf_counter() - self._began,
            first_seconds=self._first,
            cost=cost(self._backend.provider, self._backend.model, self._usage),
            warnings=tuple(self._warnings),
        )
