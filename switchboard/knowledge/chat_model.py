"""LangChain BaseChatModel around any of our backends.

The only place where a backend meets LangChain, so that switching providers exists once. Tools and schemas
do not pass through it: ``agent.py`` and ``backends/base.py`` have them.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.language_models.chat_models import agenerate_from_stream
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage, SystemMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from pydantic import SkipValidation

from switchboard.backends.base import Backend, ChatRequest, Sampling
from switchboard.context import fitted
from switchboard.errors import StreamCut
from switchboard.messages import (
    AssistantMessage,
    Event,
    Finish,
    Message,
    Source,
    TextDelta,
    UserMessage,
    user,
)

EVENT = "switchboard_event"
"""Where a chunk carries, in ``additional_kwargs``, the event it was made from."""


class BackendChatModel(BaseChatModel):
    """A backend as a LangChain chat model; ``bind(sources=...)`` gives it passages to cite.

    Attributes:
        backend: who answers.
        sampling: how it writes.
    """

    backend: SkipValidation[Backend]
    sampling: SkipValidation[Sampling] = Sampling()

    @property
    def _llm_type(self) -> str:
        return "switchboard"

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,  # noqa: ARG002
        run_manager: AsyncCallbackManagerForLLMRun | None = None,  # noqa: ARG002
        *,
        sources: Sequence[Source] = (),
        **_: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        system = "\n\n".join(str(m.content) for m in messages if isinstance(m, SystemMessage))
        said = tuple(from_langchain(m) for m in messages if not isinstance(m, SystemMessage))
        request = ChatRequest(said, system, sampling=self.sampling, sources=tuple(sources))
        request, notices = fitted(self.backend, request)
        for notice in notices:
            yield _chunk(notice)
        finished = False
        async with aclosing(self.backend.stream(request)) as events:  # type: ignore[type-var]
            async for event in events:
                finished = isinstance(event, Finish)
                yield _chunk(event)
        if not finished:
            raise StreamCut("The answer broke off.", "Ask again.")

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return await agenerate_from_stream(self._astream(messages, stop, run_manager, **kwargs))

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002
        **kwargs: Any,
    ) -> ChatResult:
        return asyncio.run(self._agenerate(messages, stop, **kwargs))


def to_langchain(messages: Sequence[Message]) -> list[BaseMessage]:
    """What was said, in LangChain's types; attachments, calls of tools and empty turns are left out."""
    said: list[BaseMessage] = []
    for message in messages:
        match message:
            case UserMessage() if message.text.strip():
                said.append(HumanMessage(message.text))
            case AssistantMessage(text) if text.strip():
                said.append(AIMessage(text))
    return said


def from_langchain(message: BaseMessage) -> Message:
    """One of LangChain's messages in our types."""
    text = str(message.content)
    return AssistantMessage(text) if isinstance(message, AIMessage) else user(text)


def _chunk(event: Event) -> ChatGenerationChunk:
    """The event in LangChain's form; what is not text travels inside it as it is."""
    if isinstance(event, TextDelta):
        return ChatGenerationChunk(message=AIMessageChunk(content=event.text))
    message = AIMessageChunk(content="", additional_kwargs={EVENT: [event]})
    if isinstance(event, Finish):
        message.response_metadata = {"finish_reason": event.reason.value}
        read, written = event.usage.input_tokens, event.usage.output_tokens
        if read is not None and written is not None:
            message.usage_metadata = {
                "input_tokens": read,
                "output_tokens": written,
                "total_tokens": read + written,
            }
    return ChatGenerationChunk(message=message)
