"""The values of a conversation: what is said to a model, what comes back.

Pure data. Nothing here knows a provider's format, stores anything or talks to anybody: each backend
translates in its own file, and ``conversations.py`` keeps the messages.
"""

from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True)
class Text:
    """Plain text that a person wrote."""

    text: str


@dataclass(frozen=True, slots=True)
class Image:
    """A picture; ``media_type`` is image/png, image/jpeg, image/gif or image/webp."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Document:
    """The text of an attached file, already extracted."""

    name: str
    text: str


Part = Text | Image | Document


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A model's wish to call a tool; also an event of a stream, complete when it is yielded.

    ``arguments`` is the JSON text as the model wrote it, unchecked: it may not even parse.
    """

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class UserMessage:
    """What a person said and attached."""

    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        """The words the person typed, attachments left out."""
        return "\n\n".join(part.text for part in self.parts if isinstance(part, Text))


@dataclass(frozen=True, slots=True)
class AssistantMessage:
    """What a model said and which tools it wished to call."""

    text: str
    tool_calls: tuple[ToolCall, ...] = ()


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool returned to the call ``call_id``; ``failed`` marks an expected failure."""

    call_id: str
    name: str
    text: str
    failed: bool = False


Message = UserMessage | AssistantMessage | ToolResult


def user(text: str) -> UserMessage:
    """A message of one plain text."""
    return UserMessage((Text(text),))


@dataclass(frozen=True, slots=True)
class Source:
    """A passage that an answer may use and cite as ``[number]``; ``number`` counts from 1."""

    number: int
    title: str
    text: str
    place: str = ""
    """Where it stands: a web address, or a file's path and heading."""


class FinishReason(Enum):
    """Why a model stopped."""

    STOP = "stop"
    LENGTH = "length"
    TOOL_CALLS = "tool_calls"
    FILTERED = "filtered"


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the provider counted them; ``None`` where it did not say."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None
    """Those of ``input_tokens`` that were read from the provider's cache."""

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            _sum(self.input_tokens, other.input_tokens),
            _sum(self.output_tokens, other.output_tokens),
            _sum(self.cached_tokens, other.cached_tokens),
        )


def _sum(one: int | None, two: int | None) -> int | None:
    return two if one is None else one if two is None else one + two


@dataclass(frozen=True, slots=True)
class TextDelta:
    """The next piece of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    """The next piece of what the model thinks aloud before it answers."""

    text: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the person should know about this answer, such as a prompt that was cut to fit."""

    text: str


@dataclass(frozen=True, slots=True)
class Finish:
    """The last event of every stream that did not raise."""

    reason: FinishReason
    usage: Usage = Usage()


Event = TextDelta | ReasoningDelta | ToolCall | Notice | Finish
