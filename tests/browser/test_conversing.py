"""A person converses with the built-in reader, attaches files, and sends what cannot be sent."""

import base64
import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

HOUSE_RULES = b"""# House rules of the Alder Street hostel

## Quiet hours

Quiet hours last from 22:30 until 07:15 on every day of the week.

## Kitchen

The kitchen closes at 21:00, and the washing-up is done by whoever cooked.
"""
ONE_PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def test_an_example_is_answered_when_it_is_pressed(person):
    person.page.get_by_text("How do I add my OpenAI key?").click()
    expect(person.messages).to_contain_text("paste the key into the field Key")
    expect(person.notes).to_have_count(1)
    expect(person.listed).to_have_text("How do I add my OpenAI key?")


def test_an_own_question_is_answered_below_the_example(person):
    person.page.get_by_text("How do I use Ollama?").click()
    expect(person.notes).to_have_count(1)
    person.converse("Which files can I attach?")
    expect(person.messages).to_contain_text("PDF")
    expect(person.find("#chat-messages .user-row")).to_have_count(2)


def test_the_note_under_an_answer_tells_model_time_cost_and_ending(person):
    person.converse("What is the built-in reader?")
    expect(person.notes.last).to_have_text(re.compile(r"^reader · \d\.\d s · free · finished$"))


def test_enter_sends_and_empties_the_box_and_shift_enter_breaks_the_line(person):
    person.box.fill("Which files")
    person.box.press("Shift+Enter")
    person.page.keyboard.type("can I attach?")
    expect(person.box).to_have_value("Which files\ncan I attach?")
    expect(person.find("#chat-messages .user-row")).to_have_count(0)
    person.box.press("Enter")
    expect(person.box).to_have_value("")
    expect(person.notes).to_have_count(1)
    expect(person.find("#chat-messages .user-row")).to_contain_text("can I attach?")


def test_an_attached_markdown_file_answers_questions_about_it(person):
    person.attach("rules.md", HOUSE_RULES, "text/markdown")
    person.converse("When are the quiet hours?")
    expect(person.messages).to_contain_text("rules.md")
    expect(person.messages).to_contain_text("from 22:30 until 07:15")
    expect(person.attached).to_have_count(0)
    person.converse("When does the kitchen close?")
    expect(person.find("#chat-messages .bot-row").last).to_contain_text("21:00")


def test_the_reader_says_that_it_cannot_see_an_image(person):
    person.attach("dot.png", ONE_PIXEL, "image/png")
    person.converse("What is in the picture?")
    expect(person.find("#chat-messages .user-row img")).to_be_visible()
    expect(person.find("#chat-messages .bot-row")).to_contain_text("cannot see pictures")
    assert person.find("#chat-messages .user-row img").evaluate("image => image.naturalWidth") == 1


def test_a_binary_named_md_is_refused_and_nothing_typed_is_lost(person):
    person.attach("notes.md", bytes(range(256)) * 20, "text/markdown")
    person.send("What do my notes say?")
    expect(person.error).to_contain_text("notes.md is no text: it holds binary data.")
    expect(person.box).to_have_value("What do my notes say?")
    expect(person.attached).to_have_count(1)
    expect(person.find("#chat-messages .message-row")).to_have_count(0)
    expect(person.listed).to_have_count(0)


def test_a_refused_file_can_be_taken_out_and_the_message_sent(person):
    person.attach("notes.md", bytes(range(256)) * 20, "text/markdown")
    person.send("Which files can I attach?")
    expect(person.error).to_be_visible()
    person.attached.hover()
    person.find("#chat-box").get_by_role("button", name="Remove").click()
    person.box.press("Enter")
    expect(person.notes).to_have_count(1)


@pytest.mark.parametrize(
    ("text", "reason"),
    [("   ", "The message is empty."), ("x" * 1_000_000, "The message has 1,000,000 characters")],
    ids=["empty", "1 MB"],
)
def test_a_message_that_cannot_be_sent_is_refused_and_kept(person, text, reason):
    person.send(text)
    expect(person.error).to_contain_text(reason)
    assert person.box.input_value() == text
    expect(person.find("#chat-messages .message-row")).to_have_count(0)
    expect(person.listed).to_have_count(0)
    person.converse("Which files can I attach?")


def test_markdown_in_an_answer_is_shown_as_such_and_html_is_not_run(person):
    hostile = b"# Price list\n\nThe price of tea is <img src=x onerror=alert(1)> **four** euros.\n"
    person.attach("prices.md", hostile, "text/markdown")
    person.converse("What is the price of tea?")
    expect(person.find("#chat-messages .bot-row")).to_contain_text("euros")
    expect(person.find("#chat-messages .bot-row img")).to_have_count(0)
