from base64 import b64encode

from pydantic import BaseModel, Field

from switchboard.backends.base import Capability, ChatRequest, Sampling
from switchboard.messages import (
    AssistantMessage,
    Image,
    Source,
    Text,
    ToolCall,
    ToolResult,
    UserMessage,
    user,
)
from switchboard.tools import tool

ASK = ChatRequest((user("Hi"),))
END = {"type": "message_stop"}


def stopped(reason, tokens=15):
    return {
        "type": "message_delta",
        "delta": {"stop_reason": reason, "stop_sequence": None},
        "usage": {"output_tokens": tokens},
    }


def add(one: int) -> int:
    """Add one."""
    return one + 1


class Place(BaseModel):
    city: str = Field(default="", min_length=2)
    people: int = Field(ge=0)


async def test_a_question_is_sent_with_the_system_prompt_in_its_own_field(scripted, claude, drain):
    scripted.named_stream(stopped("end_turn"), END)
    backend = claude()
    await drain(
        backend,
        ChatRequest(
            (user("Hello"),),
            system="Be brief.",
            tools=(tool(add),),
            sampling=Sampling(temperature=1, max_tokens=50),
        ),
    )
    assert scripted.bodies == [
        {
            "model": "claude-haiku-5-5",
            "max_tokens": 50,
            "system": "Be brief.",
            "messages": [{"role": "user", "content": [{"type": "text", "text": "Hello"}]}],
            "tools": [
                {
                    "name": "add",
                    "description": "Add one.",
                    "input_schema": {
                        "type": "object",
                        "properties": {"one": {"type": "integer"}},
                        "required": ["one"],
                        "additionalProperties": False,
                    },
                }
            ],
            "cache_control": {"type": "ephemeral"},
            "stream": True,
        }
    ]
    seen = scripted.requests[0]
    assert (seen.method, seen.path) == ("POST", "/v1/messages")
    assert "test-key" in str(seen.headers)
    assert "anthropic-version" in seen.headers
    assert Capability.TEMPERATURE not in backend.capabilities


async def test_a_schema_is_sent_closed_and_without_limits(scripted, claude, drain):
    scripted.named_stream(stopped("end_turn"), END)
    await drain(claude(), ChatRequest((user("Where?"),), schema=Place, sources=(Source(1, "A", "B"),)))
    body = scripted.bodies[0]
    assert body["output_config"] == {
        "format": {
            "type": "json_schema",
            "schema": {
                "type": "object",
                "properties": {"city": {"type": "string"}, "people": {"type": "integer"}},
                "required": ["city", "people"],
                "additionalProperties": False,
            },
        }
    }
    assert body["max_tokens"] == 8192
    assert '<source number="1"' in body["system"]
    assert "cache_control" not in body


async def test_turns_alternate_and_all_results_stand_in_one_message(scripted, claude, drain):
    scripted.named_stream(stopped("end_turn"), END)
    image = Image("a.png", "image/png", b"\x89PNG")
    messages = (
        user("One"),
        UserMessage((image, Text("Two"))),
        UserMessage((Text("  "),)),
        AssistantMessage(" ", (ToolCall("call:1", "add", '{"one": 1}'), ToolCall("call:1", "add", "oops"))),
        ToolResult("call:1", "add", "2"),
        ToolResult("call:1", "add", "", failed=True),
        user("And?"),
        AssistantMessage(""),
    )
    await drain(claude(), ChatRequest(messages, tools=(tool(add),)))
    assert scripted.bodies[0]["messages"] == [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "One"},
                {
                    "type": "image",
                    "source": {
                        "type": "base64",
                        "media_type": "image/png",
                        "data": b64encode(b"\x89PNG").decode(),
                    },
                },
                {"type": "text", "text": "Two"},
            ],
        },
        {
            "role": "assistant",
            "content": [
                {"type": "tool_use", "id": "call00001", "name": "add", "input": {"one": 1}},
                {"type": "tool_use", "id": "call00002", "name": "add", "input": {"unreadable": "oops"}},
            ],
        },
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "call00001", "content": "2", "is_error": False},
                {"type": "tool_result", "tool_use_id": "call00002", "content": "(empty)", "is_error": True},
                {"type": "text", "text": "And?"},
            ],
        },
    ]


async def test_the_operators_environment_is_not_sent(scripted, claude, drain, monkeypatch):
    monkeypatch.setenv("ANTHROPIC_API_KEY", "operators")
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "operators")
    monkeypatch.setenv("ANTHROPIC_CUSTOM_HEADERS", "X-Secret: operators")
    scripted.named_stream(stopped("end_turn"))
    await drain(claude(), ASK)
    assert "operators" not in str(scripted.requests[0].headers)
