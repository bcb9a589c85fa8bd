"""An answer in a saved conversation: streamed, noted, kept whatever happens.

The person's message is saved before a model is asked, the answer when it ends, stops or breaks off, with all
that had streamed. Which backend answers is decided above; how the page shows it, in ``tabs/chat.py``.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from switchboard.backends.base import Backend, ChatRequest, Sampling
from switchboard.context import fitted
from switchboard.conversations import Conversation, Conversations
from switchboard.errors import BadInput, NotFound, StreamCut, SwitchboardError, TooLarge
from switchboard.messages import (
    AssistantMessage,
    Document,
    Event,
    Image,
    Message,
    Text,
    TextDelta,
    UserMessage,
    user,
)
from switchboard.records import Ending, Note, Record
from switchboard.timing import AnswerWatch

ATTACHMENTS = 10
CONTINUE = "Continue exactly where you stopped. Repeat nothing, add no introduction."


@dataclass(frozen=True, slots=True)
class Saved:
    """The answer is stored, this being how it came about; the last event."""

    record: int
    note: Note


ChatEvent = Event | Saved
_Save = Callable[[str, Note], Awaitable[int]]


def checked_message(message: UserMessage, limit: int) -> UserMessage:
    """The message, if it can be sent to a model.

    Args:
        message: what the person typed and attached.
        limit: characters that the typed text may have.

    Raises:
        BadInput: it is empty or carries too many attachments.
        TooLarge: the text is too long.
    """
    if len(message.text) > limit:
        raise TooLarge(
            f"The message has {len(message.text):,} characters; {limit:,} can be sent.",
            "Shorten it, or attach the text as a file.",
        )
    attached = sum(not isinstance(part, Text) for part in message.parts)
    if attached > ATTACHMENTS:
        raise BadInput(f"{attached} files are attached; {ATTACHMENTS} can be.", "Remove some of them.")
    if not attached and not message.text.strip():
        raise BadInput("The message is empty.", "Type something first.")
    return message


@dataclass(frozen=True, slots=True)
class Exchange:
    """An owner's conversation with all that was said in it, about to be answered."""

    owner: str
    conversation: Conversation
    records: tuple[Record, ...]


def ask(store: Conversations, owner: str, conversation: str, message: UserMessage, system: str) -> Exchange:
    """Save a message, in a new conversation where there is none of that id.

    Raises:
        NotFound: the id is another owner's, or no id.
        BadInput: the system prompt of a new conversation is too long.
    """
    try:
        found = store.find(owner, conversation)
    except NotFound:
        title = message.text or ", ".join(p.name for p in message.parts if isinstance(p, Document | Image))
        found = store.create(owner, title, system, conversation)
    store.append(owner, found.id, [(message, None)])
    return Exchange(owner, found, tuple(store.records(owner, found.id)))


def ask_again(store: Conversations, owner: str, conversation: str) -> Exchange:
    """Remove what was answered to the newest question.

    Raises:
        NotFound: there is no question, or the conversation is not the owner's.
    """
    store.cut(owner, conversation, last_question(store, owner, conversation).id + 1)
    return reopen(store, owner, conversation)


def ask_instead(
    store: Conversations, owner: str, conversation: str, old: Record, message: UserMessage
) -> Exchange:
    """Put another question in the place of an ``old`` one; what followed it is removed.

    Raises:
        NotFound: the conversation is not the owner's.
    """
    store.cut(owner, conversation, old.id)
    store.append(owner, conversation, [(message, None)])
    return reopen(store, owner, conversation)


def reopen(store: Conversations, owner: str, conversation: str) -> Exchange:
    """The conversation as it stands.

    Raises:
        NotFound: it is not the owner's.
    """
    found = store.find(owner, conversation)
    return Exchange(owner, found, tuple(store.records(owner, conversation)))


