"""A typed function with a docstring, made into a tool that a model can call.

The JSON schema comes from the signature and its description from the docstring, so that a tool is written
once. The loop that lets a model call tools is ``agent.py``; finding a tool without a model, ``matcher.py``.
"""

import asyncio
import inspect
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, is_dataclass
from typing import Any, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError, create_model
from pydantic.fields import FieldInfo

from switchboard.errors import ToolError

ARGUMENT_CHARACTERS = 20_000
"""The most JSON text a call may carry; a booking with five passengers takes about 2,000."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """How people say an argument; stands in the ``Annotated`` of a parameter, for ``matcher.py``.

    Attributes:
        ask: the question that asks for it when it is missing.
        cues: words that stand before it, such as "from".
        values: what it may be, each with the value that the tool takes ({"bombay": "Mumbai"}).
        pattern: a regular expression for it, where it has a form of its own, such as a flight number.
    """

    ask: str
    cues: tuple[str, ...] = ()
    values: tuple[tuple[str, str], ...] = ()
    pattern: str = ""


@dataclass(frozen=True)
class Tool:
    """A function that a model may call.

    Attributes:
        name: the function's name.
        description: what the model reads of it.
        arguments: the pydantic model that the arguments must fit.
        function: what is called with them, in a thread unless it is a coroutine function.
        words: words that make a message a wish for this tool, for ``matcher.py``.
        spoken: how people say each argument, by the parameter's name.
    """

    name: str
    description: str
    arguments: type[BaseModel]
    function: Callable[..., Any]
    words: tuple[str, ...] = ()
    spoken: tuple[tuple[str, Spoken], ...] = ()

    @property
    def parameters(self) -> dict[str, Any]:
        """The JSON schema of the arguments, as the providers take it."""
        schema = self.arguments.model_json_schema()
        schema.pop("title", None)
        for field in schema.get("properties", {}).values():
            field.pop("title", None)
        return schema

    async def call(self, arguments: str) -> str:
        """Call the function with JSON ``arguments`` as a model wrote them.

        Returns:
            The result as text: a string as it is, anything else as JSON.

        Raises:
            ToolError: the arguments do not fit, or the function says why it cannot.
        """
        checked = self._checked(arguments)
        values = {name: getattr(checked, name) for name in type(checked).model_fields}
        if inspect.iscoroutinefunction(self.function):
            result = await self.function(**values)
        else:
            result = await asyncio.to_thread(self.function, **values)
        return as_text(result)

    def _checked(self, arguments: str) -> BaseModel:
        if len(arguments) > ARGUMENT_CHARACTERS:
            raise ToolError(f"{self.name}: the arguments are longer than {ARGUMENT_CHARACTERS:,} characters.")
        try:
            return self.arguments.model_validate_json(arguments or "{}")
        except ValidationError as exc:
            faults = "; ".join(
                f"{'.'.join(map(str, error['loc'])) or 'arguments'}: {error['msg']}"
                for error in exc.errors(include_url=False, include_input=False)[:5]
            )
            raise ToolError(f"{self.name} cannot take these arguments ({faults}).") from exc


def tool(function: Callable[..., Any], *, words: tuple[str, ...] = ()) -> Tool:
    """Make a tool of a typed function.

    A parameter's description is a string in its ``Annotated`` (or a pydantic ``Field``), how people say it
    a ``Spoken`` there.

    Args:
        function: plain or async, every parameter annotated; its docstring is the tool's description.
        words: words that make a message a wish for this tool.

    Raises:
        TypeError: it has no docstring, or a parameter without a type.
    """
    name, description = function.__name__, inspect.getdoc(function)
    if not description:
        raise TypeError(f"{name} needs a docstring: it is what the model reads")
    hints = get_type_hints(function, include_extras=True)
    fields: dict[str, Any] = {}
    spoken: list[tuple[str, Spoken]] = []
    for parameter in inspect.signature(function).parameters.values():
        if parameter.name not in hints:
            raise TypeError(f"{name}: {parameter.name} needs a type")
        notes = getattr(hints[parameter.name], "__metadata__", ())
        spoken += [(parameter.name, note) for note in notes if isinstance(note, Spoken)]
        default = ... if parameter.default is parameter.empty else parameter.default
        texts = [note for note in notes if isinstance(note, str)]
        info = FieldInfo(default=default, description=texts[0]) if texts else FieldInfo(default=default)
        fields[parameter.name] = (hints[parameter.name], info)
    arguments = create_model(name, __config__=ConfigDict(extra="forbid"), **fields)
    return Tool(name, description, arguments, function, words, tuple(spoken))


def as_text(result: object) -> str:
    """A tool's result as a model reads it: a string as it is, anything else as JSON."""
    if isinstance(result, str):
        return result
    return json.dumps(result, default=_plain, ensure_ascii=False)


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    return str(value)
