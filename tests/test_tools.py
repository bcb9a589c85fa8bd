import json
from dataclasses import dataclass
from typing import Annotated

import pytest
from pydantic import Field

from switchboard.errors import ToolError
from switchboard.tools import ARGUMENT_CHARACTERS, Spoken, as_text, tool


@dataclass(frozen=True)
class Fare:
    usd: int


def get_fare(
    origin: Annotated[str, "where from", Spoken("Where from?")], bags: Annotated[int, Field(ge=0)] = 0
) -> Fare:
    """The fare of a flight."""
    if origin == "nowhere":
        raise ToolError("No flights from nowhere.")
    return Fare(100 + 50 * bags)


async def get_later(city: str) -> str:
    """A slow answer."""
    return f"later in {city}"


def test_the_schema_comes_from_the_signature_and_the_docstring():
    fare = tool(get_fare, words=("fare",))
    assert (fare.name, fare.description) == ("get_fare", "The fare of a flight.")
    assert fare.parameters == {
        "type": "object",
        "properties": {
            "origin": {"type": "string", "description": "where from"},
            "bags": {"type": "integer", "minimum": 0, "default": 0},
        },
        "required": ["origin"],
        "additionalProperties": False,
    }
    assert fare.spoken == (("origin", Spoken("Where from?")),)


async def test_a_call_returns_what_the_function_returns_as_text():
    assert json.loads(await tool(get_fare).call('{"origin": "Delhi", "bags": 2}')) == {"usd": 200}
    assert await tool(get_later).call('{"city": "Delhi"}') == "later in Delhi"


@pytest.mark.parametrize(
    "arguments",
    [
        "",
        "{",
        "[]",
        '"Delhi"',
        '{"bags": 1}',
        '{"origin": "Delhi", "bags": -1}',
        '{"origin": "Delhi", "bags": "many"}',
        '{"origin": "Delhi", "confirmed": true}',
        '{"origin": "' + "x" * ARGUMENT_CHARACTERS + '"}',
    ],
)
async def test_arguments_that_do_not_fit_are_refused_in_words(arguments):
    with pytest.raises(ToolError, match="get_fare"):
        await tool(get_fare).call(arguments)


async def test_a_tools_own_refusal_comes_through():
    with pytest.raises(ToolError, match="nowhere"):
        await tool(get_fare).call('{"origin": "nowhere"}')


def test_a_function_without_a_docstring_or_a_type_is_no_tool():
    def silent(city: str) -> str:
        return city

    def untyped(city) -> str:
        """Has a docstring."""
        return city

    for function in (silent, untyped):
        with pytest.raises(TypeError):
            tool(function)


def test_results_become_text():
    assert as_text("plain") == "plain"
    assert json.loads(as_text([Fare(1)])) == [{"usd": 1}]
