"""A request of ours in the arguments of Ollama's ``/api/chat``.

Pure translation: what is said, which tools, which options. The connection is in ``ollama.py``.
"""

import json
from dataclasses import dataclass
from typing import Any

from switchboard.backends.base import ChatRequest, message_text, system_prompt
from switchboard.backends.ollama_model import BYTES_A_TOKEN, IMAGE_TOKENS, ModelFacts
from switchboard.backends.turns import in_words, turns
from switchboard.errors import Unsupported
from switchboard.messages import AssistantMessage, Image, Message, ToolCall, ToolResult, UserMessage
from switchboard.tools import Tool

_KEPT = ("type", "items", "description", "enum")
"""What the SDK passes on of a parameter's schema; it drops everything else."""


@dataclass(frozen=True, slots=True)
class ChatArguments:
    """What ``AsyncClient.chat`` is called with, and what the person should know about it."""

    arguments: dict[str, Any]
    notices: tuple[str, ...]


def chat_arguments(model: str, request: ChatRequest, facts: ModelFacts) -> ChatArguments:
    """The request as Ollama takes it.

    It has no word for tools that may not be called: they are withheld then, and earlier calls stay. A model
    that thinks is told not to: on a machine of one's own thinking takes minutes before the first word, and
    what the tabs ask of it does not need it. One that thinks all the same is heard out.

    Raises:
        Unsupported: the model cannot call tools, or cannot see the newest message's image.
    """
    offered = request.tools if request.may_call else ()
    if offered and not facts.may("tools"):
        raise Unsupported(
            f"{model} cannot call tools.", "Choose a model that can, such as qwen3 or llama3.2."
        )
    notices = []
    messages = [{"role": "system", "content": text}] if (text := system_prompt(request)) else []
    said = turns(request.messages)
    for turn in said if facts.may("tools") else in_words(said):
        messages += [_entry(message, facts) for message in (turn.message, *turn.results)]
    if not facts.may("vision"):
        if request.messages and _images(request.messages[-1]):
            raise Unsupported(f"{model} cannot see images.", "Choose a model that can, such as gemma3.")
        if any(_images(message) for message in request.messages):
            notices.append(f"{model} cannot see images: those earlier in the conversation were left out.")
    tools = [_tool(tool) for tool in offered]
    schema = request.schema.model_json_schema() if request.schema else None
    prompt = _tokens(messages, tools)
    answer = request.sampling.max_tokens
    if not facts.fits(prompt):
        notices.append(
            f"The conversation is about {prompt:,} tokens long and {model} holds {facts.context_length:,}: "
            "it may not see the oldest part. Begin a new conversation or choose a model with a larger window."
        )
    options = {
        "num_ctx": facts.window(prompt, answer),
        "temperature": request.sampling.temperature,
        "num_predict": answer,
    }
    arguments: dict[str, Any] = {
        "model": model,
        "messages": messages,
        "tools": tools or None,
        "format": schema,
        "options": {name: value for name, value in options.items() if value is not None},
        "think": False if facts.has("thinking") else None,
    }
    return ChatArguments(
        {name: value for name, value in arguments.items() if value is not None}, tuple(notices)
    )


def _images(message: Message) -> list[bytes]:
    if not isinstance(message, UserMessage):
        return []
    return [part.data for part in message.parts if isinstance(part, Image)]


def _entry(message: Message, facts: ModelFacts) -> dict[str, Any]:
    match message:
        case UserMessage():
            images = _images(message) if facts.may("vision") else []
            return {"role": "user", "content": message_text(message)} | ({"images": images} if images else {})
        case AssistantMessage(text, calls):
            called = [_call(call) for call in calls]
            return {"role": "assistant", "content": text} | ({"tool_calls": called} if called else {})
        case ToolResult(_, name, text):
            return {"role": "tool", "tool_name": name, "content": text}


def _call(call: ToolCall) -> dict[str, Any]:
    return {"function": {"name": call.name, "arguments": json.loads(call.arguments)}}


def _tool(tool: Tool) -> dict[str, Any]:
    schema = tool.parameters
    properties = {name: _parameter(field) for name, field in schema.get("properties", {}).items()}
    parameters = {"type": "object", "properties": properties, "required": schema.get("required", [])}
    return {
        "type": "function",
        "function": {"name": tool.name, "description": tool.description, "parameters": parameters},
    }


def _parameter(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter in what the SDK keeps of one; the rest goes into the description, for the model to read."""
    kept = {name: schema[name] for name in _KEPT if name in schema}
    rest = {name: value for name, value in schema.items() if name not in (*_KEPT, "default")}
    if rest:
        words = f"Its JSON schema: {json.dumps(rest, ensure_ascii=False)}"
        kept["description"] = " ".join(filter(None, (kept.get("description"), words)))
    return kept


def _tokens(messages: list[dict[str, Any]], tools: list[dict[str, Any]]) -> int:
    """About how many tokens a prompt has; rather too many than too few."""
    written = sum(
        len(message["content"].encode()) + len(json.dumps(message.get("tool_calls", "")))
        for message in messages
    )
    images = sum(len(message.get("images", ())) for message in messages)
    spoken = (written + len(json.dumps(tools))) // BYTES_A_TOKEN
    return spoken + 8 * len(messages) + IMAGE_TOKENS * images
