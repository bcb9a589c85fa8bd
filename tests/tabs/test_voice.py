"""The desk's voice: what it speaks, what it takes down, and what it refuses."""

import asyncio
import wave
from io import BytesIO
from pathlib import Path

import gradio as gr
import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.errors import BadInput, TooLarge
from switchboard.messages import AssistantMessage, ToolCall, ToolResult, user
from tabs import voice
from tabs.threads import Thread
from tabs.voice import Voice, _checked_audio, prose
from tests.backends.speech_server import WRONG_KEY, sound, speech_server
from tests.tabs.test_hostile_input import HOSTILE, outcome

OPENAI = ("openai", "gpt-5.4-mini", "", None, None)
READER = ("reader", "", "", None, None)
CALL = AssistantMessage("Let me look.", (ToolCall("1", "get_fare", "{}"),))
RESULT = ToolResult("1", "get_fare", "SECRET 250")
ANSWER = AssistantMessage("It costs **$250**.")


@pytest.fixture
def provider():
    with speech_server() as script:
        yield script


@pytest.fixture
def speaking(new_app, provider):
    """The application with the voice switched on, and the operator's key lent."""

    def made(key="sk-right", **settings):
        return new_app(voice=True, openai_api_key=key, openai_url=provider.url, **settings)

    return made


