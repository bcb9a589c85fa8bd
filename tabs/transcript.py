"""A saved conversation as the messages of a Gradio Chatbot.

Only a window of the newest records is shown, for every update of the page carries all that is shown. Which
message stands for which record is worked out again from the store when a person points at one, so that
nothing a browser sends is taken for history.
"""

import hashlib
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from switchboard.errors import NotFound
from switchboard.markdown import safe_markdown
from switchboard.messages import (
    AssistantMessage,
    Document,
    Event,
    Image,
    ReasoningDelta,
    TextDelta,
    ToolResult,
    UserMessage,
)
from switchboard.records import Ending, Note, Record

WINDOW = 40
"""Records shown at first; as many more with each press of the button above them."""
_UNFINISHED = (Ending.CUT, Ending.STOPPED, Ending.FAILED)
_SUFFIX = {"image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "image/webp": ".webp"}

Shown = dict[str, Any]
"""A message in the form in which Gradio sends it to the Chatbot in the browser.

Handlers hand these on without Gradio's own translation (``postprocess=False``), which costs a thread and a
pass over all messages at every update.
"""
CONTINUE = "continue"


def transcript(records: Sequence[Record]) -> list[Shown]:
    """The records as they are shown."""
    return [shown for record in records for shown in _shown(record)]


def record_behind(records: Sequence[Record], index: object) -> Record:
    """The record that the message at ``index`` of their transcript stands for.

    Raises:
        NotFound: there is no such message.
    """
    behind = [record for record in records for _ in _shown(record)]
    if not isinstance(index, int) or not 0 <= index < len(behind):
        raise NotFound("That message is gone.", "Reload the page.")
    return behind[index]


def message(role: str, text: str, metadata: dict[str, Any] | None = None, options: Any = None) -> Shown:
    """A message of one text in Markdown; it must be safe to show."""
    content = [{"type": "text", "text": text}]
    return {"role": role, "content": content, "metadata": metadata, "options": options}


def answer_shown(text: str, note: Note | None = None) -> list[Shown]:
    """An answer, while it is written and after."""
    shown = [message("assistant", safe_markdown(text))] if text else []
    return [*shown, note_shown(note, goes_on=bool(text) and note.ending in _UNFINISHED)] if note else shown


def note_shown(note: Note, goes_on: bool = False) -> Shown:
    """How an answer came about, below it, and what should be known of it; ``goes_on`` offers Continue."""
    warnings = "".join(f"⚠ {plain(warning)}\n\n" for warning in note.warnings)
    options = [{"label": "Continue", "value": CONTINUE}] if goes_on else None
    return message("assistant", f"{warnings}<small>{plain(note_text(note))}</small>", options=options)


class Draft:
    """An answer while it is written, from the events that have come."""

    def __init__(self, begun: str = "") -> None:
        self.text = begun
        self._reasoning = ""

    def shown(self, batch: Iterable[Event | object]) -> list[Shown]:
        """Add the events of ``batch``, and show what there is so far."""
        for event in batch:
            match event:
                case TextDelta(piece):
                    self.text += piece
                case ReasoningDelta(piece):
                    self._reasoning += piece
        answer = answer_shown(self.text)
        if not self._reasoning:
            return answer
        metadata = {"title": "Thinking", "status": "done" if answer else "pending"}
        return [message("assistant", safe_markdown(self._reasoning), metadata), *answer]


def user_shown(said: UserMessage) -> list[Shown]:
    """A person's message: each attachment, then the words."""
    shown: list[Shown] = []
    for part in said.parts:
        match part:
            case Image():
                shown.append(_image_shown(part))
            case Document(name, text):
                shown.append(message("user", f"📎 **{plain(name)}** · {len(text):,} characters"))
    if said.text:
        shown.append(message("user", safe_markdown(said.text)))
    return shown


def plain(text: str) -> str:
    """Text of others inside a line of ours: no Markdown, no tags, no line of its own."""
    return "".join(f"\\{c}" if c in r"\`*_{}[]<>()#!|~$&" else c for c in " ".join(text.split()))


def note_text(note: Note) -> str:
    """How an answer came about, on one line: model, tokens, time, cost, ending."""
    words = [note.model]
    usage = note.usage
    if usage.output_tokens is not None:
        words.append(f"{usage.input_tokens or 0:,} + {usage.output_tokens:,} tokens")
    words.append(f"{note.seconds:.1f} s")
    writing = note.seconds - (note.first_seconds or 0)
    if usage.output_tokens and writing > 0.01:
        words.append(f"{usage.output_tokens / writing:,.0f} tokens/s")
    if note.cost is not None:
        words.append("free" if not note.cost else f"${note.cost:.4f}" if note.cost >= 0.0001 else "< $0.0001")
    else:
        words.append("cost unknown")
    words.append(note.ending.value)
    return " · ".join(words)


def _shown(record: Record) -> list[Shown]:
    match record.message:
        case UserMessage():
            return user_shown(record.message)
        case AssistantMessage(text):
            return answer_shown(text, record.note)
        case ToolResult(_, name, text):
            return [message("assistant", plain(text), {"title": f"🛠 {plain(name)}"})]


def _image_shown(image: Image) -> Shown:
    file = {
        "path": str(_image_file(image)),
        "orig_name": image.name,
        "mime_type": image.media_type,
        "meta": {"_type": "gradio.FileData"},
    }
    content = [{"type": "file", "file": file, "alt_text": image.name}]
    return {"role": "user", "content": content, "metadata": None, "options": None}


def _image_file(image: Image) -> Path:
    """The image in Gradio's reach, under a name that cannot be guessed without having the image."""
    folder = Path(tempfile.gettempdir()) / "switchboard-images"
    folder.mkdir(mode=0o700, exist_ok=True)
    file = folder / (hashlib.sha256(image.data).hexdigest() + _SUFFIX[image.media_type])
    if not file.exists():
        partial = file.with_suffix(".partial")
        partial.write_bytes(image.data)
        partial.replace(file)
    return file
