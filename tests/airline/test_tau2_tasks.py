"""The tasks of the τ²-bench airline domain: what is granted is done exactly, what is refused stays undone."""

import asyncio
import json
import shutil

import pytest

from benchmarks.airline import compared, read, replay, state
from benchmarks.customers import Customer, books, customer_id, filled, played
from switchboard.airline import tau2
from switchboard.airline.access import SignedIn
from switchboard.airline.database import AirlineDatabase
from switchboard.airline.desk import AirlineDesk
from switchboard.airline.proposals import Proposals
from switchboard.airline.store import Store
from switchboard.airline.toolbox import Toolbox
from switchboard.errors import ToolError
from tests.airline.scripted import Scripted, calls, says

CLAIMS = ("", "change_of_plan", "airline_cancelled", "other")
REFUSED = {
    "0": ("EHGLP3",),
    "1": ("Q69X3R",),
    "9": ("IFOYYZ", "NQNU5R", "M20IZO"),
    "28": ("SI5UKW",),
    "36": ("EUJUY6",),
    "41": ("UDMOP1", "XAZ3C0", "MSJ4OA", "I6M8JQ", "4XGCCM"),
    "43": ("D1EW9B", "9HBUV8"),
    "46": ("H8Q05L",),
    "47": ("H8Q05L",),
    "49": ("3RK2T9",),
}
"""The reservations that a customer wants cancelled or refunded, and may not have."""


@pytest.fixture(scope="module")
def tasks(benchmark_folder):
    return {str(task["id"]): task for task in read(benchmark_folder, "tasks")}


@pytest.fixture(scope="module")
def expected(benchmark_folder):
    return read(benchmark_folder, "expected")


@pytest.fixture(scope="module")
def before(tau2_file):
    database = AirlineDatabase(tau2_file)
    yield state(database)
    database.close()


@pytest.fixture
def database(tau2_file, tmp_path):
    opened = AirlineDatabase(shutil.copy(tau2_file, tmp_path / "task.db"))
    yield opened
    opened.close()


def confirming(database, customer):
    """The desk's tools with the policy, for a customer who confirms whatever is proposed."""
    store = Store(database, lambda: tau2.CLOCK)
    proposals = Proposals(store, books(store))

    def submit(action):
        return proposals.confirm("me", proposals.propose("me", customer, action).token).reservation

    return {tool.name: tool for tool in Toolbox(store).tools(SignedIn(customer), submit)}


def attempt(tools, name, **arguments):
    with pytest.raises(ToolError) as refused:
        asyncio.run(tools[name].call(json.dumps(arguments)))
    return str(refused.value)


def test_every_task_changes_exactly_what_is_expected(tau2_file, tmp_path, tasks, expected, before):
    differing = {}
    for key, task in tasks.items():
        database = AirlineDatabase(shutil.copy(tau2_file, tmp_path / f"{key}.db"))
        called = replay(database, (task["evaluation_criteria"] or {}).get("actions") or [])
        if wrong := compared(before, state(database), called, expected[key]):
            differing[key] = wrong
        database.close()
    assert differing == {}


@pytest.mark.parametrize("key", REFUSED)
def test_what_the_policy_forbids_changes_no_row(database, tasks, before, key):
    named = (before["reservations"][code]["user_id"] for code in REFUSED[key])
    who = customer_id(tasks[key], before["users"]) or next(named)
    tools = confirming(database, who)
    for code in REFUSED[key]:
        reservation = before["reservations"][code]
        for reason in CLAIMS:
            said = attempt(tools, "cancel_reservation", reservation_id=code, reason=reason)
            assert "rules" in said
        fewer = reservation["passengers"][:-1]
        attempt(tools, "update_reservation_passengers", reservation_id=code, passengers=fewer)
        if reservation["cabin"] == "basic_economy":
            moved = [
                {"flight_number": one["flight_number"], "date": "2024-05-29"}
                for one in reservation["flights"]
            ]
            method = next(iter(before["users"][who]["payment_methods"]))
            attempt(
                tools, "update_reservation_flights",
                reservation_id=code, cabin="basic_economy", flights=moved, payment_id=method,
            )  # fmt: skip
    assert state(database) == before


@pytest.mark.parametrize("key", ["3", "4", "5", "27", "38"])
def test_who_has_no_right_to_a_certificate_gets_none(database, tasks, before, key):
    who = customer_id(tasks[key], before["users"])
    tools = confirming(database, who)
    for amount in (50, 100, 150, 200, 250, 300, 400, 500):
        attempt(tools, "send_certificate", user_id=who, amount=amount)
    assert state(database) == before


@pytest.mark.parametrize("key", ["11", "12", "14", "15", "17", "20", "21", "23", "33", "40", "42"])
def test_what_the_policy_grants_is_done_exactly_with_it(database, tasks, expected, before, key):
    tools = confirming(database, customer_id(tasks[key], before["users"]))
    for action in tasks[key]["evaluation_criteria"]["actions"]:
        asyncio.run(tools[action["name"]].call(json.dumps(action["arguments"])))
    assert compared(before, state(database), [], {**expected[key], "actions": []}) == []


@pytest.mark.parametrize(("answer", "solved"), [("CONFIRM", True), ("DECLINE", False)])
async def test_a_played_task_is_solved_by_the_customers_confirmation(
    database, tmp_path, tasks, expected, before, answer, solved
):
    action = next(
        one for one in tasks["11"]["evaluation_criteria"]["actions"] if one["name"].startswith("update")
    )
    desk = AirlineDesk(tmp_path / "task.db", lambda: tau2.CLOCK, fill=filled, ledger=books)
    model = Scripted(calls(action["name"], **action["arguments"]), says("It waits on the card."))
    customer = Customer(Scripted(says("Economy please."), says(answer), says("###STOP###")), tasks["11"])
    exchanges, _ = await played(desk, model, customer, "james_patel_9828")
    wrong = compared(before, state(database), [], {**expected["11"], "actions": []})
    assert (wrong == []) is solved
    assert exchanges == 2
