"""The desk's voice: a question spoken into the box, the last answer read aloud.

Off unless the operator switches it on; then it speaks with the provider that is chosen, where that has a
voice. What is taken down goes into the box and no further: the person reads it and presses Enter. How a
provider speaks is in ``switchboard/backends``.
"""

import asyncio
import io
import re
import wave
from base64 import b64encode
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing, suppress
from pathlib import Path
from typing import Any, TypeVar

import gradio as gr
from gradio.utils import get_upload_folder

from switchboard.backends.base import RECORDING_BYTES, SPOKEN_CHARACTERS, Capability, Speech
from switchboard.backends.catalog import checked_choice
from switchboard.errors import BadInput, TooLarge, Unsupported
from switchboard.inputs import text_of
from switchboard.messages import AssistantMessage, Message, UserMessage
from switchboard.sentences import Kind, sentences
from tabs.desk_talk import DeskTalk
from tabs.frame import Frame
from tabs.listening import PRIVATE
from tabs.streaming import place_of, plain_errors

PLACE = "voice"
RECORDING_SECONDS = 60
KEPT_SECONDS = 20.0
"""How long a recording stays on the server once taken down: the page may still be loading it to play."""
SAMPLE_RATE = 16_000
"""As much as speech needs: a minute is 2 MB."""
_JOINED = (
    "(heard, typed) => [[typed ?? '', heard].map((text) => text.trim()).filter(Boolean).join(' '), '', null]"
)
_TAG = re.compile(r"</?[a-zA-Z][^<>\n]{0,300}>")
_ENDED = (".", "!", "?", "…", ":", ";", ",")
_LOWEST_RATE, _HIGHEST_RATE = 8_000, 192_000
_HEAD_BYTES = 1_000

Made = TypeVar("Made")


