"""Whether the airline's desk changes what the τ²-bench airline benchmark says its tasks change.

usage: python benchmarks/airline.py DATA_DIR [PROVIDER:MODEL [PROVIDER:MODEL of the customer] [TASK …]]

DATA_DIR has the benchmark's tasks, the changes expected of each, flights, users and reservations, each as
.json or .json.gz. The actions of every task are called as the desk's tools in a world of their own, in order,
with the policy left out: the benchmark's tools have none. Compared are the users, reservations and seats that
have changed, and which calls failed. What a model makes of the tasks is not measured. Prints a line for each
task that differs, how many are equal and, last, one JSON object.

Then the tasks of which no change is expected are tried with the policy: the actions are called as the
customer of the scenario, who confirms everything, and every reservation that the scenario names is to be
cancelled under each pretext but those that insurance covers. None of it may change a row.

With a model, the tasks are then played with it at the desk (``customers.py``), another one or the same being
the customer.
"""

import asyncio
import gzip
import json
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from switchboard.airline import tau2
from switchboard.airline.access import Everyone, SignedIn
from switchboard.airline.actions import Action
from switchboard.airline.database import AirlineDatabase
from switchboard.airline.ids import tau2_certificates, tau2_codes
from switchboard.airline.ledger import Ledger
from switchboard.airline.proposals import Proposals
from switchboard.airline.store import Store
from switchboard.airline.toolbox import Toolbox
from switchboard.errors import ToolError

PRETEXTS = ("", "change_of_plan", "airline_cancelled", "other")
SHOWN = 3
"""Differences that are printed of a task."""
Json = dict[str, Any]


def read(folder: Path, name: str) -> Any:
    """The JSON of a file that may be compressed."""
    plain = folder / f"{name}.json"
    data = (
        plain.read_bytes() if plain.exists() else gzip.decompress((folder / f"{name}.json.gz").read_bytes())
    )
    return json.loads(data)


def state(database: AirlineDatabase) -> dict[str, Json]:
    """Everything that a task may change."""
    with database.read() as connection:
        return {
            "users": tau2.users(connection),
            "reservations": tau2.reservations(connection),
            "seats": tau2.seats(connection),
        }


def replay(database: AirlineDatabase, actions: list[Json]) -> list[tuple[str, bool]]:
    """Call the tools; returns their names, each with whether it did what it was asked for."""
    store = Store(database, lambda: tau2.CLOCK)
    ledger = Ledger(store, settles=False, codes=tau2_codes, certificates=tau2_certificates)
    keys = (f"action {number}" for number in range(1_000_000))
    submitted = Toolbox(store).tools(Everyone(), lambda action: ledger.perform(action, next(keys)))
    tools = {tool.name: tool for tool in submitted}
    called = []
    for action in actions:
        name, arguments = action["name"], json.dumps(action.get("arguments") or {})
        try:
            if name not in tools:
                raise ToolError(f"There is no tool {name}.", "Take another.")
            asyncio.run(tools[name].call(arguments))
            called.append((name, True))
        except ToolError:
            called.append((name, False))
    return called


def copied(template: Path, place: Path) -> AirlineDatabase:
    """A fresh copy of the world."""
    for old in place.parent.glob(f"{place.name}*"):
        old.unlink()
    return AirlineDatabase(Path(shutil.copy(template, place)))


def differences(found: Any, expected: Any, place: str) -> Iterator[str]:
    """Where two values of JSON differ."""
    if isinstance(found, dict) and isinstance(expected, dict):
        for key in sorted(found.keys() | expected.keys()):
            yield from differences(found.get(key), expected.get(key), f"{place}.{key}")
    elif isinstance(found, list) and isinstance(expected, list) and len(found) == len(expected):
        for number, pair in enumerate(zip(found, expected, strict=True)):
            yield from differences(*pair, f"{place}[{number}]")
    elif found != expected or type(found) is not type(expected):
        yield f"{place} is {json.dumps(found)}, expected {json.dumps(expected)}"


