"""An airport as the airline knows it.

Finding the one that a person means is in ``places.py``.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Airport:
    """An airport; ``names`` are what it and its city are called besides, ``zone`` its IANA time zone.

    Attributes:
        latitude: degrees north.
        longitude: degrees east.
    """

    code: str
    city: str
    country: str
    zone: str
    latitude: float
    longitude: float
    names: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """City and code, such as "Delhi (DEL)"."""
        return f"{self.city} ({self.code})"
