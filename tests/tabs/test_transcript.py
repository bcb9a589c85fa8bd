from datetime import UTC, datetime
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from switchboard.errors import NotFound
from switchboard.messages import (
    AssistantMessage,
    Document,
    Image,
    ReasoningDelta,
    Text,
    TextDelta,
    ToolResult,
    Usage,
    UserMessage,
    user,
)
from switchboard.records import Ending, Note, Record
from tabs.transcript import (
    CONTINUE,
    Draft,
    answer_shown,
    note_text,
    plain,
    record_behind,
    transcript,
    user_shown,
)

NOW = datetime(2026, 5, 14, tzinfo=UTC)
HOSTILE = (
    '<img src="https://evil.example/x" onerror=alert(1)> [click](javascript:alert(1)) ![p](https://e.example)'
)
RENDERER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


class Rendered(HTMLParser):
    """The tags and the text of a piece of HTML."""

    def __init__(self, markdown):
        super().__init__()
        self.tags, self.words = [], ""
        self.feed(RENDERER.render(markdown))

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.words += data


def note(ending=Ending.DONE, **known):
    return Note("OpenAI", "gpt-5.4-mini", ending, **known)


def record(number, message, how=None):
    return Record(number, message, how, NOW)


def texts(shown):
    return [part["text"] for one in shown for part in one["content"] if part["type"] == "text"]


@pytest.mark.parametrize(
    ("how", "said"),
    [
        (note(seconds=1.25), "gpt-5.4-mini · 1.2 s · cost unknown · finished"),
        (
            note(usage=Usage(1200, 300), seconds=4.0, first_seconds=1.0, cost=Decimal("0.0123")),
            "gpt-5.4-mini · 1,200 + 300 tokens · 4.0 s · 100 tokens/s · $0.0123 · finished",
        ),
        (note(cost=Decimal(0)), "gpt-5.4-mini · 0.0 s · free · finished"),
        (note(cost=Decimal("0.00001")), "gpt-5.4-mini · 0.0 s · < $0.0001 · finished"),
        (note(Ending.CUT), "gpt-5.4-mini · 0.0 s · cost unknown · cut at the length limit"),
        (note(Ending.STOPPED), "gpt-5.4-mini · 0.0 s · cost unknown · stopped by you"),
        (note(Ending.FAILED), "gpt-5.4-mini · 0.0 s · cost unknown · broke off"),
        (note(Ending.FILTERED), "gpt-5.4-mini · 0.0 s · cost unknown · withheld by the provider"),
        (note(usage=Usage(None, 0)), "gpt-5.4-mini · 0 + 0 tokens · 0.0 s · cost unknown · finished"),
        (
            note(usage=Usage(5, 7), seconds=1.0, first_seconds=1.0),
            "gpt-5.4-mini · 5 + 7 tokens · 1.0 s · cost unknown · finished",
        ),
    ],
)
def test_a_note_says_model_tokens_time_pace_cost_and_ending(how, said):
    assert note_text(how) == said


LINES = st.text(st.sampled_from("ab1 \\`*_{}[]<>()#!|~$&;:/.-+=\"'x@"), max_size=40)


@given(LINES | st.text(max_size=40))
@example("&lt;b&gt; &amp; &copy;")
def test_plain_text_is_shown_as_it_is_inside_a_line_of_ours(text):
    line = " ".join(text.split())
    line = "".join(c for c in line if c.isprintable())
    rendered = Rendered(f"It is {plain(line)} here")
    assert rendered.tags == ["p"]
    assert " ".join(rendered.words.split()) == " ".join(f"It is {line} here".split())


@given(st.text(st.sampled_from("ab1 \n\r\t`*_[]<>()#!|~$&;-+=>."), max_size=40))
def test_plain_text_cannot_leave_the_line_that_it_stands_in(text):
    assert Rendered(f"It is {plain(text)} here").tags == ["p"]


@pytest.mark.parametrize("words", [HOSTILE, "a | b", "`code`", "$x$", "~~gone~~", "# head"])
def test_warnings_and_names_of_models_are_shown_as_plain_text(words):
    shown = answer_shown("Hi", Note(words, words, Ending.FAILED, warnings=(words,)))[-1]
    assert set(Rendered(texts([shown])[0]).tags) <= {"p", "small"}


@pytest.mark.parametrize("ending", Ending)
@pytest.mark.parametrize("text", ["Hello", ""])
def test_continue_is_offered_where_an_answer_with_text_did_not_end_by_itself(ending, text):
    last = answer_shown(text, note(ending))[-1]
    offered = [option["value"] for option in last["options"] or []]
    unfinished = ending in (Ending.CUT, Ending.STOPPED, Ending.FAILED)
    assert offered == ([CONTINUE] if text and unfinished else [])


