"""The chat as an endpoint for programs: ``/chat``, for ``gradio_client`` and plain HTTP.

Nothing is saved: the caller brings the history along. The handlers of the page itself are private.
"""

import inspect
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, aclosing
from dataclasses import dataclass
from typing import Any

import gradio as gr

from switchboard.backends.base import Backend, ChatRequest, Sampling
from switchboard.backends.catalog import checked_choice
from switchboard.chat import checked_message
from switchboard.conversations import SYSTEM_CHARACTERS
from switchboard.errors import BadInput, TooLarge
from switchboard.inputs import text_of
from switchboard.messages import AssistantMessage, Message, TextDelta, user
from switchboard.services import Services
from switchboard.sessions import KEY_CHARACTERS, Run, Visitor, checked_key
from tabs.streaming import Pacer, plain_errors, visitor_of

HISTORY_MESSAGES = 1_000
_TURNS = {"user": user, "assistant": AssistantMessage}


def chat_endpoint(services: Services, pacer: Pacer) -> None:
    """Add ``/chat`` to the page that is being built."""

    async def chat(
        request: gr.Request,
        message: str,
        system_prompt: str = "",
        provider: str = "reader",
        model: str = "",
        key: str = "",
        address: str = "",
        history: list[dict[str, str]] | None = None,
    ) -> AsyncIterator[str]:
        """Answer a message; each item of the stream is the answer so far.

        Args:
            request: the caller; filled in by the server.
            message: what to answer, at most 200,000 characters.
            system_prompt: what the model is told before the conversation.
            provider: openai, claude, ollama, compatible or reader.
            model: the provider's name for the model; empty takes the suggested one.
            key: your key for the provider; used for this call and not kept.
            address: where an OpenAI-compatible or Ollama server is; empty takes the operator's.
            history: earlier turns, each {"role": "user" or "assistant", "content": text}.
        """
        with plain_errors():
            characters = services.settings.message_characters
            asked = checked_message(user(_text(message, "message", characters)), characters)
            turns = (*checked_history(history, characters), asked)
            system = _text(system_prompt, "system prompt", SYSTEM_CHARACTERS)
            caller = caller_of(services, request, provider, model, key, address)
            text = ""
            with caller.running() as run:
                events = caller.backend.stream(ChatRequest(turns, system, sampling=caller.sampling))
                async with aclosing(pacer.batches(events, run)) as batches:
                    async for batch in batches:
                        text += "".join(event.text for event in batch if isinstance(event, TextDelta))
                        yield text

    gr.api(chat, api_name="chat", api_description=inspect.getdoc(chat), concurrency_limit=None)


@dataclass(frozen=True, slots=True)
class Caller:
    """A program that asks: who it is, and the model that answers it."""

    visitor: Visitor
    place: str
    limit: int
    backend: Backend
    sampling: Sampling

    def running(self) -> AbstractContextManager[Run]:
        """Count an answer among the caller's running ones, as ``Visitor.running`` does."""
        return self.visitor.running(self.place, self.limit)


def caller_of(
    services: Services, request: gr.Request, provider: object, model: object, key: object, address: object
) -> Caller:
    """The caller with the model of their choice; a key of their own serves this call alone.

    Raises:
        BadInput: the choice or the key has no proper form.
        BackendError: as ``Catalog.open`` raises it.
    """
    choice = checked_choice(provider, model, address, None, None)
    own_key = checked_key(_text(key, "key", KEY_CHARACTERS))
    visitor = visitor_of(services.visitors, request)
    backend = services.catalog.open(choice, own_key) if own_key else services.backend(visitor, choice)
    place, limit = f"api:{request.session_hash}", services.settings.runs_per_visitor
    return Caller(visitor, place, limit, backend, choice.sampling)


def checked_history(history: Any, characters: int) -> list[Message]:
    """The caller's turns as messages, of at most so many ``characters`` each.

    Raises:
        BadInput: a turn is malformed, or of a role that a caller may not speak in: an order to the model
            belongs into the system prompt, and a tool's result comes from a tool.
    """
    if history is None:
        return []
    if not isinstance(history, list) or len(history) > HISTORY_MESSAGES:
        raise BadInput(f"The history is no list of at most {HISTORY_MESSAGES:,} turns.", "Send fewer turns.")
    turns: list[Message] = []
    for turn in history:
        match turn:
            case {"role": ("user" | "assistant") as role, "content": str() as content}:
                turns.append(_TURNS[role](_text(content, "turn of the history", characters)))
            case _:
                raise BadInput(
                    "A turn of the history cannot be used.",
                    'Each is {"role": "user" or "assistant", "content": text}.',
                )
    return turns


def _text(value: Any, what: str, characters: int) -> str:
    if not isinstance(value, str):
        raise BadInput(f"The {what} is no text.", "Send a text.")
    if len(value) > characters:
        raise TooLarge(f"The {what} is over {characters:,} characters.", "Shorten it.")
    return text_of(value)
