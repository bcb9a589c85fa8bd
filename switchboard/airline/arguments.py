"""The arguments of the desk's tools: how a model writes them, how people say them, what they mean.

Each reader turns text into what the airline knows, or says what is wrong with it. Which argument a tool
takes stands with the tool; how people ask for the tools themselves, in ``wording.py``.
"""

import re
from collections.abc import Sequence
from datetime import date as Date
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from switchboard.airline.actions import FlightChoice
from switchboard.airline.airports import Airport
from switchboard.airline.dates import DATE_PATTERN, day_of
from switchboard.airline.records import Passenger, Payment
from switchboard.airline.view import View
from switchboard.errors import ToolError
from switchboard.tools import Spoken

NAME_CHARACTERS = 60
ORIGIN = Spoken("From which city would you like to fly?", cues=("from", "leaving", "out of", "departing"))
DESTINATION = Spoken("To which city?", cues=("to", "into", "towards"))
DAY = Spoken("On which day?", cues=("on", "for"), pattern=DATE_PATTERN)
CABIN = Spoken(
    "In which cabin?",
    cues=("in",),
    values=(
        ("basic economy", "basic_economy"),
        ("basic", "basic_economy"),
        ("economy", "economy"),
        ("coach", "economy"),
        ("business class", "business"),
        ("business", "business"),
    ),
)
FlightNumber = Annotated[str, "Flight number, such as LK101."]
Origin = Annotated[str, "City or IATA code of departure.", ORIGIN]
Destination = Annotated[str, "City or IATA code of arrival.", DESTINATION]
Day = Annotated[str, "Local day of departure, YYYY-MM-DD.", DAY]
ReservationId = Annotated[str, "Reservation id: six letters and digits, such as K2P9QX."]


class FlightInfo(BaseModel):
    """A flight of a reservation."""

    flight_number: str = Field(description="Flight number, such as LK101.")
    date: str = Field(description="Local day of departure, YYYY-MM-DD.")


class PassengerInfo(BaseModel):
    """Someone who flies."""

    first_name: str
    last_name: str
    dob: str = Field(description="Date of birth, YYYY-MM-DD.")


class PaymentInfo(BaseModel):
    """What one payment method pays."""

    payment_id: str = Field(description="A payment method of the customer's profile.")
    amount: int = Field(description="Whole US dollars.")


def day_at(airport: Airport, text: str, now: datetime) -> str:
    """A day as people say it, by the calendar of an airport, as YYYY-MM-DD.

    Raises:
        ToolError: it is no day.
    """
    return day_of(text, now.astimezone(ZoneInfo(airport.zone)).date()).isoformat()


def flight_number(view: View, text: str) -> str:
    """A flight number of the airline, however it was written ("lk 101", "101").

    Raises:
        ToolError: there is no such number.
    """
    number = re.sub(r"[\s-]", "", text[:20]).upper()
    if re.fullmatch(r"[A-Z]{2,3}[0-9]{1,4}", number) and view.route(number):
        return number
    known = view.numbers()
    prefixes = {re.sub(r"\d+$", "", one) for one in known}
    if number.isdecimal() and number.isascii() and len(prefixes) == 1:
        number = f"{next(iter(prefixes))}{number}"
    if number in known:
        return number
    if not re.fullmatch(r"[A-Z]{2,3}\d{1,4}", number):
        raise ToolError(f"“{number}” is no flight number of this airline.", f"They look like {known[0]}.")
    digits = int(re.sub(r"\D", "", number))
    near = sorted(known, key=lambda one: abs(int(re.sub(r"\D", "", one)) - digits))[:3]
    raise ToolError(f"There is no flight {number}.", f"The nearest numbers are {', '.join(near)}.")


def flight_choices(view: View, flights: Sequence[FlightInfo], now: datetime) -> tuple[FlightChoice, ...]:
    """The flights that a model named, their numbers and days checked.

    Raises:
        ToolError: there is no such number, or no such day.
    """
    chosen = []
    for one in flights:
        number = flight_number(view, one.flight_number)
        origin, _ = view.route(number) or ("", "")
        chosen.append(FlightChoice(number, day_at(view.airports[origin], one.date, now)))
    return tuple(chosen)


def passengers_named(named: Sequence[PassengerInfo]) -> tuple[Passenger, ...]:
    """The people that a model named, with names that can stand on a ticket.

    Raises:
        ToolError: a name is empty, too long or no name, or a date of birth is none.
    """
    return tuple(Passenger(_name(one.first_name), _name(one.last_name), _birthday(one.dob)) for one in named)


def payments_named(named: Sequence[PaymentInfo]) -> tuple[Payment, ...]:
    """What each payment method is to pay."""
    return tuple(Payment(one.payment_id[:NAME_CHARACTERS], one.amount) for one in named)


def _name(text: str) -> str:
    name = " ".join(text[: NAME_CHARACTERS + 1].split())
    if not name or len(name) > NAME_CHARACTERS or not re.fullmatch(r"[^\W\d_][\w .’'-]*", name):
        raise ToolError(
            f"“{name[:20]}” cannot stand on a ticket as a name.",
            "Give first and last name as in the passport: letters, spaces, hyphens and apostrophes.",
        )
    return name


def _birthday(text: str) -> str:
    try:
        return Date.fromisoformat(text[:10].strip()).isoformat()
    except ValueError as exc:
        raise ToolError(f"“{text[:20]}” is no date of birth.", "Write it as YYYY-MM-DD.") from exc
