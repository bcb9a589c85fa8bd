"""Ollama over real HTTP on loopback: what is sent, what each oddity of its stream becomes."""

import asyncio
import base64
import json
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Annotated, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

import switchboard.backends.ollama as ollama_file
from switchboard.backends.base import Capability, ChatRequest, Sampling, complete, structured
from switchboard.backends.ollama import OllamaBackend
from switchboard.backends.ollama_pull import PullProgress
from switchboard.backends.turns import RETURNED
from switchboard.errors import (
    AddressRefused,
    ContextTooLong,
    KeyRefused,
    MissingKey,
    OutOfCredit,
    Overloaded,
    RateLimited,
    RequestRefused,
    StreamCut,
    TimedOut,
    UnknownChoice,
    UnknownModel,
    Unreachable,
    Unsupported,
)
from switchboard.messages import (
    AssistantMessage,
    Document,
    Finish,
    FinishReason,
    Image,
    Notice,
    ReasoningDelta,
    Source,
    Text,
    TextDelta,
    ToolCall,
    ToolResult,
    Usage,
    UserMessage,
    user,
)
from switchboard.tools import tool
from switchboard.web.transport import PinnedTransport

STALL, CUT = "stall", "cut"
CAN_ALL = ["completion", "tools", "vision", "thinking"]
PNG = b"\x89PNG not really"


def line(**fields: Any) -> bytes:
    return json.dumps({"model": "m", **fields}, ensure_ascii=False).encode() + b"\n"


def says(text: str, **fields: Any) -> bytes:
    return line(message={"role": "assistant", "content": text}, done=False, **fields)


def done(reason: str = "stop", **fields: Any) -> bytes:
    counts = {"prompt_eval_count": 11, "eval_count": 7} | fields
    return line(message={"role": "assistant", "content": ""}, done=True, done_reason=reason, **counts)


def shown(
    capabilities: list[str] | None = CAN_ALL, length: int = 131_072, parameters: str = ""
) -> dict[str, Any]:
    fields: dict[str, Any] = {"model_info": {"llama.context_length": length}, "parameters": parameters}
    return fields | ({} if capabilities is None else {"capabilities": capabilities})


@dataclass
class Answer:
    status: int
    steps: tuple[Any, ...]
    headers: dict[str, str]


@dataclass
class FakeOllama:
    """An Ollama that says what it is told to on each path; a step is bytes, seconds, ``STALL`` or ``CUT``."""

    port: int = 0
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    bodies: list[Any] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    gone: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def on(self, path: str, *steps: Any, status: int = 200, **headers: str) -> None:
        self.answers[path] = Answer(status, steps, {k.replace("_", "-"): v for k, v in headers.items()})

    def say(self, path: str, value: Any, status: int = 200, **headers: str) -> None:
        self.on(path, json.dumps(value).encode(), status=status, **headers)

    def chat(self, *steps: Any, **options: Any) -> None:
        self.on("/api/chat", *steps, **options)

    def body(self, path: str) -> Any:
        """What was last sent to ``path``."""
        return [body for (_, where), body in zip(self.asked, self.bodies, strict=True) if where == path][-1]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self.one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            self.gone.set()
        finally:
            writer.close()

    async def one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        except asyncio.IncompleteReadError:
            return False
        method, path, _ = head[0].split(" ", 2)
        headers = {name.lower(): value for name, _, value in (row.partition(": ") for row in head[1:] if row)}
        raw = await reader.readexactly(int(headers.get("content-length", 0)))
        self.asked.append((method, path))
        self.headers.append(headers)
        self.bodies.append(json.loads(raw) if raw else None)
        missing = Answer(404, (b"404 page not found",), {})
        answer = self.answers.get(path, missing)
        rows = [f"HTTP/1.1 {answer.status} Told", "transfer-encoding: chunked"]
        rows += [f"{name}: {value}" for name, value in answer.headers.items()]
        writer.write("\r\n".join([*rows, "", ""]).encode())
        for step in answer.steps:
            if step == STALL:
                await writer.drain()
                if await reader.read(1) == b"":
                    self.gone.set()
                return False
            if step == CUT:
                await writer.drain()
                writer.transport.abort()
                return False
            if isinstance(step, int | float):
                await writer.drain()
                await asyncio.sleep(step)
            elif step:
                writer.write(b"%x\r\n%s\r\n" % (len(step), step))
                await writer.drain()
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        return True


