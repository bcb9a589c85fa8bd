"""A saved conversation as a file to take away: Markdown to read, JSON to work with."""

import base64
import json
import re
from collections.abc import Sequence

from switchboard.conversations import Conversation
from switchboard.messages import AssistantMessage, Document, Image, Text, ToolResult, UserMessage
from switchboard.records import Record, message_to_json, note_to_json


def as_markdown(conversation: Conversation, records: Sequence[Record]) -> str:
    """The conversation as one Markdown document, images by name only."""
    blocks = [f"# {conversation.title}", f"_Begun {conversation.created:%Y-%m-%d %H:%M} UTC_"]
    if conversation.system:
        blocks.append("## System prompt\n\n" + conversation.system)
    blocks += [_block(record) for record in records]
    return "\n\n".join(blocks) + "\n"


def as_json(conversation: Conversation, records: Sequence[Record]) -> str:
    """The conversation as one JSON object, images in base64."""
    return json.dumps(
        {
            "title": conversation.title,
            "system": conversation.system,
            "created": conversation.created.isoformat(),
            "updated": conversation.updated.isoformat(),
            "messages": [_entry(record) for record in records],
        },
        ensure_ascii=False,
        indent=2,
    )


def _block(record: Record) -> str:
    match record.message:
        case UserMessage(parts):
            lines = []
            for part in parts:
                match part:
                    case Text(text):
                        lines.append(text)
                    case Document(name, text):
                        lines.append(f"Attached: {name} ({len(text):,} characters)")
                    case Image(name):
                        lines.append(f"Attached: {name} (image)")
            return "## You\n\n" + "\n\n".join(lines)
        case AssistantMessage(text):
            who = record.note.model if record.note else "Answer"
            return f"## {who}\n\n{text}"
        case ToolResult(_, name, text):
            fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", text)), 3)
            return f"## Tool {name}\n\n{fence}\n{text}\n{fence}"


def _entry(record: Record) -> dict[str, object]:
    entry: dict[str, object] = json.loads(message_to_json(record.message))
    if isinstance(record.message, UserMessage):
        parts = entry["parts"]
        assert isinstance(parts, list)  # noqa: S101 - message_to_json writes a list
        for part, written in zip(record.message.parts, parts, strict=True):
            if isinstance(part, Image):
                written["base64"] = base64.b64encode(part.data).decode("ascii")
    if record.note:
        entry["note"] = json.loads(note_to_json(record.note))
    return entry | {"created": record.created.isoformat()}
