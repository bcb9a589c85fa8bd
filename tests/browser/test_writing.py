"""A person stops, continues, retries, edits and takes back answers, and loses none when a provider dies."""

import re
import time

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

TOKEN = re.compile(r"t\d{10}\.\d{3}")


def tokens(person) -> int:
    return len(TOKEN.findall(person.messages.inner_text()))


def until(reached, seconds: float = 2) -> bool:
    end = time.monotonic() + seconds
    while not (done := reached()) and time.monotonic() < end:
        time.sleep(0.02)
    return done


def begin_long_answer(person) -> None:
    """Have the paced model write; it would take 40 seconds."""
    person.choose("compatible", "paced-50-2000")
    person.send("Count.")
    expect(person.messages).to_contain_text(TOKEN)


@pytest.mark.parametrize("by", ["button", "Esc"])
def test_stop_keeps_what_was_written_and_closes_the_connection(person, site, by):
    left = site.left()
    begin_long_answer(person)
    stop = person.page.get_by_role("button", name="Stop (Esc)").locator("visible=true")
    expect(stop).to_have_count(1)
    stop.click() if by == "button" else person.page.keyboard.press("Escape")
    expect(person.notes).to_contain_text("stopped by you")
    assert until(lambda: site.left() == left + 1)
    assert tokens(person) > 0
    expect(person.page.get_by_role("button", name="Continue")).to_be_visible()
    expect(stop).to_have_count(0)


def test_escape_stops_a_stalled_provider(person, site):
    left = site.left()
    person.choose("compatible", "stall-5")
    person.send("Count.")
    expect(person.messages).to_contain_text(TOKEN)
    person.page.keyboard.press("Escape")
    expect(person.notes).to_contain_text("stopped by you")
    assert until(lambda: site.left() == left + 1)
    assert tokens(person) == 5


def test_closing_the_page_closes_the_connection_and_keeps_the_text(person, site):
    left = site.left()
    begin_long_answer(person)
    person.page.close()
    assert until(lambda: site.left() == left + 1)
    again = person.another_page()
    expect(again.notes).to_contain_text("stopped by you")
    assert tokens(again) > 0


def test_continue_goes_on_where_the_answer_stopped(person, site):
    begin_long_answer(person)
    person.page.keyboard.press("Escape")
    expect(person.notes).to_contain_text("stopped by you")
    person.choose("compatible", "fast-25")
    written = tokens(person)
    begun = TOKEN.search(person.messages.inner_text()).group()
    person.page.get_by_role("button", name="Continue").click()
    expect(person.notes).to_contain_text("finished")
    expect(person.find("#chat-messages .message-row")).to_have_count(2)
    assert tokens(person) == written + 25
    expect(person.messages).to_contain_text(begun)
    assert [turn["role"] for turn in site.asked()[-1]["messages"]] == ["user", "assistant", "user"]


def test_retry_writes_the_answer_anew(person):
    person.choose("compatible", "fast-25")
    person.converse("Count.")
    first = TOKEN.search(person.messages.inner_text()).group()
    person.messages.get_by_role("button", name="Retry").locator("visible=true").click()
    expect(person.messages).not_to_contain_text(first)
    expect(person.notes).to_have_count(1)
    expect(person.notes).to_contain_text("finished")
    assert tokens(person) == 25


def test_an_edited_question_is_answered_in_place_of_the_old_one(person):
    person.converse("How do I use Ollama?")
    person.converse("What is the built-in reader?")
    person.messages.get_by_role("button", name="Edit").first.click()
    person.find("#chat-messages textarea").fill("Which files can I attach?")
    person.messages.get_by_role("button", name="Submit").click()
    expect(person.find("#chat-messages .user-row")).to_have_count(1)
    expect(person.find("#chat-messages .user-row")).to_contain_text("Which files can I attach?")
    expect(person.find("#chat-messages .bot-row")).to_contain_text("PDF")
    expect(person.messages).not_to_contain_text("Ollama")
    expect(person.notes).to_have_count(1)


def test_undo_returns_the_question_to_the_box(person):
    person.converse("How do I use Ollama?")
    person.converse("Which files can I attach?")
    person.messages.get_by_role("button", name="Undo").locator("visible=true").last.click()
    expect(person.box).to_have_value("Which files can I attach?")
    expect(person.find("#chat-messages .user-row")).to_have_count(1)
    expect(person.notes).to_have_count(1)
    person.box.press("Enter")
    expect(person.notes).to_have_count(2)


def test_what_a_dying_provider_had_written_stays_and_retry_works(person):
    person.choose("compatible", "cut-5")
    person.converse("Count.", "broke off")
    expect(person.messages).to_contain_text("The server broke off its answer. Try again.")
    assert tokens(person) == 5
    person.open()
    expect(person.notes).to_contain_text("broke off")
    assert tokens(person) == 5
    person.choose("compatible", "fast-25")
    person.messages.get_by_role("button", name="Retry").locator("visible=true").click()
    expect(person.notes).to_contain_text("finished")
    assert tokens(person) == 25


def test_the_box_is_empty_as_soon_as_the_message_has_gone_off(person):
    begin_long_answer(person)
    expect(person.box).to_have_value("")
    expect(person.notes).to_have_count(0)


def test_what_is_typed_while_an_answer_is_written_stays_in_the_box(person):
    begin_long_answer(person)
    person.box.fill("And now?")
    person.page.keyboard.press("Escape")
    expect(person.notes).to_contain_text("stopped by you")
    person.page.wait_for_timeout(300)  # an update that comes after the end would empty it
    expect(person.box).to_have_value("And now?")


def test_a_message_sent_while_an_answer_is_written_ends_that_and_is_answered(person):
    begin_long_answer(person)
    person.choose("reader", status="The built-in reader answers")
    person.send("Which files can I attach?")
    expect(person.box).to_have_value("")
    expect(person.notes).to_have_count(2)
    expect(person.notes.nth(0)).to_contain_text("stopped by you")
    expect(person.notes.nth(1)).to_contain_text("finished")
    rows = person.find("#chat-messages .message-row")
    expect(rows.nth(2)).to_contain_text("Which files can I attach?")
    assert tokens(person) > 0


def test_a_question_asked_before_the_page_has_its_conversation_is_not_lost(person):
    held = []

    def hold_what_opening_asks(route) -> None:
        held.append(route) if len(held) < 2 else route.continue_()

    person.page.route("**/gradio_api/queue/join*", hold_what_opening_asks)
    person.page.goto(person.url)
    example = person.page.get_by_text("Which files can I attach?")
    expect(example).to_be_visible()
    until(lambda: person.page.wait_for_timeout(20) or len(held) == 2)
    example.click()
    expect(person.find("#chat-messages .user-row")).to_have_count(1)
    for route in held:
        route.continue_()
    expect(person.listed).to_have_count(1)
    person.page.wait_for_timeout(500)  # what opening had asked for comes now
    person.converse("How do I use Ollama?")
    expect(person.find("#chat-messages .user-row")).to_have_count(2)
    expect(person.listed).to_have_count(1)
