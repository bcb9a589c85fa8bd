"""A typed function with a docstring, made into a tool that a model can call.

The JSON schema comes from the signature and its description from the docstring, so that a tool is written
once. What slips of a model are mended is in ``argument_reading.py``; the loop that lets a model call tools is
``agent.py``; finding a tool without a model, ``matcher.py``.
"""

import asyncio
import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, is_dataclass, replace
from types import MappingProxyType
from typing import Any, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError, create_model
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from switchboard.argument_reading import read_arguments
from switchboard.errors import ToolError
from switchboard.plain_schema import plain_schema

ARGUMENT_CHARACTERS = 20_000
"""The most JSON text a call may carry; a booking with five passengers takes about 2,000."""
FAULTS = 5
"""So many faults of a call are named at once; a model mends those first."""
FAULT_CHARACTERS = 200


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
        awaited: parameters that are not the model's to give.
        given: those of them that were filled in.
    """

    name: str
    description: str
    arguments: type[BaseModel]
    function: Callable[..., Any]
    words: tuple[str, ...] = ()
    spoken: tuple[tuple[str, Spoken], ...] = ()
    awaited: tuple[str, ...] = ()
    given: tuple[tuple[str, object], ...] = ()

    @property
    def parameters(self) -> dict[str, Any]:
        """The JSON schema of the arguments as every provider takes it; not to be changed."""
        return plain_schema(self.arguments)

    def bound(self, **given: object) -> "Tool":
        """The same tool with those of the arguments that ``tool`` was told to leave to the application."""
        return replace(self, given=tuple((name, given[name]) for name in self.awaited if name in given))

    async def call(self, arguments: str) -> str:
        """Call the function with JSON ``arguments`` as a model wrote them, in the types of its signature.

        Returns:
            The result as text: a string as it is, anything else as JSON.

        Raises:
            ToolError: the arguments do not fit, or the function says why it cannot.
        """
        checked = self._checked(arguments)
        values = {name: getattr(checked, name) for name in type(checked).model_fields} | dict(self.given)
        if inspect.iscoroutinefunction(self.function):
            result = await self.function(**values)
        else:
            result = await asyncio.to_thread(self.function, **values)
        return as_text(result)

    def _checked(self, arguments: str) -> BaseModel:
        if len(arguments) > ARGUMENT_CHARACTERS:
            raise ToolError(f"{self.name}: the arguments are longer than {ARGUMENT_CHARACTERS:,} characters.")
        try:
            read = read_arguments(arguments, self.parameters)
            return self.arguments.model_validate_json(json.dumps(read, allow_nan=False))
        except ValidationError as exc:
            errors = exc.errors(include_url=False, include_input=False)[:FAULTS]
            raise self._unfit("; ".join(map(_fault, errors))) from exc
        except ValueError as exc:
            raise self._unfit(f"no JSON: {exc}") from exc

    def _unfit(self, faults: str) -> ToolError:
        return ToolError(
            f"{self.name} cannot take these arguments ({faults}).",
            "Nothing was done. Correct them and call again.",
        )


def tool(
    function: Callable[..., Any],
    *,
    words: tuple[str, ...] = (),
    given: tuple[str, ...] = (),
    values: Mapping[str, tuple[tuple[str, str], ...]] = MappingProxyType({}),
) -> Tool:
    """Make a tool of a typed function.

    A parameter's description is a string in its ``Annotated`` (or a pydantic ``Field``), how people say it
    a ``Spoken`` there.

    Args:
        function: plain or async, every parameter annotated; its docstring is the tool's description.
        words: words that make a message a wish for this tool.
        given: parameters that the application fills in (``Tool.bound``), unknown to the model.
        values: for the ``Spoken`` of a parameter, where they are not known when the function is written.

    Raises:
        TypeError: it has no docstring, or a parameter without a type.
    """
    name, description = function.__name__, inspect.getdoc(function)
    if not description:
        raise TypeError(f"{name} needs a docstring: it is what the model reads")
    hints = get_type_hints(function, include_extras=True)
    fields: dict[str, Any] = {}
    spoken: list[tuple[str, Spoken]] = []
    parameters = inspect.signature(function).parameters
    for parameter in parameters.values():
        if parameter.name in given:
            continue
        if parameter.name not in hints:
            raise TypeError(f"{name}: {parameter.name} needs a type")
        notes = getattr(hints[parameter.name], "__metadata__", ())
        spoken += [(parameter.name, note) for note in notes if isinstance(note, Spoken)]
        default = ... if parameter.default is parameter.empty else parameter.default
        texts = [note for note in notes if isinstance(note, str)]
        info = FieldInfo(default=default, description=texts[0]) if texts else FieldInfo(default=default)
        fields[parameter.name] = (hints[parameter.name], info)
    arguments = create_model(name, __config__=ConfigDict(extra="forbid"), **fields)
    filled = ((name, replace(said, values=values[name]) if name in values else said) for name, said in spoken)
    awaited = tuple(name for name in given if name in parameters)
    return Tool(function.__name__, description, arguments, function, words, tuple(filled), awaited)


def _fault(error: ErrorDetails) -> str:
    place = ".".join(map(str, error["loc"])) or "arguments"
    return f"{place}: {error['msg']}"[:FAULT_CHARACTERS]


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
