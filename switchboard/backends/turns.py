"""A conversation's turns in the order and form that every provider takes.

Conversations go from provider to provider, and break off: a call without a result, a result without a call,
identifiers and arguments of another provider's making. Each provider's own format is in its own file.
"""

import json
from dataclasses import dataclass, replace

from switchboard.messages import AssistantMessage, Message, ToolResult, UserMessage

NO_RESULT = "The call was stopped before it had a result."


@dataclass(frozen=True, slots=True)
class Turn:
    """What was said, and for a model's turn with tool calls one result for each of them, in their order."""

    message: UserMessage | AssistantMessage
    results: tuple[ToolResult, ...] = ()


def turns(messages: tuple[Message, ...]) -> list[Turn]:
    """The conversation with every call answered, every identifier new and every argument a JSON object.

    Identifiers are ``call00001`` and so on in the order of the calls: unique, the same in each request, and
    of the nine letters and digits that the strictest provider asks for. A result without its call is left
    out, an empty message too.
    """
    found: list[Turn] = []
    count = 0
    for position, message in enumerate(messages):
        if isinstance(message, UserMessage) and message.parts:
            found.append(Turn(message))
        elif isinstance(message, AssistantMessage) and (message.text.strip() or message.tool_calls):
            given = _results(messages, position + 1)
            calls, results = [], []
            for call in message.tool_calls:
                count += 1
                result = _taken(given, call.id) or ToolResult(call.id, call.name, NO_RESULT, failed=True)
                identifier = f"call{count:05d}"
                calls.append(replace(call, id=identifier, arguments=_object(call.arguments)))
                results.append(replace(result, call_id=identifier, text=result.text or "(empty)"))
            found.append(Turn(replace(message, tool_calls=tuple(calls)), tuple(results)))
    return found


def _results(messages: tuple[Message, ...], start: int) -> list[ToolResult]:
    """The results that follow, up to the model's next turn."""
    found = []
    for message in messages[start:]:
        if isinstance(message, AssistantMessage):
            break
        if isinstance(message, ToolResult):
            found.append(message)
    return found


def _taken(given: list[ToolResult], call_id: str) -> ToolResult | None:
    """The first result of this call, taken out, so that two calls of one identifier get one each."""
    for place, result in enumerate(given):
        if result.call_id == call_id:
            return given.pop(place)
    return None


def _object(arguments: str) -> str:
    """The arguments if they are a JSON object, else an object that quotes them."""
    try:
        if isinstance(json.loads(arguments or "{}"), dict):
            return arguments or "{}"
    except ValueError:
        pass
    return json.dumps({"unreadable": arguments})
