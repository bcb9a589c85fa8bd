"""A person finds their conversations again, and names, deletes and takes them away."""

import json

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

FILES, OLLAMA = "Which files can I attach?", "How do I use Ollama?"


def open_menu(person) -> None:
    person.page.get_by_role("button", name="This conversation").click()


def two_conversations(person) -> None:
    person.converse(FILES)
    person.find("#new-conversation").click()
    expect(person.find("#chat-messages .message-row")).to_have_count(0)
    person.converse(OLLAMA)
    expect(person.listed).to_have_text([OLLAMA, FILES])


def test_a_reload_finds_the_conversation_and_it_goes_on(person):
    person.converse(FILES)
    answer = person.find("#chat-messages .bot-row p").first.inner_text()
    person.open()
    expect(person.listed).to_have_text(FILES)
    expect(person.messages).to_contain_text(answer)
    expect(person.notes).to_contain_text("finished")
    person.converse(OLLAMA)
    expect(person.listed).to_have_count(1)


def test_a_restart_of_the_server_finds_the_conversation(visit, start_site):
    with start_site() as site:
        person = visit(site.url)
        person.converse(FILES)
        person.leave()
    with start_site() as site:
        person.open()
        expect(person.listed).to_have_text(FILES)
        expect(person.notes).to_contain_text("finished")
        person.converse(OLLAMA)
        expect(person.find("#chat-messages .user-row")).to_have_count(2)
        person.leave()
        assert site.refused == ""
        assert "Traceback" not in site.log


def test_a_new_conversation_is_empty_and_the_old_one_can_be_chosen(person):
    two_conversations(person)
    expect(person.messages).not_to_contain_text(FILES)
    person.listed.filter(has_text=FILES).click()
    expect(person.messages).to_contain_text(FILES)
    expect(person.messages).not_to_contain_text(OLLAMA)
    person.converse("What is the built-in reader?")
    expect(person.listed).to_have_text([FILES, OLLAMA])


def test_a_system_prompt_stays_with_its_conversation(person, site):
    person.page.get_by_role("button", name="System prompt").click()
    prompt = person.page.get_by_label("What the model is told before the conversation")
    prompt.fill("Answer in rhyme.")
    person.choose("compatible", "fast-25")
    person.converse("Count.")
    assert site.asked()[-1]["messages"][0] == {"role": "system", "content": "Answer in rhyme."}
    person.find("#new-conversation").click()
    expect(prompt).to_have_value("")
    person.listed.filter(has_text="Count.").click()
    expect(prompt).to_have_value("Answer in rhyme.")


def test_a_conversation_can_be_renamed(person):
    person.converse(FILES)
    open_menu(person)
    name = person.page.get_by_label("Name", exact=True)
    name.fill("About <b>attachments</b>")
    person.page.get_by_role("button", name="Rename").click()
    expect(person.listed).to_have_text("About <b>attachments</b>")
    expect(name).to_have_value("")
    person.open()
    expect(person.listed).to_have_text("About <b>attachments</b>")


@pytest.mark.parametrize("sure", [True, False], ids=["confirmed", "declined"])
def test_a_conversation_is_deleted_when_that_is_confirmed(person, sure):
    two_conversations(person)
    open_menu(person)
    asked: list[str] = []

    def answer(dialog) -> None:
        asked.append(dialog.message)
        dialog.accept() if sure else dialog.dismiss()

    person.page.on("dialog", answer)
    person.page.get_by_role("button", name="Delete").click()
    rows = person.find("#chat-messages .message-row")
    expect(rows).to_have_count(0 if sure else 2)
    expect(person.listed).to_have_text([FILES] if sure else [OLLAMA, FILES])
    assert asked == ["Delete this conversation with all its messages?"]
    person.open()
    expect(person.listed).to_have_text([FILES] if sure else [OLLAMA, FILES])


def exported(person, kind: str) -> tuple[str, str]:
    """The name and the text of the file that a button brings."""
    with person.page.expect_download() as download:
        person.page.get_by_role("button", name=kind, exact=True).click()
    file = download.value.path()
    return download.value.suggested_filename, file.read_text(encoding="utf-8")


def test_a_conversation_is_exported_as_markdown_and_as_json(person):
    person.converse(FILES)
    person.converse(OLLAMA)
    open_menu(person)
    name, text = exported(person, "Markdown")
    assert name == "Which files can I attach_.md"
    assert text.startswith(f"# {FILES}\n")
    assert text.index(f"## You\n\n{FILES}") < text.index("## reader\n\n") < text.index(f"## You\n\n{OLLAMA}")
    name, text = exported(person, "JSON")
    saved = json.loads(text)
    assert name == "Which files can I attach_.json"
    assert saved["title"] == FILES
    assert [entry["note"]["model"] for entry in saved["messages"] if "note" in entry] == ["reader"] * 2
    assert OLLAMA in json.dumps(saved["messages"][2])


def test_an_export_after_the_next_answer_has_that_answer_too(person):
    person.converse(FILES)
    open_menu(person)
    exported(person, "Markdown")
    person.converse(OLLAMA)
    assert f"## You\n\n{OLLAMA}" in exported(person, "Markdown")[1]
