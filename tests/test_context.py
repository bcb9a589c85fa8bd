from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard import context
from switchboard.backends.base import Capability, ChatRequest, Sampling
from switchboard.context import ANSWER_TOKENS, CHARACTERS_A_TOKEN, fitted
from switchboard.errors import Unsupported
from switchboard.messages import (
    AssistantMessage,
    Document,
    Image,
    Text,
    ToolCall,
    ToolResult,
    UserMessage,
    user,
)

PICTURE = Image("cat.png", "image/png", b"png")
SEES = frozenset({Capability.LANGUAGE, Capability.IMAGES})
BLIND = frozenset({Capability.LANGUAGE})


def backend(capabilities=SEES, model="unknown-model"):
    return SimpleNamespace(model=model, capabilities=capabilities)


@pytest.fixture
def window(monkeypatch):
    """Gives every model a window with room for so many characters besides the answer."""

    def room(characters):
        tokens = ANSWER_TOKENS + characters / CHARACTERS_A_TOKEN
        monkeypatch.setattr(context, "context_window", lambda _: tokens)

    return room


def with_picture(text="Look"):
    return UserMessage((PICTURE, Text(text)))


def test_what_fits_is_sent_as_it_is():
    request = ChatRequest(
        (with_picture(), AssistantMessage("A cat."), user("And?")), "Be kind.", sampling=Sampling(0.5)
    )
    assert fitted(backend(), request) == (request, [])


def test_a_request_without_messages_stays_one():
    assert fitted(backend(BLIND), ChatRequest(()))[0].messages == ()


def test_a_new_picture_is_refused_by_a_model_that_cannot_see():
    with pytest.raises(Unsupported, match="unknown-model cannot see images"):
        fitted(backend(BLIND), ChatRequest((user("Hi"), with_picture())))


def test_earlier_pictures_become_their_names_for_a_model_that_cannot_see():
    document = Document("a.md", "# A")
    messages = (UserMessage((PICTURE, document, Text("Look"))), AssistantMessage("A cat."), user("And?"))
    request, [notice] = fitted(backend(BLIND), ChatRequest(messages))
    assert request.messages[0] == UserMessage((Text("(image cat.png)"), document, Text("Look")))
    assert request.messages[1:] == messages[1:]
    assert "cannot see images" in notice.text


def test_the_reader_which_is_no_language_model_is_handed_pictures():
    request = ChatRequest((with_picture(),))
    assert fitted(backend(frozenset()), request) == (request, [])


def test_the_oldest_messages_are_left_out_with_a_notice(window):
    window(25)
    messages = (
        user("x" * 10),
        AssistantMessage("y" * 10),
        user("z" * 10),
        AssistantMessage("w" * 5),
        user("v" * 5),
    )
    request, [notice] = fitted(backend(), ChatRequest(messages))
    assert request.messages == messages[2:]
    assert "first 2 messages were left out" in notice.text


def test_what_is_kept_begins_with_the_person(window):
    window(16)
    messages = (user("x" * 10), AssistantMessage("y" * 10), user("v" * 5))
    assert fitted(backend(), ChatRequest(messages))[0].messages == messages[2:]


def test_the_newest_message_is_sent_whatever_its_length(window):
    window(10)
    messages = (user("Hi"), AssistantMessage("Hello"), user("x" * 1_000))
    assert fitted(backend(), ChatRequest(messages))[0].messages == messages[2:]


def test_the_system_prompt_and_documents_count(window):
    window(30)
    messages = (user("x" * 10), AssistantMessage("y" * 5), UserMessage((Document("a", "z" * 10), Text("v"))))
    assert len(fitted(backend(), ChatRequest(messages))[0].messages) == 3
    assert len(fitted(backend(), ChatRequest(messages, "s" * 10))[0].messages) == 1


MESSAGES = st.lists(
    st.builds(user, st.text("x", max_size=30))
    | st.builds(AssistantMessage, st.text("y", max_size=30))
    | st.builds(ToolResult, st.just("c"), st.just("look"), st.text("z", max_size=30))
    | st.builds(lambda a: AssistantMessage("", (ToolCall("c", "look", a),)), st.text("w", max_size=30)),
    max_size=8,
)


@given(MESSAGES, st.text("v", max_size=30), st.integers(0, 200))
def test_what_is_kept_is_the_end_of_what_was_said_and_says_how_much_is_missing(said, newest, room):
    messages = (*said, user(newest))
    original = context.context_window
    context.context_window = lambda _: ANSWER_TOKENS + room
    try:
        request, notices = fitted(backend(), ChatRequest(messages))
    finally:
        context.context_window = original
    kept = request.messages
    assert kept
    assert kept == messages[len(messages) - len(kept) :]
    assert bool(notices) == (len(kept) < len(messages))
    assert len(kept) == len(messages) or isinstance(kept[0], UserMessage)
