"""How a language model does at the airline's desk, with another as its customer, on the τ²-bench tasks.

usage: python benchmarks/airline.py DATA_DIR PROVIDER:MODEL [PROVIDER:MODEL of the customer] [TASK …]

The desk runs as it does on the page, policy and cards included, on the benchmark's world with its clock. The
customer's model plays the task's scenario, sees each card, and confirms or declines it. Keys and addresses
come from the environment, as for the page. A task is solved when the reservations, users and seats that have
changed are those that are expected. What was said is not judged. Prints a line for each task, the share that
was solved and, last, one JSON object.
"""

import asyncio
import json
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.airline import compared, copied, read, state
from switchboard.agent import Turn
from switchboard.airline import tau2
from switchboard.airline.database import AirlineDatabase
from switchboard.airline.desk import AirlineDesk, Proposed
from switchboard.airline.ids import tau2_certificates, tau2_codes
from switchboard.airline.ledger import Ledger
from switchboard.airline.proposals import Proposal
from switchboard.airline.store import Store
from switchboard.backends.base import Backend, ChatRequest, Sampling, complete
from switchboard.backends.catalog import Catalog, Choice
from switchboard.errors import SwitchboardError
from switchboard.messages import AssistantMessage, Finish, Message, TextDelta, Usage, user
from switchboard.settings import load_settings

EXCHANGES = 25
"""Messages of the customer after which a task is given up."""
DONE = "###STOP###"
PLAY = f"""You play a customer of an airline, in writing, with a support assistant. Stay in the role, give one
short message at a time, and only facts that the scenario gives you. Do not repeat the scenario as a whole.
When a card is shown to you, answer with the one word CONFIRM or DECLINE, as your scenario would have it. When
your wish has been met, refused for good, or you have been passed on to a human, answer {DONE} alone.

The scenario:
"""
Json = dict[str, Any]


class Customer:
    """A model that plays one task's scenario."""

    def __init__(self, backend: Backend, task: Json) -> None:
        told = task["user_scenario"]["instructions"]
        lines = (
            [f"{name}: {text}" for name, text in told.items() if text] if isinstance(told, dict) else [told]
        )
        self._backend = backend
        self._system = PLAY + "\n".join(lines)
        self._messages: list[Message] = []
        self.usage = Usage()

    async def hears(self, text: str) -> str:
        """What the customer answers."""
        self._messages.append(user(text))
        reply = await complete(self._backend, ChatRequest(tuple(self._messages), system=self._system))
        self.usage += reply.usage
        self._messages.append(AssistantMessage(reply.message.text))
        return reply.message.text.strip()


async def played(desk: AirlineDesk, model: Backend, customer: Customer, user_id: str) -> tuple[int, Usage]:
    """One task from the greeting to the end; returns the number of exchanges and the desk's usage."""
    history: list[Message] = []
    usage = Usage()
    said = await customer.hears("Hello! How can I help you today?")
    for number in range(1, EXCHANGES + 1):
        if DONE in said:
            return number, usage
        answer, cards = "", []
        turns: list[Message] = []
        async for event in desk.reply(model, "customer", history, said, user_id, Sampling()):
            match event:
                case TextDelta(piece):
                    answer += piece
                case Turn(messages):
                    turns += messages
                case Proposed(proposal):
                    cards.append(proposal)
                case Finish(usage=used):
                    usage += used
        history += [user(said), *turns]
        for card in cards:
            history.append(AssistantMessage(await decided(desk, customer, card)))
        said = await customer.hears(answer or "(no answer)")
    return EXCHANGES, usage


async def decided(desk: AirlineDesk, customer: Customer, proposal: Proposal) -> str:
    """What comes of a card, as the desk tells the model."""
    answer = await customer.hears(f"A card is shown to you: {proposal.card.text} CONFIRM or DECLINE?")
    if "CONFIRM" not in answer.upper():
        desk.proposals.decline("customer", proposal.token)
        return f"Declined by the customer: {proposal.card.title}."
    try:
        done = desk.proposals.confirm("customer", proposal.token)
    except SwitchboardError as exc:
        return f"Not done: {exc}"
    return f"Confirmed by the customer: {proposal.card.title}. {done.reservation}"


def customer_id(task: Json, users: Json) -> str:
    """The user whom a task's scenario names."""
    words = json.dumps(task["user_scenario"]).replace("\\n", " ").replace('"', " ").replace(".", " ").split()
    named = [word.strip(",;:'()") for word in words]
    return next((word for word in named if word in users), "")


async def run(folder: Path, model: Backend, player: Backend, wanted: list[str]) -> Json:
    """Play the tasks one after the other."""
    tasks, expected = read(folder, "tasks"), read(folder, "expected")
    solved: dict[str, bool] = {}
    usage = Usage()
    with tempfile.TemporaryDirectory() as name:
        template, copy = Path(name) / "world.db", Path(name) / "task.db"
        database = AirlineDatabase(template)
        tau2.load(database, folder)
        before = state(database)
        database.close()
        for task in tasks:
            key = str(task["id"])
            who = customer_id(task, before["users"])
            if (wanted and key not in wanted) or not who:
                continue
            copied(template, copy).close()
            desk = AirlineDesk(copy, lambda: tau2.CLOCK, fill=filled, ledger=books)
            exchanges, used = await played(desk, model, Customer(player, task), who)
            usage += used
            after = AirlineDatabase(copy)
            wrong = compared(before, state(after), [], {**expected[key], "actions": []})
            after.close()
            solved[key] = not wrong
            print(
                f"task {key}: {'solved' if not wrong else wrong[0][:100]} ({exchanges} exchanges)", flush=True
            )
    print(f"tasks solved: {sum(solved.values())} / {len(solved)}")
    return {
        "solved": sum(solved.values()),
        "tasks": len(solved),
        "by_task": solved,
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
    }


def filled(database: AirlineDatabase, today: date) -> None:
    """The benchmark's world is whole as it is."""


def books(store: Store) -> Ledger:
    """The benchmark's own bookkeeping, so that what changes can be compared with what it expects."""
    return Ledger(store, settles=False, codes=tau2_codes, certificates=tau2_certificates)


def opened(catalog: Catalog, text: str) -> Backend:
    """The backend that PROVIDER:MODEL names, with the key of the environment."""
    choice = Choice(*text.split(":", 1))
    return catalog.open(choice, catalog.operator_key(choice))


def main() -> None:
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    folder, model, *more = sys.argv[1:]
    players = [name for name in more if ":" in name]
    try:
        catalog = Catalog(load_settings([]), lambda: "")
        desk, player = opened(catalog, model), opened(catalog, (players or [model])[0])
    except SwitchboardError as exc:
        sys.exit(str(exc))
    print(
        json.dumps(asyncio.run(run(Path(folder), desk, player, [name for name in more if ":" not in name])))
    )


if __name__ == "__main__":
    main()
