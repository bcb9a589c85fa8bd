import asyncio
from contextlib import aclosing
from decimal import Decimal

import pytest

from switchboard import chat
from switchboard.backends.base import Capability, Sampling
from switchboard.conversations import Conversations, mint_id
from switchboard.errors import BadInput, NotFound, Overloaded, TooLarge
from switchboard.messages import (
    AssistantMessage,
    Finish,
    FinishReason,
    Image,
    Notice,
    Text,
    TextDelta,
    Usage,
    UserMessage,
    user,
)
from switchboard.records import Ending, Note

PICTURE = Image("cat.png", "image/png", b"png")


class Scripted:
    """A backend that yields what it was given; an exception is raised, a float waited for."""

    provider, model = "OpenAI", "scripted"

    def __init__(self, *script, capabilities=frozenset({Capability.LANGUAGE})):
        self.script, self.capabilities = script, capabilities
        self.requests, self.closed = [], False

    async def stream(self, request):
        self.requests.append(request)
        try:
            for step in self.script:
                if isinstance(step, Exception):
                    raise step
                if isinstance(step, float):
                    await asyncio.sleep(step)
                else:
                    yield step
        finally:
            self.closed = True


DONE = Finish(FinishReason.STOP, Usage(3, 2))


@pytest.fixture
def store(tmp_path):
    return Conversations(tmp_path / "c.db")


@pytest.fixture
def conversation(store):
    one = store.create("ann", "Hello", "Be kind.")
    store.append("ann", one.id, [(user("Hi"), None)])
    return one.id


async def answered(store, conversation, backend, write=chat.answer):
    exchange = chat.reopen(store, "ann", conversation)
    return [event async for event in write(store, exchange, backend, Sampling())]


async def test_an_answer_is_streamed_then_saved_with_how_it_came_about(store, conversation):
    backend = Scripted(TextDelta("Hel"), Notice("slow today"), TextDelta("lo"), DONE)
    events = await answered(store, conversation, backend)
    assert events[:4] == list(backend.script)
    record = store.records("ann", conversation)[-1]
    assert record.message == AssistantMessage("Hello")
    assert (record.note.ending, record.note.usage) == (Ending.DONE, Usage(3, 2))
    assert record.note.warnings == ("slow today",)
    assert record.note.first_seconds <= record.note.seconds
    assert events[-1] == chat.Saved(record.id, record.note)


async def test_the_model_gets_the_system_prompt_and_all_that_was_said(store, conversation):
    await answered(store, conversation, Scripted(TextDelta("One"), DONE))
    store.append("ann", conversation, [(user("More"), None)])
    backend = Scripted(TextDelta("Two"), DONE)
    await answered(store, conversation, backend)
    assert backend.requests[0].system == "Be kind."
    assert backend.requests[0].messages == (user("Hi"), AssistantMessage("One"), user("More"))


async def test_what_had_streamed_is_kept_when_the_provider_dies(store, conversation):
    events = await answered(
        store, conversation, Scripted(TextDelta("Half"), Overloaded("It broke.", "Press Retry."))
    )
    record = store.records("ann", conversation)[-1]
    assert record.message == AssistantMessage("Half")
    assert record.note.ending is Ending.FAILED
    assert record.note.warnings == ("It broke. Press Retry.",)
    assert events[-1].note.ending is Ending.FAILED


async def test_a_stream_that_ends_without_a_finish_is_marked_as_broken(store, conversation):
    await answered(store, conversation, Scripted(TextDelta("Half")))
    assert store.records("ann", conversation)[-1].note.ending is Ending.FAILED


async def test_an_answer_that_broke_before_its_first_word_is_not_sent_to_the_next_model(store, conversation):
    await answered(store, conversation, Scripted(Overloaded("It broke.")))
    backend = Scripted(TextDelta("Yes"), DONE)
    await answered(store, conversation, backend)
    assert backend.requests[0].messages == (user("Hi"),)


async def test_stopping_closes_the_stream_and_keeps_the_text(store, conversation):
    backend = Scripted(TextDelta("Half"), 60.0, DONE)
    exchange = chat.reopen(store, "ann", conversation)
    async with aclosing(chat.answer(store, exchange, backend, Sampling())) as events:
        async for _ in events:
            break
    assert backend.closed
    record = store.records("ann", conversation)[-1]
    assert (record.message, record.note.ending) == (AssistantMessage("Half"), Ending.STOPPED)


async def test_cancelling_a_stalled_answer_keeps_the_text(store, conversation):
    backend = Scripted(TextDelta("Half"), 60.0, DONE)
    task = asyncio.create_task(answered(store, conversation, backend))
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert backend.closed
    assert store.records("ann", conversation)[-1].note.ending is Ending.STOPPED


async def test_a_cut_answer_goes_on_in_the_same_record(store, conversation):
    await answered(
        store, conversation, Scripted(TextDelta("One, "), Finish(FinishReason.LENGTH, Usage(3, 2)))
    )
    before = store.records("ann", conversation)[-1]
    assert before.note.ending is Ending.CUT
    backend = Scripted(TextDelta("two."), DONE)
    await answered(store, conversation, backend, chat.extend)
    after = store.records("ann", conversation)[-1]
    assert (after.id, after.message) == (before.id, AssistantMessage("One, two."))
    assert (after.note.ending, after.note.usage) == (Ending.DONE, Usage(6, 4))
    assert backend.requests[0].messages[-1] == user(chat.CONTINUE)


async def test_there_is_nothing_to_go_on_with_after_a_question(store, conversation):
    with pytest.raises(BadInput, match="no answer to go on with"):
        await answered(store, conversation, Scripted(DONE), chat.extend)


