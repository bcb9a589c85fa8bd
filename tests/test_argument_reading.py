"""Slips of a model in a call's arguments: which are mended, which are left for the model to hear of."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.argument_reading import read_arguments

FLIGHT = {
    "type": "object",
    "properties": {"number": {"type": "string"}, "seats": {"type": "integer"}, "note": {"type": "string"}},
    "required": ["number"],
}
SCHEMA = {
    "type": "object",
    "properties": {
        "flights": {"type": "array", "items": FLIGHT},
        "cabin": {"type": "string", "enum": ["basic_economy", "economy"]},
        "bags": {"type": "integer"},
        "share": {"type": "number"},
        "insured": {"type": "boolean"},
        "votes": {"type": "integer", "enum": [1, 2]},
        "always": {"type": "boolean", "enum": [True]},
        "sure": {"type": "string", "enum": ["yes", "no"]},
        "kept": {"type": ["integer", "null"]},
    },
    "required": ["flights", "kept"],
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("", {}),
        (" null ", {}),
        ('"{\\"bags\\": 2}"', {"bags": 2}),
        ('{"flights": "[{\\"number\\": \\"LK101\\"}]"}', {"flights": [{"number": "LK101"}]}),
        ('{"flights": ["{\\"number\\": \\"LK101\\"}"]}', {"flights": [{"number": "LK101"}]}),
        ('{"flights": {"number": "LK101"}}', {"flights": [{"number": "LK101"}]}),
        ('{"flights": [{"number": 101, "seats": null}]}', {"flights": [{"number": "101"}]}),
        ('{"cabin": "Basic Economy"}', {"cabin": "basic_economy"}),
        ('{"cabin": "BASIC-ECONOMY "}', {"cabin": "basic_economy"}),
        ('{"votes": "2"}', {"votes": 2}),
        ('{"sure": true}', {"sure": "yes"}),
        ('{"sure": "NO"}', {"sure": "no"}),
        ('{"bags": null, "cabin": null}', {}),
        ('{"kept": null}', {"kept": None}),
    ],
)
def test_slips_that_change_no_meaning_are_mended(written, read):
    assert read_arguments(written, SCHEMA) == read


@pytest.mark.parametrize(
    "written",
    [
        {"bags": "two"},
        {"cabin": "premium"},
        {"flights": "LK101"},
        {"flights": ["LK101"]},
        {"flights": 5},
        {"always": True},
        {"unknown": None},
        {"insured": True, "bags": 2, "share": 0.5},
    ],
)
def test_everything_else_stays_as_it_was_written(written):
    assert read_arguments(json.dumps(written), SCHEMA) == written


@pytest.mark.parametrize("name", ["bags", "share", "votes", "cabin"])
def test_true_is_no_number_and_no_choice(name):
    assert read_arguments(f'{{"{name}": true}}', SCHEMA) == {name: "true"}


@pytest.mark.parametrize("written", ["{", "[1", "nonsense", '{"a": NaN}', '{"a":' + "[" * 5_000, "\ud800"])
def test_what_is_no_json_is_refused(written):
    with pytest.raises(ValueError):
        read_arguments(written, SCHEMA)


@given(JSON)
def test_any_json_can_be_read_and_reading_twice_changes_no_more(value):
    once = read_arguments(json.dumps({"flights": value, "bags": value, "cabin": value}), SCHEMA)
    assert read_arguments(json.dumps(once), SCHEMA) == once
