"""A product with its price, as the data files hold it.

Does not clean, split or balance the data: the files come split by product family, no family in two of them.
"""

import gzip
import json
import math
import zlib
from dataclasses import dataclass
from pathlib import Path

from switchboard.errors import BadInput, NotFound

SPLITS = ("train", "val", "test")


@dataclass(frozen=True, slots=True)
class Item:
    """A product; ``category`` is its most specific one, ``price`` in US dollars or ``None`` if unknown."""

    title: str
    description: str
    manufacturer: str = ""
    category: str = ""
    price: float | None = None

    @property
    def text(self) -> str:
        """What an estimate reads: the title, then the description."""
        return f"{self.title}\n{self.description}"


def read_split(folder: Path, split: str) -> list[Item]:
    """The items of ``products_<split>.jsonl.gz`` in ``folder``; ``split`` is one of ``SPLITS``.

    Raises:
        NotFound: there is no such file.
        BadInput: the file is not gzip or a line is not a product; the message gives the line's number.
    """
    return read_items(folder / f"products_{split}.jsonl.gz")


def read_items(path: Path) -> list[Item]:
    """The items of a gzipped JSON Lines file, one object a line, in the file's order.

    Raises:
        NotFound: there is no such file.
        BadInput: the file is not gzip or a line is not a product; the message gives the line's number.
    """
    items = []
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                items.append(_item(line, f"Line {number} of {path.name}"))
    except FileNotFoundError as exc:
        raise NotFound(
            f"There is no {path.name} in that folder.",
            "Name the folder that holds products_train, products_val and products_test .jsonl.gz.",
        ) from exc
    except (EOFError, gzip.BadGzipFile, zlib.error, UnicodeDecodeError) as exc:
        raise BadInput(f"{path.name} is not a whole gzip file of UTF-8 text.", "Copy it again.") from exc
    return items


def _item(line: str, place: str) -> Item:
    fix = 'Expected: {"title": text, "description": text, "category": [text, …], "price": dollars above 0}.'
    try:
        fields = json.loads(line)
    except ValueError as exc:
        raise BadInput(f"{place} is not JSON.", fix) from exc
    if not isinstance(fields, dict):
        raise BadInput(f"{place} is not a JSON object.", fix)
    title, description, maker = (fields.get(name, "") for name in ("title", "description", "manufacturer"))
    category, price = fields.get("category", []), fields.get("price")
    if not all(isinstance(text, str) for text in (title, description, maker)):
        raise BadInput(f"{place} has a title, description or manufacturer that is not text.", fix)
    if not isinstance(category, list) or not all(isinstance(name, str) for name in category):
        raise BadInput(f"{place} has a category that is not a list of texts.", fix)
    if price is not None and not _is_price(price):
        raise BadInput(f"{place} has a price that is not a number of dollars above 0.", fix)
    return Item(
        title, description, maker, category[-1] if category else "", None if price is None else float(price)
    )


def _is_price(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < math.inf
