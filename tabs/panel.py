"""A conversation beside what it is about: its messages, its Stop, its box.

Layout and the wiring that is the same for every such tab; what answers is the tab's own.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from tabs.listening import PRIVATE, on_submit


@dataclass(frozen=True)
class Panel:
    """The components, named after their tab: ``#airline-messages``, ``#airline-box``."""

    bot: gr.Chatbot
    stop: gr.Button
    box: gr.Textbox

    def wire(
        self,
        ask: Callable[..., AsyncIterator[Any]],
        ask_example: Callable[..., AsyncIterator[Any]],
        asked: Sequence[Any],
        written: Sequence[Any],
    ) -> list[Any]:
        """Connect the box and the examples; the two events come back, for what follows an answer.

        Args:
            ask: answers what was typed, its first input.
            ask_example: answers the example that was pressed.
            asked: the inputs of both.
            written: the outputs of both.
        """
        sent = on_submit(self.box, "''", ask, asked, written)
        return [sent, self.bot.example_select(ask_example, asked, written, **PRIVATE)]


def panel(
    tab: str, empty: str, examples: Sequence[str], hint: str, above_box: Callable[[], None] = lambda: None
) -> Panel:
    """Lay out a panel.

    Args:
        tab: what its parts are named after.
        empty: Markdown that is shown while nothing was said.
        examples: messages to begin with.
        hint: what to type.
        above_box: lays out what stands between the messages and the box.
    """
    bot = gr.Chatbot(
        show_label=False,
        height="calc(100vh - 25rem)",
        min_height=320,
        layout="panel",
        placeholder=empty,
        examples=[{"text": text} for text in examples],
        buttons=["copy"],
        feedback_options=None,
        allow_tags=False,
        elem_id=f"{tab}-messages",
    )
    stop = gr.Button("Stop (Esc)", size="sm", elem_classes="stop-answer")
    above_box()
    box = gr.Textbox(
        show_label=False, placeholder=hint, lines=1, max_lines=6, submit_btn=True, elem_id=f"{tab}-box"
    )
    return Panel(bot, stop, box)
