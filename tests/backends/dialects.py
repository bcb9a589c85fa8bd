"""How each provider says text and calls in its stream, and how it is told of them; for scripted servers."""

import json
from dataclasses import dataclass
from typing import Any, Protocol

NDJSON = {"content-type": "application/x-ndjson"}


@dataclass(frozen=True)
class Wish:
    """A call in a scripted stream; ``pieces`` is its JSON as it is cut into deltas."""

    name: str
    pieces: tuple[str, ...] = ("{}",)
    id: str = ""


@dataclass(frozen=True)
class Told:
    """What a request tells of a call: its arguments, and the text that came back under its identifier."""

    name: str
    arguments: Any
    result: str


class Dialect(Protocol):
    """One provider's format."""

    def begin(self, scripted: Any) -> None:
        """What the provider is asked before the first chat."""

    def say(self, scripted: Any, *pieces: str | Wish, then: tuple[Any, ...] = ()) -> None:
        """The next answer: text and calls, and the given steps where its end would stand."""

    def chats(self, scripted: Any) -> list[dict[str, Any]]:
        """The bodies of the chats."""

    def tools(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        """The schemas of the tools in a request."""

    def told(self, body: dict[str, Any]) -> list[Told]:
        """The calls and their results in a request."""


class OpenAI:
    def begin(self, scripted: Any) -> None:
        pass

    def say(self, scripted: Any, *pieces: str | Wish, then: tuple[Any, ...] = ()) -> None:
        events, calls = [], 0
        for piece in pieces:
            if isinstance(piece, str):
                events.append({"content": piece})
                continue
            head = {"index": calls, "id": piece.id, "function": {"name": piece.name, "arguments": ""}}
            events.append({"tool_calls": [head]})
            events += [
                {"tool_calls": [{"index": calls, "function": {"arguments": text}}]} for text in piece.pieces
            ]
            calls += 1
        chunks = [{"choices": [{"index": 0, "delta": event}]} for event in events]
        end = {"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls" if calls else "stop"}]}
        scripted.stream(*chunks, *([] if then else [end]), then=then or (b"data: [DONE]\n\n",))

    def chats(self, scripted: Any) -> list[dict[str, Any]]:
        return scripted.bodies

    def tools(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        return [one["function"]["parameters"] for one in body.get("tools", ())]

    def told(self, body: dict[str, Any]) -> list[Told]:
        messages = body["messages"]
        results = {one["tool_call_id"]: one["content"] for one in messages if one["role"] == "tool"}
        calls = [call for one in messages for call in one.get("tool_calls", ())]
        return [
            Told(call["function"]["name"], json.loads(call["function"]["arguments"]), results.pop(call["id"]))
            for call in calls
        ]


class Claude:
    def begin(self, scripted: Any) -> None:
        pass

    def say(self, scripted: Any, *pieces: str | Wish, then: tuple[Any, ...] = ()) -> None:
        events: list[dict[str, Any]] = [{"type": "message_start", "message": {"id": "m"}}]
        calls = 0
        for index, piece in enumerate(pieces):
            if isinstance(piece, str):
                block: dict[str, Any] = {"type": "text", "text": ""}
                deltas = [{"type": "text_delta", "text": piece}]
            else:
                calls += 1
                block = {"type": "tool_use", "id": piece.id, "name": piece.name, "input": {}}
                deltas = [{"type": "input_json_delta", "partial_json": text} for text in piece.pieces]
            events.append({"type": "content_block_start", "index": index, "content_block": block})
            events += [{"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas]
            events.append({"type": "content_block_stop", "index": index})
        end = [
            {"type": "message_delta", "delta": {"stop_reason": "tool_use" if calls else "end_turn"}},
            {"type": "message_stop"},
        ]
        scripted.named_stream(*events, *([] if then else end), then=then)

    def chats(self, scripted: Any) -> list[dict[str, Any]]:
        return scripted.bodies

    def tools(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        return [one["input_schema"] for one in body.get("tools", ())]

    def told(self, body: dict[str, Any]) -> list[Told]:
        blocks = [block for message in body["messages"] for block in message["content"]]
        results = {
            block["tool_use_id"]: block["content"] for block in blocks if block["type"] == "tool_result"
        }
        return [
            Told(block["name"], block["input"], results.pop(block["id"]))
            for block in blocks
            if block["type"] == "tool_use"
        ]


class Ollama:
    """It parses the arguments itself and knows no identifiers: results stand in the order of the calls."""

    def begin(self, scripted: Any) -> None:
        scripted.say({"capabilities": ["completion", "tools"], "model_info": {"x.context_length": 40_960}})

    def say(self, scripted: Any, *pieces: str | Wish, then: tuple[Any, ...] = ()) -> None:
        lines = []
        for piece in pieces:
            message: dict[str, Any] = {
                "role": "assistant",
                "content": piece if isinstance(piece, str) else "",
            }
            if isinstance(piece, Wish):
                function = {"name": piece.name, "arguments": json.loads("".join(piece.pieces))}
                message["tool_calls"] = [{"function": function}]
            lines.append({"model": "m", "message": message, "done": False})
        end = {"model": "m", "message": {"role": "assistant", "content": ""}, "done": True}
        if not then:
            lines.append({**end, "done_reason": "stop"})
        scripted.reply(*(json.dumps(line).encode() + b"\n" for line in lines), *then, headers=NDJSON)

    def chats(self, scripted: Any) -> list[dict[str, Any]]:
        return [seen.body for seen in scripted.requests if seen.path == "/api/chat"]

    def tools(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        return [one["function"]["parameters"] for one in body.get("tools", ())]

    def told(self, body: dict[str, Any]) -> list[Told]:
        told, results = [], [one for one in body["messages"] if one["role"] == "tool"]
        for message in body["messages"]:
            for call in message.get("tool_calls", ()):
                result = results.pop(0)
                assert result["tool_name"] == call["function"]["name"]
                told.append(Told(result["tool_name"], call["function"]["arguments"], result["content"]))
        return told