@pytest.fixture
async def fake() -> AsyncIterator[FakeOllama]:
    told = FakeOllama()
    connections: set[asyncio.Task[None]] = set()
    server = await asyncio.start_server(
        lambda r, w: connections.add(asyncio.create_task(told.serve(r, w))), "127.0.0.1", 0
    )
    told.port = server.sockets[0].getsockname()[1]
    told.say("/api/show", shown())
    yield told
    server.close()
    for connection in connections:
        connection.cancel()
    await asyncio.gather(*connections, return_exceptions=True)
    await server.wait_closed()


@pytest.fixture
async def open_backend(fake: FakeOllama) -> AsyncIterator[Callable[..., OllamaBackend]]:
    opened: list[OllamaBackend] = []

    def backend(model: str = "llama3.2", **options: Any) -> OllamaBackend:
        opened.append(OllamaBackend(model, **({"url": fake.url} | options)))
        return opened[-1]

    yield backend
    for each in opened:
        await each.aclose()


@pytest.fixture
def backend(open_backend: Callable[..., OllamaBackend]) -> OllamaBackend:
    return open_backend()


async def events_of(backend: OllamaBackend, request: ChatRequest | None = None) -> list[Any]:
    return [event async for event in backend.stream(request or ChatRequest((user("hi"),)))]


def weather(city: Annotated[str, "Where."], days: int | None = None) -> str:
    """The weather of a city."""
    return f"{city} {days}"


class Fruit(BaseModel):
    """A fruit."""

    name: str
    grams: int


# What is sent.


async def test_the_plainest_question_is_sent_as_ollama_takes_it(fake, backend):
    fake.chat(says("Hello"), done())
    await events_of(backend)
    assert fake.asked == [("POST", "/api/show"), ("POST", "/api/chat")]
    assert fake.body("/api/show") == {"model": "llama3.2"}
    assert fake.body("/api/chat") == {
        "model": "llama3.2",
        "stream": True,
        "messages": [{"role": "user", "content": "hi"}],
        "tools": [],
        "options": {"num_ctx": 4096},
        "think": False,
    }


async def test_a_whole_conversation_is_sent_with_tools_images_sources_and_sampling(fake, backend):
    fake.chat(says("Fine"), done())
    request = ChatRequest(
        messages=(
            UserMessage(
                (Document("a.md", "Delhi is hot."), Image("a.png", "image/png", PNG), Text("Weather?"))
            ),
            AssistantMessage(
                "", (ToolCall("1", "weather", '{"city": "Delhi"}'), ToolCall("2", "weather", "{"))
            ),
            ToolResult("1", "weather", "38 degrees"),
            ToolResult("2", "weather", "bad arguments", failed=True),
            user("Thanks"),
        ),
        system="Be brief.",
        tools=(tool(weather),),
        sampling=Sampling(0.0, 100),
        sources=(Source(1, "Atlas", "Delhi lies in India."),),
    )
    await events_of(backend, request)
    body = fake.body("/api/chat")
    system, question, calls, *results, thanks = body["messages"]
    assert system["role"] == "system"
    assert system["content"].startswith("Be brief.")
    assert '<source number="1" title="Atlas">\nDelhi lies in India.' in system["content"]
    assert question == {
        "role": "user",
        "content": '<document name="a.md">\nDelhi is hot.\n</document>\n\nWeather?',
        "images": [base64.b64encode(PNG).decode()],
    }
    assert calls == {
        "role": "assistant",
        "tool_calls": [
            {"function": {"name": "weather", "arguments": {"city": "Delhi"}}},
            {"function": {"name": "weather", "arguments": {"unreadable": "{"}}},
        ],
    }
    assert results == [
        {"role": "tool", "tool_name": "weather", "content": "38 degrees"},
        {"role": "tool", "tool_name": "weather", "content": "bad arguments"},
    ]
    assert thanks == {"role": "user", "content": "Thanks"}
    assert body["options"] == {"num_ctx": 4096, "temperature": 0.0, "num_predict": 100}
    assert body["tools"] == [
        {
            "type": "function",
            "function": {
                "name": "weather",
                "description": "The weather of a city.",
                "parameters": {
                    "type": "object",
                    "required": ["city"],
                    "properties": {
                        "city": {"type": "string", "description": "Where."},
                        "days": {"type": "integer"},
                    },
                },
            },
        }
    ]


