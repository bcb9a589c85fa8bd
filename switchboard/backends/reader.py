"""A backend without a language model, so that everything answers before anyone has a key.

It calls the tool that a message matches, puts results into plain words, and quotes sources, attached text and
the application's manual with the place. It writes no sentence of its own beyond ``reader_words.py``, sees no
pictures, and ignores the system prompt and sampling.
"""

import asyncio
import re
from collections.abc import AsyncGenerator, Callable, Sequence
from itertools import groupby

from switchboard.backends import reader_words as words
from switchboard.backends.base import Capability, ChatRequest, Model, Status
from switchboard.backends.reader_answers import NEAR, Index
from switchboard.backends.reader_quotes import Quote, document_quotes, manual_quotes, source_quotes
from switchboard.backends.reader_results import result_words
from switchboard.errors import Unsupported
from switchboard.matcher import Matched, Missing, match
from switchboard.messages import (
    AssistantMessage,
    Document,
    Event,
    Finish,
    FinishReason,
    Image,
    Message,
    Source,
    TextDelta,
    ToolCall,
    ToolResult,
    UserMessage,
)
from switchboard.sentences import Kind

EARLIER_TURNS = 3
DOCUMENTS = 10
"""The latest attached files that are read."""
DOCUMENT_CHARACTERS = 1_000_000
"""The most of their text that is read in all, the latest first: two seconds' work."""

_PIECES = re.compile(r"\s*\S+(?:[^\S\n]+\S+){0,2}\s*")


class ReaderBackend:
    """The built-in reader.

    Args:
        manual: the application's manual in Markdown, from which questions about it are answered.
    """

    provider = "Built-in reader"
    model = "reader"
    capabilities = frozenset({Capability.TOOLS})

    def __init__(self, manual: str = "") -> None:
        self._manual = manual

    async def stream(self, request: ChatRequest) -> AsyncGenerator[Event, None]:
        """Yield a tool call, or the answer in small pieces, and a ``Finish``; no tokens are counted.

        Raises:
            Unsupported: the answer is to keep to a schema.
        """
        if request.schema is not None:
            raise Unsupported("The built-in reader does not keep to a schema.", "Choose a language model.")
        reply = await asyncio.to_thread(_reply, request, self._manual)
        if isinstance(reply, ToolCall):
            yield reply
            yield Finish(FinishReason.TOOL_CALLS)
            return
        for piece in _PIECES.findall(reply):
            yield TextDelta(piece)
            # Lets a Stop in between the pieces; nothing is waited for.
            await asyncio.sleep(0)
        yield Finish(FinishReason.STOP)

    async def models(self) -> list[Model]:
        """The reader itself."""
        return [Model(self.model)]

    async def check(self) -> Status:
        """Always ready."""
        return Status(True, "The built-in reader answers. It is no language model.")


def _reply(request: ChatRequest, manual: str) -> str | ToolCall:
    messages = request.messages
    if results := _latest_results(messages):
        return "\n\n".join(map(result_words, results))
    match match(messages, request.tools):
        case Matched(tool, arguments):
            return ToolCall(f"call_{_calls(messages) + 1}", tool.name, arguments)
        case Missing(question=question):
            return question
    said = [message for message in messages if isinstance(message, UserMessage)]
    text = said[-1].text if said else ""
    seen = bool(said) and any(isinstance(part, Image) for part in said[-1].parts)
    documents = _documents(said)
    if request.tools and request.sources and not words.small_talk(text):
        # Beside tools stand only passages that were chosen for this message.
        answer = "\n\n".join(source.text for source in request.sources)
    elif (request.sources or documents) and not words.small_talk(text):
        answer = _quoted(request.sources, documents, said, manual)
        if not request.sources and sum(len(document.text) for document in documents) >= DOCUMENT_CHARACTERS:
            answer += f"\n\n{words.CUT.format(DOCUMENT_CHARACTERS)}"
    elif seen:
        answer = _from_manual(said, manual)
    else:
        answer = _spoken(request, said, manual)
    return f"{words.CANNOT_SEE}\n\n{answer}".strip() if seen else answer


def _latest_results(messages: Sequence[Message]) -> list[ToolResult]:
    results: list[ToolResult] = []
    for message in reversed(messages):
        if not isinstance(message, ToolResult):
            break
        results.insert(0, message)
    return results