def test_an_answer_without_a_note_is_its_text_alone():
    assert texts(answer_shown("Hello")) == ["Hello"]
    assert answer_shown("") == []


def test_an_answer_that_broke_off_before_its_first_word_shows_why():
    assert "No OpenAI key" in texts(answer_shown("", note(Ending.FAILED, warnings=("No OpenAI key.",))))[0]


PICTURE = Image("cat.png", "image/png", b"\x89PNG the bytes")
RECORDS = [
    record(1, user("Hi")),
    record(2, AssistantMessage("Hello"), note()),
    record(3, UserMessage((PICTURE, Document("a.md", "# A"), Text("Look"), PICTURE))),
    record(4, AssistantMessage(""), note(Ending.FAILED, warnings=("It broke.",))),
    record(5, UserMessage((PICTURE,))),
    record(6, AssistantMessage("Let me see.")),
    record(7, ToolResult("c1", "look", "done")),
    record(8, AssistantMessage(""), None),
    record(9, user("Thanks")),
]


def test_every_message_shown_stands_for_the_record_that_it_came_from():
    shown = transcript(RECORDS)
    behind = [record_behind(RECORDS, index) for index in range(len(shown))]
    assert [one.id for one in behind] == sorted(one.id for one in behind)
    for found in RECORDS:
        own = [message for message, one in zip(shown, behind, strict=True) if one is found]
        assert own == transcript([found])


@pytest.mark.parametrize("index", [-1, 10_000, None, "0", 1.0, [0], {}, 10**400])
def test_a_message_that_is_not_there_is_not_found(index):
    with pytest.raises(NotFound):
        record_behind(RECORDS, index)


def test_no_message_of_an_empty_transcript_is_found():
    with pytest.raises(NotFound):
        record_behind([], 0)


@pytest.mark.parametrize("message", [m.message for m in RECORDS])
def test_every_message_has_the_form_that_the_page_takes(message):
    for shown in transcript([record(1, message, None)]):
        assert set(shown) == {"role", "content", "metadata", "options"}
        assert shown["role"] in ("user", "assistant")
        assert all(part["type"] in ("text", "file") for part in shown["content"])


@pytest.mark.parametrize(
    ("media_type", "suffix"),
    [("image/png", ".png"), ("image/jpeg", ".jpg"), ("image/gif", ".gif"), ("image/webp", ".webp")],
)
def test_a_picture_is_shown_from_a_file_whose_name_needs_the_picture(media_type, suffix):
    picture = Image("../../etc/x.html", media_type, b"bytes of " + suffix.encode())
    [shown] = user_shown(UserMessage((picture,)))
    [part] = shown["content"]
    file = Path(part["file"]["path"])
    assert file.read_bytes() == picture.data
    assert file.suffix == suffix
    assert "x" not in file.stem
    assert part["alt_text"] == picture.name
    assert part["file"]["mime_type"] == media_type
    assert user_shown(UserMessage((picture,))) == [shown]
    assert not list(file.parent.glob("*.partial"))


def test_a_hostile_name_of_a_document_is_shown_as_it_is():
    [shown] = user_shown(UserMessage((Document(HOSTILE, "x" * 1234),)))
    rendered = Rendered(texts([shown])[0])
    assert set(rendered.tags) == {"p", "strong"}
    assert HOSTILE in rendered.words
    assert "1,234 characters" in rendered.words


@pytest.mark.parametrize(
    "message", [user(HOSTILE), AssistantMessage(HOSTILE), ToolResult("1", HOSTILE, HOSTILE)]
)
def test_hostile_text_is_harmless_whoever_said_it(message):
    for shown in transcript([record(1, message, note())]):
        content = shown["content"]
        said = content if isinstance(content, str) else content[0]["text"]
        html = RENDERER.render(said)
        assert "<img" not in html
        assert 'href="javascript' not in html


def test_a_draft_grows_with_its_batches_and_shows_thinking_first():
    draft = Draft()
    assert draft.shown([]) == []
    [thinking] = draft.shown([ReasoningDelta("Hm"), ReasoningDelta("m.")])
    assert thinking["metadata"] == {"title": "Thinking", "status": "pending"}
    thinking, answer = draft.shown([TextDelta("Hel"), TextDelta("lo"), object()])
    assert texts([thinking, answer]) == ["Hmm.", "Hello"]
    assert thinking["metadata"]["status"] == "done"
    assert draft.text == "Hello"


def test_a_draft_goes_on_from_what_was_begun():
    draft = Draft("Once upon")
    assert texts(draft.shown([TextDelta(" a time")])) == ["Once upon a time"]
