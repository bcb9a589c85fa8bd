"""Both backends against a server that nobody here wrote: llama.cpp's, with a tiny model of random weights.

The model says nonsense, so it is the server's grammar that keeps it to a schema or a tool. Where only a
sensible model would do so by itself, the test adds what makes it: a bias towards beginning a call.
"""

import asyncio
import json
import time
from contextlib import aclosing
from pathlib import Path
from typing import Literal

import httpx
import pytest
from pydantic import BaseModel

from switchboard.backends import claude as claude_module
from switchboard.backends import openai as openai_module
from switchboard.backends.base import ChatRequest, Sampling, complete, structured
from switchboard.backends.claude import ClaudeBackend
from switchboard.backends.openai import OpenAIBackend
from switchboard.brochure.brief import Brief
from switchboard.brochure.events import PageRead
from switchboard.brochure.pages import PageReader
from switchboard.brochure.reading import SitePlan
from switchboard.brochure.sites import SAMPLE_ADDRESS, Sites
from switchboard.brochure.writer import brochure_of_site
from switchboard.messages import (
    AssistantMessage,
    Finish,
    FinishReason,
    Notice,
    TextDelta,
    ToolCall,
    ToolResult,
    user,
)
from switchboard.tools import tool

xllamacpp = pytest.importorskip("xllamacpp")
gguf = pytest.importorskip("gguf")
pytestmark = pytest.mark.local

ROOT = Path(__file__).parents[2]
TOKENS, END, TOOL_CALL = 260, 258, 259
WIDTH, INNER, LAYERS, HEADS, HEAD = 64, 96, 2, 2, 32
TEMPLATE = """\
{%- if tools %}<|im_start|>system
<tools>{% for tool in tools %}{{ tool | tojson }}{% endfor %}</tools><|im_end|>
{% endif %}
{%- for message in messages %}<|im_start|>{{ message.role }}
{{ message.content or "" }}
{%- for call in message.tool_calls or [] %}
<tool_call>
{"name": "{{ call.function.name }}", "arguments": {{ call.function.arguments | tojson }}}
</tool_call>
{%- endfor %}<|im_end|>
{% endfor %}
{%- if add_generation_prompt %}<|im_start|>assistant
{% endif %}"""
ASK = ChatRequest((user("Hello"),), system="Be brief.", sampling=Sampling(temperature=1.0, max_tokens=24))


def byte_letters():
    """The letters by which byte-level BPE shows the 256 bytes (GPT-2's table)."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in plain]
    return [*map(chr, plain), *(chr(256 + place) for place in range(len(others)))]


def write_model(path, beginning):
    """A Qwen3 of 100,000 random weights that knows bytes and four special tokens, the last of a call."""
    import numpy as np

    random = np.random.default_rng(7)
    writer = gguf.GGUFWriter(str(path), "qwen3")
    writer.add_context_length(32_768)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_key_length(HEAD)
    writer.add_value_length(HEAD)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_rope_freq_base(10_000.0)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list([*byte_letters(), "<|endoftext|>", "<|im_start|>", "<|im_end|>", beginning])
    kinds = gguf.TokenType
    writer.add_token_types([kinds.NORMAL] * 256 + [kinds.CONTROL] * 3 + [kinds.USER_DEFINED])
    writer.add_token_merges(["a b"])
    writer.add_eos_token_id(END)
    writer.add_pad_token_id(256)
    writer.add_chat_template(TEMPLATE)
    query = HEADS * HEAD
    shapes = {"token_embd": (TOKENS, WIDTH), "output": (TOKENS, WIDTH), "output_norm": (WIDTH,)}
    for layer in range(LAYERS):
        block = {
            "attn_norm": (WIDTH,),
            "ffn_norm": (WIDTH,),
            "attn_q_norm": (HEAD,),
            "attn_k_norm": (HEAD,),
            "attn_q": (query, WIDTH),
            "attn_k": (query, WIDTH),
            "attn_v": (query, WIDTH),
            "attn_output": (WIDTH, query),
            "ffn_gate": (INNER, WIDTH),
            "ffn_up": (INNER, WIDTH),
            "ffn_down": (WIDTH, INNER),
        }
        shapes |= {f"blk.{layer}.{name}": shape for name, shape in block.items()}
    for name, shape in shapes.items():
        values = np.ones(shape) if len(shape) == 1 else random.standard_normal(shape) * 0.3
        if name == "output":
            values[256:] = 0  # the special tokens, so that it seldom stops by itself
        writer.add_tensor(f"{name}.weight", values.astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def serving(path):
    settings = xllamacpp.CommonParams()
    settings.model.path = str(path)
    settings.n_ctx = 32_768
    settings.n_parallel = 2
    settings.cpuparams.n_threads = 1
    settings.use_jinja = True
    settings.sampling.seed = 7  # a random model, but the same words at each run
    settings.warmup = False
    settings.port = 0
    settings.verbosity = -1
    return xllamacpp.Server(settings)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "tiny.gguf"
    write_model(path, "<tool_call>\n")  # with its line's end, so that one token is enough to begin a call
    running = serving(path)
    yield running.listening_address
    del running


@pytest.fixture(scope="module")
def choosing_server(tmp_path_factory):
    """One whose model may choose whether to call; with the other's token the server refuses to let it."""
    path = tmp_path_factory.mktemp("model") / "choosing.gguf"
    write_model(path, "<tool_call>")
    running = serving(path)
    yield running.listening_address
    del running


@pytest.fixture
async def openai(server):
    backend = OpenAIBackend("tiny", key="", url=f"{server}/v1", provider="llama.cpp server")
    yield backend
    await backend.aclose()