async def test_a_schema_is_sent_as_format_and_its_answer_read(fake, backend):
    fake.chat(says('{"name": "fig", '), says('"grams": 40}'), done())
    fruit, _ = await structured(backend, ChatRequest((user("a fruit"),)), Fruit)
    assert fruit == Fruit(name="fig", grams=40)
    assert fake.body("/api/chat")["format"] == Fruit.model_json_schema()


async def test_a_key_is_sent_as_a_bearer_token_and_none_from_the_environment(fake, open_backend, monkeypatch):
    monkeypatch.setenv("OLLAMA_API_KEY", "the-operators")
    monkeypatch.setenv("OLLAMA_HOST", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    fake.chat(says("a"), done())
    await events_of(open_backend())
    await events_of(open_backend(key="mine"))
    assert [headers.get("authorization") for headers in fake.headers] == [None, None, *["Bearer mine"] * 2]


async def test_a_key_that_no_header_can_hold_is_refused(open_backend):
    with pytest.raises(KeyRefused):
        await events_of(open_backend(key="ключ"))


async def test_the_model_is_asked_about_once_and_not_told_not_to_think_when_it_cannot(fake, backend):
    fake.say("/api/show", shown(["completion"]))
    fake.chat(says("a"), done())
    await events_of(backend)
    await events_of(backend)
    assert [path for _, path in fake.asked] == ["/api/show", "/api/chat", "/api/chat"]
    assert "think" not in fake.body("/api/chat")


# What comes back.


async def test_thinking_text_calls_and_usage_come_in_their_order(fake, backend):
    thought = line(message={"role": "assistant", "content": "", "thinking": "Hm"}, done=False)
    calls = [
        {"id": "x", "function": {"index": i, "name": "weather", "arguments": {"city": city}}}
        for i, city in enumerate(("Delhi", "Málaga"))
    ]
    called = line(message={"role": "assistant", "content": "", "tool_calls": calls}, done=False)
    fake.chat(thought, says(""), says("I look. "), called, done())
    events = await events_of(backend, ChatRequest((user("hi"),), tools=(tool(weather),)))
    first, second = (event for event in events if isinstance(event, ToolCall))
    assert events == [
        ReasoningDelta("Hm"),
        TextDelta("I look. "),
        first,
        second,
        Finish(FinishReason.TOOL_CALLS, Usage(11, 7)),
    ]
    assert (first.name, first.arguments) == ("weather", '{"city": "Delhi"}')
    assert second.arguments == '{"city": "Málaga"}'
    assert first.id != second.id


async def test_an_answer_cut_by_its_length_says_so_and_counts_may_be_missing(fake, backend):
    fake.chat(says("a"), line(message={"role": "assistant", "content": "b"}, done=True, done_reason="length"))
    reply = await complete(backend, ChatRequest((user("hi"),)))
    assert (reply.message.text, reply.reason, reply.usage) == ("ab", FinishReason.LENGTH, Usage())


EXPECTED = ["wörd\u0085next\u2028line ", "и\n", "最后"]
WIRE = b"".join([b"\n", *(says(text) for text in EXPECTED), b"\r\n \n", done()])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.integers(1, len(WIRE) - 1), max_size=30))
async def test_however_the_bytes_are_split_the_events_are_the_same(fake, backend, cuts):
    edges = [0, *sorted(set(cuts)), len(WIRE)]
    fake.chat(*(WIRE[start:end] for start, end in pairwise(edges)))
    assert await events_of(backend) == [
        *map(TextDelta, EXPECTED),
        Finish(FinishReason.STOP, Usage(11, 7)),
    ]


