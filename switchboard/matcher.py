"""Finding the tool that a message asks for, with its arguments, without a language model.

It knows the words and forms that each tool declares (``Tool.words``, ``Spoken``), forgives misspellings,
asks for an argument that is missing, takes the next message as its answer, and a follow-up as a change of the
latest call. It calls nothing itself, understands no sentence beyond those words, and finds one tool in a
message at most. What a message asks for by itself is in ``wishes.py``.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from switchboard.mentions import HEARD, Utterance
from switchboard.messages import AssistantMessage, Message, ToolCall, ToolResult, UserMessage
from switchboard.slots import found_in, question, slots
from switchboard.tool_words import heard
from switchboard.tools import Tool
from switchboard.wishes import ASKING, BRIEF, THANKS, Matched, Missing, Wish, for_people, settled, wished

__all__ = ["Matched", "Missing", "match"]

QUESTIONS = 10
"""How many questions back an answer's request is looked for."""


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
_FOLLOW_UP = re.compile(
    r"(?:and|or|with|what about|how about|what if|same|now|then|also|instead|because|rather|"
    r"make (?:it|that))\b"
)
_TRAILING = re.compile(r"\b(?:then|instead|too|as well)[.!?]*$")
_DEFINITE = re.compile(r"\bthe\b")
_POINTING = re.compile(r"\b(?:it|that|this|them|those|same)\b")


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
    tools = for_people(tools)
    wish = wished(said, tools)
    if pending := _pending(messages, tools):
        return _answered(pending, said, wish)
    found = _followed_up(messages, said, tools, wish) or (wish.found if wish else None)
    return _pointed_at(messages, said, found)


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
    scores = [words.weight for words in heard(said, tools)]
    # The tool that the latest question belongs to; where two tools ask alike, the one first asked for.
    chosen, _ = max(asked[-1][1], key=lambda candidate: (scores[candidate[0]], -candidate[0], candidate[1]))
    tool = tools[chosen]
    found = found_in(said, tool).arguments
    for answer_said, questions in asked:
        parameter = next((name for number, name in sorted(questions) if number == chosen), "")
        if answer_said is not asked[-1][0]:
            found |= found_in(answer_said, tool, parameter).arguments
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


def _answered(pending: _Pending, said: Utterance, wish: Wish | None) -> Matched | Missing | None:
    if _DECLINES.fullmatch(said.text.casefold()):
        return None
    tool, parameter = pending.tool, pending.parameter
    got = found_in(said, tool, parameter).arguments
    if wish and wish.found.tool is not tool:
        # Any text is an answer to some questions; a whole request for another tool is none.
        doubtful = isinstance(wish.found, Matched) and not found_in(said, tool).arguments
        if doubtful or (parameter not in got and (wish.worded or not got)):
            return wish.found
    if got:
        return settled(tool, pending.found | got)
    if wish:
        return wish.found
    if ASKING.match(said.text.casefold()) or THANKS.match(said.text.casefold()):
        return None
    unknown = f"I do not know “{said.text}”. " if len(said.tokens) <= 4 else ""
    return Missing(tool, parameter, unknown + question(tool, parameter))


def _followed_up(
    messages: Sequence[Message], said: Utterance, tools: Sequence[Tool], wish: Wish | None
) -> Matched | Missing | None:
    """The latest call with what the message changes of it ("and to Goa?"), or its arguments for another."""
    call, answer, failed = _latest_call(messages)
    tool = next((tool for tool in tools if call and tool.name == call.name), None)
    if not call or not tool:
        return None
    try:
        earlier = json.loads(call.arguments or "{}")
    except ValueError:
        return None
    if not isinstance(earlier, dict):
        return None
    text = said.text.casefold()
    follows = bool(_FOLLOW_UP.match(text) or _TRAILING.search(text))
    if wish and wish.worded and (wish.found.tool is not tool or isinstance(wish.found, Matched)):
        lacking = isinstance(wish.found, Missing) and (follows or _DEFINITE.search(text))
        pointing = lacking or _POINTING.search(text)
        return _carried_over(wish.found.tool, tool, earlier, said) if pointing else None
    changed = found_in(said, tool).arguments
    if wish and not wish.worded and len(changed) < len(found_in(said, wish.found.tool).arguments):
        return None
    asked = failed or answer.rstrip().endswith("?")
    answering = asked and changed.keys() - earlier.keys() and len(said.tokens) <= 2 * BRIEF
    brief = len(said.tokens) <= (BRIEF if wish else 3)
    if not changed or not (answering or brief or (follows and len(said.tokens) <= 2 * BRIEF)):
        return None
    return settled(tool, earlier | changed)


def _carried_over(
    wanted: Tool, before: Tool, earlier: dict[str, object], said: Utterance
) -> Matched | Missing:
    """A tool with what the message names, and with what an earlier call's parameters of the same kind had."""
    kinds = {slot.name: slot.kind for slot in slots(before)}
    same = {slot.name for slot in slots(wanted) if kinds.get(slot.name) == slot.kind}
    kept = {name: value for name, value in earlier.items() if name in same}
    return settled(wanted, kept | found_in(said, wanted).arguments)


def _pointed_at(
    messages: Sequence[Message], said: Utterance, found: Matched | Missing | None
) -> Matched | Missing | None:
    """What is missing taken from what was said last, where the message points there ("cancel it")."""
    if not isinstance(found, Missing) or not _POINTING.search(said.text.casefold()):
        return found
    pattern = next(slot.spoken.pattern for slot in slots(found.tool) if slot.name == found.parameter)
    named = {match[0] for text in _last_said(messages) for match in re.finditer(rf"\b(?:{pattern})\b", text)}
    if not pattern or len(named) != 1:
        return found
    return settled(found.tool, found_in(said, found.tool).arguments | {found.parameter: named.pop()})


def _last_said(messages: Sequence[Message]) -> Iterator[str]:
    """Our texts since the person's message before the last."""
    for message in reversed(messages[:-1]):
        if isinstance(message, UserMessage):
            return
        if isinstance(message, AssistantMessage):
            yield message.text[:HEARD]


def _latest_call(messages: Sequence[Message]) -> tuple[ToolCall | None, str, bool]:
    """The latest call of the last turns, what was said after it, and whether it failed."""
    answer, failed = "", False
    for message in reversed(messages[-8:]):
        if isinstance(message, AssistantMessage):
            if message.tool_calls:
                return message.tool_calls[-1], answer, failed
            answer = answer or message.text
        elif isinstance(message, ToolResult):
            failed = failed or message.failed
    return None, "", False
