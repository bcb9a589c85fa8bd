"""What people call a city."""

import time
from contextlib import suppress
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.airline.airports import Airport
from switchboard.airline.places import Places
from switchboard.errors import ToolError


@pytest.fixture(scope="session")
def places(store) -> Places:
    return Places(store.airports.values())


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Delhi", "DEL"), ("delhi", "DEL"), (" DEL ", "DEL"), ("New Delhi", "DEL"), ("Dehli", "DEL"),
        ("Delhi (DEL)", "DEL"), ("Delhi, India", "DEL"), ("Delhi airport", "DEL"), ("New Dheli", "DEL"),
        ("Bombay", "BOM"), ("Mumbay", "BOM"), ("mumabi", "BOM"), ("bom", "BOM"),
        ("Bangalore", "BLR"), ("Banglore", "BLR"), ("Bengalooru", "BLR"),
        ("Calcutta", "CCU"), ("Calcuta", "CCU"), ("Kolkatta", "CCU"),
        ("Madras", "MAA"), ("Cochin", "COK"), ("Poona", "PNQ"), ("Ahemdabad", "AMD"), ("Hydrabad", "HYD"),
        ("Roma", "FCO"), ("the city of Rome", "FCO"), ("Heathrow", "LHR"), ("London Heathrow", "LHR"),
        ("londn", "LHR"), ("Lonodn", "LHR"), ("NYC", "JFK"), ("new york city", "JFK"),
        ("New York JFK", "JFK"),
        ("JFK, New York", "JFK"), ("New York (JFK)", "JFK"), ("O’Hare", "ORD"), ("ohare", "ORD"),
        ("Frankfurt am Main", "FRA"), ("Frankfort", "FRA"), ("São Francisco", "SFO"),
        ("San Fransisco", "SFO"),
        ("Trivandram", "TRV"), ("Saigon", "SGN"), ("Kuala Lumpor", "KUL"), ("Münich", "MUC"),
        ("Zürich", "ZRH"),
        ("Goa", "GOI"), ("Doha", "DOH"), ("Pune", "PNQ"), ("Patna", "PAT"), ("Rome", "FCO"), ("Seoul", "ICN"),
    ],
)  # fmt: skip
def test_names_codes_old_names_and_misspellings_are_understood(places, name, code):
    assert places.find(name).code == code


@pytest.mark.parametrize(
    ("name", "near"),
    [("Raipur", "Jaipur (JAI)"), ("Dohuk", "Doha (DOH)"), ("Goha", "Goa (GOI) or Doha (DOH)")],
)
def test_an_unknown_city_is_told_what_is_near(places, name, near):
    with pytest.raises(ToolError, match="does not fly to") as caught:
        places.find(name)
    assert near in str(caught.value)


@pytest.mark.parametrize(
    "name", ["", "Ouagadougou", "XQZ", "'; DROP TABLE airport; --", "x" * 100_000, "<b>", "the airport"]
)
def test_what_is_like_no_city_is_told_some_in_few_words(places, name):
    with pytest.raises(ToolError, match="other cities") as caught:
        places.find(name)
    assert len(str(caught.value)) < 350


def airport(code, city, *names):
    return Airport(code, city, "Somewhere", "UTC", 0.0, 0.0, names)


TWO = Places((airport("JFK", "New York"), airport("LGA", "New York", "La Guardia"), airport("EWR", "Newark")))


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("JFK", "JFK"),
        ("New York LGA", "LGA"),
        ("La Guardia", "LGA"),
        ("New York (LGA)", "LGA"),
        ("Newark", "EWR"),
    ],
)
def test_an_airport_of_a_city_with_several_is_found_by_its_own_name(name, code):
    assert TWO.find(name).code == code


@pytest.mark.parametrize("name", ["New York", "new york city", "New Yrok"])
def test_a_city_with_several_airports_is_asked_about(name):
    with pytest.raises(ToolError, match="New York has 2 airports") as caught:
        TWO.find(name)
    assert caught.value.fix == "Which one: JFK or LGA?"


def test_what_is_said_of_one_of_several_airports_stands_for_that_one():
    said = dict(TWO.spoken)
    assert said["la guardia"] == "LGA"
    assert said["new york"] == "New York"
    assert said["ewr"] == "Newark"


@given(st.text(max_size=200))
def test_any_text_is_an_airport_or_an_expected_failure(places, name):
    try:
        found = places.find(name)
    except ToolError as failure:
        assert failure.fix
    else:
        assert isinstance(found, Airport)


def test_every_spoken_form_finds_its_own_city(places):
    assert all(places.find(name) == places.find(value) for name, value in places.spoken)


def test_a_name_is_found_or_missed_within_a_millisecond(places):
    assert len(places.airports) >= 60
    assert len(places.spoken) >= 250
    took = []
    for name in ("delhi", "San Fransisco", "Ouagadougou", "Thiruvananthapurum", "the moon", "Raipur") * 10:
        begin = time.perf_counter()
        with suppress(ToolError):
            places.find(name)
        took.append(time.perf_counter() - begin)
    assert median(took) < 0.001