# The window.


async def test_the_window_grows_with_the_prompt_in_powers_of_two(fake, backend):
    fake.chat(says("a"), done())
    asked = []
    for characters in (100, 12_000, 60_000):
        await events_of(backend, ChatRequest((user("a" * characters),)))
        asked.append(fake.body("/api/chat")["options"]["num_ctx"])
    assert asked == [4096, 8192, 32_768]


async def test_a_prompt_that_will_not_fit_is_sent_with_a_notice(fake, backend):
    fake.say("/api/show", shown(length=8192))
    fake.chat(says("a"), done())
    events = await events_of(backend, ChatRequest((user("a" * 30_000),)))
    assert isinstance(events[0], Notice)
    assert "8,192" in events[0].text
    assert fake.body("/api/chat")["options"]["num_ctx"] == 8192


async def test_a_window_that_the_author_set_is_the_smallest_asked_for(fake, backend):
    fake.say("/api/show", shown(parameters='num_ctx                        16384\nstop "<|im_end|>"'))
    fake.chat(says("a"), done())
    await events_of(backend)
    assert fake.body("/api/chat")["options"]["num_ctx"] == 16_384


# What a model cannot do.


async def test_capabilities_are_all_until_ollama_was_asked(fake, backend):
    fake.say("/api/show", shown(["completion"]))
    assert {Capability.TOOLS, Capability.IMAGES} <= backend.capabilities
    fake.say("/api/tags", {"models": [{"model": "llama3.2:latest"}]})
    fake.say("/api/ps", {"models": []})
    await backend.check()
    assert backend.capabilities == {Capability.LANGUAGE, Capability.SCHEMA, Capability.TEMPERATURE}


@pytest.mark.parametrize(
    "request_",
    [
        ChatRequest((user("hi"),), tools=(tool(weather),)),
        ChatRequest((UserMessage((Image("a.png", "image/png", PNG), Text("What is it?"))),)),
    ],
)
async def test_what_the_model_cannot_do_is_refused_before_it_is_asked(fake, backend, request_):
    fake.say("/api/show", shown(["completion"]))
    with pytest.raises(Unsupported):
        await events_of(backend, request_)
    assert fake.asked == [("POST", "/api/show")]


async def test_a_conversation_begun_with_tools_and_images_goes_on_without_them(fake, backend):
    fake.say("/api/show", shown(["completion"]))
    fake.chat(says("a"), done())
    conversation = (
        UserMessage((Image("a.png", "image/png", PNG), Text("What is it?"))),
        AssistantMessage("I look.", (ToolCall("1", "weather", '{"city": "Delhi"}'),)),
        ToolResult("1", "weather", "38 degrees"),
        user("And now?"),
    )
    events = await events_of(backend, ChatRequest(conversation))
    assert isinstance(events[0], Notice)
    assert fake.body("/api/chat")["messages"] == [
        {"role": "user", "content": "What is it?"},
        {"role": "assistant", "content": 'I look.\n[I called weather with {"city": "Delhi"}]'},
        {"role": "user", "content": f'{RETURNED}\n<tool_result name="weather">\n38 degrees\n</tool_result>'},
        {"role": "user", "content": "And now?"},
    ]


async def test_a_server_that_does_not_describe_its_models_still_answers(fake, backend):
    del fake.answers["/api/show"]
    fake.chat(says("a"), done())
    assert TextDelta("a") in await events_of(backend)
    assert Capability.TOOLS in backend.capabilities


# What goes wrong.


