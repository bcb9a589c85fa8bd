"""The codes that new reservations get, with the ids of new certificates.

Only candidates, in the order in which they are tried: whether one is taken already, the ledger sees.
"""

import secrets
from collections.abc import Iterator

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""For codes; without I, O, 0 and 1, which are mistaken for each other."""


def random_codes() -> Iterator[str]:
    """Reservation codes that nobody can guess: six letters and digits, at least one of each, without end."""
    while True:
        code = "".join(secrets.choice(LETTERS) for _ in range(6))
        if not code.isalpha() and not code.isdigit():
            yield code


def random_certificates() -> Iterator[str]:
    """Certificate ids, without end."""
    while True:
        yield f"certificate_{secrets.randbelow(9_000_000) + 1_000_000}"


def tau2_codes() -> Iterator[str]:
    """The three reservation codes that τ²-bench has to give."""
    return iter(("HATHAT", "HATHAU", "HATHAV"))


def tau2_certificates() -> Iterator[str]:
    """The three certificate ids that τ²-bench has to give."""
    return iter(("certificate_3221322", "certificate_3221323", "certificate_3221324"))
