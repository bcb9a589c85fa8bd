"""OpenAI's voice over real HTTP."""

import asyncio
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard import errors
from switchboard.backends.base import RECORDING_BYTES, SPOKEN_CHARACTERS, Capability, Speech
from switchboard.backends.openai import OpenAIBackend
from switchboard.backends.openai_speech import AUDIO_BYTES, SPOKEN_BYTES, speakable
from tests.backends.speech_server import MP3, WRONG_KEY, sound, speech_server

QUESTION = sound(0.2)


@pytest.fixture
def provider():
    with speech_server() as script:
        yield script


@pytest.fixture
def voice(provider):
    def made(key="test-key", seconds=2.0, name="OpenAI"):
        return OpenAIBackend("gpt-5.4-mini", key=key, url=provider.url, provider=name, seconds=seconds)

    return made


async def speak(backend):
    return await backend.speak("Your flight is on time.")


async def transcribe(backend):
    return await backend.transcribe(QUESTION, "audio.wav")


BOTH = pytest.mark.parametrize("ask", [speak, transcribe])


async def test_a_text_is_read_aloud(provider, voice):
    assert await speak(voice()) == MP3
    [asked] = provider.asked
    assert asked.path == "/v1/audio/speech"
    assert asked.body == {
        "model": "gpt-4o-mini-tts",
        "voice": "marin",
        "input": "Your flight is on time.",
        "response_format": "mp3",
    }
    sent = {name.lower(): text for name, text in asked.headers.items()}
    assert sent["authorization"] == "Bearer test-key"
    assert not [name for name in sent if name.startswith(("openai-", "x-stainless"))]


async def test_a_recording_is_taken_down_under_a_name_that_tells_nothing(provider, voice):
    provider.transcript = " Flights from Mumbai \n to Dubai. "
    words = await voice().transcribe(QUESTION, "Ann's secret plan.WAV")
    assert words == "Flights from Mumbai to Dubai."
    [asked] = provider.asked
    assert asked.path == "/v1/audio/transcriptions"
    assert asked.body == {"model": "gpt-transcribe", "file": ("recording.wav", "audio/wav", QUESTION)}


async def test_silence_is_an_empty_text(provider, voice):
    provider.transcript = ""
    assert await transcribe(voice()) == ""


@pytest.mark.parametrize(
    ("key", "name", "speaks"), [("k", "OpenAI", True), ("", "OpenAI", False), ("k", "vLLM", False)]
)
def test_only_openai_itself_with_a_key_has_a_voice(voice, key, name, speaks):
    backend = voice(key=key, name=name)
    assert isinstance(backend, Speech)
    assert (Capability.SPEECH in backend.capabilities) == speaks
    assert Capability.TOOLS in backend.capabilities


@BOTH
async def test_without_a_key_nothing_is_sent(provider, voice, ask):
    with pytest.raises(errors.MissingKey):
        await ask(voice(key=" "))
    assert provider.asked == []


@BOTH
async def test_a_wrong_key_is_told_without_the_key(voice, ask):
    with pytest.raises(errors.KeyRefused) as caught:
        await ask(voice(key=WRONG_KEY))
    assert WRONG_KEY not in str(caught.value)
    assert caught.value.fix


@BOTH
@pytest.mark.parametrize(
    ("status", "failure", "kind"),
    [
        (400, {"error": {"message": "Audio file might be corrupted"}}, errors.RequestRefused),
        (404, {"error": {"message": "gone", "code": "model_not_found"}}, errors.Unsupported),
        (429, {"error": {"message": "Check your plan", "code": "insufficient_quota"}}, errors.OutOfCredit),
        (429, {"error": {"message": "Slow down", "code": "rate_limit_exceeded"}}, errors.RateLimited),
        (503, {"error": {"message": "busy"}}, errors.Overloaded),
    ],
)
async def test_a_refusal_is_the_same_error_as_the_chats(provider, voice, ask, status, failure, kind):
    provider.status, provider.failure = status, failure
    with pytest.raises(kind) as caught:
        await ask(voice())
    assert type(caught.value) is kind
    assert caught.value.what.endswith(".")
    assert caught.value.fix.endswith(".")
    assert len(provider.asked) == 1


