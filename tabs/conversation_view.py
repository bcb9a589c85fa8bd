"""The part of the Chat tab that shows one saved conversation.

What it shows comes from the store alone; writing answers is ``chat.py``, choosing another conversation
``conversation_list.py``.
"""

import asyncio
from typing import Any

import gradio as gr

from switchboard.conversations import SYSTEM_CHARACTERS, Conversations, mint_id
from tabs.listening import Update
from tabs.transcript import WINDOW, transcript

PRESETS = {
    "None": "",
    "Concise expert": "Answer precisely and briefly. Give the answer first, then the reason in a sentence.",
    "Code reviewer": "Review the code. Name each defect, why it matters and the smallest change to mend it.",
    "Plain-language editor": "Rewrite what you are given in plain English. Keep every fact.",
    "Patient tutor": "Teach by questions. Give one step at a time, and check that it was understood.",
}
EXAMPLES = (
    "What can I do on this page?",
    "How do I add my OpenAI key?",
    "Which files can I attach?",
    "How do I use Ollama?",
)
EMPTY = (
    "### Ask anything\nThe built-in reader answers questions about this page and files that you attach. "
    "For a conversation, choose a model above."
)


class ConversationView:
    """The system prompt, the messages, and the buttons that belong to them."""

    def __init__(self) -> None:
        # The page remembers which conversation it shows: that survives a restart of the server, and the
        # owner is checked at every use.
        self.current = gr.Textbox(visible=False)
        self.window = gr.Number(WINDOW, visible=False, precision=0)
        with gr.Accordion("System prompt", open=False):
            self.preset = gr.Dropdown(list(PRESETS), value="None", label="Preset")
            self.system = gr.Textbox(
                label="What the model is told before the conversation",
                lines=3,
                max_length=SYSTEM_CHARACTERS,
                placeholder="You are …",
            )
        self.earlier = gr.Button("Show earlier messages", size="sm", visible=False)
        self.bot = gr.Chatbot(
            show_label=False,
            height="calc(100vh - 28.5rem)",
            min_height=300,
            layout="panel",
            placeholder=EMPTY,
            examples=[{"text": text} for text in EXAMPLES],
            editable="user",
            buttons=["copy"],
            feedback_options=None,
            allow_tags=False,
            elem_id="chat-messages",
        )
        self.stop = gr.Button("Stop (Esc)", size="sm", elem_classes="stop-answer")

    @property
    def shown(self) -> list[Any]:
        """The components that ``show`` and ``show_none`` write to."""
        return [self.current, self.window, self.system, self.earlier, self.bot]

    async def show(self, store: Conversations, owner: str, conversation: str, window: int = WINDOW) -> Update:
        """Show the owner's conversation, as many of its newest records as the ``window`` has.

        Raises:
            NotFound: it is not the owner's.
        """
        found = await asyncio.to_thread(store.find, owner, conversation)
        records = await asyncio.to_thread(store.records, owner, conversation, window)
        count = await asyncio.to_thread(store.count, owner, conversation)
        return {
            self.current: conversation,
            self.window: window,
            self.system: found.system,
            self.earlier: gr.Button(visible=count > window),
            self.bot: transcript(records),
        }

    def show_none(self) -> Update:
        """Show an empty conversation under a fresh id; it is saved with its first message."""
        return {
            self.current: mint_id(),
            self.window: WINDOW,
            self.system: "",
            self.earlier: gr.Button(visible=False),
            self.bot: [],
        }


def preset_text(name: object) -> str:
    """The system prompt of a preset; empty where there is none of that name."""
    return PRESETS.get(name, "") if isinstance(name, str) else ""


def window_of(value: object) -> int:
    """The number of records a page asks for, within reason."""
    # In this order NaN, which is neither more nor less than anything, gives WINDOW.
    return int(min(max(WINDOW, value), 2_000)) if isinstance(value, int | float) else WINDOW