@pytest.mark.parametrize(
    ("status", "said", "error", "fix"),
    [
        (400, "registry.ollama.ai/library/x does not support tools", Unsupported, "Choose another model"),
        (400, "the input length exceeds the context length", ContextTooLong, "larger window"),
        (401, "unauthorized", MissingKey, "ollama signin"),
        (402, "usage limit", OutOfCredit, "Top it up"),
        (404, 'model "llama3.2" not found, try pulling it first', UnknownModel, "ollama pull llama3.2"),
        (404, "page not found", RequestRefused, "address"),
        (429, "too many requests", RateLimited, "Wait 7 s"),
        (500, "model requires more system memory (9.1 GiB) than is available", Overloaded, "smaller model"),
        (500, "llama runner process has terminated", Overloaded, "Try again"),
        (503, "server busy, please try again.", Overloaded, "Try again"),
        (307, "", RequestRefused, "new address"),
    ],
)
async def test_a_refusal_becomes_one_error_that_names_the_fix(fake, backend, status, said, error, fix):
    fake.chat(json.dumps({"error": said}).encode(), status=status, retry_after="7", location="/elsewhere")
    with pytest.raises(error) as caught:
        await events_of(backend)
    assert fix in str(caught.value)
    assert [path for _, path in fake.asked].count("/api/chat") == 1


async def test_a_wrong_key_is_refused_and_never_shown(fake, open_backend):
    fake.chat(json.dumps({"error": "bad key s3cret-abc"}).encode(), status=401)
    with pytest.raises(KeyRefused) as caught:
        await events_of(open_backend(key="s3cret-abc"))
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("steps", "error"),
    [
        ((line(error="an error was encountered while running the model: CUDA error"),), StreamCut),
        ((line(error="model 'llama3.2' not found"),), UnknownModel),
        ((CUT,), StreamCut),
        ((b'{"message": {"role": "assistant", "cont', CUT), StreamCut),
        ((b'{"message": {"role": "assistant", "cont',), StreamCut),
        ((), StreamCut),
        ((b"<html>a login page</html>",), StreamCut),
        ((b'["a list"]\n',), StreamCut),
        ((b'{"message": 3}\n',), StreamCut),
    ],
)
async def test_a_stream_that_breaks_keeps_its_text_and_raises_one_error(fake, backend, steps, error):
    fake.chat(says("Hello"), 0.02, *steps)
    seen = []
    with pytest.raises(error) as caught:
        async for event in backend.stream(ChatRequest((user("hi"),))):
            seen.append(event)
    assert seen == [TextDelta("Hello")]
    assert caught.value.fix
    assert "127.0.0.1" not in str(caught.value)


async def test_a_connection_refused_names_the_command_that_starts_ollama(open_backend, monkeypatch):
    monkeypatch.setattr("switchboard.backends.ollama_connection.in_container", lambda: False)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        refusing = open_backend(url=f"http://127.0.0.1:{taken.getsockname()[1]}")
        with pytest.raises(Unreachable, match="`ollama serve`"):
            await events_of(refusing)
        with pytest.raises(Unreachable, match="`ollama serve`"):
            await refusing.models()
        status = await refusing.check()
    assert not status.ready
    assert "127.0.0.1" in status.text


@pytest.mark.parametrize(
    "url", ["ftp://127.0.0.1", "http://127.0.0.1:x", "http://[", "http://\n", "http://:11434"]
)
async def test_what_is_no_address_is_said_to_be_none(open_backend, url):
    status = await open_backend(url=url).check()
    assert not status.ready
    assert "http://127.0.0.1:11434" in status.text


async def test_no_model_is_an_error_of_ours(fake, open_backend):
    with pytest.raises(UnknownModel):
        await events_of(open_backend(""))
    assert fake.asked == []


@pytest.mark.parametrize("stalled", ["/api/show", "/api/chat"])
async def test_silence_before_the_first_event_ends_in_time(fake, open_backend, monkeypatch, stalled):
    monkeypatch.setattr(ollama_file, "FIRST_EVENT_SECONDS", 0.3)
    fake.on(stalled, STALL)
    began = time.monotonic()
    with pytest.raises(TimedOut, match="still be loading"):
        await events_of(open_backend(seconds=0.1))
    assert 0.25 < time.monotonic() - began < 2
    await asyncio.wait_for(fake.gone.wait(), 1)


async def test_a_model_that_loads_longer_than_the_silence_allowed_later_still_answers(fake, open_backend):
    fake.chat(0.5, says("a"), done())
    assert TextDelta("a") in await events_of(open_backend(seconds=0.2))


