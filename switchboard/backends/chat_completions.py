"""The Chat Completions format: our values to OpenAI's, its stream to our events.

Spoken by OpenAI and by every compatible server, each with oddities of its own; pure translation, nothing is
sent from here (https://platform.openai.com/docs/api-reference/chat).
"""

import json
import re
from base64 import b64encode
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from switchboard.backends.base import ChatRequest, message_text, system_prompt
from switchboard.backends.schemas import LIMITS, strict_schema
from switchboard.backends.turns import Turn, is_whole, turns
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
from switchboard.tools import Tool

FILTERED = "The provider's filter stopped this answer. Rephrase, or choose another model."

_REASONS = {
    "length": FinishReason.LENGTH,
    "max_tokens": FinishReason.LENGTH,
    "content_filter": FinishReason.FILTERED,
    "tool_calls": FinishReason.TOOL_CALLS,
    "function_call": FinishReason.TOOL_CALLS,
}


def request_body(
    model: str, request: ChatRequest, *, length_field: str, temperature: bool = True
) -> dict[str, Any]:
    """The JSON of a streamed request.

    Args:
        model: the model's name.
        request: what is asked.
        length_field: ``max_completion_tokens``, OpenAI's name, or ``max_tokens``, all others'.
        temperature: whether the model takes one.
    """
    system = system_prompt(request)
    messages = [{"role": "system", "content": system}] if system else []
    for turn in turns(request.messages):
        messages += _messages(turn)
    body: dict[str, Any] = {
        "model": model,
        "messages": messages,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if request.tools:
        body["tools"] = [_tool(tool) for tool in request.tools]
        if not request.may_call:
            body["tool_choice"] = "none"
    if request.schema:
        body["response_format"] = {
            "type": "json_schema",
            "json_schema": {
                "name": re.sub(r"[^\w-]", "_", request.schema.__name__, flags=re.ASCII)[:64],
                "schema": strict_schema(request.schema, LIMITS),
                "strict": True,
            },
        }
    if temperature and request.sampling.temperature is not None:
        body["temperature"] = request.sampling.temperature
    if request.sampling.max_tokens is not None:
        body[length_field] = request.sampling.max_tokens
    return body


def _messages(turn: Turn) -> list[dict[str, Any]]:
    match turn.message:
        case UserMessage():
            return [{"role": "user", "content": _content(turn.message)}]
        case AssistantMessage(text, calls):
            said: dict[str, Any] = {"role": "assistant", "content": text or None}
            if calls:
                said["tool_calls"] = [
                    {
                        "id": call.id,
                        "type": "function",
                        "function": {"name": call.name, "arguments": call.arguments},
                    }
                    for call in calls
                ]
            results = [
                {"role": "tool", "tool_call_id": result.call_id, "content": result.text}
                for result in turn.results
            ]
            return [said, *results]


def _content(message: UserMessage) -> str | list[dict[str, Any]]:
    text = message_text(message)
    images = [
        {
            "type": "image_url",
            "image_url": {"url": f"data:{part.media_type};base64,{b64encode(part.data).decode()}"},
        }
        for part in message.parts
        if isinstance(part, Image)
    ]
    if not images:
        return text
    return [{"type": "text", "text": text}, *images] if text else images


def _tool(tool: Tool) -> dict[str, Any]:
    return {
        "type": "function",
        "function": {"name": tool.name, "description": tool.description, "parameters": tool.parameters},
    }


@dataclass(slots=True)
class _Call:
    """A tool call that comes in pieces."""

    id: str = ""
    name: str = ""
    arguments: str = ""


class ChatReading:
    """An answer as it is read, one chunk after the other."""

    def __init__(self) -> None:
        self.ended = False
        self._reason = FinishReason.STOP
        self._usage = Usage()
        self._calls: list[_Call] = []
        self._latest: dict[object, _Call] = {}

    def read(self, chunk: dict[str, Any]) -> list[Event]:
        """What the chunk says; a chunk may have no choices, or nothing but the usage."""
        events: list[Event] = []
        if usage := chunk.get("usage"):
            self._usage = _usage(usage)
        for choice in chunk.get("choices") or ():
            delta = choice.get("delta") or {}
            thought = delta.get("reasoning_content") or delta.get("reasoning")
            if thought and isinstance(thought, str):
                events.append(ReasoningDelta(thought))
            if text := delta.get("content"):
                events += _parts(text)
            elif refusal := delta.get("refusal"):
                self._reason = FinishReason.FILTERED
                events.append(TextDelta(str(refusal)))
            for piece in delta.get("tool_calls") or ():
                self._add(piece)
            if reason := choice.get("finish_reason"):
                self.ended = True
                if self._reason is not FinishReason.FILTERED:
                    self._reason = _REASONS.get(reason, FinishReason.STOP)
        return events

    def rest(self) -> list[Event]:
        """The tool calls, complete, then ``Finish``.

        A server may say "stop" although it calls tools, and leave out their identifiers; a call that the
        limit on length cut is left out.
        """
        reason, calls = self._reason, self._calls
        if reason is FinishReason.LENGTH:
            calls = [call for call in calls if is_whole(call.arguments)]
        elif calls and reason is FinishReason.STOP:
            reason = FinishReason.TOOL_CALLS
        events: list[Event] = [
            ToolCall(call.id or f"call_{uuid4().hex}", call.name, call.arguments or "{}") for call in calls
        ]
        if reason is FinishReason.FILTERED:
            events.append(Notice(FILTERED))
        return [*events, Finish(reason, self._usage)]

    def _add(self, piece: dict[str, Any]) -> None:
        """Add a piece to its call.

        Pieces of parallel calls come mixed, told apart by an index; a server may leave it out or count
        every call as 0, and then a new identifier, or a name where one is known, begins a new call.
        """
        index, identifier = piece.get("index"), piece.get("id") or ""
        function = piece.get("function") or {}
        name, arguments = function.get("name") or "", function.get("arguments") or ""
        call = self._latest.get(index)
        is_new = call is None or (identifier and call.id and identifier != call.id)
        if call is None or is_new or (index is None and name and not identifier):
            call = self._latest[index] = _Call()
            self._calls.append(call)
        call.id = call.id or identifier
        call.name = call.name or name
        call.arguments += arguments if isinstance(arguments, str) else json.dumps(arguments)


def _parts(content: object) -> list[Event]:
    """The deltas in a content that is a text, or a list of parts as Mistral's thinking models send."""
    if isinstance(content, str):
        return [TextDelta(content)]
    if not isinstance(content, list):
        raise TypeError("a content is neither text nor parts")
    events: list[Event] = []
    for part in content:
        if part.get("type") == "text" and part.get("text"):
            events.append(TextDelta(str(part["text"])))
        elif part.get("type") == "thinking":
            thought = "".join(str(piece.get("text", "")) for piece in part.get("thinking") or ())
            events += [ReasoningDelta(thought)] if thought else []
    return events


def _usage(usage: dict[str, Any]) -> Usage:
    details = usage.get("prompt_tokens_details") or {}
    counts = usage.get("prompt_tokens"), usage.get("completion_tokens"), details.get("cached_tokens")
    return Usage(*(count if isinstance(count, int) else None for count in counts))
