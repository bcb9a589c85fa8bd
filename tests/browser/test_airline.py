"""A person at the airline's desk: asks, books, cancels, declines, takes back; without any key."""

import json
import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

DAY = date.today() + timedelta(20)
BOOK = f"Book a flight from Delhi to Mumbai on {DAY}"
PROVIDER_BOOKS = json.dumps({"origin": "Delhi", "destination": "Mumbai", "date": DAY.isoformat()})


@pytest.fixture
def desk(person):
    """Somebody at the desk, as its first customer."""
    person.sign_in()
    return person


@pytest.fixture
def card(desk):
    """Somebody before the card of a booking."""
    desk.ask_desk(BOOK)
    expect(desk.proposal).to_contain_text("Book Delhi to Mumbai")
    return desk


def booked(person) -> str:
    """Confirm what waits; the code of the new reservation."""
    before = person.codes()
    person.press("confirm")
    expect(person.told).to_contain_text("Booked Delhi to Mumbai")
    [code] = person.codes() - before
    return code


class TestAsking:
    def test_a_fare_is_looked_up_and_the_step_shows_its_time(self, desk):
        desk.ask_desk(f"What is the flight price from Delhi to Mumbai on {DAY}?")
        expect(desk.talk).to_contain_text(re.compile(r"✓ get_ticket_price\(.*\)\s*[\d,]+ ms"))
        expect(desk.find("#airline-messages .bot-row")).to_contain_text(re.compile(r"economy"))
        step = desk.talk.locator("pre")
        expect(step).to_have_count(0)
        desk.talk.get_by_text("✓ get_ticket_price").click()
        expect(step).to_contain_text("lowest_fares")

    def test_flights_of_a_day_are_listed(self, desk):
        desk.page.get_by_text("Flights from Mumbai to Dubai next Friday").click()
        expect(desk.talk).to_contain_text("✓ search_direct_flight")
        expect(desk.find("#airline-messages .bot-row")).to_contain_text("LK201")

    def test_the_status_of_a_flight_is_told(self, desk):
        desk.page.get_by_text("Status of LK101 today").click()
        expect(desk.talk).to_contain_text("✓ get_flight_status")
        expect(desk.find("#airline-messages .bot-row")).to_contain_text("LK101")

    def test_the_bookings_of_who_is_signed_in_are_listed(self, desk):
        code = desk.side.locator("[data-code]").first.get_attribute("data-code")
        desk.ask_desk("Show my bookings")
        expect(desk.talk).to_contain_text("✓ list_reservations")
        expect(desk.find("#airline-messages .bot-row")).to_contain_text(code)

    @pytest.mark.parametrize("number", range(6))
    def test_each_suggestion_is_answered(self, desk, number):
        desk.find("#airline-messages .example").nth(number).click()
        expect(desk.find("#airline-messages small")).to_contain_text("finished")
        expect(desk.talk).to_contain_text("✓ ")

    def test_the_city_that_is_missing_is_asked_for(self, desk):
        desk.ask_desk("How much is a flight to Dubai?")
        expect(desk.find("#airline-messages .bot-row")).to_contain_text("?")
        desk.ask_desk("From Delhi")
        expect(desk.talk).to_contain_text(re.compile(r"get_ticket_price\(.*Dubai|\?"))


