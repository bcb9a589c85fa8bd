"""What a text is cut into where it is compared with another one: words, amounts, dates, codes and marks."""

from typing import NamedTuple

from switchboard.grounding.figures import Amount, Day
from switchboard.grounding.wording import Word


class Code(NamedTuple):
    """Letters and digits that name something: a flight, a model, an address, a telephone number."""

    text: str
    key: str


class Mark(NamedTuple):
    """A mark between the parts of a sentence."""

    text: str


Token = Word | Amount | Day | Code | Mark
