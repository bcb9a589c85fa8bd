"""The invented people who have a profile at the airline.

Drawn from a seed, the same everywhere; those whom a visitor may sign in as stand in ``network.json``. Where
they fly is in ``demonstration.py``.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any
from unicodedata import normalize

from switchboard.airline.airports import Airport
from switchboard.airline.network import Network
from switchboard.airline.records import (
    Certificate,
    CreditCard,
    GiftCard,
    Membership,
    Passenger,
    PaymentMethod,
)

STRANGERS = 540
"""Customers besides those for a demonstration."""
_CULTURES = (
    (
        "Ananya Vikram Kavya Rohan Divya Nikhil Sunita Harish Pooja Manish Lakshmi Karthik Neha Suresh",
        "Sharma Iyer Reddy Banerjee Patel Kulkarni Gupta Pillai Chatterjee Deshpande Rao Singh Bose Joshi",
        "DEL BOM BLR HYD MAA CCU DEL BOM AMD PNQ COK GOI LKO JAI TRV CJB VTZ",
    ),
    (
        "Amira Khalid Noura Tariq Salma Hamad Rania Faisal Dalia Bilal Huda Zayd",
        "Al-Mansouri Hassan Al-Farsi Nasser Saleh Al-Harbi Qasim Darwish Mansour Al-Zaabi",
        "DXB AUH DOH MCT RUH KWI CAI",
    ),
    (
        "Oliver Charlotte Harry Amelia Callum Isla Rhys Niamh Ethan Freya",
        "Whitfield Hughes MacLeod Bennett Gallagher Thornton Ashworth Kerr Pryce Doyle",
        "LHR SYD YYZ JFK ORD SFO",
    ),
    (
        "Greta Matthias Anke Felix Johanna Lukas Annika Stefan Marieke Bram",
        "Lindner Vogel Krüger Bauer Hofmann Visser Jansen Steiner Baumann Mulder",
        "FRA MUC ZRH VIE AMS",
    ),
    (
        "Camille Julien Élodie Mathieu Chiara Lorenzo Giulia Alessandro Lucía Álvaro Inés Javier",
        "Moreau Lefèvre Girard Ferrari Conti Marino Navarro Delgado Ortega Fontaine",
        "CDG FCO MXP MAD",
    ),
    (
        "Haruto Yui Minjun Soyeon Wei Xiulan Linh Anh Putri Budi Somchai Siti",
        "Nakamura Watanabe Park Choi Zhang Chen Nguyen Tran Santoso Wongsakul Lim Tan",
        "NRT ICN PEK SGN SIN BKK KUL HKG CGK",
    ),
    (
        "Wanjiru Kamau Amina Tendai Chidi Zanele Kwame Achieng",
        "Mwangi Otieno Abebe Moyo Adeyemi Mensah Ndlovu Kariuki",
        "NBO LHR JFK MRU",
    ),
    (
        "Jordan Madison Tyler Hannah Marcus Olivia Diego Valentina Caleb Naomi",
        "Walker Ramirez Johnson Brooks Nguyen Castillo Freeman Sullivan Reyes Cooper",
        "JFK SFO ORD IAD YYZ",
    ),
)  # fmt: skip
_STREETS = ("Orchard Road", "Station Street", "Garden Lane", "River View", "Hill Road", "Market Street",
            "Park Avenue", "Temple Street", "Lake Road", "Mill Lane", "Church Street")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    """A customer before the first reservation; ``home`` is an airport's code, ``address`` JSON."""

    id: str
    first_name: str
    last_name: str
    email: str
    dob: str
    membership: Membership
    home: str
    address: str
    methods: tuple[PaymentMethod, ...]
    saved: tuple[Passenger, ...]
    demonstration: bool

    @property
    def row(self) -> tuple[Any, ...]:
        """As the table ``customer`` has it."""
        return (
            self.id, self.first_name, self.last_name, self.email, self.dob, self.membership, self.address,
            int(self.demonstration),
        )  # fmt: skip

    @property
    def method_rows(self) -> Iterator[tuple[Any, ...]]:
        """As the table ``payment_method`` has them."""
        for method in self.methods:
            kind = method.id.rpartition("_")[0]
            if isinstance(method, CreditCard):
                yield self.id, method.id, kind, method.brand, method.last_four, None
            else:
                yield self.id, method.id, kind, None, None, method.balance

    @property
    def saved_rows(self) -> Iterator[tuple[Any, ...]]:
        """As the table ``saved_passenger`` has them."""
        for position, one in enumerate(self.saved, 1):
            yield self.id, position, one.first_name, one.last_name, one.dob

    def party(self, size: int, chance: Random) -> tuple[Passenger, ...]:
        """The customer with ``size - 1`` others, those of the profile first, then relatives."""
        known = (Passenger(self.first_name, self.last_name, self.dob), *self.saved)
        firsts = sorted({first for culture in _CULTURES for first in culture[0].split()} - {self.first_name})
        family = (Passenger(name, self.last_name, _dob(chance, 1)) for name in chance.sample(firsts, 4))
        return (*known, *family)[:size]


