"""Finding the tool that a message asks for, with its arguments, without a language model.

It knows the words and forms that each tool declares (``Tool.words``, ``Spoken``), forgives misspellings,
asks for an argument that is missing, and takes the next message as its answer. It calls nothing itself,
understands no sentence beyond those words, and finds one tool in a message at most.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from switchboard.messages import AssistantMessage, Message, ToolCall, UserMessage
from switchboard.slots import Utterance, arguments_in, lacking, question, slots
from switchboard.spelling import fold, same_word
from switchboard.tools import Tool

ENOUGH = 0.5
"""The score that makes a message a wish for a tool: one of its words, shared with one other tool at most."""
BRIEF = 6
"""Words of a message that names a tool's arguments and nothing else."""
QUESTIONS = 10
"""How many questions back an answer's request is looked for."""


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
class _Pending:
    """A request whose ``parameter`` the last message was asked for."""

    tool: Tool
    parameter: str
    found: dict[str, object]


_DECLINES = re.compile(
    r"(?:no|nope|never ?mind|forget (?:it|that)|stop|cancel|nothing|none|leave it|not now|"
    r"no,? thank(?:s| you))[.!]*"
)
_THANKS = re.compile(r"(?:thank|thanks|thx|cheers|bye|goodbye|sorry|lol|haha|wow|great|nice|cool|perfect)\b")
_ASKING = re.compile(
    r".*\?$|(?:what|who|why|how|when|where|which|can|could|do|does|is|are|help)\b", re.DOTALL
)
_FOLLOW_UP = re.compile(r"(?:and|or|what about|how about|what if|same|now|then|also|instead)\b")
_REFUSAL = re.compile(
    r"(?<!why )\b(?:don['’]?t|do not|never)\s+"
    r"(?:(?:want|wish|need|like|to|a|an|any|the|my|you|please)\s+)*(\w+)"
)
_VERBS = "get list find show fetch look up search make do run call tool the a of for by"
_GENERIC = frozenset(_VERBS.split())
"""Parts of tools' names that tell no tool from another."""


def match(messages: Sequence[Message], tools: Sequence[Tool]) -> Matched | Missing | None:
    """The tool that the last message asks for.

    Args:
        messages: the conversation; earlier ones matter where the last one answers a question of ours or
            follows up on a call.
        tools: those to choose from.

    Returns:
        The tool with its arguments, the question for one that is missing, or ``None`` where the message asks
        for no tool, or the last message is not a person's.
    """
    if not messages or not isinstance(messages[-1], UserMessage):
        return None
    said = Utterance.of(messages[-1].text)
    if not said.tokens:
        return None
    wish = _wish(said, tools)
    if pending := _pending(messages, tools):
        return _answered(pending, said, wish)
    return _followed_up(messages, said, tools, wish) or wish


def _wish(said: Utterance, tools: Sequence[Tool]) -> Matched | Missing | None:
    """The tool that one message asks for, seen by itself."""
    scores = _scores(said, tools)
    ranked: list[tuple[float, int, dict[str, object]]] = []
    for at, (tool, score) in enumerate(zip(tools, scores, strict=True)):
        if score < 0:
            continue
        found = arguments_in(said, tool)
        absent = lacking(tool, found)
        bare = bool(found) and not absent and len(said.tokens) <= BRIEF
        if score >= ENOUGH or (score and found) or bare:
            ranked.append((score + 0.5 * len(found) - 0.1 * len(absent), -at, found))
    if not ranked:
        return None
    ranked.sort(key=lambda entry: entry[:2], reverse=True)
    best, at, found = ranked[0]
    if len(ranked) > 1 and best == ranked[1][0] and not found:
        return None
    wish = _settled(tools[-at], found)
    thanking = _THANKS.match(said.text.casefold()) and len(said.tokens) <= BRIEF
    return None if thanking and not found and isinstance(wish, Missing) else wish


def _scores(said: Utterance, tools: Sequence[Tool]) -> list[float]:
    """How many of its words each tool finds, one shared by n tools counting 1/n; -1 for a tool not wanted."""
    spoken = [[[fold(part) for part in word.split()] for word in _words(tool)] for tool in tools]
    heard = [token.folded for token in said.tokens]
    refused = [fold(match[1]) for match in _REFUSAL.finditer(said.text.casefold())]
    scores = []
    for words in spoken:
        weights: dict[int, float] = {}
        for word in words:
            share = 1 / sum(word in others for others in spoken)
            for at in range(len(heard) - len(word) + 1):
                if all(same_word(heard[at + step], part) for step, part in enumerate(word)):
                    for place in range(at, at + len(word)):
                        weights[place] = max(share, weights.get(place, 0))
        unwanted = any(same_word(token, word[0]) for token in refused for word in words)
        scores.append(-1.0 if unwanted else sum(weights.values()))
    return scores


