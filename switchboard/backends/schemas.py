"""A pydantic model as a JSON schema that a provider can hold a model to.

Providers take a part of JSON Schema: every object closed, every property required, no defaults. What a
schema cannot say here, pydantic checks when the answer has come (``base.structured``).
"""

from typing import Any

from pydantic import BaseModel

_CHILDREN = ("anyOf", "allOf", "prefixItems")
_NAMED_CHILDREN = ("properties", "$defs")
_KEPT = frozenset(
    {"type", "description", "enum", "const", "items", "required", "additionalProperties", "$ref"}
    | {"format", "pattern", *_CHILDREN, *_NAMED_CHILDREN}
)
LIMITS = frozenset(
    {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minItems", "maxItems"}
)
"""What OpenAI's strict mode takes besides (https://platform.openai.com/docs/guides/structured-outputs)."""


def strict_schema(model: type[BaseModel], limits: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The schema of ``model``, closed and without defaults.

    Args:
        model: a model whose objects have named fields.
        limits: keywords that the provider takes besides, such as ``LIMITS``.

    Raises:
        TypeError: the model has a map of free keys, which no provider can be held to.
    """
    return _strict(model.model_json_schema(), _KEPT | limits)


def _strict(node: dict[str, Any], kept: frozenset[str]) -> dict[str, Any]:
    if node.get("additionalProperties") not in (None, False):
        raise TypeError("a map of free keys has no strict schema: use a list of objects")
    if "oneOf" in node:
        node = {**node, "anyOf": node["oneOf"]}
    if len(node.get("allOf", ())) == 1:
        node = {**node["allOf"][0], **{key: value for key, value in node.items() if key != "allOf"}}
    if "$ref" in node:
        # A reference stands alone: strict mode refuses words beside it.
        return {"$ref": node["$ref"], **({"$defs": _named(node["$defs"], kept)} if "$defs" in node else {})}
    strict = {key: value for key, value in node.items() if key in kept}
    for key in _NAMED_CHILDREN:
        if key in strict:
            strict[key] = _named(strict[key], kept)
    for key in _CHILDREN:
        if key in strict:
            strict[key] = [_strict(child, kept) for child in strict[key]]
    if isinstance(strict.get("items"), dict):
        strict["items"] = _strict(strict["items"], kept)
    if strict.get("type") == "object":
        strict.setdefault("properties", {})
        strict["required"] = list(strict["properties"])
        strict["additionalProperties"] = False
    return strict


def _named(children: dict[str, Any], kept: frozenset[str]) -> dict[str, Any]:
    return {name: _strict(child, kept) for name, child in children.items()}
