"""Lists of models and the Test button, for both providers."""

import pytest

from switchboard.backends.base import Model
from switchboard.backends.presets import PRESETS, preset

OPENAI_LIST = {
    "data": [
        {"id": "gpt-5.4-mini", "created": 20},
        {"id": "gpt-5.5-2026-08-01", "created": 40},
        {"id": "gpt-5.5", "created": 30},
        {"id": "text-embedding-3-small", "created": 50},
        *({"id": name, "created": 60} for name in ("whisper-1", "gpt-5.4-mini-tts", "gpt-image-2", "sora-3")),
        *({"id": name, "created": 60} for name in ("dall-e-3", "gpt-realtime", "omni-moderation-latest")),
        *({"id": name, "created": 60} for name in ("gpt-4o-transcribe", "davinci-002", "gpt-audio")),
    ]
}
CLAUDE_LIST = {
    "data": [
        {"id": "claude-haiku-5-5-20260901", "created_at": "2026-09-01T00:00:00Z", "max_input_tokens": 200000},
        {"id": "claude-opus-5-5", "created_at": "2026-10-01T00:00:00Z", "max_input_tokens": None},
    ]
}


async def test_openais_list_is_newest_first_without_what_does_not_chat(scripted, openai):
    scripted.say(OPENAI_LIST)
    assert [model.name for model in await openai().models()] == [
        "gpt-5.5",
        "gpt-5.4-mini",
        "gpt-5.5-2026-08-01",
    ]
    assert scripted.requests[0].path == "/v1/models"


@pytest.mark.parametrize(
    ("listed", "found"),
    [
        ([{"id": "openai/gpt-5.5"}, {"name": "no id"}, 3], [Model("openai/gpt-5.5")]),
        ({"data": [{"id": "m", "meta": {"n_ctx": 4096}}]}, [Model("m", 4096)]),
        ({"data": [{"id": "m", "max_model_len": 8192}]}, [Model("m", 8192)]),
        ({"data": [{"id": "Llama-3.2-1B-Instruct", "created": None}]}, [Model("Llama-3.2-1B-Instruct")]),
        ({"data": "none"}, []),
    ],
)
async def test_lists_of_compatible_servers_are_read(scripted, openai, listed, found):
    scripted.say(listed)
    assert await openai(provider="The server", key="").models() == found


async def test_claudes_list_is_newest_first(scripted, claude):
    scripted.say(CLAUDE_LIST)
    assert await claude().models() == [
        Model("claude-opus-5-5"),
        Model("claude-haiku-5-5-20260901", 200000),
    ]


async def test_without_a_key_the_known_models_are_offered_and_nothing_is_sent(scripted, openai, claude):
    assert [model.name for model in await openai(key="").models()] == ["gpt-5.5", "gpt-5.4-mini"]
    assert [model.name for model in await claude(key="").models()] == ["claude-opus-5-5", "claude-haiku-5-5"]
    assert scripted.requests == []


async def test_a_server_without_a_list_offers_the_model_that_was_typed(scripted, openai):
    scripted.say({"error": "nothing here"}, 404)
    assert await openai("mine", provider="The server").models() == [Model("mine")]


async def test_a_ready_provider_says_so(scripted, openai, claude):
    scripted.say(OPENAI_LIST)
    scripted.say(CLAUDE_LIST)
    openais, claudes = await openai().check(), await claude().check()
    assert (openais.ready, openais.text) == (True, "OpenAI is ready with gpt-5.4-mini.")
    assert (claudes.ready, claudes.text) == (True, "Claude is ready with claude-haiku-5-5.")


async def test_a_model_that_is_not_listed_is_told(scripted, openai, claude):
    scripted.say(OPENAI_LIST)
    scripted.say(CLAUDE_LIST)
    scripted.say({"data": [{"id": "a"}]})
    assert "has no model gpt-9" in (await openai("gpt-9").check()).text
    assert "has no model claude-9" in (await claude("claude-9").check()).text
    other = await openai("mine", provider="The server").check()
    assert (other.ready, other.text) == (True, "The server answers, but does not list mine; it lists a.")


async def test_a_server_without_a_list_is_asked_for_one_token(scripted, openai):
    scripted.say({"error": "nothing here"}, 404)
    scripted.stream({"choices": [{"delta": {"content": "Y"}, "finish_reason": "length"}]})
    status = await openai("mine", provider="The server").check()
    assert status.ready
    assert scripted.bodies[1]["max_tokens"] == 1


@pytest.mark.parametrize(
    ("status", "words"),
    [(401, "does not take this key"), (429, "takes no more requests"), (500, "too busy or out of order")],
)
async def test_a_failed_test_says_what_to_do_and_does_not_raise(scripted, openai, claude, status, words):
    scripted.say({"error": {"message": "no"}}, status)
    for backend in (openai(), claude()):
        found = await backend.check()
        assert not found.ready
        assert words in found.text


async def test_a_silent_provider_fails_the_test_in_time(scripted, openai, claude):
    scripted.reply(scripted.stall)
    for backend in (openai(seconds=0.2), claude(seconds=0.2)):
        assert "was silent for 0.2 s" in (await backend.check()).text


async def test_no_key_fails_the_test_with_the_place_to_paste_it(openai, claude):
    for backend in (openai(key=""), claude(key="")):
        assert "Paste one above" in (await backend.check()).text


async def test_a_server_that_wants_a_key_asks_for_one(scripted, openai):
    scripted.say({"error": {"message": "Unauthorized"}}, 401)
    status = await openai("mine", provider="The server", key="").check()
    assert (status.ready, status.text) == (False, "The server asks for a key. Paste one above.")


async def test_a_server_without_any_model_says_so(scripted, openai):
    scripted.say({"data": []})
    status = await openai("mine", provider="The server", key="").check()
    assert (status.ready, status.text) == (False, "The server answers, but has no model. Load one there.")


async def test_a_web_page_in_place_of_a_list_fails_the_test(scripted, openai, claude):
    scripted.reply(b"<html>hello</html>", headers={"content-type": "text/html"})
    for backend in (openai(), claude()):
        assert not (await backend.check()).ready


def test_presets_are_addresses_up_to_the_version():
    assert preset("vLLM").url == "http://127.0.0.1:8000/v1"
    assert preset("unheard of") is None
    assert all(known.url.startswith("https://") == bool(known.key_hint) for known in PRESETS)
