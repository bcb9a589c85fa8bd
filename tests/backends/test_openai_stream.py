import asyncio
import time
from contextlib import aclosing

import pytest

from switchboard.backends.base import ChatRequest
from switchboard.backends.chat_completions import FILTERED, ChatReading
from switchboard.errors import RequestRefused, StreamCut, TimedOut
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


def chunk(delta=None, reason=None, **more):
    return {"choices": [{"index": 0, "delta": delta or {}, "finish_reason": reason}], **more}


def call(index=None, **fields):
    function = {name: fields.pop(name) for name in ("name", "arguments") if name in fields}
    piece = {"function": function, **fields}
    return piece if index is None else {"index": index, **piece}


def read(*chunks):
    reading = ChatReading()
    return [event for one in chunks for event in reading.read(one)] + reading.rest()


async def test_text_streams_and_usage_comes_in_the_last_chunk(scripted, openai, drain):
    scripted.stream(
        chunk({"role": "assistant", "content": ""}),
        chunk({"content": "Hel"}),
        {"choices": []},
        chunk({"content": "lo ✓"}),
        chunk(reason="stop"),
        {
            "choices": [],
            "usage": {
                "prompt_tokens": 5,
                "completion_tokens": 2,
                "prompt_tokens_details": {"cached_tokens": 4},
            },
        },
    )
    assert await drain(openai(), ASK) == [
        TextDelta("Hel"),
        TextDelta("lo ✓"),
        Finish(FinishReason.STOP, Usage(5, 2, 4)),
    ]


async def test_a_server_that_sends_no_usage_and_no_done_is_understood(scripted, openai, drain):
    scripted.stream(chunk({"content": "Hi"}), chunk(reason="length"), then=())
    assert await drain(openai(), ASK) == [TextDelta("Hi"), Finish(FinishReason.LENGTH)]


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
def test_thoughts_are_told_from_the_answer(field):
    assert read(chunk({field: "hm", "content": None}), chunk({"content": "A"}, "stop")) == [
        ReasoningDelta("hm"),
        TextDelta("A"),
        Finish(FinishReason.STOP),
    ]


def test_a_thought_and_a_word_in_one_chunk_both_come_out():
    assert read(chunk({"reasoning": "hm", "content": "A"}, "stop"))[:2] == [
        ReasoningDelta("hm"),
        TextDelta("A"),
    ]


def test_a_usage_of_other_types_is_unknown():
    odd = {"prompt_tokens": "5", "completion_tokens": None, "prompt_tokens_details": None}
    assert read(chunk(reason="stop"), {"choices": None, "usage": odd}) == [Finish(FinishReason.STOP)]


def test_content_in_parts_is_read():
    parts = [
        {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]},
        {"type": "text", "text": "A"},
    ]
    assert read(chunk({"content": parts}, "stop"))[:2] == [ReasoningDelta("hm"), TextDelta("A")]


def test_parallel_calls_in_mixed_pieces_come_out_whole():
    found = read(
        chunk({"tool_calls": [call(0, id="a", name="add", arguments="")]}),
        chunk({"tool_calls": [call(1, id="b", name="sub", arguments='{"x"')]}),
        chunk({"tool_calls": [call(0, arguments='{"x": '), call(1, arguments=": 2}")]}),
        chunk({"tool_calls": [call(0, arguments="1}")]}),
        chunk(reason="tool_calls"),
    )
    assert found == [
        ToolCall("a", "add", '{"x": 1}'),
        ToolCall("b", "sub", '{"x": 2}'),
        Finish(FinishReason.TOOL_CALLS),
    ]


def test_calls_that_all_count_as_the_first_are_told_apart_by_their_identifiers():
    pieces = [call(0, id="a", name="add", arguments="{}"), call(0, id="b", name="add", arguments="{}")]
    assert [event.id for event in read(chunk({"tool_calls": pieces}, "tool_calls"))[:-1]] == ["a", "b"]


def test_calls_without_index_and_identifier_get_one_each_and_stop_means_tool_calls():
    pieces = [call(name="add", arguments={"x": 1}), call(name="add", arguments="")]
    *calls, finish = read(chunk({"tool_calls": pieces}, "stop"))
    assert [event.arguments for event in calls] == ['{"x": 1}', "{}"]
    assert len({event.id for event in calls}) == 2
    assert finish.reason is FinishReason.TOOL_CALLS


def test_a_name_that_is_repeated_in_every_piece_is_taken_once():
    pieces = [call(0, id="a", name="add", arguments="{"), call(0, id="a", name="add", arguments="}")]
    assert read(chunk({"tool_calls": pieces}, "stop"))[0] == ToolCall("a", "add", "{}")


