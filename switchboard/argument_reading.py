"""A tool call's arguments as a model wrote them, brought into the shape that the tool declares.

Mends slips that change no meaning: a list written as text, one thing where a list of them stands, a null for
what may be left out, a choice in other letters. Whether the values fit is pydantic's to say, in ``tools.py``.
"""

import re
from typing import Any

from pydantic_core import from_json


def read_arguments(text: str, schema: dict[str, Any]) -> Any:
    """The JSON ``text`` in the shape of ``schema``, as far as it can be brought there.

    Args:
        text: what a model wrote; nothing and null stand for no arguments.
        schema: without references, as ``plain_schema`` makes it.

    Raises:
        ValueError: it is no JSON.
    """
    value = from_json(text.strip().encode() or b"{}", allow_inf_nan=False)
    return _shaped({} if value is None else value, schema)


def _shaped(value: Any, schema: dict[str, Any]) -> Any:
    kinds = schema.get("type")
    kinds = set(kinds) if isinstance(kinds, list) else {kinds}
    if isinstance(value, str) and kinds & {"array", "object"} and "string" not in kinds:
        value = _unquoted(value)
    if "enum" in schema:
        return _choice(value, schema["enum"])
    if "array" in kinds:
        return _list(value, schema.get("items"))
    if "object" in kinds and isinstance(value, dict):
        return _object(value, schema)
    if isinstance(value, bool):
        # Python takes true for 1; the word is refused as a number.
        return str(value).lower() if kinds & {"integer", "number"} and "boolean" not in kinds else value
    if isinstance(value, int) and "string" in kinds and not kinds & {"integer", "number"}:
        return str(value)
    return value


def _unquoted(text: str) -> Any:
    """What a text holds that is a list or an object in quotes, else the text."""
    try:
        held = from_json(text, allow_inf_nan=False)
    except ValueError:
        return text
    return held if isinstance(held, list | dict) else text


def _list(value: Any, items: Any) -> Any:
    items = items if isinstance(items, dict) else {}
    if isinstance(value, dict) and items.get("type") == "object":
        value = [value]
    return [_shaped(one, items) for one in value] if isinstance(value, list) else value


def _object(value: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    properties = schema.get("properties", {})
    optional = set(properties) - set(schema.get("required", ()))
    return {
        name: _shaped(one, properties[name]) if isinstance(properties.get(name), dict) else one
        for name, one in value.items()
        if not (one is None and name in optional)
    }


def _choice(value: Any, choices: list[Any]) -> Any:
    """The one choice that a value is in other letters ("Basic Economy" for "basic_economy", "2" for 2)."""
    if isinstance(value, bool) and not any(isinstance(one, bool) for one in choices):
        word = "yes" if value else "no"
        return word if word in choices else str(value).lower()
    if value in choices or not isinstance(value, str):
        return value
    alike = [one for one in choices if not isinstance(one, bool) and _letters(str(one)) == _letters(value)]
    return alike[0] if len(alike) == 1 else value


def _letters(text: str) -> str:
    return re.sub(r"[\s_-]+", "_", text.strip().casefold())
