"""What stands beside the desk's conversation, as HTML: who is signed in, and their reservations.

All words in it are escaped. The records are looked up by the tab.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING

from switchboard.airline.airports import Airport
from switchboard.airline.flights import Flight, Status
from switchboard.airline.records import CreditCard, Customer, PaymentMethod, Reservation, Segment
from tabs.proposal_card import changes_shown
from tabs.route_map import route_map

if TYPE_CHECKING:
    from switchboard.airline.proposals import Confirmed

_TONES = {
    Status.CANCELLED: "bad",
    Status.DELAYED: "warn",
    Status.ON_TIME: "good",
    Status.BOARDING: "good",
    Status.IN_THE_AIR: "good",
}


def side_shown(
    customer: Customer,
    reservations: Sequence[Reservation],
    airports: Iterable[Airport],
    now: datetime,
    changed: "Confirmed | None" = None,
) -> str:
    """All of it.

    Args:
        customer: who is signed in.
        reservations: theirs, the journey that begins first coming first.
        airports: all that the airline flies to, for the map.
        now: the moment, with a time zone.
        changed: what the customer has just confirmed, which comes first and stands out.
    """
    code = changed.reservation if changed else ""
    ahead = [one for one in reservations if one.code == code or not (one.cancelled or _is_over(one, now))]
    rest = [one for one in reservations if one not in ahead]
    ahead.sort(key=lambda one: one.code != code)
    hops = [_hop(one.flight) for trip in ahead if not trip.cancelled for one in trip.segments]
    shown = "".join(_trip(one, now, changed if one.code == code else None) for one in ahead)
    return (
        f"<p class='profile'>{_profile(customer)}</p>"
        f"{route_map(hops, airports)}"
        f"<h4>Upcoming trips</h4>{shown or '<p class=none>No upcoming trips.</p>'}{_folded(rest, now)}"
    )


def _profile(customer: Customer) -> str:
    words = [f"{customer.membership.capitalize()} member", *map(_method, customer.payment_methods)]
    return "".join(f"<span>{escape(one)}</span>" for one in words)


def _method(method: PaymentMethod) -> str:
    if isinstance(method, CreditCard):
        return method.label
    return f"{method.id.partition('_')[0]}{' card' if 'gift' in method.id else ''} ${method.balance:,}"


def _folded(trips: Sequence[Reservation], now: datetime) -> str:
    if not trips:
        return ""
    shown = "".join(_trip(one, now, None) for one in reversed(trips))
    return f"<details><summary>Past and cancelled ({len(trips)})</summary>{shown}</details>"


def _trip(trip: Reservation, now: datetime, changed: "Confirmed | None") -> str:
    kinds = ["trip", *(["cancelled"] if trip.cancelled else []), *(["changed"] if changed else [])]
    flights = "".join(_segment(one, now, trip.cancelled) for one in trip.segments)
    paid = f"<span class='paid'>${trip.paid:,}</span>" if trip.paid or not trip.cancelled else ""
    return (
        f"<article class='{' '.join(kinds)}' data-code='{escape(trip.code)}'>"
        f"<header><b>{escape(trip.code)}</b><span>{escape(_way(trip))}</span>{paid}</header>"
        f"<ul>{flights}</ul><p>{escape(_facts(trip))}</p>{_change(changed)}</article>"
    )


def _segment(segment: Segment, now: datetime, is_off: bool) -> str:
    flight = segment.flight
    status = flight.status(now)
    late = f" {flight.delay_minutes(now)} min" if status is Status.DELAYED else ""
    # What became of a flight matters to nobody who is no longer on it.
    words, tone = ("cancelled", "off") if is_off else (f"{status.value}{late}", _TONES.get(status, ""))
    return (
        f"<li><b>{escape(flight.number)}</b> <span>{escape(flight.origin.code)}–"
        f"{escape(flight.destination.code)}</span> <span>{flight.departs:%a} {flight.departs.day} "
        f"{flight.departs:%b, %H:%M}</span> <span class='chip {tone}'>{words}</span></li>"
    )


def _facts(trip: Reservation) -> str:
    bags = f"{trip.bags or 'no'} checked bag{'' if trip.bags == 1 else 's'}"
    people = ", ".join(one.name for one in trip.passengers)
    insured = "insured" if trip.insured else "not insured"
    return " · ".join((trip.cabin.replace("_", " "), people, bags, insured))


def _change(changed: "Confirmed | None") -> str:
    if changed is None:
        return ""
    moved = [row for row in changed.card.rows if row.before]
    return f"<div class='change'>{changes_shown(moved) if moved else 'Just booked'}</div>"


def _way(trip: Reservation) -> str:
    flights = [segment.flight for segment in trip.segments]
    there = next((one.destination for one in flights if one.destination.code == trip.destination), None)
    end = there.city if there else trip.destination
    return f"{flights[0].origin.city} {'⇄' if trip.trip == 'round_trip' else '→'} {end}"


def _hop(flight: Flight) -> tuple[Airport, Airport]:
    return flight.origin, flight.destination


def _is_over(trip: Reservation, now: datetime) -> bool:
    last = trip.segments[-1].flight
    return now >= max(last.lands, last.arrives)