async def answer(
    store: Conversations, exchange: Exchange, backend: Backend, sampling: Sampling
) -> AsyncGenerator[ChatEvent, None]:
    """Answer the newest message, and save the answer however it ends.

    Closing or cancelling the iterator stops the model, and saves what it had written. A provider that fails
    ends it as well: the reason stands in the note of the last event.

    Raises:
        NotFound: the conversation was deleted meanwhile.
    """
    owner, found = exchange.owner, exchange.conversation
    request = ChatRequest(_said(exchange.records), found.system, sampling=sampling)

    async def _append(text: str, note: Note) -> int:
        turn = (AssistantMessage(text), note)
        return (await asyncio.to_thread(store.append, owner, found.id, [turn]))[0]

    async with aclosing(_noted(backend, request, _append)) as events:
        async for event in events:
            yield event


async def extend(
    store: Conversations, exchange: Exchange, backend: Backend, sampling: Sampling
) -> AsyncGenerator[ChatEvent, None]:
    """Go on with the newest answer, which was cut, in the same record.

    Raises:
        BadInput: the newest message is no answer that could go on.
        NotFound: the conversation was deleted meanwhile.
    """
    owner, found = exchange.owner, exchange.conversation
    last, begun, before = _cut_answer(exchange.records)
    messages = (*_said(exchange.records), user(CONTINUE))
    request = ChatRequest(messages, found.system, sampling=sampling)

    async def _replace(text: str, note: Note) -> int:
        message = AssistantMessage(begun.text + text)
        await asyncio.to_thread(store.replace, owner, found.id, last.id, message, before + note)
        return last.id

    async with aclosing(_noted(backend, request, _replace)) as events:
        async for event in events:
            yield replace(event, note=before + event.note) if isinstance(event, Saved) else event


def _said(records: Sequence[Record]) -> tuple[Message, ...]:
    """What was said: an answer that broke off before its first word was not."""
    return tuple(record.message for record in records if record.message != AssistantMessage(""))


def _cut_answer(records: Sequence[Record]) -> tuple[Record, AssistantMessage, Note]:
    match records:
        case [*_, Record(message=AssistantMessage() as begun, note=Note() as note) as last] if begun.text:
            return last, begun, note
    raise BadInput("There is no answer to go on with.", "Send a message first.")


async def _noted(backend: Backend, request: ChatRequest, save: _Save) -> AsyncGenerator[ChatEvent, None]:
    """Pass the backend's events on, then save the text with a note; also on failure and cancellation."""
    watch = AnswerWatch(backend)
    text: list[str] = []
    ending: Ending | None = None
    try:
        request, notices = fitted(backend, request)
        for notice in notices:
            watch.see(notice)
            yield notice
        async with aclosing(backend.stream(request)) as events:  # type: ignore[type-var]
            async for event in events:
                watch.see(event)
                if isinstance(event, TextDelta):
                    text.append(event.text)
                yield event
        if watch.ending is None:
            raise StreamCut("The answer broke off.", "Press Retry.")
    except SwitchboardError as exc:
        ending = Ending.FAILED
        watch.warn(str(exc))
    except (asyncio.CancelledError, GeneratorExit):
        await save("".join(text), watch.note(Ending.STOPPED))
        raise
    note = watch.note(ending)
    yield Saved(await save("".join(text), note), note)


def keep_failure(store: Conversations, exchange: Exchange, note: Note) -> Saved:
    """Save that no answer came about, so that the reason, in ``note``, stands where the answer would.

    Raises:
        NotFound: the conversation was deleted meanwhile.
    """
    turn = (AssistantMessage(""), note)
    return Saved(store.append(exchange.owner, exchange.conversation.id, [turn])[0], note)


def last_question(store: Conversations, owner: str, conversation: str) -> Record:
    """The record of the person's newest message.

    Raises:
        NotFound: there is none, or the conversation is not the owner's.
    """
    for record in reversed(store.records(owner, conversation)):
        if isinstance(record.message, UserMessage):
            return record
    raise NotFound("There is nothing to answer yet.", "Send a message first.")
