"""A measured figure beside the asked one, as the brochure's benchmark prints it."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured; ``at_most`` or ``at_least`` is what is asked of it, if anything is."""

    name: str
    value: float
    unit: str
    at_most: float | None = None
    at_least: float | None = None

    @property
    def asked(self) -> str:
        """What is asked, with whether it is met."""
        if self.at_most is not None:
            return f"≤ {self.at_most:g} {'met' if self.value <= self.at_most else 'MISSED'}"
        if self.at_least is not None:
            return f"≥ {self.at_least:g} {'met' if self.value >= self.at_least else 'MISSED'}"
        return ""


def print_table(title: str, figures: Iterable[Figure]) -> None:
    """Print the figures under a title."""
    print(f"\n{title}")
    for one in figures:
        value = f"{one.value:,.0f}" if one.value == int(one.value) else f"{one.value:,.2f}"
        print(f"  {one.name:<78} {value:>9} {one.unit:<12} {one.asked}", flush=True)
