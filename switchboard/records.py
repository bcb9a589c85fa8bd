"""What is kept of a message: itself, how an answer came about, and both as JSON.

The values only; ``conversations.py`` stores them.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from switchboard.messages import (
    AssistantMessage,
    Document,
    Image,
    Message,
    Part,
    Text,
    ToolCall,
    ToolResult,
    Usage,
    UserMessage,
)


class Ending(Enum):
    """Why an answer ended, in the words that the page shows."""

    DONE = "finished"
    CUT = "cut at the length limit"
    FILTERED = "withheld by the provider"
    STOPPED = "stopped by you"
    FAILED = "broke off"


@dataclass(frozen=True, slots=True)
class Note:
    """How an answer came about.

    Attributes:
        seconds: from the request to the last token.
        first_seconds: from the request to the first token, where there was one.
        cost: in US dollars; ``None`` where the model's price is not known.
        warnings: what the person should know of it: notices, or what went wrong.
    """

    provider: str
    model: str
    ending: Ending
    usage: Usage = Usage()
    seconds: float = 0.0
    first_seconds: float | None = None
    cost: Decimal | None = None
    warnings: tuple[str, ...] = ()

    def __add__(self, later: "Note") -> "Note":
        """The note of an answer that went on: both together, ended as the later part did."""
        known = self.cost is not None and later.cost is not None
        return replace(
            later,
            usage=self.usage + later.usage,
            seconds=self.seconds + later.seconds,
            first_seconds=self.first_seconds,
            cost=(self.cost or Decimal(0)) + (later.cost or Decimal(0)) if known else None,
        )


@dataclass(frozen=True, slots=True)
class Record:
    """A message as it is stored; an answer has a note."""

    id: int
    message: Message
    note: Note | None
    created: datetime


def message_to_json(message: Message) -> str:
    """The message as JSON text, the bytes of its images left out."""
    body: dict[str, Any]
    match message:
        case UserMessage(parts):
            body = {"role": "user", "parts": [_part_to_dict(part) for part in parts]}
        case AssistantMessage(text, calls):
            body = {"role": "assistant", "text": text}
            if calls:
                body["tool_calls"] = [
                    {"id": call.id, "name": call.name, "arguments": call.arguments} for call in calls
                ]
        case ToolResult(call_id, name, text, failed):
            body = {"role": "tool", "call_id": call_id, "name": name, "text": text, "failed": failed}
    return json.dumps(body, ensure_ascii=False)


def message_from_json(body: Mapping[str, Any], images: Mapping[int, bytes]) -> Message:
    """The message again, from the parsed JSON and the bytes of its images by their part's index."""
    match body["role"]:
        case "user":
            return UserMessage(tuple(_part(part, images.get(i, b"")) for i, part in enumerate(body["parts"])))
        case "assistant":
            calls = (ToolCall(c["id"], c["name"], c["arguments"]) for c in body.get("tool_calls", ()))
            return AssistantMessage(body["text"], tuple(calls))
        case "tool":
            return ToolResult(body["call_id"], body["name"], body["text"], body["failed"])
    raise ValueError(f"a stored message with the role {body['role']!r}")


def note_to_json(note: Note) -> str:
    """The note as JSON text."""
    usage = note.usage
    return json.dumps(
        {
            "provider": note.provider,
            "model": note.model,
            "ending": note.ending.name,
            "tokens": [usage.input_tokens, usage.output_tokens, usage.cached_tokens],
            "seconds": note.seconds,
            "first_seconds": note.first_seconds,
            "cost": None if note.cost is None else str(note.cost),
            "warnings": note.warnings,
        },
        ensure_ascii=False,
    )


def note_from_json(text: str) -> Note:
    """The note again."""
    body = json.loads(text)
    return Note(
        provider=body["provider"],
        model=body["model"],
        ending=Ending[body["ending"]],
        usage=Usage(*body["tokens"]),
        seconds=body["seconds"],
        first_seconds=body["first_seconds"],
        cost=None if body["cost"] is None else Decimal(body["cost"]),
        warnings=tuple(body["warnings"]),
    )


def _part_to_dict(part: Part) -> dict[str, str]:
    match part:
        case Text(text):
            return {"kind": "text", "text": text}
        case Document(name, text):
            return {"kind": "document", "name": name, "text": text}
        case Image(name, media_type):
            return {"kind": "image", "name": name, "media_type": media_type}


def _part(part: Mapping[str, str], data: bytes) -> Part:
    match part["kind"]:
        case "text":
            return Text(part["text"])
        case "document":
            return Document(part["name"], part["text"])
        case "image":
            return Image(part["name"], part["media_type"], data)
    raise ValueError(f"a stored part of the kind {part['kind']!r}")
