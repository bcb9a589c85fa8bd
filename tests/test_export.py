import base64
import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from switchboard.conversations import Conversation, Conversations
from switchboard.export import as_json, as_markdown
from switchboard.messages import (
    AssistantMessage,
    Document,
    Image,
    Text,
    ToolCall,
    ToolResult,
    Usage,
    UserMessage,
    user,
)
from switchboard.records import Ending, Note, Record

NOW = datetime(2026, 5, 14, 9, 30, tzinfo=UTC)
ONE = Conversation("x" * 16, "Bags & more", "Be kind.", NOW, NOW)
NOTE = Note("OpenAI", "gpt-5.4-mini", Ending.DONE, Usage(5, 2), 1.5, 0.5, Decimal("0.01"), ("Slow.",))
PICTURE = Image("cat.png", "image/png", b"\x89PNG\x00\xff")
SAID = (
    user("How heavy?"),
    AssistantMessage("23 kg.", (ToolCall("c1", "look", '{"a": 1}'),)),
    ToolResult("c1", "look", '{"kg": 23}'),
    ToolResult("c2", "look", "No such bag.", failed=True),
    UserMessage((PICTURE, Document("a.md", "# A\n" * 300), Text("And this?"), Text("Well?"))),
    UserMessage((PICTURE,)),
    AssistantMessage(""),
)


def records(*messages):
    return [
        Record(n, m, NOTE if isinstance(m, AssistantMessage) else None, NOW) for n, m in enumerate(messages)
    ]


def test_markdown_reads_from_the_title_down():
    text = as_markdown(ONE, records(*SAID))
    parts = [
        "# Bags & more",
        "_Begun 2026-05-14 09:30 UTC_",
        "## System prompt\n\nBe kind.",
        "## You\n\nHow heavy?",
        "## gpt-5.4-mini\n\n23 kg.",
        "## Tool look",
        "Attached: cat.png (image)",
        "Attached: a.md (1,200 characters)",
        "And this?\n\nWell?",
    ]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)
    assert text.endswith("\n")


def test_markdown_without_a_system_prompt_or_messages_is_its_head():
    one = Conversation("x" * 16, "Empty", "", NOW, NOW)
    assert as_markdown(one, []) == "# Empty\n\n_Begun 2026-05-14 09:30 UTC_\n"


def test_an_answer_of_an_unknown_model_is_called_an_answer():
    assert "## Answer\n\nHi" in as_markdown(ONE, [Record(1, AssistantMessage("Hi"), None, NOW)])


@pytest.mark.parametrize("text", ["a\n```\n# Not a heading", "```", "``````", "~~~"])
def test_no_result_of_a_tool_gets_out_of_its_block(text):
    from markdown_it import MarkdownIt

    markdown = as_markdown(ONE, records(ToolResult("c1", "look", text)))
    tokens = MarkdownIt("commonmark").parse(markdown)
    [fence] = [token for token in tokens if token.type == "fence"]
    assert fence.content == text + "\n"


@pytest.mark.parametrize("message", SAID, ids=lambda message: type(message).__name__)
def test_json_holds_every_kind_of_message(message):
    [entry] = json.loads(as_json(ONE, records(message)))["messages"]
    assert entry["created"] == NOW.isoformat()
    match message:
        case UserMessage():
            assert entry["role"] == "user"
            assert [part["kind"] for part in entry["parts"]] == [
                type(p).__name__.lower() for p in message.parts
            ]
        case AssistantMessage():
            assert (entry["role"], entry["text"]) == ("assistant", message.text)
            assert entry["note"]["cost"] == "0.01"
            assert [call["name"] for call in entry.get("tool_calls", [])] == [
                c.name for c in message.tool_calls
            ]
        case ToolResult():
            assert (entry["role"], entry["failed"], entry["text"]) == ("tool", message.failed, message.text)


def test_json_holds_pictures_byte_by_byte():
    [entry] = json.loads(as_json(ONE, records(UserMessage((Text("x"), PICTURE)))))["messages"]
    assert "base64" not in entry["parts"][0]
    assert base64.b64decode(entry["parts"][1]["base64"]) == PICTURE.data


def test_json_holds_the_conversation():
    body = json.loads(as_json(ONE, []))
    assert (body["title"], body["system"], body["messages"]) == ("Bags & more", "Be kind.", [])
    assert datetime.fromisoformat(body["created"]) == NOW
    assert "owner" not in body


def test_letters_of_all_scripts_stand_as_they_are():
    assert "Grüße 你好 🙂" in as_json(ONE, records(user("Grüße 你好 🙂")))
    assert "Grüße 你好 🙂" in as_markdown(ONE, records(user("Grüße 你好 🙂")))


def test_what_was_stored_is_what_is_exported(tmp_path):
    store = Conversations(tmp_path / "c.db")
    one = store.create("ann", "Bags", "Be kind.")
    store.append("ann", one.id, [(m, NOTE if isinstance(m, AssistantMessage) else None) for m in SAID])
    kept = store.records("ann", one.id)
    assert [record.message for record in kept] == list(SAID)
    exported = json.loads(as_json(store.find("ann", one.id), kept))
    assert len(exported["messages"]) == len(SAID)
    assert as_markdown(one, kept).count("## ") == len(SAID) + 1
