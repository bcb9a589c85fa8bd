import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from switchboard.prices.estimate import Estimate, Word
from tabs.prices import WORDS_SHOWN, dollars, reasons, scale


def estimate(price=100.0, low=60.0, high=170.0, words=(), cautions=()):
    return Estimate(price, low, high, 0.8, 80.0, tuple(words), "Monitor", 0.75, (), tuple(cautions))


class Tags(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.tags, self.words = [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.words += data


@pytest.mark.parametrize(
    ("price", "said"),
    [(0.5, "$0.50"), (99.99, "$99.99"), (100, "$100"), (1234.6, "$1,235"), (99.996, "$100")],
)
def test_a_price_has_cents_below_a_hundred_dollars_only(price, said):
    assert dollars(price) == said


PRICES = st.floats(0.01, 1e6)


@given(PRICES, st.floats(1, 100), st.floats(1, 100))
def test_the_scale_holds_its_range_and_the_range_its_price(price, down, up):
    html = scale(estimate(price, price / down, price * up))
    [left] = map(float, re.findall(r"class='range' style='left:([\d.]+)%", html))
    [width] = map(float, re.findall(r"width:([\d.]+)%", html))
    [mark] = map(float, re.findall(r"class='mark' style='left:([\d.]+)%", html))
    assert 0 < left < 100
    assert left + width < 100
    assert left - 0.11 <= mark <= left + width + 0.11


def test_the_scale_says_its_figures_to_those_who_do_not_see_it():
    html = scale(estimate())
    assert "aria-label='$100, between $60.00 and $170'" in html
    assert "80% of products like this cost $60.00 to $170" in html


def test_the_scale_is_well_formed():
    html = scale(estimate())
    assert html.count("<div") == html.count("</div>")
    assert html.count("<span") == html.count("</span>")


def test_reasons_name_cautions_then_the_strongest_words():
    words = [Word(f"w{n}", 1.5 if n % 2 else 0.5) for n in range(WORDS_SHOWN + 5)]
    text = reasons(estimate(words=words, cautions=["Little to go on."]))
    assert text.startswith("> ⚠ Little to go on.")
    assert "75% of the words are known" in text
    assert "$80.00" in text
    assert "| w1 | ▲ × 1.50 |" in text
    assert "| w2 | ▼ × 0.50 |" in text
    assert f"w{WORDS_SHOWN}" not in text


def test_without_known_words_there_is_no_table():
    assert "|" not in reasons(estimate())


@pytest.mark.parametrize(
    "words",
    ["<script>alert(1)</script>", "a | b", "![p](https://evil.example/p)", "x\n\n| y | z |", "`c` **b**"],
)
def test_hostile_words_and_cautions_stay_in_their_place(words):
    text = reasons(estimate(words=[Word(words, 1.2)], cautions=[words]))
    seen = Tags(MarkdownIt("commonmark", {"html": True}).enable("table").render(text))
    assert set(seen.tags) == {"blockquote", "p", "table", "thead", "tbody", "tr", "th", "td"}
    assert seen.tags.count("tr") == 2
    assert seen.tags.count("td") == 2
