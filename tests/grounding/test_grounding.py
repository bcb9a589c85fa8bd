import re
import time
from functools import cache
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from switchboard.grounding import NoClaim, Supported, Unsupported, check
from switchboard.messages import Source
from switchboard.sentences import Kind, sentences
from switchboard.web.fetch import Fetched
from switchboard.web.page import read

ROOT = Path(__file__).parents[2]
DEVELOPED = Path(__file__).with_name("developed.txt")


@cache
def source(place, number=2):
    if place.startswith("site/"):
        path = ROOT / "examples" / place
        page = read(
            Fetched(f"https://www.larkspur-air.example/{path.name}", "text/html", "utf-8", path.read_bytes())
        )
        return Source(number, page.title, page.text, page.url)
    base = ROOT if place.startswith("tests/") else ROOT / "knowledge-base"
    text = (base / place).read_text(encoding="utf-8")
    return Source(number, text.split("\n", 1)[0].lstrip("# "), text, place)


def developed():
    place = ""
    for line in DEVELOPED.read_text(encoding="utf-8").splitlines():
        mark, _, rest = line.partition(" ")
        if mark == "@":
            place = rest
        elif mark in ("+", "-"):
            yield mark == "+", place, rest


def verdict(text, *sources, **options):
    return check(text, sources, **options)[0].verdict


@pytest.mark.parametrize(("is_true", "place", "sentence"), list(developed()))
def test_the_sentences_it_was_developed_on(is_true, place, sentence):
    found = verdict(f"{sentence.removesuffix('.')} [2].", source(place))
    assert isinstance(found, Supported if is_true else Unsupported)


ABOUT = Source(
    1, "About Acme", "Acme was founded in 1990. It sold 1,250 anvils in 2024.\n\nIts head is Ann Berg."
)
PRESS = Source(2, "Press of Acme", "On 3 May 2021 Acme opened a forge in Oslo.\n\n- 40 smiths work there")


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("Acme sold 1,300 anvils in 2024 [1].", "Source 1 does not say “1,300”."),
        ("Acme sold 1,250 anvils in 2023 [1].", "Source 1 does not say “2023”."),
        ("Acme was founded in Bergen in 1990 [1].", "Source 1 does not say “Bergen”."),
        ("The weather on Mars is dry and dusty [2].", "Source 2 does not say “Mars”."),
        ("Customers praise gentle pricing and friendly advice [2].", "Source 2 says nothing like this."),
        ("It sold only 1,250 anvils in 2024 [1].", "Source 1 says it without “only”."),
        ("It did not sell 1,250 anvils in 2024 [1].", "Source 1 says it without “not”."),
        ("Acme was founded in 1990 [7].", "There is no source 7."),
        ("Acme sold 77 forges.", "No source says “77”."),
        ("Acme sold 77 anvils [1][2].", "Sources 1 and 2 do not say “77”."),
    ],
)
def test_the_reason_names_what_is_missing(sentence, reason):
    assert verdict(sentence, ABOUT, PRESS) == Unsupported(reason)


@pytest.mark.parametrize(
    "text",
    [
        "# Acme in 2031",
        "Is Acme from Bergen?",
        "Contact us for more.",
        "Come and see us!",
        "This brochure tells what Acme does.",
        "Our places:",
        "```\nprint(77)\n```",
        "The sources do not say how old it is.",
    ],
)
def test_what_claims_nothing_is_left_alone(text):
    assert isinstance(verdict(text, ABOUT, PRESS), NoClaim)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Ann Berg is the head [1].", 1),
        ("40 smiths work there [1, 2].", 2),
        ("40 smiths work there [1–2].", 2),
        ("40 smiths work there. [1][2]", 2),
        ("A forge in Oslo was opened on 3 May 2021.", 2),
        ("Acme was founded in 1990, and it opened a forge in Oslo in May 2021 [1][2].", 2),
    ],
)
def test_the_source_that_bears_a_sentence_out_is_named(text, number):
    assert verdict(text, ABOUT, PRESS).number == number


MILL = Source(
    3,
    "Mill",
    """# Mill

Ida Moor leads sales and exports; Per Lund leads milling. A ride takes 25 minutes each way.
Shops open at 8 pm.
In 2024 we sold 99.2 % of the flour, against 98.4 % in 2023. The Ash bar won gold in 2022, and the
Elm bar won bronze the following year. Dogs are not allowed in the mill. A flood stopped the wheel for
two days in May 2021. We plan to open a bakery in Lund in 2027. Bread is free for members only. Power
fell by 6 %.

| Bar | Price | Weight |
| --- | --- | --- |
| Ash | €3 | 90 g |
| Elm | €5 | 70 g |
""",
)