@pytest.mark.parametrize(
    "attempt",
    [
        lambda store, id: chat.ask(store, "eve", id, user("Mine?"), ""),
        lambda store, id: chat.ask_again(store, "eve", id),
        lambda store, id: chat.reopen(store, "eve", id),
    ],
)
def test_anothers_conversation_is_not_answered(store, conversation, attempt):
    with pytest.raises(NotFound):
        attempt(store, conversation)
    assert [r.message for r in store.records("ann", conversation)] == [user("Hi")]


def test_a_first_message_begins_the_conversation_that_the_page_has_reserved(store):
    id = mint_id()
    exchange = chat.ask(store, "ann", id, user("Good morning"), "Be brief.")
    assert (exchange.conversation.id, exchange.conversation.title) == (id, "Good morning")
    assert exchange.conversation.system == "Be brief."
    again = chat.ask(store, "ann", id, user("And now?"), "ignored")
    assert [r.message for r in again.records] == [user("Good morning"), user("And now?")]


@pytest.mark.parametrize("id", ["../../etc/passwd", "short", "x" * 17, "ünïcödé-ünïcödé!"])
def test_a_conversation_is_not_begun_under_an_id_that_was_not_minted(store, id):
    with pytest.raises(NotFound):
        chat.ask(store, "ann", id, user("Hi"), "")
    assert store.listed("ann") == []


def test_asking_again_removes_the_answer_alone(store, conversation):
    store.append("ann", conversation, [(AssistantMessage("One"), None)])
    assert [r.message for r in chat.ask_again(store, "ann", conversation).records] == [user("Hi")]


def test_asking_something_else_removes_what_followed(store, conversation):
    store.append("ann", conversation, [(AssistantMessage("One"), None), (user("Two"), None)])
    old = store.records("ann", conversation)[0]
    exchange = chat.ask_instead(store, "ann", conversation, old, user("Hello"))
    assert [r.message for r in exchange.records] == [user("Hello")]


async def test_the_built_in_reader_costs_nothing_and_an_unknown_model_is_unknown(store, conversation):
    await answered(store, conversation, Scripted(TextDelta("x"), DONE))
    assert store.records("ann", conversation)[-1].note.cost is None
    reader = Scripted(TextDelta("x"), DONE)
    reader.provider = "Built-in reader"
    await answered(store, conversation, reader)
    assert store.records("ann", conversation)[-1].note.cost == Decimal(0)


async def test_earlier_images_are_left_out_for_a_model_that_cannot_see(store, conversation):
    store.append("ann", conversation, [(UserMessage((PICTURE, Text("A cat?"))), None)])
    store.append("ann", conversation, [(AssistantMessage("Yes."), None), (user("Sure?"), None)])
    blind = Scripted(TextDelta("No"), DONE)
    await answered(store, conversation, blind)
    assert blind.requests[0].messages[1] == UserMessage((Text("(image cat.png)"), Text("A cat?")))
    assert "left out" in store.records("ann", conversation)[-1].note.warnings[0]
    seeing = Scripted(TextDelta("Yes"), DONE, capabilities=frozenset({Capability.IMAGES}))
    await answered(store, conversation, seeing)
    assert seeing.requests[0].messages[1].parts[0] == PICTURE


async def test_a_new_image_is_not_sent_to_a_model_that_cannot_see(store, conversation):
    store.append("ann", conversation, [(UserMessage((PICTURE,)), None)])
    blind = Scripted(TextDelta("x"), DONE)
    await answered(store, conversation, blind)
    assert blind.requests == []
    assert "cannot see images" in store.records("ann", conversation)[-1].note.warnings[0]


async def test_ten_thousand_messages_are_cut_to_the_models_window(store, conversation):
    turns = [(user("x" * 300), None), (AssistantMessage("y" * 300), None)] * 5000
    store.append("ann", conversation, [*turns, (user("And now?"), None)])
    backend = Scripted(TextDelta("x"), DONE)
    backend.model = "claude-haiku-5-5"
    await answered(store, conversation, backend)
    sent = backend.requests[0].messages
    assert 100 < len(sent) < 10_000
    assert isinstance(sent[0], UserMessage)
    assert sent[-1] == user("And now?")
    assert "messages were left out" in store.records("ann", conversation)[-1].note.warnings[0]


@pytest.mark.parametrize(
    ("message", "error"),
    [
        (user("   "), BadInput),
        (UserMessage(()), BadInput),
        (user("x" * 1_000_001), TooLarge),
        (UserMessage((PICTURE,) * (chat.ATTACHMENTS + 1)), BadInput),
    ],
)
def test_what_cannot_be_sent_is_refused(message, error):
    with pytest.raises(error):
        chat.checked_message(message, 200_000)


def test_an_image_alone_can_be_sent():
    assert chat.checked_message(UserMessage((PICTURE,)), 10).parts == (PICTURE,)


def test_that_no_answer_came_about_is_kept_in_its_place(store, conversation):
    note = Note("Claude", "haiku", Ending.FAILED, warnings=("No Claude key.",))
    chat.keep_failure(store, chat.reopen(store, "ann", conversation), note)
    record = store.records("ann", conversation)[-1]
    assert (record.message, record.note) == (AssistantMessage(""), note)


async def test_the_last_question_is_found_for_a_retry(store, conversation):
    await answered(store, conversation, Scripted(TextDelta("One"), DONE))
    assert chat.last_question(store, "ann", conversation).message == user("Hi")
    empty = store.create("ann", "Empty")
    with pytest.raises(NotFound):
        chat.last_question(store, "ann", empty.id)
