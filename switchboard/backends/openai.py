"""OpenAI, and every server that speaks its Chat Completions.

Opening, listing and testing; the format is ``chat_completions.py``, the way there ``connection.py``, known
servers are in ``presets.py``.
"""

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from switchboard.backends import attempts, failures
from switchboard.backends.base import Capability, ChatRequest, Model, Sampling, Status
from switchboard.backends.chat_completions import ChatReading, request_body
from switchboard.backends.opening import Opening
from switchboard.errors import SwitchboardError, UnknownModel
from switchboard.messages import Event, user

if TYPE_CHECKING:
    from switchboard.backends.connection import Connection
    from switchboard.backends.openai_speech import OpenAISpeech

OPENAI = "OpenAI"
KNOWN_MODELS = ("gpt-5.5", "gpt-5.4-mini")
"""Offered before there is a key to ask with."""

_REASONING = re.compile(r"(.*/)?(gpt-5(?!.*chat)|o\d)", re.I)
"""Models that refuse a temperature (https://platform.openai.com/docs/guides/reasoning)."""
_NO_CHAT = re.compile(
    r"embed|rerank|whisper|\btts|tts\b|transcribe|realtime|\baudio|dall-e|-image|sora|moderation|guard\b"
    r"|babbage|davinci|turbo-instruct|deep-research|computer-use|-codex|^gpt-.*-pro",
    re.I,
)
_SNAPSHOT = re.compile(r"-\d{4}-\d{2}-\d{2}$|-\d{4}$")


