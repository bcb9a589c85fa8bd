"""A person speaks to the airline's desk, and hears its answer."""

import shutil
import wave
from io import BytesIO
from pathlib import Path

import gradio
import pytest
from playwright.sync_api import expect, sync_playwright

from benchmarks.page import free_port
from tests.backends.speech_server import speech_server
from tests.browser.conftest import ARGUMENTS, running_site

pytestmark = pytest.mark.browser
MUSIC = Path(gradio.__file__).parent / "test_data" / "test_audio.mp3"
FAKES = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


@pytest.fixture(scope="module")
def chromium():
    """A browser whose microphone hears a beep a second."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next(filter(None, map(shutil.which, names)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=[*ARGUMENTS, *FAKES])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def provider():
    with speech_server() as script:
        script.audio = MUSIC.read_bytes()
        yield script


@pytest.fixture(scope="module")
def site(tmp_path_factory, provider):
    """The page with the voice switched on."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SWITCHBOARD_VOICE", "1")
        with running_site(tmp_path_factory.mktemp("voice"), provider.url, free_port()) as site:
            yield site


@pytest.fixture
def desk(visit, provider):
    """The airline's tab of somebody with a microphone."""
    provider.asked.clear()
    provider.transcript = "Flights from Mumbai to Dubai."
    person = visit(permissions=["microphone"])
    person.show("Airline")
    expect(person.find("#airline-customer input")).not_to_have_value("")
    return person


def take_key(desk, key="sk-right", status="is ready with"):
    desk.choose("openai", status="No OpenAI key")
    desk.keep_key(key, status)


def record(desk, milliseconds=1_200):
    desk.find("#airline-microphone .record-button").click()
    desk.page.wait_for_timeout(milliseconds)
    desk.find("#airline-microphone .stop-button").click()


def test_a_spoken_question_stands_in_the_box_and_waits(desk, provider):
    take_key(desk)
    box = desk.find("#airline-box textarea")
    box.fill("Please:")
    for heard in ("Please: Flights from Mumbai to Dubai.", "Please: Flights from Mumbai to Dubai. Tomorrow."):
        record(desk)
        expect(box).to_have_value(heard)
        expect(desk.find("#airline-microphone .record-button")).to_be_visible()
        provider.transcript = "Tomorrow."
    expect(desk.find("#airline-messages .user-row")).to_have_count(0)
    for body in provider.bodies("/v1/audio/transcriptions"):
        with wave.open(BytesIO(body["file"][2])) as sound:
            assert sound.getframerate() == 16_000
            assert 0.5 < sound.getnframes() / sound.getframerate() < 5


def test_an_unheard_question_is_told_and_can_be_asked_again(desk, provider):
    take_key(desk)
    provider.transcript = ""
    record(desk)
    expect(desk.error).to_contain_text("No words were heard")
    expect(desk.find("#airline-microphone .record-button")).to_be_visible()
    expect(desk.find("#airline-spoken")).not_to_contain_text("Taking")


def test_the_answer_is_read_aloud(desk, provider):
    box = desk.find("#airline-box textarea")
    box.fill("What is the flight price from Delhi to Mumbai?")
    box.press("Enter")
    expect(desk.find("#airline-messages small")).to_contain_text("finished")
    desk.find("#airline-read").click()
    expect(desk.error).to_contain_text("OpenAI has")
    take_key(desk)
    desk.find("#airline-read").click()
    expect(desk.find("#airline-spoken")).to_contain_text("artificial voice")
    played = "() => document.querySelector('#airline-spoken audio')?.currentTime > 0.05"
    desk.page.wait_for_function(played)
    [body] = provider.bodies("/v1/audio/speech")
    assert "Mumbai" in body["input"]
    assert "get_" not in body["input"]
