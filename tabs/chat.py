"""The Chat tab: any model, a system prompt, saved conversations.

The handlers that have an answer written; an answer is made in ``switchboard/chat.py``, the conversation
shown by ``conversation_view.py`` and chosen in ``conversation_list.py``.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.utils import get_upload_folder

from switchboard import chat
from switchboard.attachments import read_attachment
from switchboard.backends.catalog import Choice, checked_choice, provider
from switchboard.errors import BadInput, SwitchboardError
from switchboard.inputs import text_of
from switchboard.messages import AssistantMessage, Part, Text, UserMessage
from switchboard.records import Ending, Note
from switchboard.services import Services
from switchboard.sessions import Visitor
from tabs.conversation_list import ConversationList
from tabs.conversation_view import ConversationView, preset_text, window_of
from tabs.frame import Frame
from tabs.listening import PRIVATE, on_submit
from tabs.streaming import Pacer, place_of, plain_errors, visitor_of
from tabs.transcript import WINDOW, Draft, Shown, answer_shown, record_behind, transcript

FILE_TYPES = [
    ".txt", ".md", ".csv", ".json", ".html", ".py", ".pdf", ".png", ".jpg", ".jpeg", ".gif", ".webp",
]  # fmt: skip
Messages = AsyncIterator[list[Shown]]
"""What the Chatbot shows, each item in the place of the one before."""


def build(frame: Frame) -> None:
    """Lay out the tab and connect its parts."""
    with gr.Row(elem_classes="with-side"):
        with gr.Column(scale=1, min_width=230, elem_classes="side"):
            listed = ConversationList(frame.services)
        with gr.Column(scale=4, min_width=320, elem_classes="conversation"):
            view = ConversationView()
            box = gr.MultimodalTextbox(
                show_label=False,
                placeholder="Message (Enter sends, Shift+Enter breaks the line)",
                file_types=FILE_TYPES,
                file_count="multiple",
                sources=["upload"],
                max_lines=12,
                max_plain_text_length=20_000,
                elem_id="chat-box",
            )
    listed.wire(frame.page, view)
    tab = ChatTab(frame.services, frame.pacer, view)
    bar, bot, current = frame.bar.inputs, view.bot, view.current
    answered = [
        on_submit(box, "{ text: '', files: [] }", tab.send, [current, view.system, *bar], [bot]),
        bot.example_select(tab.send_example, [current, view.system, *bar], bot, **PRIVATE),
        bot.retry(tab.retry, [current, *bar], bot, **PRIVATE),
        bot.edit(tab.edit, [current, view.window, *bar], bot, **PRIVATE),
        bot.option_select(tab.continue_answer, [current, *bar], bot, **PRIVATE),
        bot.undo(tab.undo, current, [bot, box], **PRIVATE),
    ]
    for event in answered:
        event.success(listed.refresh, [current, view.window], [listed.listed, view.earlier], **PRIVATE)
    view.stop.click(tab.stop_answer, None, None, queue=False, **PRIVATE)
    kept = [current, view.system]
    view.preset.input(preset_text, view.preset, view.system, **PRIVATE).then(
        tab.keep_system, kept, None, **PRIVATE
    )
    view.system.blur(tab.keep_system, kept, None, **PRIVATE)


class ChatTab:
    """What happens when the tab is used."""

    def __init__(self, services: Services, pacer: Pacer, view: ConversationView) -> None:
        self.services, self.pacer, self.view = services, pacer, view

    async def send(
        self, request: gr.Request, typed: Any, conversation: str, system: str, *chosen: Any
    ) -> Messages:
        """Save the message, in a new conversation where none is open, and stream the answer."""
        with plain_errors():
            visitor, choice = await self._begun(request, chosen)
            message = await self._message(typed)
            exchange = await asyncio.to_thread(
                chat.ask,
                self.services.conversations,
                visitor.owner,
                text_of(conversation),
                message,
                text_of(system),
            )
            async with aclosing(self._answered(request, visitor, exchange, choice)) as shown:
                async for messages in shown:
                    yield messages

    async def send_example(
        self, request: gr.Request, pressed: gr.SelectData, conversation: str, system: str, *chosen: Any
    ) -> Messages:
        """Begin the conversation with one of the examples."""
        typed = {"text": pressed.value.get("text") if isinstance(pressed.value, dict) else "", "files": []}
        async with aclosing(self.send(request, typed, conversation, system, *chosen)) as shown:
            async for messages in shown:
                yield messages

    async def retry(self, request: gr.Request, conversation: str, *chosen: Any) -> Messages:
        """Write the last answer anew, by the model that is chosen now."""
        with plain_errors():
            visitor, choice = await self._begun(request, chosen)
            store = self.services.conversations
            exchange = await asyncio.to_thread(chat.ask_again, store, visitor.owner, text_of(conversation))
            async with aclosing(self._answered(request, visitor, exchange, choice)) as shown:
                async for messages in shown:
                    yield messages

    async def edit(
        self, request: gr.Request, edited: gr.EditData, conversation: str, window: float, *chosen: Any
    ) -> Messages:
        """Put other words in the place of an earlier message, and go on from there."""
        with plain_errors():
            visitor, choice = await self._begun(request, chosen)
            store, owner = self.services.conversations, visitor.owner
            records = await asyncio.to_thread(store.records, owner, text_of(conversation), window_of(window))
            old = record_behind(records, edited.index)
            if not isinstance(old.message, UserMessage) or not isinstance(edited.value, str):
                raise BadInput("Only your own messages can be edited.")
            attached = tuple(part for part in old.message.parts if not isinstance(part, Text))
            message = self._sendable(UserMessage((*attached, Text(text_of(edited.value)))))
            exchange = await asyncio.to_thread(
                chat.ask_instead, store, owner, text_of(conversation), old, message
            )
            async with aclosing(self._answered(request, visitor, exchange, choice)) as shown:
                async for messages in shown:
                    yield messages

    async def continue_answer(self, request: gr.Request, conversation: str, *chosen: Any) -> Messages:
        """Go on with an answer that was cut."""
        with plain_errors():
            visitor, choice = await self._begun(request, chosen)
            store = self.services.conversations
            exchange = await asyncio.to_thread(chat.reopen, store, visitor.owner, text_of(conversation))
            async with aclosing(self._answered(request, visitor, exchange, choice, extending=True)) as shown:
                async for messages in shown:
                    yield messages

    async def undo(self, request: gr.Request, conversation: str) -> tuple[list[Shown], dict[str, Any]]:
        """Take the last question and its answer back; the words return to the box."""
        with plain_errors():
            store, owner = self.services.conversations, self._visitor(request).owner
            question = await asyncio.to_thread(chat.last_question, store, owner, text_of(conversation))
            await asyncio.to_thread(store.cut, owner, conversation, question.id)
            records = await asyncio.to_thread(store.records, owner, conversation, WINDOW)
        text = question.message.text if isinstance(question.message, UserMessage) else ""
        return transcript(records), {"text": text, "files": []}

    def stop_answer(self, request: gr.Request) -> None:
        """Stop the answer that is being written on this page; what is there stays."""
        self._visitor(request).stop(place_of("chat", request))

    async def keep_system(self, request: gr.Request, conversation: str, system: str) -> None:
        """Keep the system prompt with the conversation, where that is saved already."""
        with plain_errors():
            owner, store = self._visitor(request).owner, self.services.conversations
            listed = await asyncio.to_thread(store.listed, owner)
            if any(one.id == conversation for one in listed):
                await asyncio.to_thread(store.set_system, owner, conversation, text_of(system))

    async def _answered(
        self,
        request: gr.Request,
        visitor: Visitor,
        exchange: chat.Exchange,
        choice: Choice,
        extending: bool = False,
    ) -> Messages:
        """Stream an answer below the saved messages, then show it as it was stored."""
        store, begun = self.services.conversations, ""
        records = exchange.records[-WINDOW:]
        if extending and isinstance(cut := records[-1].message, AssistantMessage):
            records, begun = records[:-1], cut.text
        before, draft, saved = transcript(records), Draft(begun), None
        yield before + draft.shown([])
        try:
            limit = self.services.settings.runs_per_visitor
            with visitor.running(place_of("chat", request), limit) as run:
                write = chat.extend if extending else chat.answer
                backend = self.services.backend(visitor, choice)
                events = write(store, exchange, backend, choice.sampling)
                async with aclosing(self.pacer.batches(events, run)) as batches:
                    async for batch in batches:
                        shown = before + draft.shown(batch)
                        saved = next((event for event in batch if isinstance(event, chat.Saved)), None)
                        yield shown
        except SwitchboardError as exc:
            note = Note(provider(choice.provider).label, choice.model, Ending.FAILED, warnings=(str(exc),))
            saved = await asyncio.to_thread(chat.keep_failure, store, exchange, note)
        if saved is None:  # it was stopped, and stored on its way out
            records = await asyncio.to_thread(store.records, visitor.owner, exchange.conversation.id, WINDOW)
            yield transcript(records)
        else:
            yield before + answer_shown(draft.text, saved.note)

    async def _begun(self, request: gr.Request, chosen: tuple[Any, ...]) -> tuple[Visitor, Choice]:
        """Who asks for an answer, of which model; one that is still written on this page ends where it is."""
        visitor, choice = self._visitor(request), checked_choice(*chosen)
        await visitor.end(place_of("chat", request))
        return visitor, choice

    async def _message(self, typed: Any) -> UserMessage:
        match typed:
            case {"text": str() | None as text, "files": list() | None as files}:
                attached = list(map(_attached, files or ()))
            case _:
                raise BadInput("That is no message.", "Type one into the box.")
        if len(attached) > chat.ATTACHMENTS:
            raise BadInput(f"{len(attached)} files are attached.", f"Attach {chat.ATTACHMENTS} at most.")
        limit = self.services.settings.upload_megabytes * 1_000_000
        parts: list[Part] = [
            await asyncio.to_thread(read_attachment, path, name, limit) for path, name in attached
        ]
        if text and text.strip():
            parts.append(Text(text_of(text).strip()))
        return self._sendable(UserMessage(tuple(parts)))

    def _sendable(self, message: UserMessage) -> UserMessage:
        return chat.checked_message(message, self.services.settings.message_characters)

    def _visitor(self, request: gr.Request) -> Visitor:
        return visitor_of(self.services.visitors, request)


def _attached(file: Any) -> tuple[Path, str]:
    """An uploaded file and the name it had; a path elsewhere on the server is none."""
    match file:
        case {"path": str(path)} if Path(text_of(path)).resolve().is_relative_to(get_upload_folder()):
            name = file.get("orig_name")
            return Path(text_of(path)), text_of(name) or Path(text_of(path)).name
    raise BadInput("An attachment is no file.", "Attach it again.")