class TestBooking:
    def test_a_card_is_confirmed_and_the_booking_stands_out_until_the_next_question(self, card):
        expect(card.proposal).to_contain_text(re.compile(r"You pay \$\d+"))
        expect(card.proposal).to_contain_text("Valid until")
        code = booked(card)
        expect(card.proposal).to_have_count(0)
        expect(card.find("#airline-confirm")).not_to_be_visible()
        expect(card.trip(code)).to_have_class(re.compile("changed"))
        expect(card.talk).to_contain_text("Confirmed by the customer")
        card.ask_desk("Show my bookings")
        expect(card.find("#airline-messages .bot-row").last).to_contain_text(code)
        expect(card.trip(code)).not_to_have_class(re.compile("changed"))
        expect(card.told).to_have_count(0)

    def test_what_was_booked_is_cancelled_and_gone(self, card):
        code = booked(card)
        card.ask_desk(f"Cancel {code}")
        expect(card.proposal).to_contain_text(f"Cancel reservation {code}")
        expect(card.proposal).to_contain_text("Refund $")
        expect(card.trip(code)).not_to_have_class(re.compile("cancelled"))
        card.press("confirm")
        expect(card.told).to_contain_text(f"Cancelled reservation {code}")
        expect(card.trip(code)).to_have_class(re.compile("cancelled"))
        card.ask_desk("Status of LK101 today")
        expect(card.trip(code)).not_to_be_visible()

    def test_two_clicks_on_confirm_book_once_and_complain_of_nothing(self, card):
        before = card.codes()
        card.find("#airline-confirm").dblclick()
        expect(card.told).to_contain_text("Booked")
        card.page.wait_for_timeout(300)
        assert len(card.codes() - before) == 1
        expect(card.error).to_have_count(0)
        expect(card.talk.get_by_text("Confirmed by the customer")).to_have_count(1)

    def test_two_clicks_do_not_confirm_the_card_that_comes_next(self, card):
        card.ask_desk(f"Book business class from Mumbai to Delhi on {DAY + timedelta(1)}")
        expect(card.proposal).to_contain_text("of 2")
        before = card.codes()
        card.find("#airline-confirm").dblclick()
        expect(card.told).to_contain_text("Booked")
        card.page.wait_for_timeout(300)
        assert len(card.codes() - before) == 1
        expect(card.proposal).to_have_count(1)

    def test_a_card_is_declined_and_nothing_is_booked(self, card):
        before = card.codes()
        card.press("decline")
        expect(card.told).to_contain_text("Declined: Book Delhi to Mumbai")
        expect(card.proposal).to_have_count(0)
        expect(card.find("#airline-undo")).not_to_be_visible()
        expect(card.talk).to_contain_text("Declined by the customer")
        assert card.codes() == before

    def test_a_booking_is_taken_back_by_undo_and_confirm(self, card):
        code = booked(card)
        card.press("undo")
        expect(card.proposal).to_contain_text(f"Cancel reservation {code}")
        expect(card.trip(code)).not_to_have_class(re.compile("cancelled"))
        card.press("confirm")
        expect(card.told).to_contain_text(f"Cancelled reservation {code}")
        expect(card.trip(code)).to_have_class(re.compile("cancelled"))
        expect(card.find("#airline-undo")).not_to_be_visible()

    def test_a_reload_shows_the_card_again_to_the_same_customer(self, person):
        person.sign_in(4)
        name = person.find("#airline-customer input").input_value()
        person.ask_desk(BOOK)
        expect(person.proposal).to_be_visible()
        person.open()
        person.sign_in()
        expect(person.find("#airline-customer input")).to_have_value(name)
        expect(person.proposal).to_contain_text("Book Delhi to Mumbai")
        booked(person)

    def test_another_customer_finds_no_card_and_an_empty_conversation(self, card):
        trips = card.codes()
        card.sign_in(1)
        expect(card.proposal).to_have_count(0)
        expect(card.find("#airline-messages .message-row")).to_have_count(0)
        assert card.codes() != trips
        card.ask_desk("Show my bookings")
        expect(card.find("#airline-messages .user-row")).to_have_count(1)

    def test_what_cannot_be_done_any_more_says_so_on_the_card_and_in_the_conversation(self, card, visit):
        code = booked(card)
        other = visit()
        other.sign_in()
        other.ask_desk(f"Cancel {code}")
        expect(other.proposal).to_contain_text(code)
        card.press("undo")
        card.press("confirm")
        expect(card.told).to_contain_text("Cancelled")
        other.press("confirm")
        expect(other.told).to_contain_text("Not done.")
        expect(other.talk).to_contain_text("was not done")
        expect(other.proposal).to_have_count(0)
        expect(other.trip(code)).not_to_be_visible()