def _words(tool: Tool) -> list[str]:
    words = tool.words or tuple(part for part in tool.name.split("_") if part not in _GENERIC)
    return [word for word in words if word.strip()]


def _settled(tool: Tool, found: dict[str, object]) -> Matched | Missing:
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


def _pending(messages: Sequence[Message], tools: Sequence[Tool]) -> _Pending | None:
    """The request whose missing argument the last message was asked for, with what was said before it."""
    asked: list[tuple[Utterance, set[tuple[int, str]]]] = []
    at = len(messages) - 1
    while at >= 2 and len(asked) < QUESTIONS:
        answer, before = messages[at], messages[at - 1]
        if not isinstance(answer, UserMessage) or not (questions := _questions_in(before, tools)):
            break
        asked.insert(0, (Utterance.of(answer.text), questions))
        at -= 2
    root = messages[at]
    if not asked or not isinstance(root, UserMessage):
        return None
    said = Utterance.of(root.text)
    scores = _scores(said, tools)
    # The tool that the latest question belongs to; where two tools ask alike, the one first asked for.
    chosen, _ = max(asked[-1][1], key=lambda candidate: (scores[candidate[0]], -candidate[0], candidate[1]))
    tool = tools[chosen]
    found = arguments_in(said, tool)
    for answer_said, questions in asked:
        parameter = next((name for number, name in sorted(questions) if number == chosen), "")
        if answer_said is not asked[-1][0]:
            found |= arguments_in(answer_said, tool, parameter)
    return _Pending(tool, parameter, found)


def _questions_in(message: Message, tools: Sequence[Tool]) -> set[tuple[int, str]]:
    """Which parameters (number of the tool, name) a message of ours asks for."""
    if not isinstance(message, AssistantMessage) or message.tool_calls:
        return set()
    return {
        (number, slot.name)
        for number, tool in enumerate(tools)
        for slot in slots(tool)
        if message.text.strip().endswith(slot.spoken.ask.strip())
    }


def _answered(pending: _Pending, said: Utterance, wish: Matched | Missing | None) -> Matched | Missing | None:
    if _DECLINES.fullmatch(said.text.casefold()):
        return None
    tool, parameter = pending.tool, pending.parameter
    got = arguments_in(said, tool, parameter)
    if wish and wish.tool is not tool:
        # Any text is an answer to some questions; a whole request for another tool is none.
        doubtful = isinstance(wish, Matched) and not arguments_in(said, tool)
        if doubtful or parameter not in got:
            return wish
    if got:
        return _settled(tool, pending.found | got)
    if wish:
        return wish
    if _ASKING.match(said.text.casefold()) or _THANKS.match(said.text.casefold()):
        return None
    unknown = f"I do not know “{said.text}”. " if len(said.tokens) <= 4 else ""
    return Missing(tool, parameter, unknown + question(tool, parameter))


def _followed_up(
    messages: Sequence[Message], said: Utterance, tools: Sequence[Tool], wish: Matched | Missing | None
) -> Matched | Missing | None:
    """The latest call again with what the message changes of it ("and to Goa?")."""
    if isinstance(wish, Matched) or (wish is None and len(said.tokens) > 2 * BRIEF):
        return None
    follows = _FOLLOW_UP.match(said.text.casefold()) or (wish is None and len(said.tokens) <= 3)
    call = _latest_call(messages)
    tool = next((tool for tool in tools if call and tool.name == call.name), None)
    if not follows or not call or not tool or (wish and wish.tool is not tool):
        return None
    changed = arguments_in(said, tool)
    try:
        earlier = json.loads(call.arguments or "{}")
    except ValueError:
        return None
    if not changed or not isinstance(earlier, dict):
        return None
    return _settled(tool, earlier | changed)


def _latest_call(messages: Sequence[Message]) -> ToolCall | None:
    for message in reversed(messages[-8:]):
        if isinstance(message, AssistantMessage) and message.tool_calls:
            return message.tool_calls[-1]
    return None
