"""The airline's tables, for any database that SQLAlchemy speaks to.

Dates are the local day of departure at the origin (YYYY-MM-DD), moments are UTC in ISO 8601 to the second
(2026-05-14T09:30:00), money is whole US dollars; as texts they sort and compare alike in every database.
The constraints are the last guard: what is allowed is decided in ``policy.py``.
"""

from typing import Any

from sqlalchemy import (
    REAL,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
)

metadata = MetaData()
_STRICT: dict[str, Any] = {"sqlite_strict": True}
_CABIN = "cabin IN ('basic_economy', 'economy', 'business')"


def _yes_or_no(name: str) -> Column[int]:
    return Column(name, Integer, CheckConstraint(f"{name} IN (0, 1)"), nullable=False)


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


world = Table(
    "world", metadata,
    Column("one", Integer, CheckConstraint("one = 1"), primary_key=True),
    _text("edition"),
    Column("first_day", Text, nullable=False),
    Column("last_day", Text, nullable=False, comment="the last day with flights"),
    **_STRICT,
)  # fmt: skip

airport = Table(
    "airport", metadata,
    Column("code", Text, CheckConstraint("length(code) = 3"), primary_key=True),
    _text("city"), _text("country"), _text("zone"),
    Column("latitude", REAL, CheckConstraint("latitude BETWEEN -90 AND 90"), nullable=False),
    Column("longitude", REAL, CheckConstraint("longitude BETWEEN -180 AND 180"), nullable=False),
    **_STRICT,
)  # fmt: skip

airport_name = Table(
    "airport_name", metadata,
    Column("name", Text, primary_key=True),
    Column("airport", Text, ForeignKey("airport.code"), nullable=False),
    **_STRICT,
)  # fmt: skip

route = Table(
    "route", metadata,
    Column("number", Text, primary_key=True),
    Column("origin", Text, ForeignKey("airport.code"), nullable=False),
    Column("destination", Text, ForeignKey("airport.code"), nullable=False),
    Column("departs", Text, nullable=False, comment="local time, HH:MM"),
    Column("minutes", Integer, CheckConstraint("minutes > 0"), nullable=False),
    _text("aircraft"),
    CheckConstraint("origin <> destination"),
    Index("route_between", "origin", "destination"),
    **_STRICT,
)  # fmt: skip

flight = Table(
    "flight", metadata,
    Column("number", Text, ForeignKey("route.number"), primary_key=True),
    Column("date", Text, CheckConstraint("length(date) = 10"), primary_key=True),
    Column("departs", Text, nullable=False, comment="as planned"),
    Column("arrives", Text, nullable=False),
    Column("leaves", Text, nullable=False, comment="as it does, or will when the time comes"),
    Column("lands", Text, nullable=False),
    _yes_or_no("cancelled"),
    CheckConstraint("arrives > departs"),
    CheckConstraint("lands > leaves"),
    **_STRICT,
)  # fmt: skip

inventory = Table(
    "inventory", metadata,
    Column("number", Text, primary_key=True),
    Column("date", Text, primary_key=True),
    Column("cabin", Text, CheckConstraint(_CABIN), primary_key=True),
    Column("seats", Integer, CheckConstraint("seats > 0"), nullable=False),
    Column("sold", Integer, CheckConstraint("sold BETWEEN 0 AND seats"), nullable=False),
    Column("fare", Integer, CheckConstraint("fare > 0"), nullable=False),
    ForeignKeyConstraint(["number", "date"], ["flight.number", "flight.date"]),
    **_STRICT,
)  # fmt: skip

customer = Table(
    "customer", metadata,
    Column("id", Text, primary_key=True),
    _text("first_name"), _text("last_name"),
    Column("email", Text, nullable=False, unique=True),
    _text("dob"),
    Column(
        "membership", Text, CheckConstraint("membership IN ('regular', 'silver', 'gold')"), nullable=False
    ),
    Column("address", Text, nullable=False, comment="JSON"),
    _yes_or_no("demonstration"),
    **_STRICT,
)  # fmt: skip

