import pytest
from langchain_core.messages import HumanMessage

from switchboard.backends.base import ChatRequest, Sampling
from switchboard.errors import Overloaded, StreamCut
from switchboard.knowledge.chain import answering
from switchboard.knowledge.chat_model import BackendChatModel, to_langchain
from switchboard.messages import (
    AssistantMessage,
    Finish,
    FinishReason,
    Notice,
    ReasoningDelta,
    Source,
    TextDelta,
    ToolResult,
    Usage,
    UserMessage,
    user,
)

SOURCES = (Source(1, "Baggage", "23 kg"), Source(2, "Cats", "a soft crate"))
DONE = Finish(FinishReason.STOP, Usage(7, 3))


async def events(backend, question="How heavy?", history=(), sampling=None):
    chain = answering(backend, SOURCES, sampling or Sampling())
    turn = {"question": question, "history": to_langchain(history)}
    return [event async for event in chain.astream(turn)]


async def test_the_backend_gets_the_conversation_the_sources_and_the_sampling(scripted):
    backend = scripted(TextDelta("Up to 23 kg [1]."), DONE)
    history = (user("Hello {name}"), AssistantMessage("Good day"))
    await events(backend, "And {weight}?", history, Sampling(0.2, 300))
    [request] = backend.requests
    assert isinstance(request, ChatRequest)
    assert request.messages == (*history, user("And {weight}?"))
    assert request.sources == SOURCES
    assert request.sampling == Sampling(0.2, 300)
    assert "Use only the numbered sources" in request.system
    assert request.tools == ()


async def test_every_event_comes_through_in_its_order(scripted):
    script = (Notice("cut"), ReasoningDelta("hm"), TextDelta("Up to "), TextDelta("23 kg"), DONE)
    assert await events(scripted(*script)) == [
        Notice("cut"),
        ReasoningDelta("hm"),
        TextDelta("Up to"),
        TextDelta(" 23 kg"),
        DONE,
    ]


async def test_citations_that_do_not_exist_are_removed(scripted):
    found = await events(scripted(TextDelta("23 kg [1"), TextDelta("] or [9"), TextDelta("]."), DONE))
    assert "".join(e.text for e in found if isinstance(e, TextDelta)) == "23 kg [1] or."
    assert found[-1] == DONE


async def test_a_failure_keeps_its_type_and_what_had_streamed(scripted):
    chain = answering(scripted(TextDelta("23 kg [1"), Overloaded("Busy.", "Wait.")), SOURCES, Sampling())
    text = ""
    with pytest.raises(Overloaded, match="Wait"):
        async for event in chain.astream({"question": "?", "history": []}):
            text += event.text
    assert text == "23 kg [1"


async def test_a_stream_without_an_end_is_cut(scripted):
    with pytest.raises(StreamCut):
        await events(scripted(TextDelta("23")))


async def test_the_chat_model_answers_as_any_of_langchains_does(scripted):
    model = BackendChatModel(backend=scripted(TextDelta("23 "), TextDelta("kg"), DONE))
    answer = await model.ainvoke([HumanMessage("How heavy?")])
    assert answer.content == "23 kg"
    assert answer.usage_metadata["total_tokens"] == 10
    assert answer.response_metadata["finish_reason"] == "stop"


def test_the_chat_model_answers_outside_of_a_loop_too(scripted):
    model = BackendChatModel(backend=scripted(TextDelta("23 kg"), DONE))
    assert model.invoke("How heavy?").content == "23 kg"


def test_turns_without_words_are_left_out():
    history = [
        UserMessage(()),
        AssistantMessage(""),
        ToolResult("1", "price", "90"),
        user("Hi"),
        AssistantMessage("Yes"),
    ]
    assert [(m.type, m.content) for m in to_langchain(history)] == [("human", "Hi"), ("ai", "Yes")]
