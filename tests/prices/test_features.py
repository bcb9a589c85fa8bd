import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.prices.features import features_of
from switchboard.prices.kinds import KINDS, kind_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1 TB", "1000GB"),
        ("3.2 GHz", "3200 MHz"),
        ("27 inch", '27"'),
        ("27-inch", '27"'),
        ("12-core", "12 cores"),
        ("8 GB", "８　ＧＢ"),
        ("256MB", "0.256 GB"),
    ],
)
def test_a_quantity_has_one_name_however_it_is_written(one, other):
    assert features_of(one).by_name.keys() == features_of(other).by_name.keys()


def test_a_quantity_lies_between_two_points_of_its_scale():
    # 2 GB is the second step of two a doubling; 2.378 GB is half way to the third.
    assert {name: feature.strength for name, feature in features_of("2 GB").by_name.items()} == {
        "2gb": 1.0,
        "gb@2": 1.0,
    }
    half_way = features_of("2.378414 GB").by_name
    assert half_way["gb@2"].strength == pytest.approx(0.5, abs=1e-4)
    assert half_way["gb@3"].strength == pytest.approx(0.5, abs=1e-4)


def test_the_word_before_a_quantity_tells_what_is_measured():
    assert "clock mhz@20" in features_of("boost clock 1024 MHz").by_name


def test_words_and_quantities_count_once_more_within_the_kind():
    features = features_of("Asus Monitor 60 Hz")
    assert features.kind == "monitor"
    assert {
        "asus",
        "monitor|asus",
        "asus monitor",
        "=monitor",
        "60hz",
        "monitor|60hz",
    } <= features.by_name.keys()


def test_a_pair_rests_on_both_of_its_words():
    assert features_of("rtx 4070").by_name["rtx 4070"].words == ("rtx", "4070")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("asus x\nvideo card: works with any monitor", "video card"),
        ("wd ssd", "internal drive"),
        ("graphics card with gpu cooler", "video card"),
        ("amd ryzen 5 motherboard", "motherboard"),
        ("corsair 32 gb ram", "memory kit"),
        ("ramp", None),
        ("", None),
    ],
)
def test_kinds_are_recognised_by_heading_then_name_then_other_names(text, kind):
    found = kind_of(text)
    assert (found.name if found else None) == kind


@given(st.text(max_size=300))
def test_every_feature_is_in_range_and_rests_on_words_of_the_text(text):
    features = features_of(text)
    assert features.kind is None or features.kind in KINDS
    for feature in features.by_name.values():
        assert 0 < feature.strength <= 1
        assert feature.words
        assert set(feature.words) <= features.words.keys()