@pytest.mark.parametrize(
    ("is_true", "sentence"),
    [
        (True, "A return ride takes 50 minutes"),
        (True, "Shops open at 20:00"),
        (True, "The share of the flour sold in 2024 was 0.8 points higher than the year before"),
        (True, "The Elm bar won bronze in 2023"),
        (True, "The Ash bar costs €3 and weighs 90 g"),
        (True, "The mill does not allow dogs"),
        (True, "A bakery in Lund is to open in 2027"),
        (False, "Ida Moor leads milling, and Per Lund leads sales and exports"),
        (False, "A ride takes 35 minutes each way"),
        (False, "Shops open at 8 am"),
        (False, "The Ash bar costs €5"),
        (False, "Dogs are allowed in the mill"),
        (False, "A strike stopped the wheel for two days in May 2021"),
        (False, "We have opened a bakery in Lund"),
        (False, "Power rose by 6 %"),
    ],
)
def test_what_was_exchanged_replaced_or_turned_round_is_told_from_what_follows(is_true, sentence):
    assert isinstance(verdict(f"{sentence} [3].", MILL), Supported if is_true else Unsupported)


def test_a_citation_at_the_end_of_a_paragraph_holds_for_what_stands_before_it():
    first, last = check("It opened a forge in Oslo. 40 smiths work there [2].", [ABOUT, PRESS])
    assert first.cited == last.cited == (2,)
    assert isinstance(first.verdict, Supported)


def test_a_citation_before_the_next_sentence_belongs_to_the_one_it_follows():
    first, second = check("Acme was founded in 1990. [1, 2] A forge was opened in Oslo [2].", [ABOUT, PRESS])
    assert (first.cited, second.cited) == ((1, 2), (2,))


def test_the_place_is_that_of_the_sentence_in_the_source():
    found = verdict("In 2024 it sold 1,250 anvils [1].", ABOUT)
    assert ABOUT.text[found.start : found.end] == "It sold 1,250 anvils in 2024."


@pytest.mark.parametrize(
    ("sentence", "is_true"),
    [
        ("Acme wurde 1990 gegründet [1].", True),
        ("Im Jahr 2024 verkaufte es 1.250 Ambosse [1].", True),
        ("Am 3. Mai 2021 eröffnete Acme eine Schmiede in Oslo [2].", True),
        ("Le 3 mai 2021, Acme a ouvert une forge à Oslo [2].", True),
        ("Im Jahr 2024 verkaufte es 1.350 Ambosse [1].", False),
        ("Am 3. Juni 2021 eröffnete Acme eine Schmiede in Oslo [2].", False),
        ("Acme wurde 1991 gegründet [1].", False),
    ],
)
def test_of_a_translation_numbers_and_dates_are_compared(sentence, is_true):
    found = check(sentence, [ABOUT, PRESS], same_language=False)
    assert isinstance(found[-1].verdict, Supported if is_true else Unsupported)


def test_without_sources_a_fact_is_borne_out_by_none():
    assert isinstance(verdict("Acme sold 77 anvils in 1990."), Unsupported)
    assert check("", [ABOUT]) == ()


PLACES = sorted(
    str(path.relative_to(ROOT / "knowledge-base")) for path in (ROOT / "knowledge-base").glob("*/*.md")
)


def prose(place):
    return [
        one
        for one in sentences(source(place).text)
        if one.kind is Kind.PROSE and len(one.text) < 300 and not one.plain.endswith("?")
    ]


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_sentence_of_a_source_is_always_supported_there(data):
    place = data.draw(st.sampled_from(PLACES))
    sentence = data.draw(st.sampled_from(prose(place)))
    [checked, *_] = check(f"{sentence.plain} [2]", [source(place)])
    assert not isinstance(checked.verdict, Unsupported)
    if isinstance(checked.verdict, Supported):
        assert source(place).text[checked.verdict.start : checked.verdict.end].strip()


@given(st.data(), st.integers(13, 98_765))
@settings(max_examples=60, deadline=None)
def test_a_number_that_the_source_has_not_is_always_caught(data, number):
    place = data.draw(st.sampled_from(PLACES))
    numbered = [one for one in prose(place) if re.search(r"(?<![\w.,-])\d+(?![\w.,-])", one.plain)]
    assume(numbered and str(number) not in source(place).text.replace(",", ""))
    sentence = data.draw(st.sampled_from(numbered))
    altered = re.sub(r"(?<![\w.,-])\d+(?![\w.,-])", f"{number}7", sentence.plain, count=1)
    found = check(f"{altered} [2]", [source(place)])
    assert any(isinstance(one.verdict, Unsupported) for one in found)


@pytest.mark.parametrize(
    "piece", ["[", "[1", "1,", "9", "A", "Ab ", "1 ", "a@", "A.B ", "| 1 ", "-1", "not ", "€1 "]
)
def test_hostile_text_costs_linear_time(piece):
    text = piece * (200_000 // len(piece))
    started = time.process_time()
    check(text, [ABOUT])
    check("Acme sold 1,250 anvils [1].", [Source(1, "", text)])
    assert time.process_time() - started < 20
