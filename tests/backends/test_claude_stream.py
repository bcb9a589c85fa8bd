import asyncio
import time
from contextlib import aclosing

import pytest

from switchboard.backends.base import ChatRequest
from switchboard.backends.messages_api import ClaudeReading
from switchboard.errors import Overloaded, RequestRefused, StreamCut, TimedOut
from switchboard.messages import (
    Finish,
    FinishReason,
    Notice,
    ReasoningDelta,
    TextDelta,
    ToolCall,
    Usage,
    user,
)

ASK = ChatRequest((user("Hi"),))
USAGE = {
    "input_tokens": 3,
    "cache_read_input_tokens": 100,
    "cache_creation_input_tokens": 20,
    "output_tokens": 1,
}
START = {"type": "message_start", "message": {"id": "m", "role": "assistant", "content": [], "usage": USAGE}}
PING = {"type": "ping"}
END = {"type": "message_stop"}


def block(index, **fields):
    return {"type": "content_block_start", "index": index, "content_block": fields}


def delta(index, kind, **fields):
    return {"type": "content_block_delta", "index": index, "delta": {"type": kind, **fields}}


def closed(index):
    return {"type": "content_block_stop", "index": index}


def stopped(reason, tokens=15):
    return {
        "type": "message_delta",
        "delta": {"stop_reason": reason, "stop_sequence": None},
        "usage": {"output_tokens": tokens},
    }


def text(words, index=0):
    return delta(index, "text_delta", text=words)


def read(*events):
    reading = ClaudeReading()
    return [event for one in events for event in reading.read(one)] + reading.rest()


async def test_text_streams_with_usage_cache_included(scripted, claude, drain):
    scripted.named_stream(
        START,
        PING,
        block(0, type="text", text=""),
        text("Hel"),
        text("lo ✓"),
        closed(0),
        stopped("end_turn"),
        END,
    )
    assert await drain(claude(), ASK) == [
        TextDelta("Hel"),
        TextDelta("lo ✓"),
        Finish(FinishReason.STOP, Usage(123, 15, 100)),
    ]


def test_thoughts_and_parallel_tool_calls_are_read():
    found = read(
        START,
        block(0, type="thinking", thinking=""),
        delta(0, "thinking_delta", thinking="hm"),
        delta(0, "signature_delta", signature="x"),
        closed(0),
        block(1, type="tool_use", id="a", name="add", input={}),
        block(2, type="tool_use", id="b", name="now", input={}),
        delta(1, "input_json_delta", partial_json=""),
        delta(1, "input_json_delta", partial_json='{"one"'),
        delta(1, "input_json_delta", partial_json=": 1}"),
        closed(2),
        closed(1),
        {"type": "a_type_of_next_year"},
        stopped("tool_use"),
    )
    assert found[:-1] == [
        ReasoningDelta("hm"),
        ToolCall("b", "now", "{}"),
        ToolCall("a", "add", '{"one": 1}'),
    ]
    assert found[-1].reason is FinishReason.TOOL_CALLS


@pytest.mark.parametrize(
    ("reason", "meaning"),
    [
        ("end_turn", FinishReason.STOP),
        ("stop_sequence", FinishReason.STOP),
        ("max_tokens", FinishReason.LENGTH),
        ("model_context_window_exceeded", FinishReason.LENGTH),
        ("pause_turn", FinishReason.LENGTH),
        ("refusal", FinishReason.FILTERED),
    ],
)
def test_every_reason_to_stop_has_a_meaning(reason, meaning):
    assert read(text("Hi"), stopped(reason))[-1].reason is meaning


@pytest.mark.parametrize("pieces", [(), ('{"one": 1',)])
def test_a_call_cut_by_length_is_left_out(pieces):
    found = read(
        START,
        block(0, type="tool_use", id="a", name="add", input={}),
        delta(0, "input_json_delta", partial_json='{"one": 1}'),
        closed(0),
        block(1, type="tool_use", id="b", name="add", input={}),
        *(delta(1, "input_json_delta", partial_json=piece) for piece in pieces),
        closed(1),
        stopped("max_tokens"),
    )
    assert found[:-1] == [ToolCall("a", "add", '{"one": 1}')]
    assert found[-1].reason is FinishReason.LENGTH


def test_a_refusal_is_told():
    assert read(stopped("refusal"))[0] == Notice(
        "Claude declined to answer this. Rephrase, or choose another model."
    )


async def test_an_overload_in_mid_stream_follows_what_had_come(scripted, claude):
    overloaded = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    scripted.named_stream(START, text("Hi"), overloaded)
    found = []
    with pytest.raises(Overloaded):
        async for event in claude().stream(ASK):
            found.append(event)
    assert found == [TextDelta("Hi")]


@pytest.mark.parametrize("then", ["end", "cut"])
async def test_a_stream_without_a_reason_for_its_end_is_cut(scripted, claude, drain, then):
    scripted.named_stream(START, text("Hi"), then=(0.05, scripted.cut) if then == "cut" else ())
    with pytest.raises(StreamCut, match="Claude broke off"):
        await drain(claude(), ASK)


async def test_silence_between_tokens_is_timed_out(scripted, claude, drain):
    scripted.named_stream(START, text("Hi"), then=(scripted.stall,))
    with pytest.raises(TimedOut, match="Claude was silent"):
        await drain(claude(seconds=0.2), ASK)


async def test_an_event_of_another_shape_is_refused(scripted, claude, drain):
    scripted.named_stream(START, {"type": "content_block_delta", "index": 0})
    with pytest.raises(RequestRefused, match="cannot be read"):
        await drain(claude(), ASK)


@pytest.mark.parametrize("stalled", [True, False])
async def test_closing_the_stream_closes_the_connection_at_once(scripted, claude, stalled):
    pace = (scripted.stall,) if stalled else (0.01, b"event: ping\ndata: {}\n\n") * 500
    scripted.named_stream(START, text("Hi"), then=pace)
    async with aclosing(claude().stream(ASK)) as events:
        await anext(events)
    began = time.perf_counter()
    await asyncio.wait_for(scripted.client_gone.wait(), 1)
    assert time.perf_counter() - began < 0.25
