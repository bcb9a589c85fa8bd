"""Ollama, over its own ``/api/chat``.

Streams answers, lists what is installed, diagnoses itself, pulls models. What is sent is put together in
``ollama_request.py``; on what terms, in ``ollama_connection.py``; what a failure means, in
``ollama_failures.py``. Nothing is asked twice: what fails on a machine of one's own fails again.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable
from contextlib import aclosing
from typing import TYPE_CHECKING, TypeVar, cast
from uuid import uuid4

from switchboard.backends.base import Capability, ChatRequest, Model, Status
from switchboard.backends.ollama_connection import SDK_FAILURES, Connection
from switchboard.backends.ollama_failures import not_an_address, refused, unreadable
from switchboard.backends.ollama_model import ModelFacts, described
from switchboard.backends.ollama_pull import Layers, PullProgress, checked_name
from switchboard.backends.ollama_request import chat_arguments
from switchboard.backends.ollama_status import ready_text
from switchboard.errors import Overloaded, RequestRefused, StreamCut, SwitchboardError, UnknownModel
from switchboard.messages import (
    Event,
    Finish,
    FinishReason,
    Notice,
    ReasoningDelta,
    TextDelta,
    ToolCall,
    Usage,
)

if TYPE_CHECKING:
    from ollama import AsyncClient, ChatResponse, ProgressResponse

T = TypeVar("T")

FIRST_EVENT_SECONDS = 28.0
"""How long a model may take to load, with all that comes before its first event."""
ASK_SECONDS = 10.0
"""How long a question other than a chat may take."""
PULL_SECONDS = 120.0
"""How long a pull may be silent: checking the sum of a file of 40 GB takes a minute."""

SUGGESTED = ("llama3.2", "qwen3:4b", "gemma3:4b")
"""Small models of Ollama's library, offered to be pulled: two that call tools, one that sees images."""

_EMBEDDERS = ("bert", "nomic-bert")
_PARTLY_OLLAMA = (RequestRefused, Overloaded, StreamCut)
"""How a server that speaks only some of Ollama's API answers the rest of it."""