async def test_silence_in_mid_answer_ends_in_time(fake, open_backend):
    fake.chat(says("Hello"), STALL)
    began, seen = time.monotonic(), []
    with pytest.raises(TimedOut):
        async for event in open_backend(seconds=0.2).stream(ChatRequest((user("hi"),))):
            seen.append(event)
    assert seen == [TextDelta("Hello")]
    assert time.monotonic() - began < 2


async def test_an_answer_compressed_without_being_asked_for_is_not_read(fake, backend):
    fake.chat(says("a"), done(), content_encoding="gzip")
    with pytest.raises(StreamCut):
        await events_of(backend)


@pytest.mark.parametrize(
    ("path", "step", "status"),
    [
        ("/api/chat", b"x" * 4_000, 200),
        ("/api/chat", b"x\n" * 2_000, 500),
        ("/api/tags", b"[]\n" * 2_000, 200),
    ],
)
async def test_what_goes_on_without_end_is_not_kept(fake, backend, monkeypatch, path, step, status):
    monkeypatch.setattr("switchboard.backends.ndjson.LINE_BYTES", 10_000)
    fake.on(path, *[step] * 50, STALL, status=status)
    with pytest.raises(StreamCut):
        await (events_of(backend) if path == "/api/chat" else backend.models())
    await asyncio.wait_for(fake.gone.wait(), 1)


async def test_a_long_answer_may_be_longer_than_any_line(fake, backend, monkeypatch):
    monkeypatch.setattr("switchboard.backends.ndjson.LINE_BYTES", 10_000)
    fake.chat(*[says("word ")] * 500, done())
    assert len(await events_of(backend)) == 501


# Stop.


async def test_closing_the_iterator_closes_the_connection(fake, backend):
    fake.chat(says("Hello"), STALL)
    async with aclosing(backend.stream(ChatRequest((user("hi"),)))) as events:
        assert await anext(events) == TextDelta("Hello")
        stopped = time.monotonic()
    await asyncio.wait_for(fake.gone.wait(), 0.25)
    assert time.monotonic() - stopped < 0.25


@pytest.mark.parametrize("first", [(says("Hello"),), ()])
async def test_cancelling_a_stalled_stream_closes_the_connection(fake, backend, first):
    fake.chat(*first, STALL)
    pump = asyncio.create_task(events_of(backend))
    await asyncio.sleep(0.4)
    pump.cancel()
    await asyncio.wait_for(fake.gone.wait(), 0.25)
    with pytest.raises(asyncio.CancelledError):
        await pump


# Models, status, pull.


async def test_installed_models_come_first_and_embedders_not_at_all(fake, backend):
    fake.say(
        "/api/tags",
        {
            "models": [
                {"model": "mistral:7b", "details": {"family": "llama"}},
                {"model": "llama3.2:latest"},
                {"model": "nomic-embed-text:latest", "details": {"family": "nomic-bert"}},
            ]
        },
    )
    models = await backend.models()
    assert [(model.name, model.installed) for model in models] == [
        ("mistral:7b", True),
        ("llama3.2:latest", True),
        ("qwen3:4b", False),
        ("gemma3:4b", False),
    ]


async def test_the_status_names_address_window_and_what_the_model_cannot_do(fake, backend):
    fake.say("/api/tags", {"models": [{"model": "llama3.2:latest"}]})
    fake.say("/api/show", shown(["completion"]))
    fake.say("/api/ps", {"models": [{"model": "llama3.2:latest", "context_length": 8192}]})
    status = await backend.check()
    assert status.ready
    for words in (f"127.0.0.1:{fake.port}", "8,192 tokens now", "131,072", "cannot call tools or see images"):
        assert words in status.text
    fake.say("/api/ps", {"models": []})
    assert "4,096" in (await backend.check()).text


async def test_the_status_of_a_model_that_is_not_installed_can_be_mended(fake, backend):
    fake.say("/api/tags", {"models": []})
    fake.say("/api/show", {"error": "model 'llama3.2' not found"}, status=404)
    status = await backend.check()
    assert not status.ready
    assert status.missing_model == "llama3.2"
    assert "`ollama pull llama3.2`" in status.text