class TestWithAProvider:
    def test_a_question_becomes_a_confirmed_booking(self, desk, site):
        desk.choose("compatible", "calls-5")
        desk.ask_desk(f"book_direct_flight {PROVIDER_BOOKS}")
        expect(desk.talk).to_contain_text("✓ book_direct_flight")
        expect(desk.talk).to_contain_text(re.compile(r"t\d{10}"))
        code = booked(desk)
        expect(desk.trip(code)).to_have_class(re.compile("changed"))
        desk.ask_desk("list_reservations {}")
        messages = site.asked()[-2]["messages"]
        assert any(
            "Confirmed by the customer" in (one["content"] or "") and code in one["content"]
            for one in messages
            if one["role"] == "assistant"
        )
        assert code in site.asked()[-1]["messages"][-1]["content"]

    def test_arguments_that_are_lists_are_laid_out(self, desk):
        desk.choose("compatible", "calls-5")
        arguments = json.dumps({"reservation_id": "K2P9QX", "passengers": [{"first_name": "Ann"}]})
        desk.ask_desk(f"update_reservation_passengers {arguments}")
        step = desk.talk.get_by_text("✗ update_reservation_passengers")
        expect(step).to_contain_text("passengers: 1 item")
        step.click()
        expect(desk.talk.locator("pre").first).to_contain_text('"first_name": "Ann"')

    def test_a_stopped_answer_keeps_what_was_written(self, desk):
        desk.choose("compatible", "paced-50-2000")
        box = desk.find("#airline-box textarea")
        box.fill("Count.")
        box.press("Enter")
        expect(desk.find("#airline-messages .bot-row")).to_contain_text(re.compile(r"t\d{10}"))
        expect(box).to_have_value("")
        desk.page.keyboard.press("Escape")
        expect(desk.find("#airline-messages small")).to_contain_text("stopped by you")
        expect(desk.find("#airline-messages .bot-row")).to_contain_text(re.compile(r"t\d{10}"))


class TestHowItIsShown:
    def test_the_keyboard_alone_is_enough_to_book_and_focus_is_not_taken(self, desk):
        box = desk.find("#airline-box textarea")
        box.focus()
        desk.page.keyboard.type(BOOK)
        desk.page.keyboard.press("Enter")
        expect(desk.proposal).to_be_visible()
        expect(box).to_be_focused()
        desk.find("#airline-decline").focus()
        desk.page.keyboard.press("Shift+Tab")
        expect(desk.find("#airline-confirm")).to_be_focused()
        desk.page.keyboard.press("Enter")
        expect(desk.told).to_contain_text("Booked")
        expect(desk.page.get_by_role("status").filter(has_text="Booked Delhi to Mumbai")).to_be_visible()

    def test_the_card_is_a_region_with_a_heading(self, card):
        region = card.page.get_by_role("region", name="Book Delhi to Mumbai")
        expect(region.get_by_role("heading")).to_have_text("Book Delhi to Mumbai")

    def test_the_map_names_the_journeys_ahead(self, card):
        booked(card)
        ways = card.page.get_by_role("img", name="Map of the journeys ahead")
        expect(ways).to_have_attribute("aria-label", re.compile("Delhi to Mumbai"))

    def test_a_telephone_shows_the_whole_card_and_wide_buttons(self, visit):
        telephone = visit(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
        folded = telephone.page.get_by_role("tab", name="Airline", exact=True)
        if folded.locator("visible=true").count():
            folded.click()
        else:
            telephone.find(".overflow-menu > button").first.click()
            telephone.find(".overflow-dropdown").get_by_text("Airline", exact=True).click()
        expect(telephone.find("#airline-customer input")).not_to_have_value("")
        telephone.ask_desk(BOOK)
        expect(telephone.proposal).to_be_visible()
        wide = telephone.proposal.bounding_box()["width"]
        assert wide > 300
        for button in ("confirm", "decline"):
            assert telephone.find(f"#airline-{button}").bounding_box()["width"] >= wide / 2 - 10
        assert telephone.page.evaluate("document.documentElement.scrollWidth") <= 390
        telephone.press("decline")
        expect(telephone.told).to_contain_text("Declined")