def demonstration_people(network: Network) -> tuple[Person, ...]:
    """Those whom a visitor may sign in as."""
    return tuple(_curated(one) for one in network.customers)


def strangers(network: Network, edition: str) -> tuple[Person, ...]:
    """Everybody else, ``STRANGERS`` of them."""
    people: dict[str, Person] = {}
    methods = iter(Random(f"{edition} methods").sample(range(1_000_000, 9_999_999), 4 * STRANGERS))  # noqa: S311
    number = 0
    while len(people) < STRANGERS:
        chance = Random(f"{edition} person {number}")  # noqa: S311
        person = _drawn(chance, network.airports, methods)
        people.setdefault(person.id, person)
        number += 1
    return tuple(people.values())


def _curated(one: Mapping[str, Any]) -> Person:
    return Person(
        one["id"], one["first_name"], one["last_name"], one["email"], one["dob"], one["membership"],
        one["home"], json.dumps(one["address"], ensure_ascii=False),
        tuple(_method(method) for method in one["payment_methods"]),
        tuple(Passenger(**passenger) for passenger in one["saved_passengers"]), demonstration=True,
    )  # fmt: skip


def _method(one: Mapping[str, Any]) -> PaymentMethod:
    match one["kind"]:
        case "credit_card":
            return CreditCard(one["id"], one["brand"], one["last_four"])
        case "gift_card":
            return GiftCard(one["id"], one["balance"])
        case _:
            return Certificate(one["id"], one["balance"])


def _drawn(chance: Random, airports: Mapping[str, Airport], numbers: Iterator[int]) -> Person:
    # The airline is Indian: a good half of its customers are.
    culture = _CULTURES[0] if chance.random() < 0.5 else chance.choice(_CULTURES[1:])
    first, last = chance.choice(culture[0].split()), chance.choice(culture[1].split())
    digits, home = chance.randrange(1000, 10_000), airports[chance.choice(culture[2].split())]
    plain = f"{_plain(first)} {_plain(last)}"
    saved = tuple(
        Passenger(chance.choice(culture[0].split()), last, _dob(chance, 1))
        for _ in range(chance.choice((0, 0, 1, 1, 2, 3)))
    )
    return Person(
        f"{plain.replace(' ', '_')}_{digits}", first, last,
        f"{plain.replace(' ', '.').replace('_', '.')}{digits}@example.com", _dob(chance, 18),
        chance.choices(("regular", "silver", "gold"), (60, 25, 15))[0], home.code,
        _address(chance, home), _methods(chance, numbers), saved, demonstration=False,
    )  # fmt: skip


def _methods(chance: Random, numbers: Iterator[int]) -> tuple[PaymentMethod, ...]:
    kinds = ["credit_card"] if chance.random() < 0.85 else ["gift_card"]
    kinds += chance.choices(("credit_card", "gift_card", "certificate"), (2, 3, 3), k=chance.randrange(4))
    found: list[PaymentMethod] = []
    for kind in kinds:
        name = f"{kind}_{next(numbers)}"
        if kind == "credit_card":
            brand = chance.choice(("visa", "mastercard"))
            found.append(CreditCard(name, brand, f"{chance.randrange(10_000):04d}"))
        elif kind == "gift_card":
            found.append(GiftCard(name, chance.randrange(20, 420)))
        else:
            found.append(Certificate(name, 50 * chance.randint(1, 10)))
    return tuple(found)


def _address(chance: Random, home: Airport) -> str:
    lines = {
        "address1": f"{chance.randrange(1, 990)} {chance.choice(_STREETS)}",
        "address2": f"Apt {chance.randrange(1, 99)}" if chance.random() < 0.4 else "",
        "city": home.city, "country": home.country, "state": home.city,
        "zip": str(chance.randrange(10_000, 999_999)),
    }  # fmt: skip
    return json.dumps(lines, ensure_ascii=False)


def _dob(chance: Random, youngest: int) -> str:
    year = 2025 - chance.randint(youngest, 78)
    return f"{year}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"


def _plain(name: str) -> str:
    return normalize("NFKD", name).encode("ascii", "ignore").decode().lower().replace("-", "_")
