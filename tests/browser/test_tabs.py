"""A person tries the airline's desk, the brochure, the documents and the prices, without any key."""

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
def desk(person):
    """The airline's tab, once its first customer is signed in."""
    person.show("Airline")
    expect(person.find("#airline-customer input")).not_to_have_value("")
    return person


def test_the_desk_looks_a_fare_up_and_shows_the_step_with_its_time(desk):
    ask(desk, "airline", "What is the flight price from Delhi to Mumbai?")
    messages = desk.find("#airline-messages")
    expect(messages).to_contain_text(re.compile(r"✓ get_ticket_price\(.*Delhi.*Mumbai"))
    expect(messages).to_contain_text(re.compile(r"\d ms"))
    expect(desk.find("#airline-messages .bot-row")).to_contain_text(re.compile(r"economy \d+"))


def test_the_desk_tells_the_status_of_a_flight(desk):
    desk.page.get_by_text("What is the status of LK101 today?").click()
    messages = desk.find("#airline-messages")
    expect(messages).to_contain_text("✓ get_flight_status")
    expect(desk.find("#airline-messages small")).to_contain_text("finished")
    expect(desk.find("#airline-messages .bot-row")).to_contain_text("LK101")


def test_the_desk_lists_the_bookings_of_who_is_signed_in(desk):
    code = desk.find("#airline-bookings strong").first.inner_text()
    ask(desk, "airline", "Show my bookings")
    expect(desk.find("#airline-messages")).to_contain_text("✓ list_bookings")
    expect(desk.find("#airline-messages .bot-row")).to_contain_text(code)


def test_the_desk_asks_for_the_city_that_is_missing(desk):
    ask(desk, "airline", "How much is a flight to Dubai?")
    expect(desk.find("#airline-messages .bot-row")).to_contain_text("?")
    ask(desk, "airline", "From Delhi")
    expect(desk.find("#airline-messages")).to_contain_text(
        "get_ticket_price(destination: Dubai, origin: Delhi)"
    )


def test_another_customer_finds_an_empty_conversation_and_their_own_bookings(desk):
    ask(desk, "airline", "Show my bookings")
    bookings = desk.find("#airline-bookings").inner_text()
    desk.find("#airline-customer input").click()
    desk.page.get_by_role("option").nth(1).click()
    expect(desk.find("#airline-messages .message-row")).to_have_count(0)
    expect(desk.find("#airline-bookings")).not_to_have_text(bookings)
    ask(desk, "airline", "Show my bookings")
    expect(desk.find("#airline-messages .user-row")).to_have_count(1)


def test_a_stopped_desk_keeps_what_was_written(desk):
    desk.choose("compatible", "paced-50-2000")
    box = desk.find("#airline-box textarea")
    box.fill("Count.")
    box.press("Enter")
    expect(desk.find("#airline-messages .bot-row")).to_contain_text(re.compile(r"t\d{10}"))
    expect(box).to_have_value("")
    desk.page.keyboard.press("Escape")
    expect(desk.find("#airline-messages small")).to_contain_text("stopped by you")
    expect(desk.find("#airline-messages .bot-row")).to_contain_text(re.compile(r"t\d{10}"))


def test_the_sample_site_becomes_a_brochure_with_its_pages(person):
    person.show("Brochure")
    person.find("#brochure-sample").click()
    expect(person.find("#brochure-note")).to_contain_text("finished")
    expect(person.find("#brochure-company input, #brochure-company textarea")).to_have_value("Larkspur Air")
    pages = person.find("#brochure-pages li")
    assert 2 <= pages.count() <= 6
    expect(pages.first).to_contain_text("www.larkspur-air.example")
    text = person.find("#brochure-text")
    expect(text).to_contain_text("[1]")
    expect(text).to_contain_text("Larkspur Air")
    assert text.get_by_role("link").count() >= 2


@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "ftp://example.com", "no address", ""])
def test_an_address_that_is_not_public_is_refused_in_words(person, address):
    person.show("Brochure")
    person.find("#brochure-company").get_by_role("textbox").fill("Somebody")
    person.find("#brochure-address").get_by_role("textbox").fill(address)
    person.find("#brochure-write").click()
    said = person.find("#brochure-note").or_(person.error)
    expect(said.filter(has_text=re.compile(r"\w{3,}.*\.")).first).to_be_visible()
    expect(person.find("#brochure-text")).to_contain_text("The brochure appears here")


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
