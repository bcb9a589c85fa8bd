"""What the Ollama backend knows without a server: diagnosis, model facts, tools as the SDK takes them."""

from enum import Enum
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from switchboard.backends.base import ChatRequest
from switchboard.backends.ollama_model import ModelFacts, described
from switchboard.backends.ollama_request import chat_arguments
from switchboard.backends.ollama_status import (
    HOST_FROM_CONTAINER,
    NO_ADDRESS,
    advice,
    in_container,
    shown_address,
)
from switchboard.messages import user
from switchboard.tools import tool


class Cabin(Enum):
    """A class."""

    BASIC = "basic"
    BUSINESS = "business"


class Passenger(BaseModel):
    """A person."""

    name: str
    cabin: Cabin


def book(
    passengers: list[Passenger],
    cabin: Cabin,
    seats: Annotated[int, Field(ge=1, le=9)] = 1,
    note: Annotated[str | None, "Anything else."] = None,
    where: int | str = 0,
) -> str:
    """Book seats."""
    return f"{passengers}{cabin}{seats}{note}{where}"


def test_nothing_of_a_tools_schema_is_lost_on_the_way_through_the_sdk():
    from ollama._types import Tool

    asked = chat_arguments("m", ChatRequest((user("hi"),), tools=(tool(book),)), ModelFacts())
    sent = Tool.model_validate(asked.arguments["tools"][0]).model_dump(exclude_none=True)
    parameters = sent["function"]["parameters"]
    fields = parameters["properties"]
    assert parameters["required"] == ["passengers", "cabin"]
    assert fields["passengers"]["items"]["properties"]["cabin"]["enum"] == ["basic", "business"]
    assert fields["cabin"]["enum"] == ["basic", "business"]
    assert '"minimum": 1' in fields["seats"]["description"]
    assert '"maximum": 9' in fields["seats"]["description"]
    assert fields["note"] == {"type": "string", "description": "Anything else."}
    assert '"anyOf"' in fields["where"]["description"]
    assert "$ref" not in str(sent)


@given(
    prompt=st.integers(0, 3_000_000), answer=st.none() | st.integers(1, 128_000), most=st.integers(512, 2**21)
)
def test_a_window_never_passes_what_the_model_holds_and_holds_what_fits(prompt, answer, most):
    facts = ModelFacts(context_length=most)
    window = facts.window(prompt, answer)
    assert window <= most
    assert window == most or window >= prompt + (answer or 1)
    assert window == most or window.bit_count() == 1
    if facts.fits(prompt):
        assert window > prompt


def test_facts_are_read_whatever_is_missing():
    assert described(None, None, None) == ModelFacts()
    assert described([], {"general.architecture": "x", "x.context_length": 0}, "stop x") == ModelFacts(
        frozenset()
    )
    facts = described(["tools"], {"gemma3.context_length": 8192}, "temperature 1\nnum_ctx 2048")
    assert facts == ModelFacts(frozenset({"tools"}), 8192, 2048)


@pytest.mark.parametrize(
    ("files", "inside"),
    [
        ({}, False),
        ({".dockerenv": ""}, True),
        ({"run/.containerenv": ""}, True),
        ({"proc/1/cgroup": "0::/init.scope\n"}, False),
        ({"proc/1/cgroup": "12:pids:/docker/9f2\n"}, True),
        ({"proc/1/cgroup": "0::/kubepods.slice/x\n"}, True),
    ],
)
def test_a_container_is_recognised(tmp_path, files, inside):
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert in_container(tmp_path) is inside


def test_the_advice_fits_the_place():
    here = {"public_only": False, "contained": False}
    assert "`ollama serve`" in advice("http://localhost:11434", **here)
    assert HOST_FROM_CONTAINER in advice("127.0.0.1:11434", public_only=False, contained=True)
    assert "OLLAMA_HOST" in advice("http://192.168.1.9:11434", public_only=False, contained=True)
    assert "container" not in advice("http://127.0.0.1", public_only=True, contained=True)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://me:secret@host.example:11434/api?x=1", "http://host.example:11434"),
        ("host.example", "http://host.example"),
        ("http://[::1]:11434", "http://[::1]:11434"),
        ("http://[", NO_ADDRESS),
        ("", NO_ADDRESS),
    ],
)
def test_an_address_is_shown_without_its_secrets(url, shown):
    assert shown_address(url) == shown
