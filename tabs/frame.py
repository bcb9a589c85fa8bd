"""What a tab is built with: the page around it, the services below it, the bar and the clock it shares."""

from dataclasses import dataclass

import gradio as gr

from switchboard.services import Services
from switchboard.sessions import Visitor
from tabs.model_bar import ModelBar
from tabs.streaming import Pacer, visitor_of


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
