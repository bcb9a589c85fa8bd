"""The policy documents and the manual state the airline's rules as its desk applies them."""

from datetime import timedelta
from pathlib import Path

import pytest

from switchboard.airline import charges, compensation, policy
from switchboard.airline.flights import CANCELLED_AHEAD, KNOWN_AHEAD, LATE, SALE_ENDS
from switchboard.airline.proposals import VALID
from switchboard.airline.timetable import DAYS_AFTER, DAYS_BEFORE

ROOT = Path(__file__).resolve().parents[2]
POLICIES = ROOT / "knowledge-base" / "policies"
MANUAL = " ".join((ROOT / "docs" / "manual.md").read_text(encoding="utf-8").split())
NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def words(name: str) -> str:
    return " ".join((POLICIES / f"{name}.md").read_text(encoding="utf-8").split())


def rows(name: str) -> list[list[str]]:
    lines = (POLICIES / f"{name}.md").read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]


def hours(span: timedelta) -> int:
    return round(span / timedelta(hours=1))


def test_the_free_bags_are_those_that_the_desk_allows():
    table = {row[0].lower(): row[1:] for row in rows("baggage") if len(row) == 4}
    for membership in ("regular", "silver", "gold"):
        allowed = [
            charges.free_bags(membership, cabin, 1) for cabin in ("basic_economy", "economy", "business")
        ]
        assert list(map(int, table[membership])) == allowed


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("baggage", f"A bag beyond the allowance costs ${charges.EXTRA_BAG}."),
        ("baggage", f"No passenger checks more than {NUMBERS[policy.BAGS_EACH]} bags."),
        ("booking-and-payment", f"{NUMBERS[policy.MOST_PASSENGERS]} passengers at most"),
        ("booking-and-payment", f"| Credit card | {policy.CREDIT_CARDS} |"),
        ("booking-and-payment", f"| Gift card | {policy.GIFT_CARDS} |"),
        ("booking-and-payment", f"| Travel certificate | {policy.CERTIFICATES} |"),
        ("booking-and-payment", f"${charges.INSURANCE} for each passenger"),
        ("booking-and-payment", f"closes {NUMBERS[hours(SALE_ENDS)]} hours before it"),
        ("booking-and-payment", f"announced {NUMBERS[hours(KNOWN_AHEAD)]} hours before"),
        ("booking-and-payment", f"a cancellation {hours(CANCELLED_AHEAD)} hours before"),
        ("booking-and-payment", f"there are {hours(policy.FREE_CANCELLATION)} hours in which"),
        ("changes-and-cancellations", f"within the last {hours(policy.FREE_CANCELLATION)} hours"),
        ("changes-and-cancellations", f"Travel insurance costs ${charges.INSURANCE} for each passenger"),
        ("changes-and-cancellations", f"the reason is {' or '.join(policy.INSURED_REASONS)}"),
        ("refunds-and-compensation", f"complain | ${compensation.FOR_CANCELLED} for each passenger"),
        ("refunds-and-compensation", f"reservation | ${compensation.FOR_DELAYED} for each passenger"),
        ("refunds-and-compensation", f"more than {LATE.seconds // 60} minutes after the plan"),
        ("refunds-and-compensation", "A reservation is compensated once."),
    ],
)
def test_a_rule_of_the_documents_is_the_one_that_the_desk_applies(name, rule):
    assert rule in words(name)


@pytest.mark.parametrize(
    "fact",
    [
        f"{DAYS_AFTER} days ahead, and {DAYS_BEFORE} days back",
        f"until {NUMBERS[hours(SALE_ENDS)]} hours before its departure",
        f"announced {NUMBERS[hours(KNOWN_AHEAD)]} hours before departure",
        f"cancelled flights {hours(CANCELLED_AHEAD)} hours before",
        f"within {hours(policy.FREE_CANCELLATION)} hours",
        f"valid for {NUMBERS[VALID.seconds // 60]} minutes",
    ],
)
def test_the_manual_gives_the_desks_own_times(fact):
    assert fact in MANUAL
