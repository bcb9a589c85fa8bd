"""Finding a tool's arguments in a message (slot filling).

What an argument looks like comes from its ``Spoken`` and its type. Which tool is meant is decided in
``matcher.py``; whether the arguments fit together, in the tool itself.
"""

import re
import types
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, Union, get_args, get_origin

from switchboard.ranking import STOP_WORDS
from switchboard.spelling import Token, closest, fold, tokens
from switchboard.tools import Spoken, Tool

HEARD = 2_000
"""Characters of a message that are looked at; what people ask of a tool is far shorter."""
SAID = 200
"""The most characters of a whole message that is taken for one argument."""

_BETWEEN = "the a an city town of is my in airport about around place called named number no code id"
"""Words that may stand between a cue and its value: "from the city of Delhi"."""
_FILLERS = frozenset(_BETWEEN.split())
_COUNT = "one two three four five six seven eight nine ten"
_NUMBERS = {word: number for number, word in enumerate(_COUNT.split(), 1)}


@dataclass(frozen=True, slots=True)
class Utterance:
    """A message's words, cut once; ``text`` is bounded by ``HEARD``."""

    text: str
    tokens: tuple[Token, ...]

    @classmethod
    def of(cls, text: str) -> "Utterance":
        """The utterance of a person's text."""
        text = text[:HEARD].strip()
        return cls(text, tokens(text))


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


@dataclass(frozen=True, slots=True)
class _Mention:
    """A value that the message names, in the tokens from ``first`` up to ``after``."""

    first: int
    after: int
    value: object


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


def arguments_in(utterance: Utterance, tool: Tool, asked: str = "") -> dict[str, object]:
    """The arguments that a message names, by parameter.

    A value belongs to the parameter whose cue stands before it ("from"), then to the one ``asked`` for, then
    to the free ones in their order; one value alone goes to the last, which is where people are going.
    """
    found: dict[str, object] = {}
    groups: dict[tuple[object, ...], list[Slot]] = {}
    for slot in slots(tool):
        groups.setdefault(slot.kind, []).append(slot)
    for group in groups.values():
        mentions = list(_mentions(utterance, group))
        for mention in list(mentions):
            unfilled = (slot for slot in group if slot.name not in found)
            cued = next((slot for slot in unfilled if _cued(utterance, mention, slot)), None)
            if cued:
                found[cued.name] = mention.value
                mentions.remove(mention)
        free = [slot for slot in group if slot.name not in found]
        if mentions and (wanted := next((slot for slot in free if slot.name == asked), None)):
            found[wanted.name] = mentions.pop(0).value
            free.remove(wanted)
        if _needs_cue(group[0]) and not (group[0].type in (int, float) and len(mentions) == 1):
            continue
        free = [slot for slot in free if slot.required] or free
        if len(mentions) == 1:
            free = free[-1:]
        found |= {slot.name: mention.value for slot, mention in zip(free, mentions, strict=False)}
    if asked and asked not in found and (said := _whole(utterance, tool, asked)):
        found[asked] = said
    return found


def _needs_cue(slot: Slot) -> bool:
    return not slot.spoken.values and not slot.spoken.pattern


def _whole(utterance: Utterance, tool: Tool, asked: str) -> str:
    """The whole message as the answer, where the parameter takes any text."""
    slot = next(slot for slot in slots(tool) if slot.name == asked)
    if slot.type is not str or not _needs_cue(slot) or utterance.text.endswith("?"):
        return ""
    return utterance.text.rstrip(".!") if len(utterance.text) <= SAID else ""


def _mentions(utterance: Utterance, group: list[Slot]) -> Iterator[_Mention]:
    slot = group[0]
    if slot.spoken.values:
        yield from _named(utterance, slot.spoken.values, group)
    elif slot.spoken.pattern:
        yield from _formed(utterance, slot.spoken.pattern)
    elif slot.type in (int, float):
        for at, token in enumerate(utterance.tokens):
            number = _NUMBERS.get(token.folded) or (int(token.folded) if token.folded.isdecimal() else None)
            if number is not None:
                yield _Mention(at, at + 1, number)
    elif slot.type is str:
        yield from _titled(utterance)


