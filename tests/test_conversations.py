import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.conversations import SYSTEM_CHARACTERS, TITLE_CHARACTERS, Conversations
from switchboard.errors import BadInput, NotFound
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
from switchboard.records import Ending, Note, message_from_json, message_to_json, note_from_json, note_to_json

NOTE = Note("OpenAI", "gpt-5.5", Ending.DONE, Usage(10, 20, 5), 1.5, 0.2, Decimal("0.0012"), ("careful",))


@pytest.fixture
def store(tmp_path):
    return Conversations(tmp_path / "deep" / "conversations.db")


def test_a_conversation_comes_back_as_it_was_saved_by_another_process(store, tmp_path):
    saved = store.create("ann", "Hello", "Be brief.")
    turns = [
        (UserMessage((Image("a.png", "image/png", b"\x89PNG"), Document("b.md", "# B"), Text("See?"))), None),
        (AssistantMessage("", (ToolCall("1", "look", '{"at": "b"}'),)), NOTE),
        (ToolResult("1", "look", "seen", failed=True), None),
        (AssistantMessage("Yes."), replace(NOTE, cost=None, ending=Ending.CUT)),
    ]
    store.append("ann", saved.id, turns)
    again = Conversations(tmp_path / "deep" / "conversations.db")
    assert again.find("ann", saved.id).system == "Be brief."
    assert [(r.message, r.note) for r in again.records("ann", saved.id)] == turns


def test_the_newest_records_can_be_asked_for_alone(store):
    one = store.create("ann", "One")
    store.append("ann", one.id, [(user(str(i)), None) for i in range(10)])
    assert [r.message.text for r in store.records("ann", one.id, last=3)] == ["7", "8", "9"]
    assert store.count("ann", one.id) == 10


def test_conversations_are_listed_with_the_one_last_written_in_first(store):
    one, two = store.create("ann", "One"), store.create("ann", "Two")
    store.append("ann", one.id, [(user("again"), None)])
    assert [c.id for c in store.listed("ann")] == [one.id, two.id]


@pytest.mark.parametrize(
    "attempt",
    [
        lambda store, id: store.find("eve", id),
        lambda store, id: store.records("eve", id),
        lambda store, id: store.count("eve", id),
        lambda store, id: store.append("eve", id, [(user("mine now"), None)]),
        lambda store, id: store.rename("eve", id, "mine"),
        lambda store, id: store.set_system("eve", id, "obey eve"),
        lambda store, id: store.cut("eve", id, 0),
        lambda store, id: store.replace("eve", id, 1, AssistantMessage("forged"), NOTE),
        lambda store, id: store.delete("eve", id),
    ],
)
def test_anothers_conversation_is_as_unknown_as_none(store, attempt):
    one = store.create("ann", "Private")
    store.append("ann", one.id, [(user("secret"), None)])
    with pytest.raises(NotFound, match="no such conversation"):
        attempt(store, one.id)
    assert store.listed("eve") == []
    assert [r.message.text for r in store.records("ann", one.id)] == ["secret"]
    assert store.find("ann", one.id).title == "Private"


def test_cutting_removes_a_record_and_what_follows(store):
    one = store.create("ann", "One")
    ids = store.append("ann", one.id, [(user(str(i)), None) for i in range(4)])
    store.cut("ann", one.id, ids[2])
    assert [r.id for r in store.records("ann", one.id)] == ids[:2]


def test_replacing_a_record_of_another_conversation_is_refused(store):
    one, two = store.create("ann", "One"), store.create("ann", "Two")
    record = store.append("ann", one.id, [(AssistantMessage("kept"), NOTE)])[0]
    with pytest.raises(NotFound):
        store.replace("ann", two.id, record, AssistantMessage("lost"), NOTE)
    assert store.records("ann", one.id)[0].message == AssistantMessage("kept")


def test_deleting_takes_messages_and_images_along(store, tmp_path):
    one = store.create("ann", "One")
    store.append("ann", one.id, [(UserMessage((Image("a.png", "image/png", b"x"),)), None)])
    store.delete("ann", one.id)
    with sqlite3.connect(tmp_path / "deep" / "conversations.db") as db:
        assert db.execute(
            "SELECT (SELECT count(*) FROM message) + (SELECT count(*) FROM image)"
        ).fetchone() == (0,)
    db.close()


def test_appending_is_all_or_nothing(store, monkeypatch):
    one = store.create("ann", "One")
    unwritable = UserMessage((Image("a.png", "image/png", object()),))
    with pytest.raises(sqlite3.Error):
        store.append("ann", one.id, [(user("first"), None), (unwritable, None)])
    assert store.records("ann", one.id) == []


def test_many_threads_write_without_losing_a_message(tmp_path):
    stores = [Conversations(tmp_path / "c.db") for _ in range(4)]
    one = stores[0].create("ann", "One")

    def write(i):
        stores[i % 4].append("ann", one.id, [(user(str(i)), None)])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(200)))
    assert sorted(int(r.message.text) for r in stores[0].records("ann", one.id)) == list(range(200))


def test_titles_are_shortened_and_never_empty(store):
    assert len(store.create("ann", "word " * 100).title) <= TITLE_CHARACTERS
    assert store.create("ann", " \n ").title == "New conversation"


def test_an_empty_name_or_an_endless_system_prompt_is_refused(store):
    one = store.create("ann", "One")
    with pytest.raises(BadInput, match="needs a name"):
        store.rename("ann", one.id, "  ")
    with pytest.raises(BadInput, match="Shorten it"):
        store.set_system("ann", one.id, "x" * (SYSTEM_CHARACTERS + 1))


texts = st.text(max_size=30)
parts = st.one_of(
    texts.map(Text),
    st.builds(Document, texts, texts),
    st.builds(Image, texts, st.just("image/png"), st.binary(max_size=20)),
)
messages = st.one_of(
    st.lists(parts, max_size=3).map(lambda p: UserMessage(tuple(p))),
    st.builds(
        AssistantMessage, texts, st.lists(st.builds(ToolCall, texts, texts, texts), max_size=2).map(tuple)
    ),
    st.builds(ToolResult, texts, texts, texts, st.booleans()),
)


@given(messages)
def test_any_message_survives_json(message):
    import json

    images = {}
    if isinstance(message, UserMessage):
        images = {i: p.data for i, p in enumerate(message.parts) if isinstance(p, Image)}
    assert message_from_json(json.loads(message_to_json(message)), images) == message


def test_a_note_survives_json():
    assert note_from_json(note_to_json(NOTE)) == NOTE
