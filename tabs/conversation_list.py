"""The list of a visitor's saved conversations, beside the chat.

Opens, begins, renames, deletes and exports them; what is said in one is ``chat.py``.
"""

import asyncio

import gradio as gr

from switchboard.errors import NotFound
from switchboard.export import as_json, as_markdown
from switchboard.inputs import text_of
from switchboard.services import Services
from tabs.conversation_view import ConversationView, window_of
from tabs.listening import PRIVATE, SAVE_FILE, Update
from tabs.streaming import plain_errors, visitor_of
from tabs.transcript import WINDOW

LISTED = 100


class ConversationList:
    """The list's components and what happens when they are used."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.new = gr.Button("New conversation", size="sm", variant="primary", elem_id="new-conversation")
        self.listed = gr.Radio([], label="Conversations", elem_classes="plain-list", elem_id="conversations")
        with gr.Accordion("This conversation", open=False):
            self.title = gr.Textbox(label="Name", max_length=80, max_lines=1, placeholder="Another name")
            self.rename_it = gr.Button("Rename", size="sm")
            with gr.Row():
                self.markdown = gr.Button("Markdown", size="sm", min_width=90)
                self.json = gr.Button("JSON", size="sm", min_width=90)
            self.file = gr.JSON(visible=False)
            self.delete_it = gr.Button("Delete", size="sm", variant="stop")

    def wire(self, page: gr.Blocks, view: ConversationView) -> None:
        """Connect the list to the view that shows what is chosen."""
        self.view = view
        both = [*view.shown, self.listed]
        page.load(self.load, None, both, **PRIVATE)
        self.new.click(self.begin, None, both, **PRIVATE)
        self.listed.input(self.open, self.listed, view.shown, **PRIVATE)
        view.earlier.click(self.show_earlier, [view.current, view.window], view.shown, **PRIVATE)
        gr.on([self.rename_it.click, self.title.submit], self.rename, [view.current, self.title],
              [self.listed, self.title], **PRIVATE)  # fmt: skip
        self.delete_it.click(self.delete, view.current, both, js=_CONFIRM_DELETE, **PRIVATE)
        for button, export in ((self.markdown, self.export_markdown), (self.json, self.export_json)):
            made = button.click(export, view.current, self.file, **PRIVATE)
            made.success(None, self.file, None, js=SAVE_FILE, **PRIVATE)

    def update(self, owner: str, current: str | None) -> gr.Radio:
        """The list as it is now, with the current conversation marked."""
        found = self.services.conversations.listed(owner, LISTED)
        chosen = current if any(one.id == current for one in found) else None
        return gr.Radio(choices=[(one.title, one.id) for one in found], value=chosen)

    async def load(self, request: gr.Request) -> Update:
        """Show the conversation that was last written in, when the page opens."""
        owner = self._owner(request)
        listed = await asyncio.to_thread(self.services.conversations.listed, owner, 1)
        if not listed:
            return {**self.view.show_none(), self.listed: gr.Radio(choices=[], value=None)}
        newest = listed[0].id
        return {**await self._show(owner, newest), self.listed: self.update(owner, newest)}

    async def refresh(self, request: gr.Request, current: str, window: float) -> Update:
        """Bring the list up to date after an answer, with little to compute and nothing to show anew."""
        owner = self._owner(request)
        store = self.services.conversations
        with plain_errors():
            count = await asyncio.to_thread(store.count, owner, _chosen(current))
        return {
            self.listed: self.update(owner, current),
            self.view.earlier: gr.Button(visible=count > window_of(window)),
        }

    def begin(self, request: gr.Request) -> Update:
        """Show an empty conversation; it is saved with its first message."""
        return {**self.view.show_none(), self.listed: self.update(self._owner(request), None)}

    async def open(self, request: gr.Request, conversation: str) -> Update:
        """Show the conversation that was chosen."""
        with plain_errors():
            return await self._show(self._owner(request), _chosen(conversation))

    async def show_earlier(self, request: gr.Request, conversation: str, window: float) -> Update:
        """Show as many messages more."""
        with plain_errors():
            return await self._show(self._owner(request), _chosen(conversation), window_of(window) + WINDOW)

    async def rename(self, request: gr.Request, conversation: str, title: str) -> Update:
        """Give the open conversation another name."""
        owner = self._owner(request)
        with plain_errors():
            store = self.services.conversations
            await asyncio.to_thread(store.rename, owner, _chosen(conversation), text_of(title))
        return {self.listed: self.update(owner, conversation), self.title: ""}

    async def delete(self, request: gr.Request, conversation: str) -> Update:
        """Delete the open conversation, after the browser has asked."""
        if conversation == _DECLINED:
            return {self.listed: gr.skip()}
        with plain_errors():
            store = self.services.conversations
            await asyncio.to_thread(store.delete, self._owner(request), _chosen(conversation))
        return self.begin(request)

    async def export_markdown(self, request: gr.Request, conversation: str) -> tuple[str, str]:
        """The open conversation as a Markdown file: its name and its text."""
        return await self._export(request, conversation, ".md")

    async def export_json(self, request: gr.Request, conversation: str) -> tuple[str, str]:
        """The open conversation as a JSON file: its name and its text."""
        return await self._export(request, conversation, ".json")

    async def _export(self, request: gr.Request, conversation: str, suffix: str) -> tuple[str, str]:
        owner, store = self._owner(request), self.services.conversations
        with plain_errors():
            found = await asyncio.to_thread(store.find, owner, _chosen(conversation))
            records = await asyncio.to_thread(store.records, owner, found.id)
        text = as_markdown(found, records) if suffix == ".md" else as_json(found, records)
        name = "".join(c if c.isalnum() or c in " -" else "_" for c in found.title).strip() or "conversation"
        return name + suffix, text

    async def _show(self, owner: str, conversation: str, window: int = WINDOW) -> Update:
        return await self.view.show(self.services.conversations, owner, conversation, window)

    def _owner(self, request: gr.Request) -> str:
        return visitor_of(self.services.visitors, request).owner


def _chosen(conversation: object) -> str:
    if not (chosen := text_of(conversation)):
        raise NotFound("No conversation is open.", "Choose one from the list.")
    return chosen


_DECLINED = "declined"
_CONFIRM_DELETE = (
    f"(id) => [id && window.confirm('Delete this conversation with all its messages?') ? id : '{_DECLINED}']"
)
