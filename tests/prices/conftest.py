from pathlib import Path

import pytest

from switchboard.prices.estimate import PriceModel
from switchboard.prices.item import Item
from switchboard.prices.training import train

REAL_DATA = Path(__file__).parents[2].parent / "shared/data/prices"


@pytest.fixture(scope="session")
def real_data():
    if not (REAL_DATA / "products_test.jsonl.gz").is_file():
        pytest.skip("the price data is not beside the project")
    return REAL_DATA


@pytest.fixture(scope="session")
def shipped():
    return PriceModel.load()


def made_up(makers, colors):
    """Drives at $40 a TB and monitors at $10 an inch; "Luxor" doubles either."""
    items = []
    for maker in makers:
        factor = 2.0 if maker == "Luxor" else 1.0
        for color in colors:
            for size in (1, 2, 4, 8):
                text = f"Internal Drive: capacity {size} TB; color {color}."
                items.append(Item(f"{maker} D", text, maker, "Internal Drive", 40.0 * size * factor))
            for size in (20, 24, 27, 32):
                text = f'Monitor: {size}" screen; color {color}.'
                items.append(Item(f"{maker} M", text, maker, "Monitor", 10.0 * size * factor))
    return items


@pytest.fixture(scope="session")
def train_items():
    return made_up(["Luxor", "Plain", "Basic", "Usual"], ["Black", "White", "Red"])


@pytest.fixture(scope="session")
def val_items():
    return made_up(["Luxor", "Newcomer"], ["Black", "Teal"])


@pytest.fixture(scope="session")
def small(train_items, val_items):
    return train(train_items, val_items)
