"""A person changes the model under a conversation, and meets what goes wrong with providers and keys."""

import json

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

REFUSED = "The server does not take this key. Paste another one above."


def retry(person) -> None:
    person.messages.get_by_role("button", name="Retry").locator("visible=true").last.click()


def test_a_conversation_goes_on_with_another_provider(person, site):
    person.converse("Which files can I attach?")
    person.choose("compatible", "fast-25")
    person.converse("And how large may they be?")
    expect(person.notes.first).to_contain_text("reader")
    expect(person.notes.last).to_contain_text("fast-25 · 10 + 25 tokens")
    sent = json.dumps(site.asked()[-1]["messages"])
    assert "Which files can I attach?" in sent
    assert "PDF" in sent
    person.choose("reader", status="built-in reader")
    person.converse("How do I use Ollama?")
    expect(person.find("#chat-messages .bot-row")).to_have_count(3)


def test_a_wrong_key_says_what_to_do_and_the_conversation_stays(person):
    person.converse("Which files can I attach?")
    person.choose("compatible", status="is ready with")
    person.keep_key("sk-wrong", "does not take this key")
    expect(person.status).to_contain_text(REFUSED)
    person.converse("Count.", "broke off")
    expect(person.messages).to_contain_text(REFUSED)
    expect(person.find("#chat-messages .bot-row").first).to_contain_text("PDF")
    person.keep_key("sk-right", "is ready with")
    person.choose("compatible", "fast-25")
    retry(person)
    expect(person.notes.last).to_contain_text("finished")
    expect(person.messages).not_to_contain_text(REFUSED)


def test_a_key_refused_in_mid_answer_leaves_the_text_that_was_there(person):
    person.choose("compatible", "cut-5")
    person.converse("Count.", "broke off")
    written = person.find("#chat-messages .bot-row p").first.inner_text()
    person.keep_key("sk-wrong", "does not take this key")
    person.page.get_by_role("button", name="Continue").click()
    expect(person.messages).to_contain_text(REFUSED)
    expect(person.messages).to_contain_text(written)


def test_a_missing_key_is_told_in_the_status_and_in_place_of_the_answer(person, site):
    asked = len(site.asked())
    missing = "No OpenAI key. Paste one above or set OPENAI_API_KEY; the built-in reader works without one."
    person.choose("openai", status=missing)
    person.converse("Which files can I attach?", "broke off")
    expect(person.messages).to_contain_text(missing)
    expect(person.box).to_be_enabled()
    assert len(site.asked()) == asked
    person.choose("reader", status="built-in reader")
    retry(person)
    expect(person.notes).to_contain_text("finished")
    expect(person.messages).to_contain_text("PDF")
    expect(person.messages).not_to_contain_text(missing)


def test_ollama_that_does_not_run_says_how_to_start_it(person):
    person.choose("ollama", status="ollama serve")
    expect(person.find("#pull")).not_to_be_visible()
    person.converse("Hello?", "broke off")
    expect(person.messages).to_contain_text("Ollama")
    person.show("Prices")
    expect(person.find("#price-estimate")).to_be_visible()
    person.show("Chat")
    person.choose("reader", status="built-in reader")
    person.converse("How do I use Ollama?")


def test_a_model_name_that_begins_a_listed_one_is_taken_as_typed(person):
    person.choose("compatible", "fast-200", "does not list fast-200;")
    expect(person.find("#model input")).to_have_value("fast-200")


def test_the_test_button_asks_the_provider(person):
    person.find("#test").click()
    expect(person.status).to_contain_text("●")
    person.choose("compatible", "fast-25")
    person.find("#test").click()
    expect(person.status).to_contain_text("fast-25")


@pytest.mark.parametrize("by", ["Enter", "leaving the field", "Test"])
def test_a_key_is_never_shown_again_once_it_is_kept(person, site, by):
    secret = f"sk-visitor-{by.lower().replace(' ', '-')}-4711"
    bodies: list[str] = []
    person.page.on("requestfinished", lambda request: _read(request, bodies))
    person.choose("compatible", "fast-25")
    field = person.find("#key input")
    expect(field).to_have_attribute("type", "password")
    field.fill(secret)
    match by:
        case "Enter":
            field.press("Enter")
        case "Test":
            person.find("#test").click()
        case _:
            person.box.click()
    expect(field).to_have_value("")
    expect(field).to_have_attribute("placeholder", "Kept for this visit; type another to replace it")
    expect(person.status).to_contain_text("fast-25")
    person.converse("Count.")
    person.open()
    expect(person.notes).to_have_count(1)
    stored = person.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
    seen = [person.page.content(), stored, site.log, *bodies]
    assert not any(secret in text for text in seen)
    written = [file for file in site.folder.rglob("*") if file.is_file()]
    assert written
    assert not any(secret.encode() in file.read_bytes() for file in written)


def test_a_key_typed_for_one_provider_is_not_left_in_the_field_of_another(person):
    person.choose("openai", status="No OpenAI key")
    person.find("#key input").fill("sk-visitor-1")
    person.choose("claude", status="No Claude key")
    expect(person.find("#key input")).to_have_value("")


def _read(request, bodies: list[str]) -> None:
    response = request.response()
    if response and "json" in (response.headers.get("content-type") or ""):
        bodies.append(response.text())
