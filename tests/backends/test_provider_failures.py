"""What each way of failing means to a person, for both providers over real HTTP."""

import asyncio
import socket
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard import errors
from switchboard.backends import attempts, failures
from switchboard.backends.base import ChatRequest
from switchboard.messages import Finish, FinishReason, TextDelta, user

ASK = ChatRequest((user("Hi"),))
OPENAI_OK = {"choices": [{"delta": {"content": "Hi"}, "finish_reason": "stop"}]}
CLAUDE_OK = (
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hi"}},
    {"type": "message_delta", "delta": {"stop_reason": "end_turn"}},
)


def openai_error(message="", code=None, kind=None):
    return {"error": {"message": message, "code": code, "type": kind}}


def claude_error(kind, message=""):
    return {"type": "error", "error": {"type": kind, "message": message}}


OPENAI = [
    (401, openai_error("Incorrect API key: test-key", "invalid_api_key"), errors.KeyRefused, 1),
    (403, openai_error("Country not supported"), errors.KeyRefused, 1),
    (402, openai_error("You have exceeded your monthly included credits"), errors.OutOfCredit, 1),
    (429, openai_error("Check your plan", "insufficient_quota"), errors.OutOfCredit, 1),
    (429, openai_error("Billing hard limit", "billing_hard_limit_reached"), errors.OutOfCredit, 1),
    (429, openai_error("Slow down", "rate_limit_exceeded"), errors.RateLimited, 3),
    (404, openai_error("No such model", "model_not_found"), errors.UnknownModel, 1),
    (404, {"detail": "Not Found"}, errors.UnknownModel, 1),
    (400, openai_error("too many", "context_length_exceeded"), errors.ContextTooLong, 1),
    (
        400,
        openai_error("exceeds the context size", 400, "exceed_context_size_error"),
        errors.ContextTooLong,
        1,
    ),
    (413, "too large", errors.ContextTooLong, 1),
    (400, openai_error("m does not support tools"), errors.Unsupported, 1),
    (400, openai_error("Bad value at https://10.0.0.1/x for test-key"), errors.RequestRefused, 1),
    (500, openai_error("oops"), errors.Overloaded, 3),
    (502, "<html>Bad gateway</html>", errors.Overloaded, 3),
    (503, openai_error("Loading model"), errors.Overloaded, 3),
    (302, "", errors.RequestRefused, 1),
]
CLAUDE = [
    (401, claude_error("authentication_error", "invalid x-api-key"), errors.KeyRefused, 1),
    (403, claude_error("permission_error"), errors.KeyRefused, 1),
    (400, claude_error("invalid_request_error", "Your credit balance is too low"), errors.OutOfCredit, 1),
    (402, claude_error("billing_error"), errors.OutOfCredit, 1),
    (404, claude_error("not_found_error", "model: x"), errors.UnknownModel, 1),
    (400, claude_error("invalid_request_error", "prompt is too long: 9 > 8"), errors.ContextTooLong, 1),
    (413, claude_error("request_too_large"), errors.ContextTooLong, 1),
    (400, claude_error("invalid_request_error", "messages: test-key"), errors.RequestRefused, 1),
    (429, claude_error("rate_limit_error"), errors.RateLimited, 3),
    (500, claude_error("api_error"), errors.Overloaded, 3),
    (529, claude_error("overloaded_error"), errors.Overloaded, 3),
]


@pytest.mark.parametrize(("status", "body", "kind", "requests"), OPENAI)
async def test_openais_answer_becomes_one_error(scripted, openai, drain, status, body, kind, requests):
    scripted.say(body, status)
    with pytest.raises(errors.BackendError) as caught:
        await drain(openai(), ASK)
    assert_tells_a_person(caught.value, kind, "OpenAI")
    assert len(scripted.requests) == requests


@pytest.mark.parametrize(("status", "body", "kind", "requests"), CLAUDE)
async def test_claudes_answer_becomes_one_error(scripted, claude, drain, status, body, kind, requests):
    scripted.say(body, status)
    with pytest.raises(errors.BackendError) as caught:
        await drain(claude(), ASK)
    assert_tells_a_person(caught.value, kind, "Claude")
    assert len(scripted.requests) == requests


def assert_tells_a_person(error, kind, provider):
    assert type(error) is kind
    assert error.fix
    assert "test-key" not in str(error)
    assert "127.0.0.1" not in str(error)
    assert "10.0.0.1" not in str(error)
    assert provider in str(error) or kind is errors.ContextTooLong


async def test_a_passing_overload_is_not_seen_by_anybody(scripted, openai, claude, drain):
    scripted.say(openai_error("oops"), 500)
    scripted.stream(OPENAI_OK)
    assert await drain(openai(), ASK) == [TextDelta("Hi"), Finish(FinishReason.STOP)]
    scripted.replies.clear()
    scripted.say(claude_error("overloaded_error"), 529)
    scripted.named_stream(claude_error("overloaded_error"))
    scripted.named_stream(*CLAUDE_OK)
    assert await drain(claude(), ASK) == [TextDelta("Hi"), Finish(FinishReason.STOP)]


