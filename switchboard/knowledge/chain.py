"""The LCEL chain that answers from passages: prompt → model → events with checked citations.

Finding the passages comes before: see ``retriever.py``.
"""

from collections.abc import AsyncIterator, Sequence
from functools import partial
from typing import Any

from langchain_core.messages import AIMessageChunk
from langchain_core.prompts import ChatPromptTemplate, MessagesPlaceholder
from langchain_core.runnables import Runnable, RunnableGenerator

from switchboard.backends.base import Backend, Sampling
from switchboard.errors import SwitchboardError
from switchboard.knowledge.chat_model import EVENT, BackendChatModel
from switchboard.knowledge.citations import CitationFilter
from switchboard.messages import Event, Finish, Source, TextDelta

_SYSTEM = (
    "You answer questions about a collection of documents. Use only the numbered sources; the conversation "
    "so far says what a question refers to. Be brief and exact, keep figures, names and dates as the sources "
    "have them, and mention it when sources disagree."
)
_PROMPT = ChatPromptTemplate.from_messages(
    [("system", _SYSTEM), MessagesPlaceholder("history"), ("human", "{question}")]
)


def answering(
    backend: Backend, sources: Sequence[Source], sampling: Sampling
) -> Runnable[dict[str, Any], Event]:
    """A chain from ``{"question": str, "history": LangChain messages}`` to the answer's events."""
    model = BackendChatModel(backend=backend, sampling=sampling).bind(sources=tuple(sources))
    return _PROMPT | model | RunnableGenerator(partial(_events, sources=len(sources)))


async def _events(chunks: AsyncIterator[AIMessageChunk], *, sources: int) -> AsyncIterator[Event]:
    """The events that the chunks carry; their text goes through the citation filter."""
    citations = CitationFilter(sources)
    try:
        async for chunk in chunks:
            carried: list[Event] = chunk.additional_kwargs.get(EVENT, [])
            ends = any(isinstance(event, Finish) for event in carried)
            if shown := citations.flush() if ends else citations.feed(str(chunk.content)):
                yield TextDelta(shown)
            for event in carried:
                yield event
    except SwitchboardError:
        # What had streamed before the model failed is kept, to the last character.
        if shown := citations.flush():
            yield TextDelta(shown)
        raise
