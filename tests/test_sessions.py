import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.errors import BadInput, Busy
from switchboard.sessions import VISITORS, Visitor, Visitors, is_secret, mint_secret


def test_minted_secrets_have_128_bits_and_differ():
    secrets = {mint_secret() for _ in range(1000)}
    assert len(secrets) == 1000
    assert all(is_secret(secret) for secret in secrets)


def test_the_same_secret_finds_the_same_visitor_and_the_owner_is_not_the_secret():
    visitors, secret = Visitors(), mint_secret()
    assert visitors.visitor(secret) is visitors.visitor(secret)
    assert secret not in visitors.visitor(secret).owner


def test_an_owner_is_the_same_after_a_restart():
    secret = mint_secret()
    assert Visitors().visitor(secret).owner == Visitors().visitor(secret).owner


@given(st.text(max_size=40).filter(lambda text: not is_secret(text)))
def test_without_a_proper_secret_every_request_is_a_visitor_of_its_own(text):
    visitors = Visitors()
    assert visitors.visitor(text).owner != visitors.visitor(text).owner


def test_a_key_is_given_for_its_provider_and_address_alone():
    visitor = Visitor("owner")
    visitor.remember_key("openai", "https://api.openai.com/v1", " sk-one ")
    assert visitor.key("openai", "https://api.openai.com/v1") == "sk-one"
    assert visitor.key("openai", "https://elsewhere.example/v1") == ""
    assert visitor.key("claude", "https://api.openai.com/v1") == ""


def test_a_key_does_not_show_when_the_visitor_is_printed():
    visitor = Visitor("owner")
    visitor.remember_key("openai", "x", "sk-secret")
    assert "sk-secret" not in repr(visitor)


@pytest.mark.parametrize("key", ["two words", "line\nbreak", "schlüssel", "x" * 401])
def test_what_no_key_looks_like_is_refused(key):
    with pytest.raises(BadInput, match="not a key"):
        Visitor("owner").remember_key("openai", "x", key)


def test_an_empty_key_is_forgotten():
    visitor = Visitor("owner")
    visitor.remember_key("openai", "x", "sk-one")
    visitor.remember_key("openai", "x", "")
    assert visitor.key("openai", "x") == ""


def test_stop_ends_the_run_of_its_place_only():
    visitor, ended = Visitor("owner"), []
    with visitor.running("chat:a", 4) as one, visitor.running("chat:b", 4) as two:
        one.on_stop(lambda: ended.append("a"))
        two.on_stop(lambda: ended.append("b"))
        visitor.stop("chat:b")
        visitor.stop("chat:c")
    assert ended == ["b"]


def test_a_run_that_was_stopped_before_it_could_be_ended_is_ended_at_once():
    visitor, ended = Visitor("owner"), []
    with visitor.running("chat", 4) as run:
        visitor.stop("chat")
        run.on_stop(lambda: ended.append(True))
    assert ended == [True]


def test_more_runs_than_the_limit_are_refused_until_one_ends():
    visitor = Visitor("owner")
    with visitor.running("a", 1), pytest.raises(Busy, match="Stop one"), visitor.running("b", 1):
        pass
    with visitor.running("b", 1) as run:
        assert not run.stopped


def test_a_second_answer_at_the_same_place_stops_the_first():
    visitor = Visitor("owner")
    with visitor.running("chat", 1) as first, visitor.running("chat", 1) as second:
        assert first.stopped
        assert not second.stopped


def test_the_longest_unseen_visitor_is_forgotten_first():
    visitors, secret = Visitors(), mint_secret()
    first = visitors.visitor(secret)
    for _ in range(VISITORS):
        visitors.visitor(mint_secret())
    assert visitors.visitor(secret) is not first


async def test_ending_an_answer_waits_until_it_has_left_its_place():
    visitor, left = Visitor("owner"), []

    async def answer():
        stopped = asyncio.Event()
        with visitor.running("chat", 1) as run:
            run.on_stop(stopped.set)
            await stopped.wait()
            await asyncio.sleep(0.05)
            left.append(True)

    task = asyncio.create_task(answer())
    await asyncio.sleep(0)
    await visitor.end("chat")
    assert left == [True]
    await task
    await visitor.end("chat")