async def test_the_status_notices_a_model_that_was_pulled_meanwhile(fake, backend):
    fake.say("/api/tags", {"models": []})
    fake.say("/api/show", {"error": "model 'llama3.2' not found"}, status=404)
    assert not (await backend.check()).ready
    fake.say("/api/show", shown())
    assert (await backend.check()).ready


async def test_an_embedder_is_not_ready_to_answer(fake, backend):
    fake.say("/api/tags", {"models": []})
    fake.say("/api/show", shown(["embedding"]))
    assert not (await backend.check()).ready


async def test_what_is_not_ollama_is_said_not_to_be(fake, backend):
    status = await backend.check()
    assert not status.ready
    assert "not Ollama" in status.text


async def test_a_pull_reports_bytes_over_all_layers_until_it_succeeds(fake, backend):
    fake.on(
        "/api/pull",
        line(status="pulling manifest"),
        line(status="pulling aa", digest="aa", total=100),
        line(status="pulling aa", digest="aa", total=100, completed=60),
        line(status="pulling bb", digest="bb", total=20, completed=20),
        line(status="verifying sha256 digest"),
        line(status="success"),
    )
    steps = [step async for step in backend.pull("qwen3:4b")]
    assert fake.bodies == [{"model": "qwen3:4b", "insecure": False, "stream": True}]
    assert steps[0] == PullProgress("pulling manifest")
    assert steps[2] == PullProgress("pulling aa", 60, 100)
    assert [(step.completed, step.total) for step in steps[3:]] == [(80, 120)] * 3
    assert steps[-1].status == "success"
    assert steps[0].text == "pulling manifest"
    assert PullProgress("pulling aa", 620_000_000, 2_019_000_000).text == "pulling aa (0.62 of 2.02 GB)"


async def test_closing_a_pull_closes_its_connection(fake, backend):
    fake.on("/api/pull", line(status="pulling manifest"), STALL)
    async with aclosing(backend.pull("qwen3:4b")) as steps:
        await anext(steps)
    assert await asyncio.wait_for(fake.gone.wait(), 0.25)


@pytest.mark.parametrize(
    ("steps", "error"),
    [
        ((line(error="pull model manifest: file does not exist"),), UnknownModel),
        ((line(status="pulling manifest"),), StreamCut),
        ((CUT,), StreamCut),
    ],
)
async def test_a_pull_that_fails_raises_one_error(fake, backend, steps, error):
    fake.on("/api/pull", *steps)
    with pytest.raises(error):
        async for _ in backend.pull("nothing:1b"):
            pass


@pytest.mark.parametrize("name", ["", "a b", "../x\n", "x" * 201, "x?y"])
async def test_what_is_no_models_name_is_not_pulled(fake, backend, name):
    with pytest.raises(UnknownChoice):
        async for _ in backend.pull(name):
            pass
    assert fake.asked == []


# A stranger's address.


async def test_a_strangers_private_address_is_never_connected_to(fake, open_backend):
    guarded = open_backend(public_only=True)
    with pytest.raises(AddressRefused):
        await events_of(guarded)
    with pytest.raises(AddressRefused):
        await guarded.models()
    status = await guarded.check()
    assert not status.ready
    assert fake.asked == []


async def test_a_strangers_address_is_connected_to_as_it_was_checked(fake, open_backend, monkeypatch):
    looked_up = []

    async def resolve(host: str, port: int) -> str:
        looked_up.append((host, port))
        return "127.0.0.1"

    monkeypatch.setattr(
        "switchboard.backends.ollama_connection.PinnedTransport", lambda: PinnedTransport(resolve=resolve)
    )
    fake.chat(says("a"), done())
    guarded = open_backend(url=f"http://ollama.example:{fake.port}", public_only=True)
    assert TextDelta("a") in await events_of(guarded)
    assert looked_up == [("ollama.example", fake.port)] * 2
    assert {headers["host"] for headers in fake.headers} == {f"ollama.example:{fake.port}"}


async def test_a_strangers_redirect_is_not_followed(fake, open_backend):
    fake.on("/api/tags", status=302, location="/api/secret")
    status = await open_backend().check()
    assert not status.ready
    assert fake.asked == [("GET", "/api/tags")]
