from base64 import b64encode

import pytest
from pydantic import BaseModel, Field

from switchboard.backends.base import Capability, ChatRequest, Sampling
from switchboard.messages import (
    AssistantMessage,
    Document,
    Image,
    Source,
    Text,
    ToolCall,
    ToolResult,
    UserMessage,
    user,
)
from switchboard.tools import tool

ENDED = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}


def add(one: int, two: int = 2) -> int:
    """Add two numbers."""
    return one + two


class Leg(BaseModel):
    city: str = Field(min_length=2, description="where it ends")


class Trip(BaseModel):
    """A journey."""

    legs: list[Leg] = Field(max_length=3)
    budget: float | None = Field(default=None, ge=0)


async def test_a_plain_question_is_sent_with_its_system_prompt(scripted, openai, drain):
    scripted.stream(ENDED)
    await drain(openai(), ChatRequest((user("Hello"),), system="Be brief."))
    assert scripted.bodies == [
        {
            "model": "gpt-5.4-mini",
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": "Hello"},
            ],
            "stream": True,
            "stream_options": {"include_usage": True},
        }
    ]
    seen = scripted.requests[0]
    assert (seen.method, seen.path) == ("POST", "/v1/chat/completions")
    assert seen.headers["authorization"] == "Bearer test-key"


async def test_sources_stand_in_the_system_prompt(scripted, openai, drain):
    scripted.stream(ENDED)
    await drain(openai(), ChatRequest((user("Who?"),), sources=(Source(1, "Staff", "Ada leads."),)))
    system = scripted.bodies[0]["messages"][0]
    assert system["role"] == "system"
    assert '<source number="1" title="Staff">\nAda leads.\n</source>' in system["content"]


async def test_images_go_as_data_urls_after_the_text(scripted, openai, drain):
    scripted.stream(ENDED)
    message = UserMessage(
        (Image("dot.png", "image/png", b"\x89PNG"), Document("a.md", "# A"), Text("What is it?"))
    )
    await drain(openai(), ChatRequest((message,)))
    assert scripted.bodies[0]["messages"][0]["content"] == [
        {"type": "text", "text": '<document name="a.md">\n# A\n</document>\n\nWhat is it?'},
        {
            "type": "image_url",
            "image_url": {"url": "data:image/png;base64," + b64encode(b"\x89PNG").decode()},
        },
    ]


async def test_tools_and_tool_turns_of_another_provider_are_translated(scripted, openai, drain):
    scripted.stream(ENDED)
    calls = (ToolCall("toolu/01 é" * 9, "add", '{"one": 1}'), ToolCall("b", "add", "{not json"))
    messages = (
        user("Add"),
        AssistantMessage("", calls),
        ToolResult("b", "add", "cannot", failed=True),
        ToolResult("toolu/01 é" * 9, "add", "3"),
        user("Again"),
    )
    await drain(openai(), ChatRequest(messages, tools=(tool(add),)))
    body = scripted.bodies[0]
    assert body["messages"][1:4] == [
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {
                    "id": "call00001",
                    "type": "function",
                    "function": {"name": "add", "arguments": '{"one": 1}'},
                },
                {
                    "id": "call00002",
                    "type": "function",
                    "function": {"name": "add", "arguments": '{"unreadable": "{not json"}'},
                },
            ],
        },
        {"role": "tool", "tool_call_id": "call00001", "content": "3"},
        {"role": "tool", "tool_call_id": "call00002", "content": "cannot"},
    ]
    assert body["tools"] == [
        {
            "type": "function",
            "function": {
                "name": "add",
                "description": "Add two numbers.",
                "parameters": {
                    "type": "object",
                    "properties": {"one": {"type": "integer"}, "two": {"type": "integer", "default": 2}},
                    "required": ["one"],
                    "additionalProperties": False,
                },
            },
        }
    ]


async def test_a_schema_is_sent_closed_and_without_defaults(scripted, openai, drain):
    scripted.stream(ENDED)
    await drain(openai(), ChatRequest((user("Plan"),), schema=Trip))
    assert scripted.bodies[0]["response_format"] == {
        "type": "json_schema",
        "json_schema": {
            "name": "Trip",
            "strict": True,
            "schema": {
                "description": "A journey.",
                "type": "object",
                "properties": {
                    "legs": {"type": "array", "items": {"$ref": "#/$defs/Leg"}, "maxItems": 3},
                    "budget": {"anyOf": [{"type": "number", "minimum": 0.0}, {"type": "null"}]},
                },
                "required": ["legs", "budget"],
                "additionalProperties": False,
                "$defs": {
                    "Leg": {
                        "type": "object",
                        "properties": {"city": {"type": "string", "description": "where it ends"}},
                        "required": ["city"],
                        "additionalProperties": False,
                    }
                },
            },
        },
    }


@pytest.mark.parametrize(
    ("model", "provider", "sent"),
    [
        ("gpt-4.1", "OpenAI", {"temperature": 0.2, "max_completion_tokens": 9}),
        ("gpt-5.5", "OpenAI", {"max_completion_tokens": 9}),
        ("o4-mini", "OpenAI", {"max_completion_tokens": 9}),
        ("gpt-5-chat-latest", "OpenAI", {"temperature": 0.2, "max_completion_tokens": 9}),
        ("openai/gpt-5.4-mini", "GitHub Models", {"max_tokens": 9}),
        ("openai/gpt-oss-20b", "The server", {"temperature": 0.2, "max_tokens": 9}),
    ],
)
async def test_sampling_is_sent_as_the_model_takes_it(scripted, openai, drain, model, provider, sent):
    scripted.stream(ENDED)
    backend = openai(model, provider=provider)
    await drain(backend, ChatRequest((user("Hi"),), sampling=Sampling(0.2, 9)))
    fields = ("temperature", "max_tokens", "max_completion_tokens")
    assert {name: scripted.bodies[0][name] for name in fields if name in scripted.bodies[0]} == sent
    assert (Capability.TEMPERATURE in backend.capabilities) == ("temperature" in sent)


async def test_the_operators_environment_is_not_sent(scripted, openai, drain, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "operators")
    monkeypatch.setenv("OPENAI_ORG_ID", "operators")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "operators")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Secret: operators")
    scripted.stream(ENDED)
    await drain(openai(provider="The server", key=""), ChatRequest((user("Hi"),)))
    assert "operators" not in str(scripted.requests[0].headers)
    assert "authorization" not in scripted.requests[0].headers