async def test_a_voice_that_has_ended_is_told_by_its_name(provider, voice):
    provider.status, provider.failure = 404, {"error": {"message": "", "code": "model_not_found"}}
    with pytest.raises(errors.Unsupported, match="OpenAI does not offer gpt-4o-mini-tts"):
        await speak(voice())


@BOTH
async def test_silence_of_the_provider_ends_in_time(provider, voice, ask):
    provider.stalls, began = True, time.monotonic()
    with pytest.raises(errors.TimedOut):
        await ask(voice(seconds=0.2))
    assert time.monotonic() - began < 2


@BOTH
async def test_nobody_there_is_told(voice, ask):
    backend = voice()
    backend._url = "http://127.0.0.1:9/v1"
    with pytest.raises(errors.Unreachable):
        await ask(backend)


@BOTH
async def test_a_cancelled_request_leaves_no_connection(provider, voice, ask):
    provider.stalls = True
    task = asyncio.create_task(ask(voice(seconds=20)))
    async with asyncio.timeout(5):
        while not provider.asked:
            await asyncio.sleep(0.005)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.to_thread(provider.left.wait, 2)


@pytest.mark.parametrize("kind", ["application/json", "text/html"])
async def test_what_is_no_sound_is_not_played(provider, voice, kind):
    provider.audio, provider.audio_type = b"{}", kind
    with pytest.raises(errors.RequestRefused):
        await speak(voice())


async def test_an_error_under_a_good_status_is_told(provider, voice):
    provider.audio, provider.audio_type = b'{"error": {"code": "insufficient_quota"}}', "application/json"
    with pytest.raises(errors.OutOfCredit):
        await speak(voice())


async def test_an_empty_sound_is_a_failure(provider, voice):
    provider.audio = b""
    with pytest.raises(errors.StreamCut):
        await speak(voice())


async def test_a_sound_without_end_is_left(provider, voice):
    provider.audio = bytes(AUDIO_BYTES + 1)
    with pytest.raises(errors.RequestRefused):
        await speak(voice())


@pytest.mark.parametrize("transcript", [None, 3, ["words"]])
async def test_a_transcript_of_another_form_is_a_failure(provider, voice, transcript):
    provider.transcript = transcript
    with pytest.raises(errors.RequestRefused):
        await transcribe(voice())


@pytest.mark.parametrize(
    ("audio", "name", "kind"),
    [
        (b"", "audio.wav", errors.BadInput),
        (QUESTION, "audio.exe", errors.BadInput),
        (QUESTION, "", errors.BadInput),
        (bytes(RECORDING_BYTES + 1), "audio.wav", errors.TooLarge),
    ],
)
async def test_what_is_no_short_recording_is_not_sent(provider, voice, audio, name, kind):
    with pytest.raises(kind):
        await voice().transcribe(audio, name)
    assert provider.asked == []


@pytest.mark.parametrize("text", ["", " \n"])
async def test_nothing_is_not_read_aloud(provider, voice, text):
    with pytest.raises(errors.BadInput):
        await voice().speak(text)
    assert provider.asked == []


async def test_a_long_text_is_cut_at_the_end_of_a_sentence(provider, voice):
    await voice().speak("This sentence has eight words in it, Ann. " * 200)
    [body] = provider.bodies("/v1/audio/speech")
    assert SPOKEN_CHARACTERS - 45 < len(body["input"]) <= SPOKEN_CHARACTERS
    assert body["input"].endswith("Ann.")


@given(st.text(st.sampled_from("ab .!?\n।आ😀,"), max_size=60), st.integers(1, 400))
def test_what_is_spoken_is_the_beginning_and_fits(part, times):
    text = part * times
    words = speakable(text)
    assert text.strip().startswith(words)
    assert len(words) <= SPOKEN_CHARACTERS
    assert len(words.encode()) <= SPOKEN_BYTES
    assert bool(words) == bool(text.strip())
    if len(text.strip()) <= SPOKEN_CHARACTERS and len(text.strip().encode()) <= SPOKEN_BYTES:
        assert words == text.strip()
