"""Two people at the page at once see nothing of each other."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.fixture
def other(visit):
    return visit()


def test_the_conversations_of_one_are_not_listed_for_the_other(person, other):
    person.converse("Which files can I attach?")
    other.converse("How do I use Ollama?")
    other.open()
    expect(other.listed).to_have_text("How do I use Ollama?")
    expect(other.messages).not_to_contain_text("Which files can I attach?")
    person.open()
    expect(person.listed).to_have_text("Which files can I attach?")
    expect(person.messages).not_to_contain_text("Ollama")


def test_one_does_not_stop_the_answer_of_the_other(person, other):
    for each in (person, other):
        each.choose("compatible", "paced-50-2000")
        each.send("Count.")
        expect(each.messages).to_contain_text("t1")
    other.page.keyboard.press("Escape")
    expect(other.notes).to_contain_text("stopped by you")
    length = len(person.messages.inner_text())
    expect(person.page.get_by_role("button", name="Stop (Esc)").locator("visible=true")).to_have_count(1)
    person.page.wait_for_function(
        "length => document.querySelector('#chat-messages').innerText.length > length", arg=length
    )
    expect(person.notes).to_have_count(0)
    person.page.keyboard.press("Escape")
    expect(person.notes).to_contain_text("stopped by you")


def test_a_key_of_one_does_not_serve_the_other(person, other):
    person.choose("openai", status="No OpenAI key")
    person.keep_key("sk-visitor-of-one", "at this address")
    other.choose("openai", status="No OpenAI key")
    other.find("#test").click()
    expect(other.status).to_contain_text("No OpenAI key")


def test_the_desk_remembers_each_ones_own_conversation(person, other):
    for each in (person, other):
        each.sign_in()
    person.ask_desk("How much is a flight to Dubai?")
    other.ask_desk("From Delhi")
    expect(other.talk).not_to_contain_text("Dubai")


def test_a_change_that_waits_for_one_is_not_shown_to_the_other(person, other):
    for each in (person, other):
        each.sign_in()
    day = date.today() + timedelta(20)
    person.ask_desk(f"Book a flight from Delhi to Mumbai on {day}")
    expect(person.proposal).to_be_visible()
    other.ask_desk("Status of LK101 today")
    expect(other.proposal).to_have_count(0)
    other.open()
    other.sign_in()
    expect(other.proposal).to_have_count(0)
    expect(person.proposal).to_be_visible()


def test_two_pages_of_one_person_share_the_list_and_stop_separately(person):
    person.choose("compatible", "paced-50-2000")
    person.send("Count.")
    expect(person.messages).to_contain_text("t1")
    second = person.another_page()
    expect(second.listed).to_have_text("Count.")
    second.page.keyboard.press("Escape")
    length = len(person.messages.inner_text())
    person.page.wait_for_function(
        "length => document.querySelector('#chat-messages').innerText.length > length + 200", arg=length
    )
    person.page.keyboard.press("Escape")
    expect(person.notes).to_contain_text("stopped by you")
    second.page.close()
