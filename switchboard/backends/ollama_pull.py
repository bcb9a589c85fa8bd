"""How far a pull is.

Ollama reports each layer of a model by itself; a person wants one figure. Pulling is in ``ollama.py``.
"""

import re
from dataclasses import dataclass

from switchboard.errors import UnknownChoice

_NAME = re.compile(r"[\w.:/@-]{1,200}", re.ASCII)


@dataclass(frozen=True, slots=True)
class PullProgress:
    """How far a pull is; ``completed`` and ``total`` are bytes over all layers seen so far."""

    status: str
    completed: int = 0
    total: int = 0

    @property
    def text(self) -> str:
        """It in one line: Ollama's words, and how much of how many gigabytes."""
        if not self.total:
            return self.status
        return f"{self.status} ({self.completed / 1e9:.2f} of {self.total / 1e9:.2f} GB)"


class Layers:
    """The layers of one pull."""

    def __init__(self) -> None:
        self._sizes: dict[str, tuple[int, int]] = {}

    def seen(self, status: str, digest: str | None, completed: int | None, total: int | None) -> PullProgress:
        """Where the pull is after this report of Ollama's."""
        if digest and total:
            self._sizes[digest] = (completed or 0, total)
        return PullProgress(
            status,
            sum(done for done, _ in self._sizes.values()),
            sum(size for _, size in self._sizes.values()),
        )


def checked_name(model: str) -> str:
    """The name, if a model can be called that.

    Raises:
        UnknownChoice: it cannot.
    """
    if not _NAME.fullmatch(model):
        raise UnknownChoice("That is no name of a model.", "Names look like llama3.2 or qwen3:4b.")
    return model
