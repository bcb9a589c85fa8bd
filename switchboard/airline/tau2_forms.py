"""The airline's records in the forms of the τ²-bench airline benchmark.

Read-only, and all at once; its world comes into the tables by ``tau2.py``.
"""

import json
from collections import defaultdict
from collections.abc import Hashable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, Select, Table, select

from switchboard.airline import schema
from switchboard.airline.moments import moment

ZONE = "Etc/GMT+5"
"""The only one of that world: its EST, five hours behind UTC all year."""
CLOCK = datetime(2024, 5, 15, 15, tzinfo=ZoneInfo(ZONE))
"""The moment at which its tasks take place."""
_Json = dict[str, Any]
_Rows = dict[Hashable, list[Row[Any]]]


def users(connection: Connection) -> dict[str, _Json]:
    """All customers by id, as the benchmark writes its users."""
    saved = _grouped(connection, _ordered(schema.saved_passenger), "customer")
    methods = _grouped(connection, select(schema.payment_method), "customer")
    booked = _grouped(connection, select(schema.reservation).order_by(schema.reservation.c.id), "customer")
    return {
        row.id: {
            "user_id": row.id,
            "name": {"first_name": row.first_name, "last_name": row.last_name},
            "address": json.loads(row.address),
            "email": row.email,
            "dob": row.dob,
            "payment_methods": {one.id: _method(one) for one in methods[row.id]},
            "saved_passengers": [_person(one) for one in saved[row.id]],
            "membership": row.membership,
            "reservations": [one.code for one in booked[row.id]],
        }
        for row in connection.execute(select(schema.customer))
    }


def reservations(connection: Connection) -> dict[str, _Json]:
    """All reservations by code, as the benchmark writes them."""
    segment, route = schema.segment, schema.route
    flown = select(segment, route.c.origin, route.c.destination).join(
        route, route.c.number == segment.c.number
    )
    flights = _grouped(connection, flown.order_by(segment.c.position), "reservation")
    people = _grouped(connection, _ordered(schema.passenger), "reservation")
    payments = _grouped(connection, _ordered(schema.payment), "reservation")
    return {
        row.code: {
            "reservation_id": row.code,
            "user_id": row.customer,
            "origin": row.origin,
            "destination": row.destination,
            "flight_type": row.trip,
            "cabin": row.cabin,
            "flights": [
                {
                    "flight_number": leg.number,
                    "origin": leg.origin,
                    "destination": leg.destination,
                    "date": leg.date,
                    "price": leg.fare,
                }
                for leg in flights[row.id]
            ],
            "passengers": [_person(one) for one in people[row.id]],
            "payment_history": [
                {"payment_id": paid.method, "amount": paid.amount} for paid in payments[row.id]
            ],
            "created_at": moment(row.created).astimezone(CLOCK.tzinfo).strftime("%Y-%m-%dT%H:%M:%S"),
            "total_baggages": row.bags,
            "nonfree_baggages": row.paid_bags,
            "insurance": "yes" if row.insured else "no",
            **({"status": "cancelled"} if row.cancelled else {}),
        }
        for row in connection.execute(select(schema.reservation).order_by(schema.reservation.c.id))
    }


def seats(connection: Connection) -> dict[str, dict[str, int]]:
    """Free seats by cabin, of each flight and day for which seats are sold, such as ``HAT023 2024-05-26``."""
    free: dict[str, dict[str, int]] = {}
    for row in connection.execute(select(schema.inventory)):
        free.setdefault(f"{row.number} {row.date}", {})[row.cabin] = row.seats - row.sold
    return free


def _ordered(table: Table) -> Select[Any]:
    return select(table).order_by(table.c.position)


def _grouped(connection: Connection, wanted: Select[Any], owner: str) -> _Rows:
    rows: _Rows = defaultdict(list)
    for row in connection.execute(wanted):
        rows[getattr(row, owner)].append(row)
    return rows


def _person(row: Row[Any]) -> _Json:
    return {"first_name": row.first_name, "last_name": row.last_name, "dob": row.dob}


def _method(row: Row[Any]) -> _Json:
    if row.kind == "credit_card":
        return {"source": row.kind, "id": row.id, "brand": row.brand, "last_four": row.last_four}
    return {"source": row.kind, "id": row.id, "amount": row.balance}
