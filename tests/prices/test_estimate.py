import math
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.errors import BadInput, TooLarge
from switchboard.prices.estimate import PriceModel, estimate
from switchboard.prices.features import MAX_CHARACTERS

CARD = (
    "Asus DUAL OC\nVideo Card: GeForce RTX 3060 Ti graphics; 8 GB video memory; core clock 1410 MHz;"
    " boost clock 1740 MHz; length 269 mm; color Black / Silver."
)

SHIPPED = PriceModel.load()  # hypothesis draws from its vocabulary
words = st.sampled_from([name for name in SHIPPED.vocabulary.names if "|" not in name and "@" not in name])


def is_sound(made):
    return (
        all(math.isfinite(number) and number > 0 for number in (made.price, made.low, made.high))
        and made.low < made.price < made.high
        and 0 <= made.familiar <= 1
        and made.coverage == 0.8
    )


@given(st.text(max_size=500).filter(lambda text: any(character.isalnum() for character in text)))
def test_any_text_gets_a_finite_positive_estimate_or_a_refusal(text):
    try:
        made = SHIPPED.estimate(text)
    except BadInput:
        return
    assert is_sound(made)


@given(st.lists(words, min_size=1, max_size=80))
def test_any_known_words_get_a_finite_positive_estimate(known):
    made = SHIPPED.estimate(" ".join(known))
    assert is_sound(made)
    assert made.price < 1000


@given(st.lists(words, min_size=1, max_size=40))
def test_the_baseline_times_the_words_factors_is_the_price(known):
    made = SHIPPED.estimate(" ".join(known))
    product = made.baseline * math.prod(word.factor for word in made.words)
    held = any("end at" in caution for caution in made.cautions)
    assert held or made.price == pytest.approx(product, rel=1e-9)


def test_words_come_strongest_first_and_as_they_were_written(shipped):
    made = shipped.estimate(CARD)
    strengths = [abs(math.log(word.factor)) for word in made.words]
    assert strengths == sorted(strengths, reverse=True)
    assert {"8 gb", "1410 mhz", "rtx", "asus"} <= {word.text for word in made.words}


def test_a_whole_specification_needs_no_caution(shipped):
    made = shipped.estimate(CARD)
    assert (made.kind, made.cautions) == ("video card", ())
    assert made.familiar > 0.9
    assert 200 < made.price < 900


def test_more_capacity_costs_more(shipped):
    prices = [
        shipped.estimate(f"Samsung\nInternal Drive: capacity {size} TB; SSD.").price for size in (1, 2, 4)
    ]
    assert prices == sorted(prices)


@pytest.mark.parametrize(
    "text", ["a leather sofa for three people", "座り心地の良い 革張りの ソファ", "кожаный диван"]
)
def test_an_item_far_from_the_training_data_gets_a_wide_range_and_a_word_about_it(shipped, text):
    strange, usual = shipped.estimate(text), shipped.estimate(CARD)
    assert strange.high / strange.low > 2 * usual.high / usual.low
    assert "little more than a guess" in " ".join(strange.cautions)


def test_a_brief_text_is_told_what_to_add(shipped):
    assert any("little to go on" in caution for caution in shipped.estimate("Logitech mouse").cautions)


def test_words_that_training_never_met_are_named(shipped):
    made = shipped.estimate("HP laptop 15.6 inch Intel Core i5 16 GB RAM 512 GB SSD")
    assert "laptop" in made.unknown
    assert made.familiar == pytest.approx(1 - len(made.unknown) / 10)
    assert any("left out: " in caution and "laptop" in caution for caution in made.cautions)


def test_an_estimate_beyond_the_training_prices_is_held_there_and_says_so(shipped):
    bounded = replace(shipped, calibration=replace(shipped.calibration, high_log=math.log(99)))
    made = bounded.estimate(CARD)
    assert made.price == pytest.approx(99.0)
    assert made.low < 99 < made.high
    assert any("end at $99.00" in caution for caution in made.cautions)


def test_a_text_that_names_no_kind_is_told_so(shipped):
    assert any("No kind of product" in caution for caution in shipped.estimate("Corsair 850 W gold").cautions)


@pytest.mark.parametrize("text", ["", " \n\t", "!?… ——", "🎧"])
def test_a_text_without_words_is_refused_with_what_to_give(shipped, text):
    with pytest.raises(BadInput, match="Give the product's title"):
        shipped.estimate(text)


@pytest.mark.parametrize("length", [MAX_CHARACTERS + 1, 1_000_000])
def test_a_text_over_the_limit_is_refused(shipped, length):
    with pytest.raises(TooLarge, match="at most 4,000"):
        shipped.estimate("a" * length)


def test_a_text_at_the_limit_is_read(shipped):
    assert is_sound(shipped.estimate("8 GB " * (MAX_CHARACTERS // 5)))


def test_a_word_of_the_kind_may_be_read_as_a_unit(shipped):
    made = shipped.estimate("Intel 12-core i5 12600 4.9 GHz")
    assert made.kind == "processor"
    assert is_sound(made)


def test_endless_digits_are_no_quantity(shipped):
    assert is_sound(shipped.estimate(f"{'9' * 3000} GB 0 GB 0.000001 GB 999999999999 TB"))


def test_the_function_opens_the_shipped_model(shipped):
    assert estimate(CARD) == shipped.estimate(CARD) == estimate(CARD, shipped)


def test_importing_is_light_and_estimating_needs_no_learning_library():
    code = (
        "import sys; from switchboard.prices.estimate import estimate; early = 'numpy' in sys.modules;"
        "estimate('Logitech mouse'); print(early, sorted({'torch', 'scipy', 'sklearn'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[0] == "False []"
