"""OpenAI's voice: text read aloud, a recording taken down.

Two endpoints beside the chat's, ``/audio/speech`` and ``/audio/transcriptions``, each one request on a
connection of its own. Not covered: speech while it is being written, and asking again after a failure, for
a person who pressed a button presses it once more.

OpenAI ends ``/audio/speech``, with every model that it takes, on 6 January 2027; the way it names instead is
a conversation over a WebSocket (https://developers.openai.com/api/docs/deprecations, read 21 November 2026).
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import takewhile
from pathlib import PurePath
from typing import Any

from switchboard.backends import failures
from switchboard.backends.base import RECORDING_BYTES, SPOKEN_CHARACTERS
from switchboard.backends.connection import Connection
from switchboard.errors import BadInput, TooLarge, UnknownModel, Unsupported
from switchboard.sentences import sentences

SPEAKING_MODEL = "gpt-4o-mini-tts"
VOICE = "marin"
LISTENING_MODEL = "gpt-transcribe"
SPOKEN_BYTES = 6_000
"""The model reads 2,000 tokens; in no script is one shorter than three bytes on average."""
AUDIO_BYTES = 16_000_000
"""The most that is taken of what was spoken: ``SPOKEN_CHARACTERS`` last five minutes, some 6 MB."""
REQUEST_SECONDS = 90.0
MEDIA_TYPES = {
    ".wav": "audio/wav",
    ".mp3": "audio/mpeg",
    ".webm": "audio/webm",
    ".ogg": "audio/ogg",
    ".m4a": "audio/mp4",
    ".flac": "audio/flac",
}


class OpenAISpeech:
    """The voice of one account.

    Args:
        key: the API key.
        url: the address up to and including ``/v1``.
        provider: the name that errors use.
        seconds: how long the provider may be silent.
    """

    def __init__(self, key: str, url: str, provider: str, seconds: float) -> None:
        self._key, self._url = key, url
        self._provider, self._seconds = provider, seconds

    async def speak(self, text: str) -> bytes:
        """``text`` read aloud, as ``base.Speech.speak`` says.

        Raises:
            BadInput: there is nothing to read.
            Unsupported: the provider has no voice, or has it no more.
            BackendError: the provider does not answer as asked.
        """
        words = speakable(text)
        if not words:
            raise BadInput("There is nothing to read aloud.", "Ask something first.")
        async with self._asked(SPEAKING_MODEL) as call:
            return await call.spoken(words)

    async def transcribe(self, audio: bytes, name: str) -> str:
        """What is said in a recording, as ``base.Speech.transcribe`` says.

        Raises:
            BadInput: the recording is empty, or in a form that is not known.
            TooLarge: it has more than ``RECORDING_BYTES``.
            Unsupported: the provider takes nothing down.
            BackendError: the provider does not answer as asked.
        """
        kind = PurePath(name).suffix.lower()
        if not audio or kind not in MEDIA_TYPES:
            raise BadInput("That is no recording.", "Record the question again.")
        if len(audio) > RECORDING_BYTES:
            raise TooLarge(
                f"The recording has {len(audio) / 1e6:.1f} MB; {RECORDING_BYTES / 1e6:g} MB are taken down.",
                "Record a shorter question.",
            )
        async with self._asked(LISTENING_MODEL) as call:
            return await call.taken_down(audio, f"recording{kind}", MEDIA_TYPES[kind])

    @asynccontextmanager
    async def _asked(self, model: str) -> "AsyncIterator[_Call]":
        """A connection that is closed with the block, however that ends."""
        if not self._key:
            raise failures.missing_key(self._provider)
        call = await asyncio.to_thread(self._opened, model)
        try:
            async with asyncio.timeout(REQUEST_SECONDS):
                yield call
        except TimeoutError as exc:
            raise failures.timed_out(self._provider, REQUEST_SECONDS) from exc
        except UnknownModel as exc:
            raise Unsupported(
                f"{self._provider} does not offer {model} at this address.", "Read and type instead."
            ) from exc
        finally:
            await call.aclose()

    def _opened(self, model: str) -> "_Call":
        import openai

        from switchboard.backends.http_client import http_client

        http = http_client(self._url, self._key, self._seconds)
        client = openai.AsyncOpenAI(api_key=self._key, base_url=self._url, max_retries=0, http_client=http)
        return _Call(openai, client, self._provider, model, self._key, self._seconds)


class _Call(Connection):
    """One request to the voice, its failures mapped as the chat's are."""

    async def spoken(self, words: str) -> bytes:
        """The words as MP3."""
        audio = bytearray()
        with self._mapped():
            async with self._client.audio.speech.with_streaming_response.create(
                model=self._model, voice=VOICE, input=words, response_format="mp3"
            ) as response:
                if response.headers.get("content-type", "").startswith(("application/json", "text/")):
                    raise self._said_plainly(await response.read())
                async for chunk in response.iter_bytes():
                    audio += chunk
                    if len(audio) > AUDIO_BYTES:
                        raise failures.unreadable(self._provider)
        if not audio:
            raise failures.stream_cut(self._provider)
        return bytes(audio)

    async def taken_down(self, audio: bytes, name: str, media_type: str) -> str:
        """The words of the recording on one line."""
        with self._mapped():
            answer: Any = await self._client.audio.transcriptions.create(
                model=self._model, file=(name, audio, media_type)
            )
        text = getattr(answer, "text", None)
        if not isinstance(text, str):
            raise failures.unreadable(self._provider)
        return " ".join(text.split())


def speakable(text: str) -> str:
    """As much of ``text`` as is read aloud: all of it, or its first sentences that fit."""
    text = text.strip()
    head = text.encode()[:SPOKEN_BYTES].decode(errors="ignore")[:SPOKEN_CHARACTERS]
    if head == text:
        return text
    whole = [one.end for one in takewhile(lambda one: one.end <= len(head), sentences(text))]
    cut = whole[-1] if whole else head.rfind(" ")
    return head[:cut].rstrip() if cut > 0 else head
