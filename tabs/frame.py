"""What a tab is built with: the page around it, the services below it, the bar and the clock it shares."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from switchboard.services import Services
from switchboard.sessions import Visitor
from tabs.model_bar import ModelBar
from tabs.streaming import Pacer, visitor_of

PRIVATE: dict[str, Any] = {
    "api_visibility": "private",
    "show_progress": "hidden",
    "preprocess": False,
    "postprocess": False,
}
"""For every listener of the page: what programs may call is in ``api.py``.

Handlers take what the browser sends, check it themselves, and return what it takes: Gradio's own translation
costs a thread for each component, and checks no lengths, choices or roles. One that streams writes plain values to
few components: Gradio makes a component anew, with its schema, for every property that is set and for every
``gr.skip()``, which costs more than the tokens.
"""

CLEAR = "(typed) => { window.unsent = typed; return %s; }"
"""Empties a box in the browser when its message goes off, so that the answer's stream need not."""
RESTORE = "() => window.unsent"
"""Gives the words back when the message was not taken."""

Update = dict[Any, Any]
"""New values by the component that shows them, as Gradio takes them."""


@dataclass(frozen=True)
class Frame:
    """The same for all tabs but for ``tab``, the Gradio tab that is being filled."""

    page: gr.Blocks
    tab: gr.Tab
    services: Services
    bar: ModelBar
    pacer: Pacer

    def visitor(self, request: gr.Request) -> Visitor:
        """Who sent the request."""
        return visitor_of(self.services.visitors, request)
