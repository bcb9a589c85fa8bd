"""What customers say finds the tool they mean, without a language model.

The requests stand in ``requests.jsonl``: what is said, after what else (``before``), and the tool with some
of its arguments, the parameter that is asked for, or no tool. Days are counted from Thursday 14 May 2026.
"""

import json
import time
from functools import cache
from pathlib import Path

import pytest

from switchboard.airline.access import SignedIn
from switchboard.airline.dates import day_of
from switchboard.airline.places import Places
from switchboard.airline.toolbox import Toolbox
from switchboard.errors import ToolError
from switchboard.matcher import Matched, Missing, match
from switchboard.messages import AssistantMessage, ToolCall, ToolResult, user

REQUESTS = [
    json.loads(line)
    for line in Path(__file__).with_name("requests.jsonl").read_text(encoding="utf-8").splitlines()
]
SMALL_TALK = [request for request in REQUESTS if request["tool"] is None]


@pytest.fixture(scope="module")
def tools(store):
    return Toolbox(store).tools(SignedIn("nobody"), lambda action: "")


@pytest.fixture(scope="module")
def meant(store):
    """What an argument stands for, however it is said."""
    places, today = Places(store.airports.values()), store.now().date()

    @cache
    def value(name, said):
        if name in ("origin", "destination"):
            return places.find(said).code
        if name == "date":
            return day_of(said, today).isoformat()
        return said.replace(" ", "").replace("-", "") if name == "flight_number" else said

    return value


def answered(found, number):
    """What the desk says to a person's message, its calls succeeding."""
    match found:
        case Matched(tool, arguments):
            call = ToolCall(f"call_{number}", tool.name, arguments)
            done = AssistantMessage("", (call,)), ToolResult(call.id, tool.name, "Done.")
            return [*done, AssistantMessage("Done.")]
        case Missing(question=question):
            return [AssistantMessage(question)]
        case None:
            return [AssistantMessage("I do not understand that.")]


def outcome(request, tools):
    """What is found in the request after what was said before it."""
    talk, found = [], None
    for number, said in enumerate([*request.get("before", ()), request["said"]]):
        talk.append(user(said))
        found = match(talk, tools)
        talk += answered(found, number)
    return found


def as_expected(request, found, meant):
    if found is None or request["tool"] is None:
        return found is None and request["tool"] is None
    if found.tool.name != request["tool"]:
        return False
    if isinstance(found, Missing):
        return request.get("asks") == found.parameter
    arguments = json.loads(found.arguments)
    try:
        said = {name: meant(name, arguments[name]) for name in request["arguments"] if name in arguments}
    except ToolError:
        return False
    return "asks" not in request and said == request["arguments"]


def test_the_requests_are_many_and_of_every_kind():
    assert len(REQUESTS) >= 150
    assert len(SMALL_TALK) >= 25
    assert sum("before" in request for request in REQUESTS) >= 20
    assert len({request["tool"] for request in REQUESTS}) == 14


def test_nine_of_ten_requests_are_understood_with_their_arguments(tools, meant):
    wrong = [
        (request["said"], request["tool"], found and (found.tool.name, found))
        for request in REQUESTS
        if not as_expected(request, found := outcome(request, tools), meant)
    ]
    assert len(wrong) <= len(REQUESTS) // 10, wrong


@pytest.mark.parametrize("request_", SMALL_TALK, ids=lambda request: request["said"])
def test_nothing_is_called_on_small_talk_nor_on_questions_that_no_tool_answers(tools, request_):
    assert outcome(request_, tools) is None


def test_what_is_matched_is_what_the_tool_takes(tools):
    for request in REQUESTS:
        found = outcome(request, tools)
        if isinstance(found, Matched):
            assert found.tool.arguments.model_validate_json(found.arguments)


def test_a_message_is_matched_within_five_milliseconds(tools):
    match([user("flights from delhi to mumbai tomorrow")], tools)
    begin = time.process_time()
    for request in REQUESTS:
        match([user(f"{request['said']} please")], tools)
    assert (time.process_time() - begin) / len(REQUESTS) < 0.005
