"""What one message asks for, seen by itself.

The tool whose words and arguments it holds, or nothing where it thanks, supposes or asks about rules. What a
conversation adds is in ``matcher.py``.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from switchboard.mentions import EMPTY, Utterance
from switchboard.slots import Found, found_in, lacking, patterned, question, sayable, slots
from switchboard.tool_words import FIRST, Heard, heard
from switchboard.tools import Tool

ENOUGH = 0.5
"""The score that makes a message a wish for a tool: one of its words, shared with one other tool at most."""
BRIEF = 6
"""Words of a message that is short enough to be thanks, or an answer, as a whole."""


@dataclass(frozen=True, slots=True)
class Matched:
    """The tool that a message asks for; ``arguments`` is JSON text that fits it."""

    tool: Tool
    arguments: str


@dataclass(frozen=True, slots=True)
class Missing:
    """The tool that a message asks for, without its ``parameter``; ``question`` asks the person for it."""

    tool: Tool
    parameter: str
    question: str


@dataclass(frozen=True, slots=True)
class Wish:
    """What one message asks for; ``worded`` where it says so, and does not only name arguments."""

    found: Matched | Missing
    worded: bool


THANKS = re.compile(r"(?:thank|thanks|thx|cheers|bye|goodbye|sorry|lol|haha|wow|great|nice|cool|perfect)\b")
"""How small talk begins; a short message that does is no wish for lack of an argument."""
ASKING = re.compile(r".*\?$|(?:what|who|why|how|when|where|which|can|could|do|does|is|are|help)\b", re.DOTALL)
_RULES = re.compile(
    r"\b(?:polic(?:y|ies)|rules?|allow(?:ed|ance|s)?|permit(?:ted|s)?|terms|"
    r"(?:should|must) (?:i|we)|do (?:i|we|you) (?:need|have to))\b"
)
_SUPPOSING = re.compile(r"\b(?:what (?:happens|if)|(?<!tell me )(?<!check )(?<!see )(?<!know )if)\b")
"""Questions about how things are in general, which no call answers."""


def for_people(tools: Sequence[Tool]) -> Sequence[Tool]:
    """The tools that can be asked for in words; those without any are a model's, where others have some."""
    worded = any(tool.words for tool in tools)
    return [tool for tool in tools if sayable(tool) and (tool.words or not worded)]


def wished(said: Utterance, tools: Sequence[Tool]) -> Wish | None:
    """The tool that one message asks for.

    The weight of its words, half a point for each argument, less for what is lacking, and a whole point less
    for a form in the message that the tool has no use for, such as a code where it takes none.
    """
    ranked: list[tuple[float, int, Heard, Found]] = []
    forms = set().union(*(patterned(said, tool) for tool in tools))
    spoken = heard(said, tools)
    worded = frozenset().union(*(words.places for words in spoken))
    for at, (tool, words) in enumerate(zip(tools, spoken, strict=True)):
        if words.refused:
            continue
        found = found_in(said, tool, worded=worded)
        absent = lacking(tool, found.arguments)
        known = words.weight >= ENOUGH or (words.weight and found.arguments)
        if known or (words.lone and not absent and _only(said, found, worded)):
            takes = slots(tool)
            # What takes any text takes what has a form as well.
            any_text = any(slot.rank == 3 for slot in takes)
            ignored = set() if any_text else forms - {slot.spoken.pattern for slot in takes}
            optional = sum(not slot.required for slot in takes if slot.name in found.arguments)
            named = 0.5 * len(found.arguments) - 0.1 * optional - 0.2 * len(absent) - len(ignored)
            ranked.append((words.weight + FIRST * words.leads + named, -at, words, found))
    if not ranked:
        return None
    _, at, words, found = max(ranked, key=lambda entry: entry[:2])
    wish = settled(tools[-at], found.arguments)
    return None if _idle(said, wish, words, found) else Wish(wish, words.weight > 0)


def _only(said: Utterance, found: Found, worded: frozenset[int]) -> bool:
    """Whether a message names arguments and, but for fewer other words, nothing else."""
    return worded <= found.places and len(_beside(said, found.places)) < len(found.arguments)


def _beside(said: Utterance, places: frozenset[int]) -> list[str]:
    """The words with a meaning that are neither a tool's nor an argument."""
    return [
        token.folded for at, token in enumerate(said.tokens) if at not in places and token.folded not in EMPTY
    ]


def _idle(said: Utterance, wish: Matched | Missing, words: Heard, found: Found) -> bool:
    """Whether a message with a tool's words in it thanks, or asks about something that no tool knows."""
    text = said.text.casefold()
    if THANKS.match(text) and len(said.tokens) <= BRIEF and not found.arguments:
        return isinstance(wish, Missing)
    if _SUPPOSING.search(text) and ASKING.match(text):
        return isinstance(wish, Missing) or "what" in text
    if _RULES.search(text) and (isinstance(wish, Missing) or not found.arguments):
        return True
    about = len(words.places - {at for at, token in enumerate(said.tokens) if token.folded in EMPTY})
    return bool(ASKING.match(text)) and not found.arguments and len(_beside(said, words.places)) > about


def settled(tool: Tool, found: dict[str, object]) -> Matched | Missing:
    """The call, unless a parameter is absent or does not fit."""
    absent = lacking(tool, found)
    arguments = json.dumps(found, ensure_ascii=False)
    if not absent:
        try:
            tool.arguments.model_validate_json(arguments)
        except ValidationError as exc:
            absent = [str(error["loc"][0]) for error in exc.errors(include_url=False) if error["loc"]]
            absent = [name for name in absent if name in tool.arguments.model_fields]
    if not absent:
        return Matched(tool, arguments)
    return Missing(tool, absent[0], question(tool, absent[0]))
