"""The words in which customers ask for the desk's tools without a language model.

How they are compared, and what "…" means, is in ``switchboard/tool_words.py``. Cities and days are said in
the words of ``places.py`` and ``date_words.py``.
"""

from collections.abc import Iterable
from dataclasses import replace

from switchboard.tools import Spoken, Tool

RESERVATION = Spoken(
    "Which reservation? Its code has six letters and digits, such as K2P9QX.",
    cues=("reservation", "booking", "code", "trip"),
    # A flight number may have six characters as well, but ends in all its digits.
    pattern=r"(?!(?:LK\d{4}|HAT\d{3})\b)(?=[A-Z]{0,5}\d)[A-Z0-9]{6}",
)
FLIGHT = Spoken(
    "What is the flight number, such as LK101?", cues=("flight",), pattern=r"LK[ -]?\d{1,4}|HAT[ -]?\d{3}"
)
BAGS = Spoken(
    "How many bags?",
    cues=(
        "bags", "bag", "checked bags", "checked bag", "suitcases", "suitcase", "pieces", "piece", "luggage",
        "baggage",
    ),
)  # fmt: skip
EXPRESSION = Spoken(
    "What is to be calculated, such as 2 * (350 - 122)?",
    pattern=r"(?=[-(]?[\d\s.,]{1,60}[-+*/])[(-]?\d[\d\s.,()+*/-]{0,200}[\d)]",
)
SUMMARY = Spoken("What is it about, in a sentence?")
_REASONS = {
    "change_of_plan": (
        "change of plans", "change of plan", "changed my mind", "change my mind", "plans changed",
        "plans have changed", "plan changed", "no longer", "not going", "not travelling", "can't travel",
        "cannot travel", "can't go", "can't make it", "don't need it", "don't want to go",
        "something came up",
        "personal reasons", "meeting", "work", "wrong date", "by mistake", "mistake", "different flight",
    ),
    "airline_cancelled": (
        "cancelled by the airline", "airline cancelled", "you cancelled", "flight was cancelled",
        "flight has been cancelled", "flight got cancelled", "cancelled flight", "you canceled",
        "airline canceled", "flight was canceled",
    ),
    "health": (
        "sick", "sickness", "ill", "illness", "health", "medical", "hospital", "hospitalised", "injured",
        "injury",
        "accident", "surgery", "operation", "flu", "fever", "covid", "doctor", "pregnant", "broke my leg",
        "not well", "unwell",
    ),
    "weather": (
        "weather", "storm", "snow", "flood", "floods", "hurricane", "cyclone", "typhoon", "monsoon", "fog",
        "heavy rain",
    ),
    "other": ("other reason", "another reason", "something else", "none of your business", "rather not say"),
}  # fmt: skip
REASON = Spoken(
    "Why is it to be cancelled: your plans, our flight, health, weather, or something else?",
    cues=("because", "because of", "due to"),
    values=tuple((said, reason) for reason, ways in _REASONS.items() for said in ways),
)

_SPOKEN = {
    "reservation_id": RESERVATION,
    "flight_number": FLIGHT,
    "bags": BAGS,
    "reason": REASON,
    "expression": EXPRESSION,
    "summary": SUMMARY,
}
_CITIES_AND_DAY = (
    "flight to", "flight from", "a flight", "any flight", "fly from", "fly to", "to fly", "i fly", "we fly",
    "flying from", "flying to", "travel", "get from", "go from",
)  # fmt: skip

WORDS: dict[str, tuple[str, ...]] = {
    "get_ticket_price": (
        "price", "prices", "pricing", "fare", "cost", "costs", "how much", "how expensive", "cheap",
        "cheapest",
        "quote", "ticket", "lowest price", "do you charge", "…",
    ),
    "search_direct_flight": (
        "…",
        "flights", "direct", "nonstop", "non stop", "search", "schedule", "timetable", "availability",
        "departures", "next flight", "when … fly", *_CITIES_AND_DAY,
    ),
    "search_onestop_flight": (
        "one stop", "1 stop", "connection", "connections", "connecting", "stopover", "layover", "via",
        "indirect", "flights", *_CITIES_AND_DAY,
    ),
    "get_flight_status": (
        "…",
        "status", "delayed", "delay", "on time", "late", "landed", "land", "boarding", "taken off", "arrive",
        "arrival", "depart", "cancelled", "flight status", "is … running", "going on",
    ),
    "list_reservations": (
        "bookings", "booking", "booked", "reservations", "my booking", "my bookings", "my reservation",
        "my reservations", "trips", "my trip", "my trips", "itinerary", "my flights", "upcoming flights",
        "travel plans", "flying next", "booking code", "reservation number", "flights booked",
    ),
    "get_reservation_details": (
        "…",
        "details", "booking details", "reservation details", "details … booking", "details … reservation",
        "booking", "reservation", "trip", "passengers", "how many bags", "did … pay",
    ),
    "get_user_details": (
        "profile", "account", "membership", "member", "payment methods", "gift card", "gift cards",
        "certificate", "certificates", "voucher", "vouchers", "balance", "my cards", "cards … on file",
        "email", "email address", "my details", "account details",
    ),
    "list_all_airports": (
        "airports", "destinations", "cities", "where do you fly", "where can … go", "where can … fly",
        "route map", "fly to … cities", "places … fly",
    ),
    "book_direct_flight": (
        "book", "reserve", "buy", "purchase", "book me", "get me on", "make a reservation", "make a booking",
        "book … flight", "reserve … seat", "buy … ticket",
    ),
    "cancel_reservation": (
        "cancel", "cancellation", "refund", "call off", "delete", "get rid of", "booking", "reservation",
        "trip",
    ),
    "add_bags": (
        "add … bag", "add … bags", "add … suitcase", "add … suitcases", "add … luggage", "add … baggage",
        "add … pieces", "more bag", "more bags", "need … bag", "want … bag", "need … bags", "want … bags",
        "another bag", "more suitcase", "another suitcase",
        "more luggage", "check in … bag", "reservation", "booking",
    ),
    "calculate": ("…", "calculate", "compute", "sum", "plus", "minus", "times", "work out"),
    "transfer_to_human_agents": (
        "human", "agent", "person", "someone", "supervisor", "manager", "representative", "complain",
        "complaint", "customer service", "customer care", "customer support", "connect me", "operator",
        "talk to", "speak to", "real person",
    ),
}  # fmt: skip
"""By the tool's name; a tool that is not here is for models alone."""


def worded(tools: Iterable[Tool]) -> tuple[Tool, ...]:
    """The tools with the words of this module, and its ways to say their arguments."""
    found = []
    for tool in tools:
        own = {name: said for name, said in _SPOKEN.items() if name in tool.arguments.model_fields}
        spoken = tuple({**dict(tool.spoken), **own}.items())
        found.append(replace(tool, words=WORDS.get(tool.name, ()), spoken=spoken))
    return tuple(found)
