"""Reads the world of the τ²-bench airline benchmark into the airline's tables.

Its flights, users and reservations are files of the benchmark, which are not part of this project. They are
told again in its own forms by ``tau2_forms.py``; what its tasks ask for is in ``benchmarks/airline.py``.
"""

import gzip
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from switchboard.airline import schema
from switchboard.airline.bulk import clear, insert_rows, settle_ids
from switchboard.airline.database import AirlineDatabase
from switchboard.airline.flights import LATE
from switchboard.airline.moments import stored
from switchboard.airline.tau2_forms import CLOCK, ZONE, reservations, seats, users
from switchboard.errors import DataDamaged

__all__ = ["CLOCK", "EDITION", "ZONE", "load", "reservations", "seats", "users"]

EDITION = "tau2"
_CITIES = {
    "ATL": ("Atlanta", 33.64, -84.43), "BOS": ("Boston", 42.36, -71.01), "CLT": ("Charlotte", 35.21, -80.94),
    "DEN": ("Denver", 39.86, -104.67), "DFW": ("Dallas", 32.90, -97.04), "DTW": ("Detroit", 42.21, -83.35),
    "EWR": ("Newark", 40.69, -74.17), "IAH": ("Houston", 29.98, -95.34), "JFK": ("New York", 40.64, -73.78),
    "LAS": ("Las Vegas", 36.08, -115.15), "LAX": ("Los Angeles", 33.94, -118.41),
    "LGA": ("New York", 40.78, -73.87), "MCO": ("Orlando", 28.43, -81.31), "MIA": ("Miami", 25.79, -80.29),
    "MSP": ("Minneapolis", 44.88, -93.22), "ORD": ("Chicago", 41.98, -87.90),
    "PHL": ("Philadelphia", 39.87, -75.24), "PHX": ("Phoenix", 33.43, -112.01),
    "SEA": ("Seattle", 47.45, -122.31), "SFO": ("San Francisco", 37.62, -122.38),
}  # fmt: skip
_NAMES = {
    "Kennedy": "JFK",
    "LaGuardia": "LGA",
    "Liberty": "EWR",
    "O'Hare": "ORD",
    "Logan": "BOS",
    "NYC": "JFK",
}
_Json = dict[str, Any]


def load(database: AirlineDatabase, folder: Path) -> None:
    """Fill the database with the benchmark's world, in place of all that it holds.

    Args:
        database: any.
        folder: has ``flights``, ``users`` and ``reservations``, each as ``.json`` or ``.json.gz``.

    Raises:
        DataDamaged: a file is missing or is no JSON.
        Busy: the database is locked for too long.
    """
    flights, people, booked = (_read(folder, name) for name in ("flights", "users", "reservations"))
    held: Counter[tuple[str, str, str]] = Counter()
    for one in booked.values():
        for leg in one["flights"]:
            held[leg["flight_number"], leg["date"], one["cabin"]] += len(one["passengers"])
    with database.write() as connection:
        clear(connection)
        airports = ((code, city, "USA", ZONE, *place) for code, (city, *place) in _CITIES.items())
        insert_rows(connection, schema.airport, airports)
        insert_rows(connection, schema.airport_name, _NAMES.items())
        insert_rows(connection, schema.route, map(_route, flights.values()))
        days = [(flight, day, at) for flight in flights.values() for day, at in flight["dates"].items()]
        insert_rows(connection, schema.flight, (_flight(*one) for one in days))
        insert_rows(connection, schema.inventory, (row for one in days for row in _offers(*one, held)))
        _fill_users(connection, people)
        _fill_reservations(connection, list(booked.values()))
        settle_ids(connection)
        dates = sorted({day for _, day, _ in days})
        insert_rows(connection, schema.world, [(1, EDITION, dates[0], dates[-1])])


def _read(folder: Path, name: str) -> _Json:
    fix = f"Put flights, users and reservations as .json or .json.gz into {folder.name}."
    plain, packed = folder / f"{name}.json", folder / f"{name}.json.gz"
    try:
        text = plain.read_bytes() if plain.exists() else gzip.decompress(packed.read_bytes())
        found: _Json = json.loads(text)
    except (OSError, EOFError, ValueError) as exc:
        raise DataDamaged(f"The benchmark's {name} cannot be read.", fix) from exc
    return found


