"""A small airline: three airports, four routes on five days, customers who can pay in every way."""

import secrets
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import create_engine, insert, make_url, select

from switchboard.airline import schema
from switchboard.airline.actions import BookReservation, FlightChoice
from switchboard.airline.database import AirlineDatabase
from switchboard.airline.moments import stored
from switchboard.airline.records import CABINS, Passenger, Payment
from switchboard.airline.store import Store

NOW = datetime(2026, 5, 14, 9, 30, tzinfo=UTC)
DAYS = ("2026-05-13", "2026-05-15", "2026-05-20", "2026-05-21", "2026-05-22")
"""The first has been flown."""
ROUTES = {
    "LK101": ("DEL", "BOM", "07:00"),
    "LK102": ("BOM", "DEL", "18:00"),
    "LK103": ("DEL", "BLR", "09:00"),
    "LK104": ("BLR", "BOM", "13:00"),
}
CANCELLED = ("LK102", "2026-05-15")
SEATS = 10
STRANGERS = {"basic_economy": 3, "economy": 4, "business": 8}
FARES = {"basic_economy": 60, "economy": 100, "business": 400}
ASHA = Passenger("Asha", "Rao", "1990-02-03")
BEN = Passenger("Ben", "Iyer", "1985-12-24")
GIFT, SMALL_GIFT, CARD, CERTIFICATE = "gift_card_1", "gift_card_2", "credit_card_1", "certificate_1"
METHODS = (
    {"id": CARD, "kind": "credit_card", "brand": "visa", "last_four": "1234", "balance": None},
    {"id": GIFT, "kind": "gift_card", "brand": None, "last_four": None, "balance": 500},
    {"id": SMALL_GIFT, "kind": "gift_card", "brand": None, "last_four": None, "balance": 40},
    {"id": CERTIFICATE, "kind": "certificate", "brand": None, "last_four": None, "balance": 300},
)


@contextmanager
def empty_schema(server_url: str) -> Iterator[str]:
    """The URL of a PostgreSQL schema of one's own, which is dropped at the end."""
    server = create_engine(make_url(server_url))
    name = f"small_{secrets.token_hex(6)}"
    with server.begin() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {name}")
    try:
        url = server.url.update_query_dict({"options": f"-csearch_path={name}"})
        yield url.render_as_string(hide_password=False)
    finally:
        with server.begin() as connection:
            connection.exec_driver_sql(f"DROP SCHEMA {name} CASCADE")
        server.dispose()


def opened(address: str) -> AirlineDatabase:
    """The database at a URL or in a file."""
    return AirlineDatabase(address if "://" in address else Path(address))


def fare(number: str, date: str, cabin: str) -> int:
    """Every flight has a fare of its own."""
    return FARES[cabin] + 10 * list(ROUTES).index(number) + DAYS.index(date)


def fill(database: AirlineDatabase, guests: int = 0) -> Store:
    """The small airline in an empty database, with so many more customers who have a credit card each."""
    people = ["asha", "ben", *(f"guest_{number}" for number in range(guests))]
    numbers = [(number, date) for number in ROUTES for date in DAYS]
    with database.write() as connection:
        connection.execute(
            insert(schema.world).values(one=1, edition="s", first_day=DAYS[0], last_day=DAYS[-1])
        )
        connection.execute(
            insert(schema.airport),
            [
                {"code": code, "city": code.title(), "country": "India", "zone": "Asia/Kolkata",
                 "latitude": 20.0, "longitude": 75.0}
                for code in ("DEL", "BOM", "BLR")
            ],
        )  # fmt: skip
        connection.execute(
            insert(schema.route),
            [
                {"number": number, "origin": origin, "destination": destination, "departs": departs,
                 "minutes": 120, "aircraft": "A320"}
                for number, (origin, destination, departs) in ROUTES.items()
            ],
        )  # fmt: skip
        connection.execute(insert(schema.flight), [_flight(number, date) for number, date in numbers])
        connection.execute(
            insert(schema.inventory),
            [
                {"number": number, "date": date, "cabin": cabin, "seats": SEATS, "sold": STRANGERS[cabin],
                 "fare": fare(number, date, cabin)}
                for number, date in numbers
                for cabin in CABINS
            ],
        )  # fmt: skip
        connection.execute(
            insert(schema.customer),
            [
                {"id": one, "first_name": one.title(), "last_name": "Rao", "email": f"{one}@example.com",
                 "dob": "1990-02-03", "membership": "regular", "address": "{}", "demonstration": 1}
                for one in people
            ],
        )  # fmt: skip
        connection.execute(
            insert(schema.payment_method),
            [{"customer": one, **method} for one in people for method in METHODS],
        )
    return Store(database, lambda: NOW)


def _flight(number: str, date: str) -> dict[str, object]:
    local = datetime.fromisoformat(f"{date}T{ROUTES[number][2]}").replace(tzinfo=ZoneInfo("Asia/Kolkata"))
    departs, arrives = stored(local), stored(local + timedelta(hours=2))
    return {
        "number": number, "date": date, "departs": departs, "arrives": arrives, "leaves": departs,
        "lands": arrives, "cancelled": int((number, date) == CANCELLED),
    }  # fmt: skip


def snapshot(database: AirlineDatabase) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    with database.read() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in schema.metadata.sorted_tables
        }


def booking(**changes: object) -> BookReservation:
    """A journey for one in economy, paid by credit card, but for what is named."""
    values: dict[str, object] = {
        "customer": "asha", "origin": "DEL", "destination": "BOM", "trip": "one_way", "cabin": "economy",
        "flights": (FlightChoice("LK101", "2026-05-20"),), "passengers": (ASHA,), "payments": None,
        "bags": 0, "paid_bags": 0, "insured": False,
    } | changes  # fmt: skip
    action = BookReservation(**values)  # type: ignore[arg-type]
    if action.payments is None:
        values["payments"] = (Payment(CARD, price(action)),)
    return BookReservation(**values)  # type: ignore[arg-type]


def price(action: BookReservation) -> int:
    """What a booking costs, reckoned anew."""
    each = sum(fare(one.number, one.date, action.cabin) for one in action.flights) + 30 * action.insured
    return each * len(action.passengers) + 50 * action.paid_bags


def seats_taken(database: AirlineDatabase, now: datetime = NOW) -> tuple[Counter[object], Counter[object]]:
    """Seats sold by flight and cabin beyond the strangers', and those that reservations in force have.

    Flights that have left at ``now`` are not counted.
    """
    sold: Counter[object] = Counter()
    booked: Counter[object] = Counter()
    flight, inventory, segment = schema.flight.c, schema.inventory, schema.segment
    reservation, passenger = schema.reservation.c, schema.passenger.c
    coming = flight.leaves > stored(now)
    with database.read() as connection:
        offers = select(inventory).join_from(inventory, schema.flight).where(coming)
        for row in connection.execute(offers):
            sold[row.number, row.date, row.cabin] = row.sold - STRANGERS[row.cabin]
        people = Counter(connection.scalars(select(passenger.reservation)))
        journeys = (
            select(segment.c.reservation, segment.c.number, segment.c.date, reservation.cabin)
            .join_from(segment, schema.reservation)
            .join(schema.flight)
        )
        for row in connection.execute(journeys.where(reservation.cancelled == 0, coming)):
            booked[row.number, row.date, row.cabin] += people[row.reservation]
    return Counter({key: count for key, count in sold.items() if count}), booked
