"""The model bar: which model answers in all five tabs, with whose key.

A visitor's key goes from its field into memory and is never sent back to any page. What the tabs read of the
bar is ``ModelBar.inputs``, which they check with ``checked_choice``.
"""

from collections.abc import AsyncIterator
from contextlib import aclosing, suppress
from typing import Any

import gradio as gr

from switchboard.backends.base import Capability, Status
from switchboard.backends.catalog import Choice, checked_choice, provider
from switchboard.backends.presets import PRESETS
from switchboard.errors import BadInput, SwitchboardError
from switchboard.services import Services
from switchboard.sessions import Visitor
from tabs.listening import PRIVATE, Update
from tabs.model_fields import READY, ModelFields
from tabs.streaming import Pacer, place_of, plain_errors, visitor_of

_REMEMBER = "(provider, model, address) => [[provider, model, address]]"


class ModelBar(ModelFields):
    """The fields, with what happens when they are used."""

    def __init__(self, page: gr.Blocks, services: Services, pacer: Pacer) -> None:
        self.services, self.pacer = services, pacer
        start = provider(services.settings.provider)
        super().__init__(start, services.settings.model or start.suggested)
        self._wire(page)

    def _wire(self, page: gr.Blocks) -> None:
        reached = [
            self.model,
            self.key,
            self.address,
            self.temperature,
            self.status,
            self.pulling,
        ]
        self.provider.input(self.choose_provider, self.provider, reached, **PRIVATE)
        self.address.input(self.choose_address, [self.key, *self.inputs], reached, **PRIVATE)
        self.model.input(
            self.choose_model, self.inputs, [self.temperature, self.status, self.pulling], **PRIVATE
        )
        keyed = [self.key, *self.inputs]
        gr.on([self.key.submit, self.key.blur], self.keep_key, keyed, reached, **PRIVATE)
        self.test.click(self.test_it, keyed, reached, **PRIVATE)
        self.pull.click(self.pull_it, self.inputs, reached, **PRIVATE)
        self.cancel.click(self.cancel_pull, None, None, queue=False, **PRIVATE)
        remembered = [self.provider, self.model, self.address]
        gr.on([one.change for one in remembered], None, remembered, self.remembered, js=_REMEMBER, **PRIVATE)
        page.load(self.restore, self.remembered, [self.provider, *reached], **PRIVATE)

    async def restore(self, request: gr.Request, remembered: Any) -> AsyncIterator[Update]:
        """Choose again what this browser had chosen when the page was last open, and say how it stands."""
        start = Choice(self.services.settings.provider, self.services.settings.model)
        match remembered:
            case [name, model, address]:
                with suppress(BadInput):
                    start = checked_choice(name, model, address, None, None)
        yield self._chosen(start) | {self.provider: start.provider}
        if start.provider != "reader":
            yield await self._reached(self._visitor(request), start, choose=False)

    async def choose_provider(self, request: gr.Request, name: str) -> AsyncIterator[Update]:
        """Show what the provider takes at once, then the models it offers."""
        with plain_errors():
            choice = checked_choice(name, "", "", None, None)
            yield self._chosen(choice)
            yield await self._reached(self._visitor(request), choice, choose=True)

    def _chosen(self, choice: Choice) -> Update:
        """What is known of a choice before its provider is asked."""
        found = provider(choice.provider)
        model = choice.model or found.suggested
        presets = [(f"{one.name} · {one.url}", one.url) for one in PRESETS]
        address = self.services.catalog.address(choice) if found.takes_address else ""
        return {
            self.model: gr.Dropdown([model] if model else [], value=model, allow_custom_value=True),
            self.key: gr.Textbox(value="", visible=found.takes_key),
            self.address: gr.Dropdown(
                presets if found.name == "compatible" else [],
                value=address,
                allow_custom_value=True,
                visible=found.takes_address,
            ),
            self.temperature: gr.Number(value=None, visible=False),
            self.status: READY if found.name == "reader" else f"Asking {found.label} …",
            self.pulling: gr.Row(visible=False),
        }

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
            if not key:
                yield {self.key: gr.skip()}  # Gradio empties all outputs of a generator that yields nothing
                return
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
            if not isinstance(backend, OllamaBackend) or not self.services.catalog.may_pull(choice):
                raise BadInput("Models are not pulled from this page.", "Choose one that is installed.")
            with visitor.running(place_of("pull", request), self.services.settings.runs_per_visitor) as run:
                async with aclosing(self.pacer.batches(backend.pull(choice.model), run)) as batches:
                    async for batch in batches:
                        if batch:
                            yield {self.status: batch[-1].text}
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
        may_pull = self.services.catalog.may_pull(choice)
        update: Update = {
            self.temperature: gr.Number(visible=Capability.TEMPERATURE in backend.capabilities),
            self.status: _line(status),
            self.pulling: gr.Row(visible=bool(status.missing_model) and may_pull),
        }
        if models and choose:
            update[self.model] = gr.Dropdown(models, value=choice.model, allow_custom_value=True)
        elif models:  # a model that was typed meanwhile stays
            update[self.model] = gr.Dropdown(models, allow_custom_value=True)
        return update

    def _remember(self, visitor: Visitor, choice: Choice, key: object) -> None:
        if isinstance(key, str) and key:
            visitor.remember_key(choice.provider, self.services.catalog.address(choice), key)

    def _visitor(self, request: gr.Request) -> Visitor:
        return visitor_of(self.services.visitors, request)


_KEPT = "Kept for this visit; type another to replace it"


def _line(status: Status) -> str:
    return f"{'●' if status.ready else '○'} {status.text}"