def _route(flight: _Json) -> tuple[Any, ...]:
    leaves, lands = _planned(flight, "2024-05-01")
    minutes = round((lands - leaves).total_seconds() / 60)
    departs = flight["scheduled_departure_time_est"][:5]
    return flight["flight_number"], flight["origin"], flight["destination"], departs, minutes, "unknown"


def _flight(flight: _Json, day: str, at: _Json) -> tuple[Any, ...]:
    departs, arrives = _planned(flight, day)
    leaves, lands = _told(at, "departure", departs), _told(at, "arrival", arrives)
    if at["status"] == "on time":
        # There it is on time up to half an hour after the plan, and its tools never tell the estimate.
        leaves = min(leaves, departs + LATE)
    moments = map(stored, (departs, arrives, leaves, lands))
    return flight["flight_number"], day, *moments, int(at["status"] == "cancelled")


def _planned(flight: _Json, day: str) -> tuple[datetime, datetime]:
    leaves, lands = flight["scheduled_departure_time_est"], flight["scheduled_arrival_time_est"]
    clock, _, later = lands.partition("+")
    return _est(f"{day}T{leaves}"), _est(f"{day}T{clock}") + timedelta(int(later or 0))


def _told(at: _Json, which: str, planned: datetime) -> datetime:
    text = at.get(f"actual_{which}_time_est") or at.get(f"estimated_{which}_time_est")
    return _est(text) if text else planned


def _est(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CLOCK.tzinfo)


def _offers(
    flight: _Json, day: str, at: _Json, held: Mapping[tuple[str, str, str], int]
) -> Iterator[tuple[Any, ...]]:
    for cabin, free in at.get("available_seats", {}).items():
        number = flight["flight_number"]
        sold = held.get((number, day, cabin), 0)
        # A cabin has a seat at the least: one that is neither free nor ours is a stranger's.
        sold = sold if sold + free else 1
        yield number, day, cabin, sold + free, sold, at["prices"][cabin]


def _fill_users(connection: Connection, users_by_id: Mapping[str, _Json]) -> None:
    people = [(key, one, list(one["payment_methods"].values())) for key, one in users_by_id.items()]
    insert_rows(
        connection, schema.customer,
        (
            (key, one["name"]["first_name"], one["name"]["last_name"], one["email"], one["dob"],
             one["membership"], json.dumps(one["address"]), 1)
            for key, one, _ in people
        ),
    )  # fmt: skip
    insert_rows(
        connection, schema.saved_passenger,
        (
            (key, n, *who)
            for key, one, _ in people
            for n, who in enumerate(_names(one["saved_passengers"]), 1)
        ),
    )  # fmt: skip
    insert_rows(
        connection, schema.payment_method,
        (
            (key, m["id"], m["source"], m.get("brand"), m.get("last_four"), m.get("amount"))
            for key, _, methods in people
            for m in methods
        ),
    )  # fmt: skip


def _fill_reservations(connection: Connection, booked: list[_Json]) -> None:
    numbered = list(enumerate(booked, 1))
    insert_rows(
        connection, schema.reservation,
        (
            (n, one["reservation_id"], one["user_id"], one["origin"], one["destination"], one["flight_type"],
             one["cabin"], stored(_est(one["created_at"])), one["total_baggages"],
             one["nonfree_baggages"], int(one["insurance"] == "yes"), int(one.get("status") == "cancelled"))
            for n, one in numbered
        ),
    )  # fmt: skip
    insert_rows(
        connection, schema.segment,
        (
            (n, position, leg["flight_number"], leg["date"], leg["price"])
            for n, one in numbered
            for position, leg in enumerate(one["flights"], 1)
        ),
    )  # fmt: skip
    insert_rows(
        connection, schema.passenger,
        ((n, p, *who) for n, one in numbered for p, who in enumerate(_names(one["passengers"]), 1)),
    )  # fmt: skip
    insert_rows(
        connection, schema.payment,
        (
            (n, position, paid["payment_id"], paid["amount"])
            for n, one in numbered
            for position, paid in enumerate(one["payment_history"], 1)
        ),
    )  # fmt: skip


def _names(people: list[_Json]) -> Iterator[tuple[str, str, str]]:
    for one in people:
        yield one["first_name"], one["last_name"], one["dob"]