class OllamaBackend:
    """A model behind Ollama.

    Args:
        model: its name as ``ollama list`` spells it.
        url: where Ollama listens, such as http://127.0.0.1:11434.
        seconds: how long it may be silent between two pieces of an answer; where this is more than
            ``FIRST_EVENT_SECONDS``, before the first one too.
        public_only: connect to public addresses only, because a stranger typed the address.
        key: sent as a bearer token, if there is one.
    """

    def __init__(
        self, model: str, *, url: str, seconds: float = 25.0, public_only: bool = False, key: str = ""
    ) -> None:
        self._model = model
        self._seconds = seconds
        self._connection = Connection(url, key, public_only)
        self._client: AsyncClient | None = None
        self._opening = asyncio.Lock()
        self._facts = ModelFacts()
        self._facts_known = False

    @property
    def provider(self) -> str:
        """Ollama."""
        return "Ollama"

    @property
    def model(self) -> str:
        """The model's name."""
        return self._model

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What the model can do; all of it until Ollama was asked for the first time."""
        return self._facts.contract

    async def aclose(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.close()  # type: ignore[no-untyped-call]

    async def stream(self, request: ChatRequest) -> AsyncGenerator[Event, None]:
        """Yield the answer's events, a ``Finish`` last.

        Raises:
            BackendError: as the contract says.
            AddressRefused: the address is not public and must be.
        """
        if not self._model:
            raise UnknownModel("No model is chosen.", "Choose one from the list.")
        clock = asyncio.get_running_loop().time
        deadline = clock() + max(FIRST_EVENT_SECONDS, self._seconds)
        client = await self._opened()
        facts = await self._described(deadline - clock())
        patience = deadline - clock()
        chat = chat_arguments(self._model, request, facts)
        for text in chat.notices:
            yield Notice(text)
        answer = await client.chat(stream=True, **chat.arguments)
        called = False
        async with aclosing(cast("AsyncGenerator[ChatResponse, None]", answer)) as chunks:
            while (chunk := await self._ask(anext(chunks, None), patience)) is not None:
                patience = self._seconds
                if chunk.message.thinking:
                    yield ReasoningDelta(chunk.message.thinking)
                if chunk.message.content:
                    yield TextDelta(chunk.message.content)
                for call in chunk.message.tool_calls or ():
                    called = True
                    arguments = json.dumps(dict(call.function.arguments), ensure_ascii=False)
                    # The SDK drops the ids of calls; other providers want one, unique in the conversation.
                    yield ToolCall(f"call_{uuid4().hex}", call.function.name, arguments)
                if chunk.done:
                    yield Finish(_reason(chunk, called), Usage(chunk.prompt_eval_count, chunk.eval_count))
                    return
        raise unreadable()

    async def models(self) -> list[Model]:
        """The installed models, the most recently changed first, then some that could be pulled.

        Raises:
            BackendError, AddressRefused: Ollama could not be asked.
        """
        installed = await self._installed()
        known = {name.removesuffix(":latest") for name in installed}
        offered = [Model(name, installed=False) for name in SUGGESTED if name not in known]
        return [Model(name) for name in installed] + offered

    async def check(self) -> Status:
        """Whether the model would answer now: address, model, abilities, context window."""
        address = self._connection.address
        try:
            installed = await self._installed()
            if not self._model:
                return Status(
                    False, "Choose a model." if installed else "No model is installed yet: pull one."
                )
            self._facts_known = False
            facts = await self._described(ASK_SECONDS)
            loaded = await self._loaded_window()
        except UnknownModel as exc:
            return Status(False, f"Ollama answers at {address}. {exc}", self._model)
        except SwitchboardError as exc:
            return Status(False, str(exc))
        if not facts.may("completion"):
            return Status(False, f"{self._model} does not write text. Choose another model.")
        return Status(True, ready_text(self._model, address, facts, loaded))

    async def pull(self, model: str) -> AsyncGenerator[PullProgress, None]:
        """Download a model to where Ollama runs, yielding how far it is; closing the iterator stops it.

        Raises:
            UnknownChoice: that is no name of a model.
            UnknownModel: there is no such model.
            BackendError, AddressRefused: it did not work; pulling again goes on where it stopped.
        """
        name = checked_name(model)
        layers = Layers()
        pulling = await (await self._opened()).pull(name, stream=True)
        async with aclosing(cast("AsyncGenerator[ProgressResponse, None]", pulling)) as steps:
            while (step := await self._ask(anext(steps, None), PULL_SECONDS, name)) is not None:
                yield layers.seen(step.status or "", step.digest, step.completed, step.total)
                if step.status == "success":
                    return
        raise StreamCut("The download broke off.", "Pull again: it goes on where it stopped.")

    async def _installed(self) -> list[str]:
        listed = await self._ask((await self._opened()).list(), ASK_SECONDS)
        return [
            entry.model
            for entry in listed.models
            if entry.model and not (entry.details and entry.details.family in _EMBEDDERS)
        ]

    async def _described(self, patience: float) -> ModelFacts:
        """What Ollama says about the model, asked once; nothing where a server does not know the question."""
        if self._facts_known:
            return self._facts
        try:
            shown = await self._ask((await self._opened()).show(self._model), patience)
        except _PARTLY_OLLAMA:
            return self._facts
        self._facts = described(shown.capabilities, shown.modelinfo, shown.parameters)
        self._facts_known = True
        return self._facts

    async def _loaded_window(self) -> int | None:
        try:
            running = await self._ask((await self._opened()).ps(), ASK_SECONDS)
        except _PARTLY_OLLAMA:
            return None
        names = (self._model, f"{self._model}:latest")
        return next((entry.context_length for entry in running.models if entry.model in names), None)

    async def _ask(self, answer: Awaitable[T], patience: float, model: str = "") -> T:
        """What the SDK answers within ``patience`` seconds, its failures as ours."""
        from ollama import ResponseError

        try:
            async with asyncio.timeout(patience):
                return await answer
        except ResponseError as exc:
            raise refused(model or self._model, None, exc.error, self._connection.key) from exc
        except SDK_FAILURES as exc:
            raise self._connection.failure(exc, patience) from exc

    async def _opened(self) -> "AsyncClient":
        """The SDK's client; importing and opening it takes 0.2 s, so that happens in a thread."""
        async with self._opening:
            if self._client is None:
                self._client = await asyncio.to_thread(self._open)
            return self._client

    def _open(self) -> "AsyncClient":
        from ollama import AsyncClient

        options = self._connection.client_options(self._model)
        try:
            return AsyncClient(self._connection.url, **options)
        except SDK_FAILURES as exc:
            raise not_an_address(self._connection.address) from exc


def _reason(last: "ChatResponse", called: bool) -> FinishReason:
    if last.done_reason == "length":
        return FinishReason.LENGTH
    return FinishReason.TOOL_CALLS if called else FinishReason.STOP