@lru_cache(maxsize=64)
def _names(values: tuple[tuple[str, str], ...]) -> tuple[dict[str, str], int]:
    """Each name as tokens joined by spaces with the value it stands for, and the most tokens in a name."""
    pairs = [(value, value) for _, value in values] + list(values)
    names = {" ".join(token.folded for token in tokens(name)): value for name, value in pairs}
    names.pop("", None)
    return names, max((name.count(" ") + 1 for name in names), default=1)


def _named(
    utterance: Utterance, values: tuple[tuple[str, str], ...], group: list[Slot]
) -> Iterator[_Mention]:
    names, longest = _names(values)
    words = [token.folded for token in utterance.tokens]
    cues = {word for slot in group for cue in slot.spoken.cues for word in cue.casefold().split()}
    at = 0
    while at < len(words):
        for size in range(min(longest, len(words) - at), 0, -1):
            typed = " ".join(words[at : at + size])
            name = typed if typed in names else None
            if name is None and not (set(words[at : at + size]) & (STOP_WORDS | cues)):
                forgiving = any(_cued(utterance, _Mention(at, at + size, ""), slot) for slot in group)
                name = closest(typed, names, forgiving or len(words) == size)
            if name is not None:
                yield _Mention(at, at + size, names[name])
                at += size - 1
                break
        at += 1


def _formed(utterance: Utterance, pattern: str) -> Iterator[_Mention]:
    """What has the pattern's form, its letters in either case, and across a space ("ai 101")."""
    text, cut = utterance.text, utterance.tokens
    taken = -1
    for at, token in enumerate(cut):
        if at <= taken or token.folded in STOP_WORDS:
            continue
        match = re.compile(pattern, re.IGNORECASE).match(text, token.start)
        pair = "".join(text[word.start : word.end] for word in cut[at : at + 2])
        if match and match[0] and not (match.end() < len(text) and text[match.end()].isalnum()):
            taken = max(number for number, other in enumerate(cut) if other.start < match.end())
            yield _Mention(at, taken + 1, _cased(match[match.lastindex or 0], pattern))
        elif at + 1 < len(cut) and re.fullmatch(pattern, pair, re.IGNORECASE):
            taken = at + 1
            yield _Mention(at, at + 2, _cased(pair, pattern))


def _cased(value: str, pattern: str) -> str:
    """The value in the case that the pattern has it in."""
    cases = (value, value.upper(), value.lower())
    return next((case for case in cases if re.fullmatch(pattern, case)), value)


def _titled(utterance: Utterance) -> Iterator[_Mention]:
    """Text in quotes, and runs of capitalised words."""
    text, cut = utterance.text, utterance.tokens
    at = 0
    while at < len(cut):
        after = at
        if cut[at].start and text[cut[at].start - 1] in "\"“'‘":
            while after < len(cut) and text[cut[after].end : cut[after].end + 1] not in tuple("\"”'’"):
                after += 1
            after = min(after + 1, len(cut))
        else:
            while after < len(cut) and text[cut[after].start].isupper():
                after += 1
        if after > at:
            yield _Mention(at, after, text[cut[at].start : cut[after - 1].end])
        at = max(after, at + 1)


def _cued(utterance: Utterance, mention: _Mention, slot: Slot) -> bool:
    words = [token.folded for token in utterance.tokens]
    before = mention.first
    cues = [[fold(word) for word in cue.split()] for cue in slot.spoken.cues]
    for _ in range(4):
        if any(words[max(0, before - len(cue)) : before] == cue for cue in cues if cue):
            return True
        if not before or words[before - 1] not in _FILLERS:
            break
        before -= 1
    # A number's cue may follow it: "two passengers".
    return slot.type in (int, float) and any(
        words[mention.after : mention.after + len(cue)] == cue for cue in cues if cue
    )