@pytest.mark.parametrize("arguments", ["", '{"x": '])
def test_a_call_cut_by_length_is_left_out(arguments):
    pieces = [call(0, id="a", name="add", arguments=arguments)]
    assert read(chunk({"tool_calls": pieces}), chunk(reason="length")) == [Finish(FinishReason.LENGTH)]


def test_a_filtered_answer_says_so():
    assert read(chunk({"content": "Bo"}), chunk(reason="content_filter")) == [
        TextDelta("Bo"),
        Notice(FILTERED),
        Finish(FinishReason.FILTERED),
    ]


def test_a_refusal_is_shown_and_filtered():
    assert read(chunk({"refusal": "No."}), chunk(reason="stop"))[::2] == [
        TextDelta("No."),
        Finish(FinishReason.FILTERED),
    ]


async def test_a_stream_without_a_reason_for_its_end_is_cut(scripted, openai, drain):
    scripted.stream(chunk({"content": "Hi"}))
    with pytest.raises(StreamCut, match="OpenAI broke off its answer"):
        await drain(openai(), ASK)
    assert len(scripted.requests) == 1


async def test_a_socket_cut_between_tokens_keeps_what_came(scripted, openai):
    scripted.stream(chunk({"content": "Hi"}), then=(0.05, scripted.cut))
    found = []
    with pytest.raises(StreamCut):
        async for event in openai().stream(ASK):
            found.append(event)
    assert found == [TextDelta("Hi")]
    assert len(scripted.requests) == 1


async def test_a_socket_cut_after_the_end_loses_nothing(scripted, openai, drain):
    scripted.stream(chunk({"content": "Hi"}), chunk(reason="stop"), then=(0.05, scripted.cut))
    assert (await drain(openai(), ASK))[-1] == Finish(FinishReason.STOP)


async def test_a_socket_cut_before_the_first_token_is_tried_again(scripted, openai, drain):
    scripted.reply(scripted.cut)
    scripted.stream(chunk({"content": "Hi"}, "stop"))
    assert (await drain(openai(), ASK))[0] == TextDelta("Hi")


async def test_silence_between_tokens_is_timed_out(scripted, openai, drain):
    scripted.stream(chunk({"content": "Hi"}), then=(scripted.stall,))
    with pytest.raises(TimedOut, match=r"silent for 0\.2 s"):
        await drain(openai(seconds=0.2), ASK)


async def test_an_event_that_is_no_json_is_refused_with_the_address_to_check(scripted, openai, drain):
    scripted.reply(b"data: {oops\n\n")
    with pytest.raises(RequestRefused, match="Check the address"):
        await drain(openai(), ASK)


@pytest.mark.parametrize("odd", [{"choices": 3}, {"choices": [4]}, {"choices": [{"delta": {"content": 5}}]}])
async def test_an_event_of_another_shape_is_refused(scripted, openai, drain, odd):
    scripted.stream(odd)
    with pytest.raises(RequestRefused, match="cannot be read"):
        await drain(openai(), ASK)


async def test_a_web_page_at_the_address_is_refused(scripted, openai, drain):
    scripted.reply(b"<html>", headers={"content-type": "text/html; charset=utf-8"})
    with pytest.raises(RequestRefused, match="Check the address"):
        await drain(openai(), ASK)
    assert len(scripted.requests) == 1


@pytest.mark.parametrize("stalled", [True, False])
async def test_closing_the_stream_closes_the_connection_at_once(scripted, openai, stalled):
    pace = (scripted.stall,) if stalled else (0.01, b'data: {"choices": []}\n\n') * 500
    scripted.stream(chunk({"content": "Hi"}), then=pace)
    async with aclosing(openai().stream(ASK)) as events:
        await anext(events)
    began = time.perf_counter()
    await asyncio.wait_for(scripted.client_gone.wait(), 1)
    assert time.perf_counter() - began < 0.25


async def test_cancelling_a_reader_of_a_silent_provider_closes_the_connection(scripted, openai, drain):
    scripted.reply(scripted.stall)
    reading = asyncio.create_task(drain(openai(seconds=20), ASK))
    while not scripted.requests:
        await asyncio.sleep(0.01)
    reading.cancel()
    began = time.perf_counter()
    await asyncio.wait_for(scripted.client_gone.wait(), 1)
    assert time.perf_counter() - began < 0.25


async def test_a_second_question_uses_the_same_connection(scripted, openai, drain):
    scripted.stream(chunk({"content": "Hi"}, "stop"))
    backend = openai()
    for _ in range(3):
        await drain(backend, ASK)
    assert scripted.connections == 1
