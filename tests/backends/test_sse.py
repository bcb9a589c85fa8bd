"""However a provider's bytes are split on their way, the same is read."""

import asyncio
import json
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from switchboard.backends.chat_completions import ChatReading
from switchboard.backends.messages_api import ClaudeReading
from switchboard.backends.sse import payloads
from switchboard.messages import Finish, FinishReason, ReasoningDelta, TextDelta, ToolCall

CUTS = st.lists(st.integers(0, 2_000), max_size=40)
OPENAI = b"".join(
    [
        b": hello\n\n",
        'data: {"choices": [{"delta": {"content": "Grüße ✓ 🎈\\r\\n"}}]}\r\n\r\n'.encode(),
        b'event: message\nid: 7\ndata:{"choices": [{"delta": {"reasoning": "hm"}}]}\n\n',
        b'data: {"choices":\ndata: [{"delta": {"content": "two lines"}}]}\n\n',
        b'data: {"choices": [{"delta": {"tool_calls": [{"index": 0, "id": "a", "function": ',
        b'{"name": "f", "arguments": "{}"}}]}}]}\n\n',
        b'data: {"choices": [{"delta": {}, "finish_reason": "stop"}]}\n\ndata: [DONE]\n\n',
    ]
)
CLAUDE_EVENTS = (
    {"type": "message_start", "message": {"usage": {"input_tokens": 3}}},
    {"type": "ping"},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Grüße ✓ 🎈"}},
    {"type": "content_block_delta", "index": 1, "delta": {"type": "thinking_delta", "thinking": "hm"}},
    {"type": "message_delta", "delta": {"stop_reason": "end_turn"}},
    {"type": "message_stop"},
)
CLAUDE = "".join(
    f"event: {event['type']}\ndata: {json.dumps(event, ensure_ascii=False)}\n\n" for event in CLAUDE_EVENTS
).encode()


def read(reading, whole, cuts):
    """The events in the bytes, which arrive cut at the given places."""

    async def pieces():
        for start, end in pairwise([0, *sorted(min(cut, len(whole)) for cut in cuts), len(whole)]):
            yield whole[start:end]

    async def collected():
        return [event async for payload in payloads(pieces()) for event in reading.read(payload)]

    return asyncio.run(collected()) + reading.rest()


@settings(max_examples=60, deadline=None)
@given(cuts=CUTS)
def test_however_openais_bytes_are_split_the_events_are_the_same(cuts):
    assert read(ChatReading(), OPENAI, cuts) == [
        TextDelta("Grüße ✓ 🎈\r\n"),
        ReasoningDelta("hm"),
        TextDelta("two lines"),
        ToolCall("a", "f", "{}"),
        Finish(FinishReason.TOOL_CALLS),
    ]


@settings(max_examples=60, deadline=None)
@given(cuts=CUTS)
def test_however_claudes_bytes_are_split_the_events_are_the_same(cuts):
    events = read(ClaudeReading(), CLAUDE, cuts)
    assert events[:-1] == [TextDelta("Grüße ✓ 🎈"), ReasoningDelta("hm")]
    assert events[-1].reason is FinishReason.STOP
    assert events[-1].usage.input_tokens == 3


def test_a_last_event_without_its_blank_line_is_read():
    whole = OPENAI.split(b"\n\ndata: [DONE]")[0]
    assert read(ChatReading(), whole, [])[-1] == Finish(FinishReason.TOOL_CALLS)


async def test_an_event_without_end_is_given_up():
    async def endless():
        while True:
            yield b"data: " + b"x" * 1_000_000

    with pytest.raises(ValueError, match="too long"):
        async for _ in payloads(endless()):
            pass
