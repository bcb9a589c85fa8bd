"""A person tries the documents and the prices, without any key."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def ask(person, tab: str, text: str) -> None:
    notes = person.find(f"#{tab}-messages small")
    before = notes.count()
    box = person.find(f"#{tab}-box textarea")
    box.fill(text)
    box.press("Enter")
    expect(box).to_have_value("")
    expect(notes).to_have_count(before + 1)


@pytest.fixture
def library(person):
    """The knowledge tab, once the documents are read."""
    person.show("Knowledge")
    expect(person.find("#knowledge-status")).to_contain_text(re.compile(r"\d+ documents"), timeout=30_000)
    return person


def test_the_documents_answer_with_numbered_sources(library):
    ask(library, "knowledge", "When was Larkspur Air founded?")
    expect(library.find("#knowledge-messages .bot-row")).to_contain_text(re.compile(r"2009.*\[\d\]"))
    expect(library.find("#knowledge-messages small")).to_contain_text("finished")
    sources = library.find("#knowledge-sources details")
    expect(sources.first).to_contain_text("[1]")
    passage = sources.first.locator("pre")
    expect(passage).not_to_be_visible()
    sources.first.locator("summary").click()
    expect(passage).to_be_visible()


@pytest.mark.parametrize("number", range(4))
def test_each_question_that_the_tab_suggests_is_answered(library, number):
    library.find("#knowledge-messages .example").nth(number).click()
    expect(library.find("#knowledge-messages small")).to_contain_text("finished")
    expect(library.find("#knowledge-messages .bot-row")).to_contain_text(re.compile(r"\[\d\]"))


def test_a_question_about_nothing_in_the_documents_is_not_answered_from_them(library):
    ask(library, "knowledge", "Who won the chess olympiad of 1972?")
    expect(library.find("#knowledge-messages .bot-row")).not_to_contain_text("[1]")


def test_a_question_that_is_too_long_is_refused_and_kept(library):
    box = library.find("#knowledge-box textarea")
    box.fill("why " * 5_000)
    box.press("Enter")
    expect(library.error).to_contain_text("The question has")
    assert box.input_value() == "why " * 5_000


def test_the_documents_answer_from_the_other_store_as_well(library):
    library.find("#knowledge-store").get_by_label("FAISS").check()
    ask(library, "knowledge", "When was Larkspur Air founded?")
    expect(library.find("#knowledge-messages .bot-row")).to_contain_text(re.compile(r"\b(19|20)\d\d\b"))
    expect(library.find("#knowledge-sources details").first).to_be_visible()
    expect(library.find("#knowledge-status")).to_contain_text(re.compile(r"\d+ documents"))


def test_a_price_is_estimated_with_its_range_and_its_reasons(person):
    person.show("Prices")
    product = "Samsung 990 Pro\nSolid-state drive: 2 TB; NVMe; M.2-2280; PCIe 4.0 x4; cache 2048 MB."
    person.find("#price-text textarea").fill(product)
    person.find("#price-estimate").click()
    price = person.find("#price-shown .price-now")
    expect(price).to_have_text(re.compile(r"^\$[\d,.]+$"))
    shown = person.find("#price-shown").inner_text()
    found, low, high = (float(n.replace(",", "")) for n in re.findall(r"\$([\d,]+(?:\.\d\d)?)", shown)[:3])
    assert low < found < high
    expect(person.find("#price-words tr")).not_to_have_count(0)


def test_an_example_product_can_be_tried_and_nothing_typed_is_told(person):
    person.show("Prices")
    person.find("#price-estimate").click()
    expect(person.error).to_be_visible()
    person.page.get_by_text("Logitech mouse").first.click()
    expect(person.find("#price-text textarea")).to_have_value(re.compile("Logitech mouse"))
    person.find("#price-estimate").click()
    expect(person.find("#price-shown .price-now")).to_be_visible()
