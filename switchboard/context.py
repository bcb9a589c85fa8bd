"""A request, fitted into what the model can take.

Drops what cannot be sent, never rewrites what is: shortening a conversation by summary is not covered.
"""

from dataclasses import replace

from switchboard.backends.base import Backend, Capability, ChatRequest
from switchboard.backends.costs import context_window
from switchboard.errors import Unsupported
from switchboard.messages import (
    AssistantMessage,
    Document,
    Image,
    Message,
    Notice,
    Text,
    UserMessage,
)

CHARACTERS_A_TOKEN = 3
"""On the low side for English, about right for German and code, so that a prompt rather fits."""
ANSWER_TOKENS = 4_096
"""Room left in the window for the answer."""


def fitted(backend: Backend, request: ChatRequest) -> tuple[ChatRequest, list[Notice]]:
    """The request with what the model cannot take left out: earlier images, and turns beyond its window.

    Returns:
        The request to send, and a notice for everything that was left out.

    Raises:
        Unsupported: the last message carries an image that the model cannot see.
    """
    notices: list[Notice] = []
    messages = list(request.messages)
    if Capability.IMAGES not in backend.capabilities and Capability.LANGUAGE in backend.capabilities:
        if messages and _has_image(messages[-1]):
            raise Unsupported(
                f"{backend.model} cannot see images.", "Remove the image, or choose another model."
            )
        if any(map(_has_image, messages)):
            messages = [_without_images(message) for message in messages]
            notices.append(Notice(f"{backend.model} cannot see images: those sent earlier were left out."))
    kept = _newest(messages, context_window(backend.model), len(request.system))
    if left_out := len(messages) - len(kept):
        notices.append(
            Notice(f"The first {left_out:,} messages were left out: they do not fit the model's window.")
        )
    return replace(request, messages=tuple(kept)), notices


def _newest(messages: list[Message], window: int | None, system: int) -> list[Message]:
    if window is None:
        return messages
    room = (window - ANSWER_TOKENS) * CHARACTERS_A_TOKEN - system
    for index in range(len(messages) - 1, -1, -1):
        room -= _length(messages[index])
        if room < 0 and index < len(messages) - 1:
            kept = messages[index + 1 :]
            starts = [i for i, message in enumerate(kept) if isinstance(message, UserMessage)]
            return kept[starts[0] :] if starts else messages[-1:]
    return messages


def _length(message: Message) -> int:
    match message:
        case UserMessage(parts):
            return sum(len(part.text) for part in parts if isinstance(part, Text | Document))
        case AssistantMessage(text, calls):
            return len(text) + sum(len(call.arguments) for call in calls)
        case _:
            return len(message.text)


def _has_image(message: Message) -> bool:
    return isinstance(message, UserMessage) and any(isinstance(part, Image) for part in message.parts)


def _without_images(message: Message) -> Message:
    if not isinstance(message, UserMessage) or not _has_image(message):
        return message
    parts = (Text(f"(image {p.name})") if isinstance(p, Image) else p for p in message.parts)
    return UserMessage(tuple(parts))
