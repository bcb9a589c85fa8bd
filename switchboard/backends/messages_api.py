"""The Messages format: our values to Claude's, its stream to our events.

Pure translation, nothing is sent from here (https://docs.claude.com/en/api/messages). Sampling has no place
in it: the API's newer models take no temperature, and the SDK has none.
"""

import json
from base64 import b64encode
from dataclasses import dataclass
from typing import Any

from switchboard.backends.base import ChatRequest, message_text, system_prompt
from switchboard.backends.schemas import strict_schema
from switchboard.backends.turns import Turn, in_words, is_whole, turns
from switchboard.messages import (
    AssistantMessage,
    Event,
    Finish,
    FinishReason,
    Image,
    Notice,
    ReasoningDelta,
    TextDelta,
    ToolCall,
    Usage,
    UserMessage,
)

MAX_TOKENS = 8_192
"""The API wants a limit; this one is sent where none is chosen."""

_REASONS = {
    "max_tokens": FinishReason.LENGTH,
    "model_context_window_exceeded": FinishReason.LENGTH,
    # A long turn that the server paused; asked again, the model goes on.
    "pause_turn": FinishReason.LENGTH,
    "tool_use": FinishReason.TOOL_CALLS,
    "refusal": FinishReason.FILTERED,
}


def request_body(model: str, request: ChatRequest) -> dict[str, Any]:
    """The JSON of a streamed request.

    A conversation is marked for the provider's cache: its next turn begins with the same words. A question
    with a schema is asked once, and is not. The API refuses turns with tool calls where no tools are defined:
    without tools they are told in words.
    """
    said = turns(request.messages)
    body: dict[str, Any] = {
        "model": model,
        "max_tokens": request.sampling.max_tokens or MAX_TOKENS,
        "messages": _messages(said if request.tools else in_words(said)),
        "stream": True,
    }
    if system := system_prompt(request):
        body["system"] = system
    if request.tools:
        body["tools"] = [
            {"name": tool.name, "description": tool.description, "input_schema": tool.parameters}
            for tool in request.tools
        ]
        if not request.may_call:
            body["tool_choice"] = {"type": "none"}
    if request.schema:
        body["output_config"] = {"format": {"type": "json_schema", "schema": strict_schema(request.schema)}}
    else:
        body["cache_control"] = {"type": "ephemeral"}
    return body


def _messages(said: list[Turn]) -> list[dict[str, Any]]:
    """The turns with those of one role merged, as the API wants them to alternate."""
    merged: list[dict[str, Any]] = []

    def add(role: str, blocks: list[dict[str, Any]]) -> None:
        """Add to the last message, or begin one."""
        if not blocks:
            return
        if merged and merged[-1]["role"] == role:
            merged[-1]["content"] += blocks
        else:
            merged.append({"role": role, "content": blocks})

    for turn in said:
        match turn.message:
            case UserMessage():
                add("user", _user_blocks(turn.message))
            case AssistantMessage(text, calls):
                add("assistant", _text(text) + [_tool_use(call) for call in calls])
                add(
                    "user",
                    [
                        {
                            "type": "tool_result",
                            "tool_use_id": result.call_id,
                            "content": result.text,
                            "is_error": result.failed,
                        }
                        for result in turn.results
                    ],
                )
    return merged


def _user_blocks(message: UserMessage) -> list[dict[str, Any]]:
    images = [
        {
            "type": "image",
            "source": {
                "type": "base64",
                "media_type": part.media_type,
                "data": b64encode(part.data).decode(),
            },
        }
        for part in message.parts
        if isinstance(part, Image)
    ]
    return images + _text(message_text(message))


def _text(text: str) -> list[dict[str, Any]]:
    """A text block, or none: the API refuses an empty one and one of spaces."""
    return [{"type": "text", "text": text}] if text.strip() else []


def _tool_use(call: ToolCall) -> dict[str, Any]:
    return {"type": "tool_use", "id": call.id, "name": call.name, "input": json.loads(call.arguments)}


@dataclass(slots=True)
class _Call:
    """A tool call whose arguments come in pieces."""

    id: str
    name: str
    arguments: str = ""


class ClaudeReading:
    """An answer as it is read, one event after the other."""

    def __init__(self) -> None:
        self.ended = False
        self._reason = FinishReason.STOP
        self._refused = False
        self._tokens: dict[str, int] = {}
        self._calls: dict[int, _Call] = {}
        self._called: list[_Call] = []

    def read(self, event: dict[str, Any]) -> list[Event]:
        """What the event says; an event of an unknown type says nothing."""
        match event.get("type"):
            case "content_block_delta":
                return self._delta(event["index"], event["delta"])
            case "content_block_start":
                return self._start(event["index"], event["content_block"])
            case "content_block_stop" if event["index"] in self._calls:
                self._called.append(self._calls.pop(event["index"]))
            case "message_start":
                self._count(event["message"].get("usage"))
            case "message_delta":
                self._count(event.get("usage"))
                if reason := event["delta"].get("stop_reason"):
                    self.ended = True
                    self._refused = reason == "refusal"
                    self._reason = _REASONS.get(reason, FinishReason.STOP)
        return []

    def rest(self) -> list[Event]:
        """The tool calls, complete, a word about a refusal, then ``Finish``.

        A call that the limit on length cut is left out.
        """
        calls = self._called
        if self._reason is FinishReason.LENGTH:
            calls = [call for call in calls if is_whole(call.arguments)]
        events: list[Event] = [ToolCall(call.id, call.name, call.arguments or "{}") for call in calls]
        if self._refused:
            events.append(Notice("Claude declined to answer this. Rephrase, or choose another model."))
        return [*events, Finish(self._reason, self._usage())]

    def _start(self, index: int, block: dict[str, Any]) -> list[Event]:
        if block["type"] == "tool_use":
            given = block.get("input")
            self._calls[index] = _Call(block["id"], block["name"], json.dumps(given) if given else "")
        elif block["type"] == "text" and block.get("text"):
            return [TextDelta(block["text"])]
        return []

    def _delta(self, index: int, delta: dict[str, Any]) -> list[Event]:
        match delta["type"]:
            case "text_delta" if delta["text"]:
                return [TextDelta(delta["text"])]
            case "input_json_delta":
                self._calls[index].arguments += delta["partial_json"]
            case "thinking_delta" if delta["thinking"]:
                return [ReasoningDelta(delta["thinking"])]
        return []

    def _count(self, usage: dict[str, Any] | None) -> None:
        """Keep the latest counts; the last event repeats some of the first's, or leaves them out."""
        for name, number in (usage or {}).items():
            if isinstance(number, int):
                self._tokens[name] = number

    def _usage(self) -> Usage:
        """The counts in our terms: Claude counts what went through its cache beside the input."""
        count = self._tokens.get
        given, cached = count("input_tokens"), count("cache_read_input_tokens")
        if given is not None:
            given += (cached or 0) + (count("cache_creation_input_tokens") or 0)
        return Usage(given, count("output_tokens"), cached)
