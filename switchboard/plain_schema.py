"""The JSON schema of a pydantic model, plain enough for every provider's tools.

References are put in place and what no model needs (titles, nulls, discriminators) is left out: some servers
and SDKs drop what they do not know, definitions first. Schemas that hold an answer to a form are in
``backends/schemas.py``.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

_LEFT_OUT = frozenset({"title", "$ref", "$defs", "discriminator", "oneOf", "anyOf", "allOf", "const"})


@lru_cache(maxsize=256)
def plain_schema(model: type[BaseModel]) -> dict[str, Any]:
    """The schema of ``model`` without references, with descriptions, choices and limits kept.

    It is shared by all who ask, so not to be changed. An argument that may be left out is not offered as
    null: leaving it out says the same. A model within itself is followed once.
    """
    schema = model.model_json_schema()
    return _plain(schema, schema.get("$defs", {}), ())


def _plain(
    node: Mapping[str, Any], definitions: Mapping[str, Any], within: tuple[str, ...]
) -> dict[str, Any]:
    if "$ref" in node:
        name = node["$ref"].rpartition("/")[2]
        beside = {key: value for key, value in node.items() if key != "$ref"}
        target = definitions[name]
        if name in within:
            target = {key: target[key] for key in ("type", "description") if key in target}
        return _plain({**target, **beside}, definitions, (*within, name))

    def child(value: Any) -> Any:
        """A schema within this one; true and false stand for anything and nothing."""
        return _plain(value, definitions, within) if isinstance(value, dict) else value

    if len(node.get("allOf", ())) == 1:
        return _plain(
            {**node["allOf"][0], **{k: v for k, v in node.items() if k != "allOf"}}, definitions, within
        )
    plain = {key: value for key, value in node.items() if key not in _LEFT_OUT}
    if "const" in node:
        plain["enum"] = [node["const"]]
    for key in ("properties", "patternProperties"):
        if key in plain:
            plain[key] = {name: child(value) for name, value in plain[key].items()}
    for key in ("items", "additionalProperties"):
        if key in plain:
            plain[key] = child(plain[key])
    for key in ("prefixItems", "allOf"):
        if key in node:
            plain[key] = [child(value) for value in node[key]]
    choices = [child(value) for value in node.get("anyOf") or node.get("oneOf") or ()]
    return _chosen(plain, choices)


def _chosen(plain: dict[str, Any], choices: list[dict[str, Any]]) -> dict[str, Any]:
    """The schema with its alternatives, where only null is beside one of them that one alone."""
    optional = "default" in plain
    if optional and plain["default"] is None:
        del plain["default"]
    real = [choice for choice in choices if choice.get("type") != "null"]
    if len(real) == 1:
        merged = {**real[0], **plain}
        if not optional and len(choices) > 1 and isinstance(merged.get("type"), str):
            merged["type"] = [merged["type"], "null"]
            if "enum" in merged:
                merged["enum"] = [*merged["enum"], None]
        return merged
    if choices:
        plain["anyOf"] = real if optional else choices
    return plain