async def test_a_short_retry_after_is_waited_for(scripted, openai, drain):
    scripted.say(openai_error("Slow down"), 429, retry_after="0.3")
    scripted.stream(OPENAI_OK)
    began = time.perf_counter()
    await drain(openai(), ASK)
    assert 0.3 <= time.perf_counter() - began < 1.5


async def test_a_long_retry_after_is_told_at_once(scripted, openai, drain):
    scripted.say(openai_error("Slow down"), 429, retry_after="60")
    with pytest.raises(errors.RateLimited, match="Wait 60 s") as caught:
        await drain(openai(), ASK)
    assert caught.value.retry_after == 60
    assert len(scripted.requests) == 1


async def test_silence_before_the_first_token_is_timed_out_without_another_attempt(scripted, claude, drain):
    scripted.reply(scripted.stall)
    with pytest.raises(errors.TimedOut, match="Claude was silent"):
        await drain(claude(seconds=0.2), ASK)
    assert len(scripted.requests) == 1


async def test_a_server_that_only_says_that_it_waits_is_given_up_in_time():
    async def waiting():
        await asyncio.sleep(5)
        yield None

    with pytest.raises(errors.TimedOut, match=r"silent for 0\.2 s"):
        async for _ in attempts.with_retries("OpenAI", waiting, within=0.2):
            pass


async def test_nobody_listening_is_unreachable(openai, claude, drain):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        for backend in (openai(url=url), claude(url=url)):
            with pytest.raises(errors.Unreachable, match="cannot be reached") as caught:
                await drain(backend, ASK)
            assert "127.0.0.1" not in str(caught.value)


@pytest.mark.parametrize("url", ["http://", "nonsense", "ftp://example.com/v1", "http://[bad"])
async def test_an_address_that_is_none_is_told(openai, drain, url):
    with pytest.raises((errors.Unreachable, errors.BadInput)) as caught:
        await drain(openai(url=url), ASK)
    assert "address" in str(caught.value)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"message": "The server had an error", "type": "server_error"}, errors.Overloaded),
        ({"message": "Slow down", "code": 429}, errors.RateLimited),
        ("out of memory", errors.Overloaded),
    ],
)
async def test_an_error_in_mid_stream_follows_what_had_come(scripted, openai, error, kind):
    first = {"choices": [{"delta": {"content": "Hi"}, "finish_reason": None}]}
    scripted.stream(first, {"error": error})
    found = []
    with pytest.raises(kind):
        async for event in openai().stream(ASK):
            found.append(event)
    assert found == [TextDelta("Hi")]
    assert len(scripted.requests) == 1


async def test_an_error_with_status_200_is_an_error(scripted, openai, drain):
    scripted.say(openai_error("Top up", "insufficient_quota"))
    with pytest.raises(errors.OutOfCredit):
        await drain(openai(), ASK)


async def test_without_a_key_nothing_is_sent(scripted, openai, claude, drain):
    for backend in (openai(key=" "), claude(key="")):
        with pytest.raises(errors.MissingKey, match="Paste one above"):
            await drain(backend, ASK)
    assert scripted.requests == []


@pytest.mark.parametrize("key", ["sk-…", "sk-a\nb", "sk a"])
async def test_a_key_that_cannot_be_one_is_refused_and_not_sent(scripted, openai, claude, drain, key):
    for backend in (openai(key=key), claude(key=key)):
        with pytest.raises(errors.KeyRefused, match="Copy it again"):
            await drain(backend, ASK)
    assert scripted.requests == []


async def test_a_typed_private_address_is_refused_on_a_public_page(scripted, openai, drain):
    backend = openai(provider="The server", public_only=True)
    with pytest.raises(errors.AddressRefused):
        await drain(backend, ASK)
    status = await backend.check()
    assert not status.ready
    assert status.text
    assert scripted.requests == []


def test_retry_after_is_read_in_all_its_forms():
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    assert failures.seconds_to_wait({"retry-after-ms": "1500", "retry-after": "9"}) == 1.5
    assert failures.seconds_to_wait({"retry-after": "9"}) == 9
    assert failures.seconds_to_wait({"retry-after": soon}) == pytest.approx(30, abs=2)
    assert failures.seconds_to_wait({"retry-after": "soon"}) is None
    assert failures.seconds_to_wait({}) is None


@given(st.text(max_size=700))
def test_a_providers_words_are_one_short_line_without_the_key(words):
    shown = failures.own_words(f"{words} sk-abcdefgh1234 k3y {words}", "k3y")
    assert "k3y" not in shown
    assert "abcdefgh1234" not in shown
    assert len(shown) <= failures.WORDS_CHARACTERS + 1
    assert "\n" not in shown
