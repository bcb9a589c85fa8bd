"""What people call a city."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.airline.places import Places
from switchboard.airline.store import Airport
from switchboard.errors import ToolError


@pytest.fixture(scope="session")
def places(store) -> Places:
    return Places(store.airports())


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Delhi", "DEL"), ("delhi", "DEL"), (" DEL ", "DEL"), ("New Delhi", "DEL"), ("Dehli", "DEL"),
        ("Delhi (DEL)", "DEL"), ("Delhi, India", "DEL"), ("Delhi airport", "DEL"),
        ("Bombay", "BOM"), ("Mumbay", "BOM"), ("mumabi", "BOM"), ("bom", "BOM"),
        ("Bangalore", "BLR"), ("Banglore", "BLR"), ("Bengalooru", "BLR"), ("Calcutta", "CCU"),
        ("Kolkatta", "CCU"),
        ("Madras", "MAA"), ("Cochin", "COK"), ("Poona", "PNQ"), ("Ahemdabad", "AMD"), ("Hydrabad", "HYD"),
        ("Roma", "FCO"), ("Heathrow", "LHR"), ("londn", "LHR"), ("NYC", "JFK"), ("new york city", "JFK"),
        ("O’Hare", "ORD"), ("ohare", "ORD"), ("Frankfurt am Main", "FRA"), ("São Francisco", "SFO"),
    ],
)  # fmt: skip
def test_names_codes_old_names_and_misspellings_are_understood(places, name, code):
    assert places.find(name).code == code


@pytest.mark.parametrize(("name", "near"), [("Raipur", "Jaipur (JAI)"), ("Dohuk", "Doha (DOH)")])
def test_an_unknown_city_is_told_what_is_near(places, name, near):
    with pytest.raises(ToolError, match="does not fly to") as caught:
        places.find(name)
    assert near in str(caught.value)


@pytest.mark.parametrize(
    "name", ["", "Ouagadougou", "XQZ", "'; DROP TABLE airport; --", "x" * 100_000, "<b>"]
)
def test_what_is_like_no_city_is_told_all_of_them_in_few_words(places, name):
    with pytest.raises(ToolError) as caught:
        places.find(name)
    assert "Mumbai" in str(caught.value)
    assert len(str(caught.value)) < 500


@given(st.text(max_size=200))
def test_any_text_is_an_airport_or_an_expected_failure(places, name):
    try:
        found = places.find(name)
    except ToolError as failure:
        assert failure.fix
    else:
        assert isinstance(found, Airport)


def test_every_spoken_form_finds_its_own_city(places):
    assert all(places.find(name).city == city for name, city in places.spoken)
