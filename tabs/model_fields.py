"""The fields of the model bar, as they are laid out.

What happens when they are used is ``model_bar.py``.
"""

from typing import Any

import gradio as gr

from switchboard.backends.catalog import MAX_TOKENS, PROVIDERS, Provider
from switchboard.backends.presets import PRESETS
from switchboard.sessions import KEY_CHARACTERS

READY = "The built-in reader answers. It is no language model: choose one to converse."


class ModelFields:
    """One line of fields, the status below it, and what is needed less often."""

    def __init__(self, start: Provider, model: str) -> None:
        # In the browser alone; the secret only keeps the value readable after the server has restarted.
        self.remembered = gr.BrowserState(None, storage_key="switchboard-model", secret="switchboard")  # noqa: S106
        with gr.Group(elem_id="model-bar"):
            with gr.Row(equal_height=True):
                self.provider = gr.Dropdown(
                    [(one.label, one.name) for one in PROVIDERS],
                    value=start.name,
                    label="Provider",
                    filterable=False,
                    min_width=140,
                    elem_id="provider",
                )
                self.model = gr.Dropdown(
                    [model] if model else [],
                    value=model,
                    label="Model",
                    allow_custom_value=True,
                    min_width=140,
                    elem_id="model",
                )
                self.key = gr.Textbox(
                    label="Key",
                    type="password",
                    max_lines=1,
                    max_length=KEY_CHARACTERS,
                    placeholder="Kept in memory, for this visit only",
                    visible=start.takes_key,
                    min_width=190,
                    html_attributes=gr.InputHTMLAttributes(autocomplete="new-password", spellcheck=False),
                    elem_id="key",
                )
                self.test = gr.Button("Test", size="sm", scale=0, min_width=76, elem_id="test")
            self.status = gr.Markdown(
                READY
                if start.name == "reader"
                else f"{start.label} answers. Test tells whether it is ready.",
                elem_id="status",
            )
            with gr.Row(visible=False) as self.pulling:
                self.pull = gr.Button("Pull the model", size="sm", min_width=120, elem_id="pull")
                self.cancel = gr.Button("Cancel", size="sm", min_width=90)
            self._lay_out_more(start)

    def _lay_out_more(self, start: Provider) -> None:
        with gr.Accordion("More", open=False, elem_id="more"), gr.Row():
            self.address = gr.Dropdown(
                [(f"{one.name} · {one.url}", one.url) for one in PRESETS],
                value="",
                label="Address of the server",
                allow_custom_value=True,
                visible=start.takes_address,
                min_width=260,
                elem_id="address",
            )
            self.temperature = gr.Number(
                None,
                label="Temperature (0 to 2)",
                minimum=0,
                maximum=2,
                step=0.1,
                visible=False,
                min_width=140,
                placeholder="the model's own",
            )
            self.max_tokens = gr.Number(
                None,
                label="Longest answer, in tokens",
                minimum=1,
                maximum=MAX_TOKENS,
                precision=0,
                min_width=160,
                placeholder="the model's own",
            )

    @property
    def inputs(self) -> list[Any]:
        """What a tab hands to ``checked_choice``, in its order."""
        return [self.provider, self.model, self.address, self.temperature, self.max_tokens]