@pytest.fixture
async def claude(server):
    backend = ClaudeBackend("tiny", key="none", url=server)
    yield backend
    await backend.aclose()


def adding(monkeypatch, module, **fields):
    """Have the module's requests carry ``fields`` as well."""
    build = module.request_body
    monkeypatch.setattr(module, "request_body", lambda *args, **named: {**build(*args, **named), **fields})


async def test_openai_streams_text_with_usage(openai):
    events = [event async for event in openai.stream(ASK)]
    assert len([event for event in events if isinstance(event, TextDelta)]) > 3
    assert isinstance(events[-1], Finish)
    assert events[-1].usage.input_tokens > 20
    assert 0 < events[-1].usage.output_tokens <= 24


async def test_claude_streams_text_with_usage(claude):
    events = [event async for event in claude.stream(ASK)]
    assert any(isinstance(event, TextDelta) for event in events)
    assert isinstance(events[-1], Finish)
    assert events[-1].usage.input_tokens > 20
    assert 0 < events[-1].usage.output_tokens <= 24


class Verdict(BaseModel):
    mood: Literal["good", "bad"]
    certain: bool
    votes: list[Literal[1, 2, 3]]


async def test_openai_keeps_to_a_schema(openai):
    request = ChatRequest((user("Well?"),), sampling=Sampling(max_tokens=400))
    verdict, _ = await structured(openai, request, Verdict)
    assert isinstance(verdict, Verdict)


async def test_a_tool_is_called_and_its_result_understood(openai, monkeypatch):
    def light(room: Literal["kitchen", "hall"], on: bool) -> str:
        """Switch the light."""
        return "done"

    bias = {str(END): 100, str(TOOL_CALL): 50}
    request = ChatRequest((user("Light!"),), tools=(tool(light),), sampling=Sampling(max_tokens=400))
    for seed in range(8):  # a random model may ramble inside the grammar until its tokens are spent
        with monkeypatch.context() as patch:
            adding(patch, openai_module, tool_choice="required", logit_bias=bias, seed=seed)
            reply = await complete(openai, request)
        if reply.reason is not FinishReason.LENGTH:
            break
    assert reply.reason is FinishReason.TOOL_CALLS
    call = reply.message.tool_calls[0]
    assert call.name == "light"
    assert json.loads(call.arguments)["room"] in ("kitchen", "hall")
    assert await request.tools[0].call(call.arguments) == "done"


@pytest.mark.parametrize("which", ["openai", "claude"])
async def test_a_conversation_with_tool_turns_goes_on_here(openai, claude, which):
    messages = (
        user("Light!"),
        AssistantMessage("", (ToolCall("other/1", "light", '{"on": true}'),)),
        ToolResult("other/1", "light", "done"),
        user("Thanks"),
    )
    backend = openai if which == "openai" else claude
    reply = await complete(backend, ChatRequest(messages, sampling=Sampling(max_tokens=8)))
    assert reply.reason in (FinishReason.LENGTH, FinishReason.STOP)


@pytest.mark.parametrize("which", ["openai", "claude"])
@pytest.mark.parametrize("may_call", [True, False])
async def test_tools_stay_defined_after_they_were_called(choosing_server, which, may_call):
    def light(on: bool) -> str:
        """Switch the light."""
        return "done"

    if which == "openai":
        backend = OpenAIBackend("tiny", key="", url=f"{choosing_server}/v1", provider="llama.cpp server")
    else:
        backend = ClaudeBackend("tiny", key="none", url=choosing_server)
    messages = (
        user("Light!"),
        AssistantMessage("", (ToolCall("other/1", "light", '{"on": true}'),)),
        ToolResult("other/1", "light", "done"),
    )
    request = ChatRequest(messages, tools=(tool(light),), may_call=may_call, sampling=Sampling(max_tokens=8))
    reply = await complete(backend, request)
    await backend.aclose()
    assert reply.message.text
    assert reply.reason in (FinishReason.LENGTH, FinishReason.STOP)


@pytest.mark.parametrize("which", ["openai", "claude"])
async def test_leaving_the_stream_stops_the_model(openai, claude, server, monkeypatch, which):
    backend, module = (openai, openai_module) if which == "openai" else (claude, claude_module)
    adding(monkeypatch, module, max_tokens=14_000)
    async with httpx.AsyncClient(trust_env=False) as client, aclosing(backend.stream(ASK)) as events:
        for _ in range(5):
            await anext(events)
        assert await is_busy(client, server)
        await events.aclose()
        began = time.perf_counter()
        while await is_busy(client, server):
            assert time.perf_counter() - began < 1
            await asyncio.sleep(0.02)


async def is_busy(client, server):
    return any(slot["is_processing"] for slot in (await client.get(f"{server}/slots")).json())


async def test_the_list_and_the_test_know_the_server(openai):
    assert len(await openai.models()) == 1
    status = await openai.check()
    assert status.ready
    assert "does not list tiny" in status.text


async def test_a_brochure_is_chosen_and_written_by_a_server_nobody_here_wrote(openai):
    """A random model's choice keeps to the form and names no page of the site: words choose, it writes."""
    reader = PageReader(Sites(ROOT / "examples" / "site"))
    plan, short = SitePlan("", SAMPLE_ADDRESS, pages=2), Sampling(max_tokens=40)
    events = [event async for event in brochure_of_site(openai, reader, plan, Brief(), short)]
    assert sum(isinstance(event, PageRead) for event in events) == 3
    assert any(isinstance(event, Notice) for event in events)
    assert "".join(event.text for event in events if isinstance(event, TextDelta))
    assert events[-1].usage.output_tokens