@pytest.fixture
def uploads(tmp_path, monkeypatch):
    """Puts a recording where Gradio puts what it receives."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "uploads"))
    monkeypatch.setattr(voice, "KEPT_SECONDS", 0.0)

    def put(data=None, name="audio.wav"):
        file = tmp_path / "uploads" / "abc" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(sound(0.3) if data is None else data)
        return {"path": str(file), "orig_name": name, "meta": {"_type": "gradio.FileData"}}

    return put


def say(app, request, *messages):
    """Have it said on this page."""
    talk = app._bound("Voice", "read_aloud").__self__.talk
    visitor = app.services.visitors.visitor(next(iter(request.cookies.values())))
    talk._threads.keep(visitor, request, Thread(messages))


def listeners(page):
    return [fn.fn.__self__ for fn in page.fns.values() if isinstance(getattr(fn.fn, "__self__", None), Voice)]


async def test_nothing_of_it_is_on_the_page_unless_it_is_switched_on(app):
    assert listeners(app.page) == []
    assert not [one for one in app.page.blocks.values() if isinstance(one, gr.Audio)]


async def test_the_last_answer_is_spoken_without_steps_and_marks(speaking, provider, new_request):
    app, request = speaking(), new_request()
    say(app, request, user("Old?"), AssistantMessage("Old."), user("New?"), CALL, RESULT, ANSWER)
    first, *_, last = await app.call("Voice.read_aloud", request, *OPENAI)
    assert "Preparing" in first
    assert "data:audio/mpeg;base64," in last
    assert "artificial voice" in last
    [body] = provider.bodies("/v1/audio/speech")
    assert body["input"] == "Let me look.\nIt costs $250."


async def test_a_long_answer_is_spoken_to_a_sentence_and_that_is_said(speaking, provider, new_request):
    app, request = speaking(), new_request()
    say(app, request, user("?"), AssistantMessage("A sentence of some words. " * 300))
    *_, last = await app.call("Voice.read_aloud", request, *OPENAI)
    assert "the beginning of a long answer" in last
    assert len(provider.bodies("/v1/audio/speech")[0]["input"]) <= 4_096


async def test_the_answer_of_another_page_or_visitor_is_not_spoken(speaking, provider, new_request):
    app, mine, theirs = speaking(), new_request(), new_request()
    say(app, mine, user("?"), ANSWER)
    theirs.session_hash = mine.session_hash
    assert "no answer to read aloud yet" in await outcome(app, "Voice.read_aloud", theirs, *OPENAI)
    assert "no answer to read aloud yet" in await outcome(app, "Voice.read_aloud", new_request(), *OPENAI)
    assert provider.asked == []


async def test_an_answer_that_is_still_written_is_not_spoken(speaking, provider, new_request):
    app, request = speaking(), new_request()
    say(app, request, user("?"), ANSWER)
    talk = app._bound("Voice", "read_aloud").__self__.talk
    visitor = app.services.visitors.visitor(next(iter(request.cookies.values())))
    with talk.answering(visitor, request, user("And now?"), None):
        assert "still being written" in await outcome(app, "Voice.read_aloud", request, *OPENAI)
    assert provider.asked == []


async def test_a_recording_becomes_text_and_is_not_kept(speaking, provider, new_request, uploads):
    app, recording = speaking(), uploads()
    data = Path(recording["path"]).read_bytes()
    first, *_, last = await app.call("Voice.take_down", new_request(), recording, *OPENAI)
    assert first[0] == ""
    assert last == ("Flights from Mumbai to Dubai.", "")
    [body] = provider.bodies("/v1/audio/transcriptions")
    assert body == {"model": "gpt-transcribe", "file": ("recording.wav", "audio/wav", data)}
    await asyncio.sleep(0.01)
    assert not Path(recording["path"]).exists()


async def test_silence_is_told(speaking, provider, new_request, uploads):
    provider.transcript = ""
    app, recording = speaking(), uploads()
    assert "No words were heard" in await outcome(app, "Voice.take_down", new_request(), recording, *OPENAI)
    await asyncio.sleep(0.01)
    assert not Path(recording["path"]).exists()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (sound(61, 8_000), "longer than 60 s"),
        (sound(59, 48_000, 2), "longer than 60 s"),
        (b"", "no recording"),
        (b"MZ not a sound at all", "no recording"),
        (sound(1, rate=1), "no recording"),
        (sound(1)[:30], "no recording"),
    ],
)
async def test_what_is_no_short_recording_is_not_sent(speaking, provider, new_request, uploads, data, said):
    assert said in await outcome(speaking(), "Voice.take_down", new_request(), uploads(data), *OPENAI)
    assert provider.asked == []


async def test_a_minute_from_the_microphone_is_taken(speaking, provider, new_request, uploads):
    assert await outcome(speaking(), "Voice.take_down", new_request(), uploads(sound(60)), *OPENAI) == ""
    assert len(provider.asked) == 1


@pytest.mark.parametrize("where", ["/etc/passwd", "/nowhere/audio.wav", "uploads/../secret.wav", "\0", "."])
async def test_a_file_that_gradio_did_not_receive_is_neither_sent_nor_removed(
    speaking, provider, new_request, uploads, tmp_path, where
):
    uploads()
    secret = tmp_path / "secret.wav"
    secret.write_bytes(sound(0.1))
    path = str(tmp_path / where) if where.startswith("uploads") else where
    said = await outcome(speaking(), "Voice.take_down", new_request(), {"path": path}, *OPENAI)
    assert "no recording" in said
    assert secret.exists()
    assert provider.asked == []


async def test_a_link_out_of_the_uploads_is_not_followed(speaking, provider, new_request, uploads, tmp_path):
    recording = uploads()
    secret = tmp_path / "secret.wav"
    Path(recording["path"]).rename(secret)
    Path(recording["path"]).symlink_to(secret)
    assert "no recording" in await outcome(speaking(), "Voice.take_down", new_request(), recording, *OPENAI)
    assert secret.exists()
    assert provider.asked == []


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
async def test_whatever_is_sent_is_refused_in_words(speaking, provider, new_request, uploads, value):
    app = speaking()
    for recording in (value, [value], {"path": value}, {"path": "/tmp", "orig_name": value}):
        assert await outcome(app, "Voice.take_down", new_request(), recording, *OPENAI)
    for place in range(len(OPENAI)):
        bar = [*OPENAI[:place], value, *OPENAI[place + 1 :]]
        assert await outcome(app, "Voice.read_aloud", new_request(), *bar)
        await outcome(app, "Voice.take_down", new_request(), None, *bar)
    assert provider.asked == []


@pytest.mark.parametrize("where", ["Voice.read_aloud", "Voice.take_down"])
class TestWhereItCannotSpeak:
    async def refused(self, app, where, request, uploads, bar):
        say(app, request, user("?"), ANSWER)
        return await outcome(app, where, request, *([uploads()] if "take" in where else []), *bar)

    @pytest.mark.parametrize("bar", [READER, ("claude", "claude-haiku-5-5", "", None, None)])
    async def test_another_provider_is_told_which_has_a_voice(
        self, speaking, provider, new_request, uploads, where, bar
    ):
        app = speaking(anthropic_api_key="sk-claude")
        assert "OpenAI has" in await self.refused(app, where, new_request(), uploads, bar)
        assert provider.asked == []

    async def test_a_compatible_server_is_told_which_has_a_voice(
        self, speaking, provider, new_request, uploads, where
    ):
        bar = ("compatible", "m", provider.url, None, None)
        assert "OpenAI has" in await self.refused(speaking(), where, new_request(), uploads, bar)
        assert provider.asked == []

    async def test_without_a_key_it_is_asked_for(self, speaking, provider, new_request, uploads, where):
        assert "No OpenAI key" in await self.refused(speaking(""), where, new_request(), uploads, OPENAI)
        assert provider.asked == []

    async def test_a_public_page_does_not_lend_the_operators_key(
        self, speaking, provider, new_request, uploads, where
    ):
        app = speaking(public=True)
        assert "No OpenAI key" in await self.refused(app, where, new_request(), uploads, OPENAI)
        assert provider.asked == []

    async def test_a_wrong_key_is_told(self, speaking, new_request, uploads, where):
        said = await self.refused(speaking(WRONG_KEY), where, new_request(), uploads, OPENAI)
        assert "does not take this key" in said
        assert WRONG_KEY not in said

    async def test_too_many_at_once_are_refused(self, speaking, provider, new_request, uploads, where):
        app, request = speaking(runs_per_visitor=1), new_request()
        visitor = app.services.visitors.visitor(next(iter(request.cookies.values())))
        with visitor.running("elsewhere", 1):
            said = await self.refused(app, where, request, uploads, OPENAI)
        assert "answers are being written" in said
        assert provider.asked == []


@pytest.mark.parametrize("where", ["read_aloud", "take_down"])
async def test_a_closed_page_ends_the_request(speaking, provider, new_request, uploads, where):
    provider.stalls = True
    app, request = speaking(), new_request()
    say(app, request, user("?"), ANSWER)
    given = [uploads()] if where == "take_down" else []
    shown = app._bound("Voice", where)(request, *given, *OPENAI)
    async with asyncio.timeout(5):
        while not provider.asked:
            await anext(shown)
    await shown.aclose()
    assert await asyncio.to_thread(provider.left.wait, 2)


@pytest.mark.parametrize(
    ("said", "spoken"),
    [
        ("## Fares\n\n- **Economy** $120\n- Business $400", "Fares.\nEconomy $120.\nBusiness $400."),
        ("See [the rules](https://x.example/a_b).", "See the rules."),
        ("| Flight | Fare |\n|---|---|\n| LK101 | $120 |", "Flight, Fare.\nLK101, $120."),
        ("Before.\n\n```json\n{}\n```\n\nAfter.", "Before.\nAfter."),
        ("It is <b onclick=x>late</b>, 1 < 2 and 3 > 2.", "It is late, 1 < 2 and 3 > 2."),
        ("", ""),
        ("```\nonly code\n```", ""),
    ],
)
def test_prose_is_what_a_person_would_read_out(said, spoken):
    assert prose([user("?"), AssistantMessage(said)]) == spoken


def test_nothing_was_said_after_a_question_alone():
    assert prose([]) == prose([ANSWER, user("?")]) == prose([user("?"), RESULT]) == ""


@given(st.text(st.sampled_from("ab *_`#|[]()<>-\n.!~$"), max_size=200))
def test_prose_of_any_markdown_is_a_text_of_full_lines(said):
    assert all(line.strip() == line and line for line in prose([AssistantMessage(said)]).splitlines())


@given(st.binary(max_size=80), st.integers(0, 44), st.integers(0, 60))
def test_any_bytes_in_the_place_of_a_recording_are_refused_or_a_sound(tmp_path_factory, junk, start, length):
    data = sound(0.01)
    data = data[:start] + junk + data[start + length :]
    file = tmp_path_factory.mktemp("junk") / "audio.wav"
    file.write_bytes(data)
    try:
        audio = _checked_audio(file)
    except (BadInput, TooLarge):
        return
    with wave.open(BytesIO(audio)) as read:
        assert read.getframerate() >= 8_000