saved_passenger = Table(
    "saved_passenger", metadata,
    Column("customer", Text, ForeignKey("customer.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    _text("first_name"), _text("last_name"), _text("dob"),
    **_STRICT,
)  # fmt: skip

payment_method = Table(
    "payment_method", metadata,
    Column("customer", Text, ForeignKey("customer.id"), primary_key=True),
    Column("id", Text, primary_key=True),
    Column(
        "kind", Text,
        CheckConstraint("kind IN ('credit_card', 'gift_card', 'certificate')"), nullable=False,
    ),
    Column("brand", Text, nullable=True),
    Column("last_four", Text, nullable=True),
    Column("balance", Integer, CheckConstraint("balance >= 0"), nullable=True),
    CheckConstraint("(kind = 'credit_card') = (balance IS NULL)"),
    **_STRICT,
)  # fmt: skip

reservation = Table(
    "reservation", metadata,
    Column("id", Integer, primary_key=True),
    Column("code", Text, CheckConstraint("length(code) = 6"), nullable=False, unique=True),
    Column("customer", Text, ForeignKey("customer.id"), nullable=False, index=True),
    Column("origin", Text, ForeignKey("airport.code"), nullable=False),
    Column("destination", Text, ForeignKey("airport.code"), nullable=False),
    Column("trip", Text, CheckConstraint("trip IN ('one_way', 'round_trip')"), nullable=False),
    Column("cabin", Text, CheckConstraint(_CABIN), nullable=False),
    _text("created"),
    Column("bags", Integer, CheckConstraint("bags >= 0"), nullable=False),
    Column("paid_bags", Integer, CheckConstraint("paid_bags >= 0"), nullable=False),
    _yes_or_no("insured"),
    _yes_or_no("cancelled"),
    **_STRICT,
)  # fmt: skip

segment = Table(
    "segment", metadata,
    Column("reservation", Integer, ForeignKey("reservation.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    _text("number"), _text("date"),
    Column("fare", Integer, CheckConstraint("fare >= 0"), nullable=False),
    ForeignKeyConstraint(["number", "date"], ["flight.number", "flight.date"]),
    Index("segment_of_flight", "number", "date"),
    **_STRICT,
)  # fmt: skip

passenger = Table(
    "passenger", metadata,
    Column("reservation", Integer, ForeignKey("reservation.id"), primary_key=True),
    Column("position", Integer, CheckConstraint("position BETWEEN 1 AND 5"), primary_key=True),
    _text("first_name"), _text("last_name"), _text("dob"),
    **_STRICT,
)  # fmt: skip

payment = Table(
    "payment", metadata,
    Column("reservation", Integer, ForeignKey("reservation.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    _text("method"),
    Column("amount", Integer, nullable=False, comment="negative for a refund"),
    **_STRICT,
)  # fmt: skip

change = Table(
    "change", metadata,
    Column("id", Integer, primary_key=True),
    _text("at"),
    Column("customer", Text, ForeignKey("customer.id"), nullable=False, index=True),
    Column("reservation", Text, nullable=False, comment="its code, or empty"),
    Column("kind", Text, nullable=False, comment="the action's class"),
    Column("action", Text, nullable=False, comment="JSON"),
    Column("flights", Text, nullable=False, comment="the reservation's flights before it, JSON"),
    Column("amount", Integer, nullable=False, comment="paid by the customer, refunds negative"),
    Column("idempotency_key", Text, nullable=False, unique=True),
    **_STRICT,
)  # fmt: skip

proposal = Table(
    "proposal", metadata,
    Column("token", Text, primary_key=True),
    Column("number", Integer, nullable=False, unique=True, comment="in the order in which they were made"),
    Column("visitor", Text, nullable=False, index=True),
    Column("customer", Text, ForeignKey("customer.id"), nullable=False),
    _text("kind"), _text("action"),
    Column("card", Text, nullable=False, comment="what was shown, JSON"),
    Column("amount", Integer, nullable=False),
    Column("undo_kind", Text, nullable=True, comment="the action that takes it back, once confirmed"),
    Column("undo", Text, nullable=True),
    Column("reservation", Text, nullable=True, comment="what was made or changed, once confirmed"),
    _text("expires"),
    Column(
        "state", Text, CheckConstraint("state IN ('open', 'confirmed', 'declined')"), nullable=False
    ),
    **_STRICT,
)  # fmt: skip
