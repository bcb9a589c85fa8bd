"""Finding a tool's arguments in a message (slot filling).

What an argument looks like comes from its ``Spoken`` and its type; it is looked for in ``mentions.py``. Which
tool is meant is decided in ``wishes.py``, whether the arguments fit together in the tool itself.
"""

import types
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, Union, get_args, get_origin

from switchboard.mentions import (
    Mention,
    Utterance,
    counts,
    cued_after,
    cued_before,
    formed,
    named,
    titled,
)
from switchboard.tools import Spoken, Tool

SAID = 200
"""The most characters of a whole message that is taken for one argument."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A parameter and how it is said."""

    name: str
    spoken: Spoken
    type: Any
    required: bool

    @property
    def kind(self) -> tuple[object, ...]:
        """Equal for parameters that take the same things, such as two cities."""
        return (self.spoken.values, self.spoken.pattern, self.type)

    @property
    def rank(self) -> int:
        """What is looked for first: forms, then names, numbers, any text."""
        if self.spoken.pattern:
            return 0
        return 1 if self.spoken.values else 2 if self.type in (int, float) else 3

    @property
    def sayable(self) -> bool:
        """Whether a person can say it, in a word or a phrase."""
        return self.rank < 3 or self.type is str


@dataclass(frozen=True, slots=True)
class Found:
    """The arguments in a message, by parameter, with the places of their words in it."""

    arguments: dict[str, object]
    places: frozenset[int]


def question(tool: Tool, parameter: str) -> str:
    """The question that asks a person for a parameter."""
    return next(slot.spoken.ask for slot in slots(tool) if slot.name == parameter)


def lacking(tool: Tool, found: dict[str, object]) -> list[str]:
    """The required parameters that are not found yet, in the order of the signature."""
    return [slot.name for slot in slots(tool) if slot.required and slot.name not in found]


def _read(name: str, spoken: Spoken | None, annotation: Any, required: bool) -> Slot:
    said = name.replace("_", " ")
    spoken = spoken or Spoken(ask=f"What is the {said}?", cues=(said,))
    if get_origin(annotation) in (Union, types.UnionType):
        kinds = [kind for kind in get_args(annotation) if kind is not types.NoneType]
        annotation = kinds[0] if len(kinds) == 1 else str
    if get_origin(annotation) is Literal and not spoken.values:
        values = tuple((str(value), str(value)) for value in get_args(annotation))
        spoken = Spoken(spoken.ask, spoken.cues, values)
    return Slot(name, spoken, annotation, required)


def slots(tool: Tool) -> list[Slot]:
    """The parameters of a tool in the order of its signature."""
    spoken = dict(tool.spoken)
    return [
        _read(name, spoken.get(name), field.annotation, field.is_required())
        for name, field in tool.arguments.model_fields.items()
    ]


def sayable(tool: Tool) -> bool:
    """Whether everything that the tool requires can be said in words: no lists, no objects."""
    return all(slot.sayable for slot in slots(tool) if slot.required)


def found_in(
    utterance: Utterance, tool: Tool, asked: str = "", worded: frozenset[int] = frozenset()
) -> Found:
    """The arguments that a message names.

    A value belongs to the parameter whose cue stands before it ("from"), then to the one ``asked`` for, then
    to the free ones in their order; one value alone goes to the last, which is where people are going. What
    has a form or a name of its own is looked for before numbers, numbers before any text. At the places that
    are ``worded``, for they hold words of a tool, no misspelt name is looked for.
    """
    found: dict[str, object] = {}
    places: set[int] = set()
    groups: dict[tuple[object, ...], list[Slot]] = {}
    for slot in slots(tool):
        groups.setdefault(slot.kind, []).append(slot)
    for group in sorted(groups.values(), key=lambda group: group[0].rank):
        mentions = [
            one
            for one in _mentions(utterance, group)
            if (places if one.exact else places | worded).isdisjoint(range(one.first, one.after))
        ]
        for slot, mention in _shared_out(utterance, mentions, group, asked):
            found[slot.name] = mention.value
            places |= set(range(mention.first, mention.after))
    if asked and asked not in found and (said := _whole(utterance, tool, asked)):
        found[asked] = said
    return Found(found, frozenset(places))


def _shared_out(
    utterance: Utterance, mentions: list[Mention], group: list[Slot], asked: str
) -> Iterator[tuple[Slot, Mention]]:
    """Which parameter of a group each value belongs to."""
    free = list(group)
    for mention in list(mentions):
        cued = next((slot for slot in free if _cued(utterance, mention, slot)), None)
        if cued:
            yield cued, mention
            mentions.remove(mention)
            free.remove(cued)
    if mentions and (wanted := next((slot for slot in free if slot.name == asked), None)):
        yield wanted, mentions.pop(0)
        free.remove(wanted)
    if _needs_cue(group[0]) and not (group[0].type in (int, float) and len(mentions) == 1):
        return
    free = [slot for slot in free if slot.required] or free
    yield from zip(free[-1:] if len(mentions) == 1 else free, mentions, strict=False)


def patterned(utterance: Utterance, tool: Tool) -> set[str]:
    """The patterns of the tool's required parameters that something in the message has."""
    patterns = {slot.spoken.pattern for slot in slots(tool) if slot.required and slot.spoken.pattern}
    return {pattern for pattern in patterns if formed(utterance, pattern)}


def _needs_cue(slot: Slot) -> bool:
    return not slot.spoken.values and not slot.spoken.pattern


def _whole(utterance: Utterance, tool: Tool, asked: str) -> str:
    """The whole message as the answer, where the parameter takes any text."""
    slot = next(slot for slot in slots(tool) if slot.name == asked)
    if slot.type is not str or not _needs_cue(slot) or utterance.text.endswith("?"):
        return ""
    return utterance.text.rstrip(".!") if len(utterance.text) <= SAID else ""


def _mentions(utterance: Utterance, group: list[Slot]) -> Iterable[Mention]:
    slot = group[0]
    cues = tuple(cue for other in group for cue in other.spoken.cues)
    if slot.spoken.pattern:
        return formed(utterance, slot.spoken.pattern)
    if slot.spoken.values:
        return named(utterance, slot.spoken.values, cues)
    if slot.type in (int, float):
        return counts(utterance, cues)
    return titled(utterance) if slot.type is str else ()


def _cued(utterance: Utterance, mention: Mention, slot: Slot) -> bool:
    if cued_before(utterance, mention.first, slot.spoken.cues):
        return True
    # A number's cue may follow it: "two passengers".
    return slot.type in (int, float) and cued_after(utterance, mention.after, slot.spoken.cues)