def _calls(messages: Sequence[Message]) -> int:
    return sum(len(message.tool_calls) for message in messages if isinstance(message, AssistantMessage))


def _quoted(
    sources: Sequence[Source], documents: Sequence[Document], said: Sequence[UserMessage], manual: str
) -> str:
    """An answer or a summary from the sources, or else from the attached files."""
    if sources:
        index, cite = Index(source_quotes(sources)), _by_number
    else:
        index, cite = Index(document_quotes(documents)), _by_place
    text = said[-1].text if said else ""
    if words.wants_summary(text):
        return _summary(index.summary(words.summary_focus(text)), cite)
    if quotes := index.answer(text, _earlier(said)):
        return _joined(quotes, cite)
    if sources:
        return f"{words.NOT_IN_SOURCES} {words.OTHER_WORDS}"
    if answer := _from_manual(said, manual):
        return answer
    if nearest := index.answer(text, _earlier(said), NEAR)[:1]:
        return f"{words.NOT_IN_FILES} {words.NEAREST}\n\n{_joined(nearest, cite)}"
    return f"{words.NOT_IN_FILES} {words.OTHER_WORDS}"


def _from_manual(said: Sequence[UserMessage], manual: str) -> str:
    if not said or not manual:
        return ""
    return _joined(Index(manual_quotes(manual)).answer(said[-1].text, _earlier(said)), _by_place)


def _earlier(said: Sequence[UserMessage]) -> list[str]:
    return [turn.text for turn in said[:-1]][-EARLIER_TURNS:]


def _documents(said: Sequence[UserMessage]) -> list[Document]:
    attached = [part for turn in said for part in turn.parts if isinstance(part, Document)][-DOCUMENTS:]
    kept: list[Document] = []
    left = DOCUMENT_CHARACTERS
    for document in reversed(attached):
        kept.insert(0, Document(document.name, document.text[:left]))
        left -= len(kept[0].text)
    return kept


def _spoken(request: ChatRequest, said: Sequence[UserMessage], manual: str) -> str:
    """Small talk, an answer from the manual, or what the reader can do instead."""
    text = said[-1].text if said else ""
    can = words.abilities(request.tools)
    if talk := words.small_talk(text):
        return words.talked(talk, can)
    if request.tools or not text.strip():
        return f"{can}\n\n{words.NO_MODEL}"
    if answer := _from_manual(said, manual):
        return answer
    if words.asks_how_to_switch(text):
        return words.SWITCH_ON
    return f"{words.UNANSWERED} {words.NO_MODEL}\n\n{words.CAN}\n\n{words.SWITCH_ON}"


Cite = Callable[[Quote, bool], str]
"""What follows a quote, given whether it is the last one from its place."""


def _by_number(quote: Quote, last: bool) -> str:  # noqa: ARG001
    return f" [{quote.number}]"


def _by_place(quote: Quote, last: bool) -> str:
    if not last:
        return ""
    return f"\n\n*— {', '.join(part for part in (quote.title, quote.place) if part)}*"


def _joined(quotes: Sequence[Quote], cite: Cite) -> str:
    """The quotes with their citations, those of one section in one paragraph."""
    return "\n\n".join(
        _paragraph(list(section), cite) for _, section in groupby(quotes, key=lambda quote: quote.section)
    )


def _summary(quotes: Sequence[Quote], cite: Cite) -> str:
    """The quotes under their titles as headings."""
    titled = groupby(quotes, key=lambda quote: quote.title)
    return "\n\n".join(f"## {title}\n\n{_joined(list(own), cite)}" for title, own in titled) or (
        words.NOTHING_TO_SUM_UP
    )


def _paragraph(quotes: Sequence[Quote], cite: Cite) -> str:
    text = ""
    for quote in quotes:
        cited = quote.text + cite(quote, quote is quotes[-1])
        match quote.kind:
            case Kind.CODE:
                text = f"{text}\n\n{cited}\n\n"
            case Kind.ITEM | Kind.ROW if len(quotes) > 1:
                listed = text.rpartition("\n")[2].startswith("- ")
                text = f"{text.rstrip()}{'' if listed else chr(10)}\n- {cited}"
            case _:
                text = f"{text} {cited}" if text and not text.endswith("\n") else text + cited
    return text.strip()
