"""What a customer reads of a change, as HTML: the card before it, the note after it.

All words in it are escaped, for names come from strangers. The buttons beside it are the tab's, which also
checks the token that stands here. What a card says is made in ``switchboard/airline/cards.py``.
"""

import re
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from switchboard.airline.cards import Card, Row
    from switchboard.airline.proposals import Confirmed, Proposal

_DONE = {"Book": "Booked", "Cancel": "Cancelled", "Change": "Changed", "Receive": "Received"}
_BALANCE = re.compile(r" \(\$[\d,]+(?: left)?\)")
"""What a payment method held before the change, which is no longer so after it."""

WHEN_SHOWN = """
const settle = () => {
  element.querySelectorAll("time").forEach((time) => {
    time.textContent = new Date(time.dateTime).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  });
  if (!element.querySelector(".proposal")) return;
  const talk = document.querySelector("#airline-messages [role=log]");
  talk?.scrollTo(0, talk.scrollHeight);
  document.querySelector("#airline-decide")?.scrollIntoView({ block: "nearest" });
};
watch("value", settle);
settle();
let decided = -Infinity;
const heed = (event) => {
  const button = event.target.closest?.("#airline-confirm, #airline-decline");
  if (button) element.closest("#airline-card").isDouble = event.timeStamp - decided < 600;
  decided = button ? event.timeStamp : -Infinity;
};
for (const kind of ["click", "input"]) document.addEventListener(kind, heed, true);
"""
"""In the browser, for the component that shows the card: moments are told by the reader's own clock; the last
words of the conversation, which makes room for it, and the buttons stay in sight; the second click of two is
known."""


def card_shown(waiting: "Sequence[Proposal]", at: int = 0) -> str:
    """The card of one of the proposals that wait, counted from 0 and round; empty where none waits."""
    if not waiting:
        return ""
    at %= len(waiting)
    proposal, moment = waiting[at], waiting[at].expires
    several = f"<span class='count'>{at + 1} of {len(waiting)}</span>" if len(waiting) > 1 else ""
    how = f" <span>{money}</span>" if (money := _how(proposal.card)) else ""
    return (
        f"<section class='proposal{' several' if several else ''}' aria-labelledby='proposal-title' "
        f"data-token='{escape(proposal.token)}'>"
        f"<header><h3 id='proposal-title'>{escape(proposal.card.title)}</h3>{several}</header>"
        f"<dl>{''.join(map(_row, proposal.card.rows))}</dl>"
        f"<p class='sum'><b>{amount_text(proposal.card.amount)}</b>{how}"
        f"<small>Valid until <time datetime='{moment.isoformat()}'>{moment:%H:%M} UTC</time></small></p>"
        "</section>"
    )


def index_of(waiting: "Sequence[Proposal]", token: str) -> int:
    """Where the proposal of this token stands; 0 where it is not among them."""
    return next((at for at, one in enumerate(waiting) if one.token == token), 0)


def amount_text(dollars: int) -> str:
    """What a change costs, as its customer reads it."""
    if not dollars:
        return "No charge"
    return f"You pay ${dollars:,}" if dollars > 0 else f"Refund ${-dollars:,}"


def done_note(confirmed: "Confirmed") -> str:
    """That a change was made; it bears the token where the change can be taken back."""
    token = f" data-token='{escape(confirmed.token)}'" if confirmed.can_undo else ""
    return f"<p class='note done' role='status'{token}>{escape(done_text(confirmed))}</p>"


def done_text(confirmed: "Confirmed") -> str:
    """What was done, on one line: "Booked Delhi to Mumbai · K2P9QX · Paid $340 with Visa ending in 1234"."""
    card = confirmed.card
    verb, _, rest = card.title.partition(" ")
    words = [f"{_DONE.get(verb, verb)} {rest}"]
    if confirmed.reservation and confirmed.reservation not in card.title:
        words.append(confirmed.reservation)
    money = re.sub(r"\bRefund (?=\$)", "Refunded ", re.sub(r"\bPay (?=\$)", "Paid ", card.money))
    words.append(_BALANCE.sub("", money).rstrip(".") or amount_text(card.amount))
    return " · ".join(words)


def declined_note(title: str) -> str:
    """That a change was turned down."""
    return f"<p class='note' role='status'>Declined: {escape(title)}. Nothing has been changed.</p>"


def failed_note(words: str) -> str:
    """That a change could not be made, and why."""
    return f"<p class='note failed' role='alert'>Not done. {escape(words)}</p>"


def changes_shown(rows: "Sequence[Row]") -> str:
    """What changed, as a list of terms."""
    return f"<dl>{''.join(map(_row, rows))}</dl>"


def _row(row: "Row") -> str:
    before, after = row.before.splitlines(), row.after.splitlines()
    gone = [line for line in before if line not in after]
    old = "".join(f"<del>{escape(line)}</del>" for line in gone)
    new = "".join(
        f"<span>{escape(line)}</span>" if line in before else f"<ins>{escape(line)}</ins>" for line in after
    )
    before_it = f"<div>{old}</div><i aria-hidden='true'>→</i>" if old else ""
    return f"<div><dt>{escape(row.label)}</dt><dd>{before_it}<div>{new}</div></dd></div>"


def _how(card: "Card") -> str:
    """How it is paid, without the amount where that is said already."""
    verb = "Pay" if card.amount > 0 else "Refund"
    money = card.money.rstrip(".")
    return escape(money.removeprefix(f"{verb} ${abs(card.amount):,} ")) if card.amount else escape(money)