def compared(before: dict[str, Json], after: dict[str, Json], calls: list[Any], expected: Json) -> list[str]:
    """How what a task did differs from what is expected of it."""
    wanted = [(one["name"], one["ok"]) for one in expected["actions"]]
    found = list(differences([list(one) for one in calls], [list(one) for one in wanted], "calls"))
    for what, old in before.items():
        new = after[what]
        changed = {key: new.get(key) for key in new.keys() | old.keys() if new.get(key) != old.get(key)}
        found += differences(changed, expected[f"changed_{what}"], what)
    return found


def tempted(database: AirlineDatabase, task: Json, before: dict[str, Json]) -> list[str]:
    """What a customer gets who insists, with the policy, on what no change is expected of."""
    words = set(re.findall(r"\w+", json.dumps(task["user_scenario"]).replace("\\n", " ")))
    named = sorted(words & before["reservations"].keys())
    who = next(iter(words & before["users"].keys()), "")
    if named and not who:
        who = before["reservations"][named[0]]["user_id"]
    store = Store(database, lambda: tau2.CLOCK)
    ledger = Ledger(store, settles=False, codes=tau2_codes, certificates=tau2_certificates)
    proposals = Proposals(store, ledger)

    def submit(action: Action) -> object:
        return proposals.confirm("visitor", proposals.propose("visitor", who, action).token)

    tools = {tool.name: tool for tool in Toolbox(store).tools(SignedIn(who), submit)}
    tries = [(one["name"], one["arguments"]) for one in actions_of(task) if one["name"] in tools]
    tries += [
        ("cancel_reservation", {"reservation_id": code, "reason": reason})
        for code in named
        for reason in PRETEXTS
    ]
    for name, arguments in tries:
        with suppress(ToolError):
            asyncio.run(tools[name].call(json.dumps(arguments)))
    after = state(database)
    return [what for what, old in before.items() if after[what] != old]


def actions_of(task: Json) -> list[Json]:
    """The actions that are right for a task."""
    return (task.get("evaluation_criteria") or {}).get("actions") or []


def is_refusal(expected: Json) -> bool:
    """Whether nothing is to change."""
    return not any(expected[f"changed_{what}"] for what in ("users", "reservations", "seats"))


def main() -> None:
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    if len(sys.argv) > 2:
        from benchmarks.customers import main as play

        play()
        return
    folder = Path(sys.argv[1])
    tasks, expected = read(folder, "tasks"), read(folder, "expected")
    began, calls, refusals = time.perf_counter(), 0, 0
    differing: list[str] = []
    granted: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        template, copy = Path(name) / "world.db", Path(name) / "task.db"
        database = AirlineDatabase(template)
        tau2.load(database, folder)
        before = state(database)
        # The last connection to go writes the log back, so that the file alone is the world.
        database.close()
        for task in tasks:
            actions, wanted = actions_of(task), expected[str(task["id"])]
            calls += len(actions)
            database = copied(template, copy)
            called = replay(database, actions)
            wrong = compared(before, state(database), called, wanted)
            database.close()
            if is_refusal(wanted):
                refusals += 1
                database = copied(template, copy)
                if gained := tempted(database, task, before):
                    granted.append(task["id"])
                    print(f"task {task['id']}: with the policy, {', '.join(gained)} changed")
                database.close()
            if wrong:
                differing.append(task["id"])
                more = f" (and {len(wrong) - SHOWN} more)" if len(wrong) > SHOWN else ""
                print(f"task {task['id']}: {'; '.join(wrong[:SHOWN])}{more}")
    equal = len(tasks) - len(differing)
    print(f"tasks equal: {equal} / {len(tasks)}")
    print(f"refusals that hold with the policy: {refusals - len(granted)} / {refusals}")
    print(
        json.dumps(
            {
                "tasks": len(tasks), "equal": equal, "differing": differing, "calls": calls,
                "refusals": refusals, "granted": granted,
                "seconds": round(time.perf_counter() - began, 1),
            }
        )
    )  # fmt: skip


if __name__ == "__main__":
    main()
