import json
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field

from switchboard.errors import ToolError
from switchboard.tools import ARGUMENT_CHARACTERS, FAULT_CHARACTERS, FAULTS, Spoken, as_text, tool


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


@dataclass(frozen=True)
class Bag:
    kilos: int
    fragile: bool = False


class Traveller(BaseModel):
    name: str
    seat: Literal["window", "aisle"] | None = None


def check_in(
    travellers: list[Traveller],
    bags: tuple[Bag, ...] = (),
    day: date = date(2026, 12, 1),
    limit: Annotated[int | None, Field(ge=1)] = None,
) -> list[str]:
    """Check travellers in."""
    assert all(isinstance(one, Traveller) for one in travellers)
    assert all(isinstance(bag, Bag) for bag in bags)
    return [
        *(one.name for one in travellers),
        *(f"{bag.kilos} kg" for bag in bags),
        day.isoformat(),
        str(limit),
    ]


@pytest.mark.parametrize(
    ("arguments", "result"),
    [
        ('{"travellers": [{"name": "Mia", "seat": "window"}]}', ["Mia", "2026-12-01", "None"]),
        ('{"travellers": [{"name": "Mia", "seat": null, "age": 5}]}', ["Mia", "2026-12-01", "None"]),
        ('{"travellers": "[{\\"name\\": \\"Mia\\"}]", "limit": "2"}', ["Mia", "2026-12-01", "2"]),
        (
            '{"travellers": {"name": "Mia"}, "bags": [{"kilos": 7.0}], "day": "2026-12-24"}',
            ["Mia", "7 kg", "2026-12-24", "None"],
        ),
        ('{"travellers": [], "bags": null, "day": null, "limit": null}', ["2026-12-01", "None"]),
        ('"{\\"travellers\\": []}"', ["2026-12-01", "None"]),
    ],
)
async def test_nested_values_reach_the_function_as_the_types_of_its_signature(arguments, result):
    assert json.loads(await tool(check_in).call(arguments)) == result


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ('{"travellers": null}', "travellers"),
        ('{"travellers": [{"seat": "window"}]}', "travellers.0.name: Field required"),
        ('{"travellers": [], "limit": true}', "limit"),
        ('{"travellers": [], "limit": 0}', "limit"),
        ('{"travellers": [], "bags": [{"kilos": true}]}', "bags.0.kilos"),
        ('{"travellers": [], "bags": [{"kilos": 7.5}]}', "bags.0.kilos"),
        ('{"travellers": [], "confirmed": null}', "confirmed"),
    ],
)
async def test_what_matters_is_refused_with_its_place_and_what_to_do(arguments, fault):
    with pytest.raises(ToolError) as refused:
        await tool(check_in).call(arguments)
    assert fault in refused.value.what
    assert "call again" in refused.value.fix


async def test_the_faults_of_a_call_are_told_in_few_words():
    wrong = json.dumps({"x" * 5_000: 1} | {f"y{n}": 1 for n in range(200)})
    with pytest.raises(ToolError) as refused:
        await tool(check_in).call(wrong)
    assert len(str(refused.value)) < (FAULTS + 1) * FAULT_CHARACTERS


async def test_a_tool_without_arguments_takes_none_in_any_form():
    def now() -> str:
        """The time."""
        return "noon"

    for none in ("", " ", "{}", "null"):
        assert await tool(now).call(none) == "noon"