class Voice:
    """A microphone and a button below the box; neither exists where the voice is switched off."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.is_on = frame.services.settings.voice
        if self.is_on:
            self._render()

    def _render(self) -> None:
        with gr.Row(elem_id="airline-voice"):
            self.microphone = gr.Audio(
                sources=["microphone"],
                type="filepath",
                format="wav",
                editable=False,
                show_label=False,
                buttons=[],
                waveform_options=gr.WaveformOptions(show_recording_waveform=False, sample_rate=SAMPLE_RATE),
                elem_id="airline-microphone",
            )
            self.read = gr.Button("Read aloud", size="sm", min_width=110, scale=0, elem_id="airline-read")
        self.shown = gr.HTML(elem_id="airline-spoken")
        self.heard = gr.Textbox(visible=False)

    def wire(self, talk: DeskTalk, box: Any) -> None:
        """Connect them.

        Args:
            talk: where the answer stands that is read aloud.
            box: takes what was spoken, after what is typed there already.
        """
        if not self.is_on:
            return
        self.talk, bar = talk, self.frame.bar.inputs
        recorded = self.microphone.stop_recording(
            self.take_down, [self.microphone, *bar], [self.heard, self.shown], **PRIVATE
        )
        joined = [box, self.heard, self.microphone]
        recorded.success(None, [self.heard, box], joined, js=_JOINED, **PRIVATE)
        recorded.failure(None, None, [self.shown, self.microphone], js="() => ['', null]", **PRIVATE)
        read = self.read.click(self.read_aloud, bar, self.shown, **PRIVATE)
        read.failure(None, None, self.shown, js="() => ''", **PRIVATE)

    async def take_down(
        self, request: gr.Request, recording: Any, *chosen: Any
    ) -> AsyncIterator[tuple[str, str]]:
        """Have the recording taken down; first that it is being done is shown, then the words come."""
        with plain_errors():
            speech, file = self._speech(request, chosen), _received(recording)
            audio = await asyncio.to_thread(_checked_audio, file)
            try:
                made = self._made(request, lambda: speech.transcribe(audio, "question.wav"))
                async with aclosing(made):
                    async for words in made:
                        if words == "":
                            raise BadInput("No words were heard.", "Check the microphone, then record again.")
                        yield (words, "") if words else ("", _said("Taking it down …"))
            finally:
                asyncio.get_running_loop().call_later(KEPT_SECONDS, _remove, file)

    async def read_aloud(self, request: gr.Request, *chosen: Any) -> AsyncIterator[str]:
        """Have the last answer spoken."""
        with plain_errors():
            speech, visitor = self._speech(request, chosen), self.frame.visitor(request)
            if self.talk.live(visitor, request):
                raise BadInput("The answer is still being written.", "Press again when it is finished.")
            words = prose(self.talk.messages(visitor, request))
            if not words:
                raise BadInput("There is no answer to read aloud yet.", "Ask the desk first.")
            async with aclosing(self._made(request, lambda: speech.speak(words))) as made:
                async for audio in made:
                    yield _said("Preparing the voice …") if audio is None else _player(audio, words)

    async def _made(
        self, request: gr.Request, make: Callable[[], Awaitable[Made]]
    ) -> AsyncGenerator[Made | None]:
        """What is being made, ``None`` while it is; it ends with the page that waits for it."""

        async def events() -> AsyncGenerator[Made]:
            yield await make()

        visitor, limit = self.frame.visitor(request), self.frame.services.settings.runs_per_visitor
        yield None
        with visitor.running(place_of(PLACE, request), limit) as run:
            async with aclosing(self.frame.pacer.batches(events(), run)) as batches:
                async for batch in batches:
                    yield batch[0] if batch else None

    def _speech(self, request: gr.Request, chosen: Sequence[Any]) -> Speech:
        """The voice of the provider that is chosen.

        Raises:
            Unsupported: it has none.
        """
        backend = self.frame.services.backend(self.frame.visitor(request), checked_choice(*chosen))
        if Capability.SPEECH not in backend.capabilities or not isinstance(backend, Speech):
            raise Unsupported(
                f"{backend.provider} has no voice here; OpenAI has.", "Choose OpenAI above, with a key."
            )
        return backend


def prose(messages: Sequence[Message]) -> str:
    """What was said since the last question, as it is spoken: without steps, code and marks of Markdown."""
    said: list[str] = []
    for message in reversed(messages):
        if isinstance(message, UserMessage):
            break
        if isinstance(message, AssistantMessage):
            said.insert(0, message.text)
    units = sentences(_TAG.sub("", "\n\n".join(said)))
    spoken = (_spoken(unit.plain, unit.kind) for unit in units if unit.kind is not Kind.CODE)
    return "\n".join(filter(None, spoken))


def _spoken(words: str, kind: Kind) -> str:
    if kind is Kind.ROW:
        words = ", ".join(cell for cell in map(str.strip, words.split("|")) if cell)
    return words if kind is Kind.PROSE or not words or words.endswith(_ENDED) else f"{words}."


def _received(recording: Any) -> Path:
    """The file that Gradio received for a recording; a path elsewhere on the server is none."""
    match recording:
        case {"path": str(path)} if Path(text_of(path)).resolve().is_relative_to(get_upload_folder()):
            return Path(text_of(path)).resolve()
    raise BadInput("That is no recording.", "Record the question again.")


def _checked_audio(file: Path) -> bytes:
    """The recording, if it is one and not too long.

    Raises:
        BadInput: it is no sound.
        TooLarge: it lasts longer than ``RECORDING_SECONDS``.
    """
    too_long = TooLarge(f"The recording is longer than {RECORDING_SECONDS} s.", "Record a shorter question.")
    try:
        if file.stat().st_size > RECORDING_BYTES:
            raise too_long
        audio = file.read_bytes()
        with wave.open(io.BytesIO(audio)) as sound:
            rate, frame = sound.getframerate(), sound.getnchannels() * sound.getsampwidth()
    except (OSError, EOFError, RuntimeError, wave.Error) as exc:
        raise BadInput("That is no recording.", "Record the question again.") from exc
    if not _LOWEST_RATE <= rate <= _HIGHEST_RATE:
        raise BadInput("That is no recording.", "Record the question again.")
    if len(audio) > RECORDING_SECONDS * rate * frame + _HEAD_BYTES:
        raise too_long
    return audio


def _remove(file: Path) -> None:
    with suppress(OSError):
        file.unlink()


def _said(words: str) -> str:
    return f"<p class='hint'>{words}</p>"


def _player(audio: bytes, words: str) -> str:
    """The sound within the page itself: no file of it is left on the server."""
    part = ", the beginning of a long answer" if len(words) > SPOKEN_CHARACTERS else ""
    return (
        f"<audio controls autoplay src='data:audio/mpeg;base64,{b64encode(audio).decode()}'></audio>"
        f"<p class='hint'>Spoken by an artificial voice{part}.</p>"
    )
