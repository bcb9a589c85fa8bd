"""How the page listens: what all listeners have in common, and what a browser does of its own."""

from typing import Any

PRIVATE: dict[str, Any] = {
    "api_visibility": "private",
    "show_progress": "hidden",
    "preprocess": False,
    "postprocess": False,
}
"""For every listener of the page: what programs may call is in ``api.py``.

Handlers take what the browser sends, check it themselves, and return what it takes: Gradio's own translation
costs a thread for each component, and checks no lengths, choices or roles. One that streams writes plain
values to few components: Gradio makes a component anew, with its schema, for every property that is set and
for every ``gr.skip()``, which costs more than the tokens.
"""

CLEAR = "(typed) => { window.unsent = typed; return %s; }"
"""Empties a box in the browser when its message goes off, so that the answer's stream need not."""
RESTORE = "() => window.unsent"
"""Gives the words back when the message was not taken."""

Update = dict[Any, Any]
"""New values by the component that shows them, as Gradio takes them."""
