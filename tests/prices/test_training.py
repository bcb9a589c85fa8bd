import dataclasses

import pytest

from switchboard.errors import BadInput
from switchboard.prices.estimate import PriceModel
from switchboard.prices.item import read_split
from switchboard.prices.training import brief_texts, evaluate, train
from switchboard.prices.weights import SHIPPED


def test_what_the_data_says_is_learned(small):
    def price(title, capacity):
        return small.estimate(f"{title} D\nInternal Drive: capacity {capacity} TB; color Black.").price

    assert price("Plain", 8) > 2 * price("Plain", 2)
    assert price("Luxor", 2) > 1.5 * price("Plain", 2)


def test_a_size_that_training_never_met_is_placed_between_its_neighbours(small):
    prices = [
        small.estimate(f'Plain M\nMonitor: {inches}" screen; color Red.').price for inches in (20, 29.5, 32)
    ]
    assert prices == sorted(prices)


def test_training_twice_gives_the_same_bytes(small, train_items, val_items, tmp_path):
    small.save(tmp_path / "one")
    train(train_items, val_items).save(tmp_path / "two")
    for name in ("weights.npz", "manifest.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_a_saved_model_estimates_the_same(small, val_items, tmp_path):
    small.save(tmp_path)
    loaded = PriceModel.load(tmp_path)
    for item in val_items:
        assert loaded.estimate(item.text).price == pytest.approx(small.estimate(item.text).price, rel=1e-5)


def test_the_range_covers_the_items_it_was_calibrated_on(small, val_items):
    assert evaluate(small, val_items).coverage >= 0.8


def test_an_item_without_a_price_is_named(train_items, val_items):
    unpriced = dataclasses.replace(train_items[0], price=None, title="Nameless")
    with pytest.raises(BadInput, match="Nameless"):
        train([*train_items, unpriced], val_items)


def test_too_little_data_is_refused(train_items, val_items):
    with pytest.raises(BadInput, match="training items"):
        train([], val_items)
    with pytest.raises(BadInput, match="too few"):
        train(train_items, val_items[:3])


def test_brief_texts_keep_the_title_and_the_category(train_items):
    assert brief_texts(train_items[0]) == (
        "Luxor D capacity 1 TB color Black Internal Drive",
        "Luxor D Internal Drive",
    )


def test_the_shipped_model_keeps_the_scores_of_its_card(shipped, real_data):
    scores = evaluate(shipped, read_split(real_data, "test"))
    card = (SHIPPED.parent / "CARD.md").read_text(encoding="utf-8")
    assert f"| ${scores.mae:.2f} | {scores.rmsle:.3f} | {scores.hits:.1%} | {scores.within_20:.1%} |" in card
    assert f"| {scores.coverage:.1%} | {scores.spread:.2f}× |" in card
    assert 0.78 <= scores.coverage <= 0.82
    assert scores.mae < 60
