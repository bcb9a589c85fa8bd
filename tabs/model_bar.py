"""The model bar: which model answers in all five tabs, with whose key.

A visitor's key goes from its field into memory and is never sent back to any page. What the tabs read of the
bar is ``ModelBar.inputs``, which they check with ``checked_choice``.
"""

from collections.abc import AsyncIterator
from typing import Any

import gradio as gr

from switchboard.backends.base import Capability, Status
from switchboard.backends.catalog import (
    MAX_TOKENS,
    PROVIDERS,
    Choice,
    checked_choice,
    provider,
)
from switchboard.backends.presets import PRESETS
from switchboard.errors import SwitchboardError
from switchboard.services import Services
from switchboard.sessions import KEY_CHARACTERS, Visitor
from tabs.streaming import place_of, plain_errors, visitor_of

Update = dict[Any, Any]
_READY = "The built-in reader answers. It is no language model: choose one to converse."


class ModelBar:
    """The bar's components and what happens when they are used."""

    def __init__(self, services: Services) -> None:
        self.services = services
        start = provider(services.settings.provider)
        self._lay_out(start.name)
        self._wire()

    @property
    def inputs(self) -> list[Any]:
        """What a tab hands to ``checked_choice``, in its order."""
        return [self.provider, self.model, self.address, self.temperature, self.max_tokens]

    def _lay_out(self, start: str) -> None:
        known = provider(start)
        with gr.Group(elem_id="model-bar"):
            with gr.Row(equal_height=True):
                self.provider = gr.Dropdown(
                    [(one.label, one.name) for one in PROVIDERS],
                    value=start,
                    label="Provider",
                    filterable=False,
                    min_width=150,
                    elem_id="provider",
                )
                self.model = gr.Dropdown(
                    [known.suggested] if known.suggested else [],
                    value=known.suggested,
                    label="Model",
                    allow_custom_value=True,
                    min_width=190,
                    elem_id="model",
                )
                self.key = gr.Textbox(
                    label="Key",
                    type="password",
                    max_lines=1,
                    max_length=KEY_CHARACTERS,
                    placeholder="Kept in memory, for this visit only",
                    visible=known.takes_key,
                    min_width=190,
                    html_attributes=gr.InputHTMLAttributes(autocomplete="new-password", spellcheck=False),
                    elem_id="key",
                )
                self.test = gr.Button("Test", size="sm", scale=0, min_width=76, elem_id="test")
            self.status = gr.Markdown(_READY if start == "reader" else "", elem_id="status")
            with gr.Row(visible=False) as self.pulling:
                self.pull = gr.Button("Pull the model", size="sm", min_width=120, elem_id="pull")
                self.cancel = gr.Button("Cancel", size="sm", min_width=90)
            with gr.Accordion("More", open=False, elem_id="more"), gr.Row():
                self.address = gr.Dropdown(
                    [(f"{one.name} · {one.url}", one.url) for one in PRESETS],
                    value="",
                    label="Address of the server",
                    allow_custom_value=True,
                    visible=known.takes_address,
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

    def _wire(self) -> None:
        private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        reached = [
            self.model,
            self.key,
            self.address,
            self.temperature,
            self.status,
            self.pulling,
        ]
        self.provider.input(self.choose_provider, self.provider, reached, **private)
        self.address.input(self.choose_address, [self.key, *self.inputs], reached, **private)
        self.model.input(
            self.choose_model, self.inputs, [self.temperature, self.status, self.pulling], **private
        )
        keyed = [self.key, *self.inputs]
        gr.on([self.key.submit, self.key.blur], self.keep_key, keyed, reached, **private)
        self.test.click(self.test_it, keyed, reached, **private)
        self.pull.click(self.pull_it, self.inputs, reached, **private)
        self.cancel.click(self.cancel_pull, None, None, queue=False, **private)

    async def choose_provider(self, request: gr.Request, name: str) -> AsyncIterator[Update]:
        """Show what the provider takes at once, then the models it offers."""
        with plain_errors():
            choice = checked_choice(name, "", "", None, None)
            found = provider(name)
            presets = (
                [(f"{one.name} · {one.url}", one.url) for one in PRESETS] if name == "compatible" else []
            )
            address = self.services.catalog.address(choice) if found.takes_address else ""
            yield {
                self.model: gr.Dropdown([found.suggested] if found.suggested else [], value=found.suggested),
                self.key: gr.Textbox(value="", visible=found.takes_key),
                self.address: gr.Dropdown(presets, value=address, visible=found.takes_address),
                self.temperature: gr.Number(value=None, visible=False),
                self.status: _READY if name == "reader" else f"Asking {found.label} …",
                self.pulling: gr.Row(visible=False),
            }
            yield await self._reached(self._visitor(request), choice, choose=True)

    async def choose_address(self, request: gr.Request, key: str, *chosen: Any) -> AsyncIterator[Update]:
        """Look at the server that was typed, with a key that may stand in the field already."""
        with plain_errors():
            visitor, choice = self._visitor(request), checked_choice(*chosen)
            self._remember(visitor, choice, key)
            yield {self.status: "Asking the server …"}
            yield await self._reached(visitor, choice, choose=True)

    async def choose_model(self, request: gr.Request, *chosen: Any) -> Update:
        """Show what is to be known of the model."""
        with plain_errors():
            visitor, choice = self._visitor(request), checked_choice(*chosen)
            return await self._reached(visitor, choice, choose=False, listing=False)

    async def keep_key(self, request: gr.Request, key: str, *chosen: Any) -> AsyncIterator[Update]:
        """Take the key out of its field into memory, for its provider and address alone."""
        with plain_errors():
            visitor, choice = self._visitor(request), checked_choice(*chosen)
            if key:
                self._remember(visitor, choice, key)
                yield {self.key: gr.Textbox(value="", placeholder=_KEPT), self.status: "Trying the key …"}
                yield await self._reached(visitor, choice, choose=False)

    async def test_it(self, request: gr.Request, key: str, *chosen: Any) -> AsyncIterator[Update]:
        """Ask the provider whether it would answer."""
        with plain_errors():
            visitor, choice = self._visitor(request), checked_choice(*chosen)
            if key:
                self._remember(visitor, choice, key)
                yield {self.key: gr.Textbox(value="", placeholder=_KEPT)}
            yield {self.status: f"Asking {provider(choice.provider).label} …"}
            yield await self._reached(visitor, choice, choose=False)

    async def pull_it(self, request: gr.Request, *chosen: Any) -> AsyncIterator[Update]:
        """Have Ollama fetch the chosen model, showing how far it is."""
        from switchboard.backends.ollama import OllamaBackend

        with plain_errors():
            visitor, choice = self._visitor(request), checked_choice(*chosen)
            backend = self.services.backend(visitor, choice)
            if isinstance(backend, OllamaBackend):
                with visitor.running(place_of("pull", request), limit=1) as run:
                    async for progress in backend.pull(choice.model):
                        if run.stopped:
                            break
                        yield {self.status: progress.text}
            yield await self._reached(visitor, choice, choose=False)

    def cancel_pull(self, request: gr.Request) -> None:
        """Stop fetching the model; what has been fetched is not fetched again."""
        self._visitor(request).stop(place_of("pull", request))

    async def _reached(
        self, visitor: Visitor, choice: Choice, *, choose: bool, listing: bool = True
    ) -> Update:
        """What the bar shows when the provider has been asked; an error is shown, not raised."""
        try:
            backend = self.services.backend(visitor, choice)
            models = [model.name for model in await backend.models()] if listing else []
            if choose and models and choice.model not in models and choice.provider != "reader":
                choice = Choice(choice.provider, models[0], choice.address, choice.sampling)
                backend = self.services.backend(visitor, choice)
            status = await backend.check()
        except SwitchboardError as exc:
            return {self.status: _line(Status(False, str(exc))), self.pulling: gr.Row(visible=False)}
        update: Update = {
            self.temperature: gr.Number(visible=Capability.TEMPERATURE in backend.capabilities),
            self.status: _line(status),
            self.pulling: gr.Row(visible=bool(status.missing_model)),
        }
        if models:
            update[self.model] = gr.Dropdown(models, value=choice.model)
        return update

    def _remember(self, visitor: Visitor, choice: Choice, key: object) -> None:
        if isinstance(key, str) and key:
            visitor.remember_key(choice.provider, self.services.catalog.address(choice), key)

    def _visitor(self, request: gr.Request) -> Visitor:
        return visitor_of(self.services.visitors, request)


_KEPT = "Kept for this visit; type another to replace it"


def _line(status: Status) -> str:
    return f"{'●' if status.ready else '○'} {status.text}"