class OpenAIBackend:
    """A model behind OpenAI's API or a compatible one.

    Args:
        model: its name.
        key: the API key; a compatible server may need none.
        url: the address up to and including ``/v1``.
        provider: the name that errors and the page use.
        seconds: how long the provider may be silent.
        public_only: connect to public addresses only, for an address that a stranger typed.
    """

    def __init__(
        self,
        model: str,
        *,
        key: str,
        url: str,
        provider: str = OPENAI,
        seconds: float = 25.0,
        public_only: bool = False,
    ) -> None:
        self.model = model
        self.provider = provider
        self._key, self._url = key.strip(), url
        self._seconds, self._public_only = seconds, public_only
        self._is_openai = provider == OPENAI
        self._opening = Opening(self._opened)

    @property
    def capabilities(self) -> frozenset[Capability]:
        """All, a temperature left out where the model refuses one; a compatible server may do less.

        The voice is OpenAI's alone, and costs: it is there with a key.
        """
        refused = {Capability.TEMPERATURE} if _REASONING.match(self.model) else set()
        if not (self._is_openai and self._key):
            refused.add(Capability.SPEECH)
        return frozenset(Capability) - refused

    def stream(self, request: ChatRequest) -> AsyncGenerator[Event, None]:
        """Yield the answer's events, a ``Finish`` last.

        Raises:
            BackendError: the provider does not answer as asked, after two more attempts at the most.
            AddressRefused: the address is not public, where it must be.
        """
        within = max(attempts.FIRST_EVENT_SECONDS, self._seconds + 5)
        return attempts.with_retries(self.provider, lambda: self._attempt(request), within)

    async def models(self) -> list[Model]:
        """The models that chat, newest first, names with a date after all others.

        Raises:
            BackendError: the provider could not be asked.
        """
        if self._is_openai and not self._key:
            return [Model(name) for name in KNOWN_MODELS]
        listed = await self._listed()
        if listed is None:
            return [Model(self.model)] if self.model else []
        found = [entry for entry in listed if not _NO_CHAT.search(entry["id"])]
        found.sort(key=lambda entry: (bool(_SNAPSHOT.search(entry["id"])), -_number(entry.get("created"))))
        return [Model(entry["id"], _window(entry)) for entry in found]

    async def check(self) -> Status:
        """Whether the provider would answer now: its list of models, or one token where it has none."""
        try:
            if self._is_openai and not self._key:
                raise failures.missing_key(self.provider)
            async with asyncio.timeout(self._seconds):
                listed = await self._listed()
                if listed is None and self.model:
                    await self._ask_for_a_token()
        except TimeoutError:
            return Status(False, str(failures.timed_out(self.provider, self._seconds)))
        except SwitchboardError as exc:
            return Status(False, str(exc))
        names = [entry["id"] for entry in listed or ()]
        if not names and listed is not None:
            return Status(False, f"{self.provider} answers, but has no model. Load one there.")
        if not self.model:
            return Status(True, f"{self.provider} answers. Choose a model.")
        if names and self.model not in names:
            return self._not_listed(names)
        return Status(True, f"{self.provider} is ready with {self.model}.")

    async def speak(self, text: str) -> bytes:
        """``text`` read aloud; see ``OpenAISpeech.speak``."""
        return await self._speech().speak(text)

    async def transcribe(self, audio: bytes, name: str) -> str:
        """What is said in a recording; see ``OpenAISpeech.transcribe``."""
        return await self._speech().transcribe(audio, name)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._opening.aclose()

    def _not_listed(self, names: list[str]) -> Status:
        """OpenAI answers only for what it lists; another server may take any name."""
        if self._is_openai:
            return Status(False, str(failures.error_of_status(self.provider, self.model, 404)))
        offered = ", ".join(names[:3])
        return Status(True, f"{self.provider} answers, but does not list {self.model}; it lists {offered}.")

    async def _listed(self) -> list[dict[str, Any]] | None:
        """The provider's list of models, or ``None`` where it has none."""
        connection = await self._connection()
        try:
            return _entries(await connection.get("/models"))
        except UnknownModel:
            return None

    async def _ask_for_a_token(self) -> None:
        question = ChatRequest((user("Say yes."),), sampling=Sampling(max_tokens=1))
        async with aclosing(self._attempt(question)) as events:
            async for _ in events:
                pass

    async def _attempt(self, request: ChatRequest) -> AsyncGenerator[Event | None, None]:
        connection = await self._connection()
        body = request_body(
            self.model,
            request,
            length_field="max_completion_tokens" if self._is_openai else "max_tokens",
            temperature=Capability.TEMPERATURE in self.capabilities,
        )
        async with aclosing(connection.answer("/chat/completions", body, ChatReading())) as events:
            async for event in events:
                yield event

    async def _connection(self) -> "Connection":
        if self._is_openai and not self._key:
            raise failures.missing_key(self.provider)
        return await self._opening.connection()

    def _speech(self) -> "OpenAISpeech":
        from switchboard.backends.openai_speech import OpenAISpeech

        return OpenAISpeech(self._key, self._url, self.provider, self._seconds)

    def _opened(self) -> "Connection":
        import openai

        from switchboard.backends.connection import Connection
        from switchboard.backends.http_client import http_client

        http = http_client(self._url, self._key, self._seconds, public_only=self._public_only)
        client = openai.AsyncOpenAI(
            api_key=self._key or "none", base_url=self._url, max_retries=0, http_client=http
        )
        return Connection(openai, client, self.provider, self.model, self._key, self._seconds)


def _entries(body: Any) -> list[dict[str, Any]]:
    """The models in a list, whichever form it has; GitHub's is bare, llama.cpp's and Ollama's are not."""
    listed = body.get("data") or body.get("models") or [] if isinstance(body, dict) else body
    if not isinstance(listed, list):
        return []
    return [entry for entry in listed if isinstance(entry, dict) and isinstance(entry.get("id"), str)]


def _window(entry: dict[str, Any]) -> int | None:
    """The context window where a server tells it: vLLM, LM Studio or OpenRouter, llama.cpp."""
    meta = entry.get("meta")
    places = (
        entry.get("max_model_len"),
        entry.get("max_context_length"),
        entry.get("context_length"),
        meta.get("n_ctx") if isinstance(meta, dict) else None,
    )
    return next((size for size in places if isinstance(size, int) and size > 0), None)


def _number(value: object) -> float:
    return value if isinstance(value, int | float) else 0
