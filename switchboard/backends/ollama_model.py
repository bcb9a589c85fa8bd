"""What Ollama says about one of its models.

From ``/api/show``: what it can do and how long a prompt it holds, with the window to ask for, because
Ollama cuts a prompt to its window without a word. Asking for it stands in ``ollama.py``.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from switchboard.backends.base import Capability

WINDOW_TOKENS = 4096
"""The smallest window asked for: Ollama's own default (docs.ollama.com/context-length)."""

ANSWER_TOKENS = 2048
"""Room left for an answer whose length the request does not limit."""

IMAGE_TOKENS = 1600
"""The most that the common vision models take for an image (llama3.2-vision; gemma3 takes 256)."""

BYTES_A_TOKEN = 3
"""Lower than the usual 4 of English text: code and other languages take more tokens for the same bytes."""

_NUM_CTX = re.compile(r"^num_ctx\s+(\d+)\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """A model as Ollama describes it.

    Attributes:
        capabilities: in Ollama's words, such as "tools"; ``None`` where it does not say.
        context_length: the tokens that the model was made for; ``None`` where it does not say.
        num_ctx: the window that the model's author set, or 0.
    """

    capabilities: frozenset[str] | None = None
    context_length: int | None = None
    num_ctx: int = 0

    def may(self, capability: str) -> bool:
        """Whether the model can do it, or Ollama does not say that it cannot."""
        return self.capabilities is None or capability in self.capabilities

    def has(self, capability: str) -> bool:
        """Whether Ollama says that the model can do it."""
        return self.capabilities is not None and capability in self.capabilities

    @property
    def contract(self) -> frozenset[Capability]:
        """The capabilities in the words of ``base.py``."""
        asked = {Capability.TOOLS: "tools", Capability.IMAGES: "vision"}
        always = {Capability.LANGUAGE, Capability.SCHEMA, Capability.TEMPERATURE}
        return frozenset(always | {ours for ours, theirs in asked.items() if self.may(theirs)})

    def window(self, prompt: int, answer: int | None) -> int:
        """The window in tokens to ask for, for a prompt and an answer of so many tokens.

        A power of two, because Ollama loads the model anew when the window changes.
        """
        wanted = max(WINDOW_TOKENS, self.num_ctx, prompt + (answer or ANSWER_TOKENS))
        step: int = 1 << (wanted - 1).bit_length()
        return min(step, self.context_length) if self.context_length else step

    def fits(self, prompt: int) -> bool:
        """Whether so long a prompt leaves room for an answer, as far as is known."""
        return self.context_length is None or prompt <= self.context_length * 7 // 8


def described(
    capabilities: Sequence[str] | None, model_info: Mapping[str, Any] | None, parameters: str | None
) -> ModelFacts:
    """The facts in an answer of ``/api/show``.

    Args:
        capabilities: its field of that name.
        model_info: keyed by architecture, such as ``llama.context_length``.
        parameters: lines of a name and a value, as the model's author set them.
    """
    lengths = [
        value
        for name, value in (model_info or {}).items()
        if name.endswith(".context_length") and isinstance(value, int) and value > 0
    ]
    set_window = _NUM_CTX.search(parameters or "")
    return ModelFacts(
        capabilities=None if capabilities is None else frozenset(capabilities),
        context_length=lengths[0] if lengths else None,
        num_ctx=int(set_window[1]) if set_window else 0,
    )
