"""What is left of a pydantic model's schema for a tool, and what is not."""

from enum import Enum
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field

from switchboard.plain_schema import plain_schema


class Cabin(Enum):
    """A class."""

    BASIC = "basic"
    BUSINESS = "business"


class Passenger(BaseModel):
    """A person."""

    title: str = Field(default="", description="Mr or Ms.")
    cabin: Cabin


class Node(BaseModel):
    """A part within itself."""

    children: list["Node"] = []


class Cat(BaseModel):
    kind: Literal["cat"]


class Dog(BaseModel):
    kind: Literal["dog"]


def keys(node: Any) -> set[str]:
    """Every keyword in a schema, names of properties left out."""
    if isinstance(node, list):
        return {key for one in node for key in keys(one)}
    if not isinstance(node, dict):
        return set()
    below = {key for name, one in node.items() if name != "properties" for key in keys(one)}
    return {*node, *below, *(key for one in node.get("properties", {}).values() for key in keys(one))}


def schema_of(annotation: Any, default: Any = ...) -> dict[str, Any]:
    model = type("M", (BaseModel,), {"__annotations__": {"x": annotation}, "x": Field(default)})
    plain = plain_schema(model)
    assert not keys(plain) & {"$ref", "$defs", "title", "oneOf", "discriminator", "const"}
    return plain["properties"]["x"]


@pytest.mark.parametrize(
    ("annotation", "default", "schema"),
    [
        (Literal["one_way", "round_trip"], ..., {"type": "string", "enum": ["one_way", "round_trip"]}),
        (Literal["only"], ..., {"type": "string", "enum": ["only"]}),
        (Cabin, ..., {"type": "string", "enum": ["basic", "business"], "description": "A class."}),
        (Annotated[int, Field(ge=1, le=5)], 1, {"type": "integer", "minimum": 1, "maximum": 5, "default": 1}),
        (int | None, None, {"type": "integer"}),
        (int | None, 3, {"type": "integer", "default": 3}),
        (int | None, ..., {"type": ["integer", "null"]}),
        (Literal["a"] | None, ..., {"type": ["string", "null"], "enum": ["a", None]}),
        (int | str, ..., {"anyOf": [{"type": "integer"}, {"type": "string"}]}),
        (int | str | None, None, {"anyOf": [{"type": "integer"}, {"type": "string"}]}),
    ],
    ids=str,
)
def test_what_a_model_needs_is_kept(annotation, default, schema):
    assert schema_of(annotation, default) == schema


def test_models_within_models_stand_in_place_with_their_words():
    passengers = schema_of(Annotated[list[Passenger], Field(description="Who flies.", max_length=5)])
    assert passengers == {
        "type": "array",
        "description": "Who flies.",
        "maxItems": 5,
        "items": {
            "type": "object",
            "description": "A person.",
            "properties": {
                "title": {"type": "string", "default": "", "description": "Mr or Ms."},
                "cabin": {"type": "string", "enum": ["basic", "business"], "description": "A class."},
            },
            "required": ["cabin"],
        },
    }


def test_a_model_within_itself_is_followed_once():
    node = schema_of(Node)
    assert node["properties"]["children"]["items"] == {
        "type": "object",
        "description": "A part within itself.",
    }


def test_alternatives_told_apart_by_a_field_are_plain_alternatives():
    pet = schema_of(Annotated[Cat | Dog, Field(discriminator="kind")])
    assert [choice["properties"]["kind"]["enum"] for choice in pet["anyOf"]] == [["cat"], ["dog"]]
