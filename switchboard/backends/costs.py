"""What an answer cost, from a dated table of list prices.

The table is ``models.json``: each model with its provider, its context window and its price in US dollars
per million tokens, with the page it was read from and the day. What is not in the table is unknown, never
guessed. Not covered: surcharges for writing to a cache, for a region or a faster tier; discounts for batches.
"""

import json
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from switchboard.messages import Usage

FREE = frozenset({"reader", "ollama", "built-in reader", "local"})
"""Providers whose answers are made on a machine that nobody bills by the token."""

_MILLION = Decimal(1_000_000)
_SNAPSHOT = re.compile(r"-(\d{4}-\d{2}-\d{2}|\d{8}|latest)$")


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens."""

    input: Decimal
    cached_input: Decimal
    output: Decimal


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What is published about a model.

    Attributes:
        provider: as ``catalog.py`` names it.
        context_window: in tokens.
        price: of a request whose input is not long.
        long_over: input tokens above which ``long_price`` holds for the whole request.
        long_price: ``None`` where the length makes no difference.
        source: the web page that says so.
        checked: the day it said so.
    """

    provider: str
    context_window: int
    price: Price
    long_over: int
    long_price: Price | None
    source: str
    checked: date


def _price(figures: dict[str, Any]) -> Price:
    return Price(Decimal(figures["input"]), Decimal(figures["cached_input"]), Decimal(figures["output"]))


def _card(entry: dict[str, Any]) -> ModelCard:
    long = entry.get("long")
    return ModelCard(
        provider=entry["provider"],
        context_window=entry["context_window"],
        price=_price(entry["price"]),
        long_over=long["over"] if long else 0,
        long_price=_price(long) if long else None,
        source=entry["source"],
        checked=date.fromisoformat(entry["checked"]),
    )


def _cards() -> dict[str, ModelCard]:
    text = Path(__file__).with_name("models.json").read_text(encoding="utf-8")
    return {name: _card(entry) for name, entry in json.loads(text)["models"].items()}


CARDS = _cards()
PRICES_AS_OF = min(card.checked for card in CARDS.values())
"""The day of the oldest price in the table."""


def model_card(model: str) -> ModelCard | None:
    """What is published about ``model``; a dated snapshot is found under its model's name."""
    name = model.strip().casefold()
    return CARDS.get(name) or CARDS.get(_SNAPSHOT.sub("", name))


def context_window(model: str) -> int | None:
    """How many tokens the model holds, or ``None`` where that is not known."""
    card = model_card(model)
    return card.context_window if card else None


def cost(provider: str, model: str, usage: Usage) -> Decimal | None:
    """US dollars that an answer cost; 0 where nobody bills by the token, ``None`` where it is not known.

    For one request. The sum of several is at most too high, where it passes the length above which a
    model's price rises and none of them did.

    Args:
        provider: as ``catalog.py`` or ``Backend.provider`` names it.
        model: as the provider spells it.
        usage: its ``input_tokens`` include the cached ones.
    """
    seller = provider.strip().casefold()
    if seller in FREE:
        return Decimal(0)
    card = model_card(model)
    if card is None or card.provider != seller:
        return None
    if usage.input_tokens is None or usage.output_tokens is None:
        return None
    price = card.price
    if card.long_price is not None and usage.input_tokens > card.long_over:
        price = card.long_price
    cached = min(usage.cached_tokens or 0, usage.input_tokens)
    dollars = (
        (usage.input_tokens - cached) * price.input
        + cached * price.cached_input
        + usage.output_tokens * price.output
    )
    return dollars / _MILLION
