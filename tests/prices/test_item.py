import gzip
import json

import pytest

from switchboard.errors import BadInput, NotFound
from switchboard.prices.item import SPLITS, Item, read_items, read_split
from switchboard.prices.kinds import KINDS


@pytest.fixture
def written(tmp_path):
    def write(*lines):
        path = tmp_path / "products_val.jsonl.gz"
        path.write_bytes(gzip.compress("\n".join(lines).encode()))
        return path

    return write


def test_reads_the_fields_and_the_most_specific_category(written, tmp_path):
    fields = {
        "id": "x",
        "title": "A",
        "description": "B",
        "manufacturer": "C",
        "category": ["Parts", "Mouse"],
    }
    written(json.dumps({**fields, "price": 9}), json.dumps({"title": "D", "description": ""}))
    first, second = read_split(tmp_path, "val")
    assert first == Item("A", "B", "C", "Mouse", 9.0)
    assert second == Item("D", "")
    assert first.text == "A\nB"


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        '{"title": 5}',
        '{"category": "Mouse"}',
        '{"category": [1]}',
        '{"price": "9"}',
        '{"price": 0}',
        '{"price": NaN}',
        '{"price": Infinity}',
        '{"price": true}',
    ],
)
def test_a_line_that_is_no_product_is_named(written, line):
    with pytest.raises(BadInput, match=r"Line 2 of products_val\.jsonl\.gz"):
        read_items(written('{"title": "A"}', line))


def test_a_missing_file_says_what_the_folder_should_hold(tmp_path):
    with pytest.raises(NotFound, match="products_train"):
        read_split(tmp_path, "train")


@pytest.mark.parametrize("content", [b"plain", gzip.compress(b"{}" * 999)[:-9], gzip.compress(b'"\xff"')])
def test_a_file_that_is_cut_or_not_gzip_is_refused(tmp_path, content):
    path = tmp_path / "items.gz"
    path.write_bytes(content)
    with pytest.raises(BadInput, match="not a whole gzip"):
        read_items(path)


def test_every_category_of_the_data_is_a_kind(real_data):
    categories = {item.category.lower() for split in SPLITS for item in read_split(real_data, split)}
    assert categories == set(KINDS)
