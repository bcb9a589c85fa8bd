"""How the page listens: what all listeners have in common, and what a browser does of its own."""

from collections.abc import Sequence
from typing import Any

import gradio as gr

PRIVATE: dict[str, Any] = {
    "api_visibility": "private",
    "show_progress": "hidden",
    "concurrency_limit": None,
    "preprocess": False,
    "postprocess": False,
}
"""For every listener of the page: what programs may call is in ``api.py``.

Handlers take what the browser sends, check it themselves, and return what it takes: Gradio's own translation
costs a thread for each component, and checks no lengths, choices or roles. One that streams writes plain
values to few components: Gradio makes a component anew, with its schema, for every property that is set and
for every ``gr.skip()``, which costs more than the tokens.
"""

SAVE_FILE = """([name, content, isBase64]) => {
  const bytes = isBase64 ? Uint8Array.from(atob(content), (sign) => sign.charCodeAt(0)) : content;
  const link = Object.assign(document.createElement("a"), { download: name });
  link.href = URL.createObjectURL(new Blob([bytes]));
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}"""
"""Saves a file in the browser: its name, its text or its bytes in base64. The server keeps no copy."""

Update = dict[Any, Any]
"""New values by the component that shows them, as Gradio takes them."""


def on_submit(box: Any, empty: str, answer: Any, asked: Sequence[Any], written: Sequence[Any]) -> Any:
    """Have what is typed into ``box`` answered; the event comes back, for what follows it.

    The box is emptied in the browser at once, and gets its words back when they are not taken. A browser runs
    the listeners of one event after each other, so this one comes first.

    Args:
        box: where a message is typed.
        empty: what an empty box holds, in JavaScript.
        answer: the handler; its first input is what was typed.
        asked: its other inputs.
        written: its outputs.
    """
    sent = gr.JSON(visible=False)
    box.submit(None, box, [box, sent], js=f"(typed) => [{empty}, typed]", **PRIVATE)
    answered = box.submit(answer, [sent, *asked], written, trigger_mode="multiple", **PRIVATE)
    answered.failure(None, sent, box, js="(typed) => typed", **PRIVATE)
    return answered
