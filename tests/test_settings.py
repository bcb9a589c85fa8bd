import pytest
from pydantic import ValidationError

from switchboard.errors import BadInput
from switchboard.settings import Settings, load_settings

SIGN_IN = {"auth_user": "ann", "auth_password": "pass"}


@pytest.fixture
def settings(monkeypatch, tmp_path):
    """Reads settings from these environment variables and from the file in ``tmp_path``."""
    for name in ("HOST", "PORT", "SPACE_ID", "OLLAMA_HOST", "GRADIO_SERVER_NAME", "GRADIO_SERVER_PORT"):
        monkeypatch.delenv(name, raising=False)

    def read(**variables):
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return Settings(_env_file=tmp_path / ".env")

    return read


def test_a_fresh_installation_is_private_and_served_by_the_reader(settings):
    fresh = settings()
    assert (fresh.host, fresh.port, fresh.share, fresh.provider) == ("127.0.0.1", 7860, False, "reader")
    assert not fresh.is_public
    assert fresh.lends_keys


def test_pages_are_run_in_a_browser_only_where_the_operator_says_so(settings):
    assert not settings().render_pages
    assert settings(SWITCHBOARD_RENDER_PAGES="true").render_pages


@pytest.mark.parametrize("given", [{}, {"auth_user": "ann"}, {"auth_password": "pass"}])
def test_a_public_link_without_a_sign_in_is_refused_with_what_to_set(given):
    with pytest.raises(ValidationError, match="SWITCHBOARD_AUTH_USER and SWITCHBOARD_AUTH_PASSWORD"):
        Settings(_env_file=None, share=True, **given)


@pytest.mark.parametrize(
    ("given", "public", "lends"),
    [
        ({}, False, True),
        ({"share": True, **SIGN_IN}, True, False),
        ({"space_id": "ann/switchboard"}, True, False),
        ({"public": True}, True, False),
        ({"space_id": "ann/switchboard", "public": False}, False, True),
        ({"public": True, "lend_keys": True}, True, True),
        ({"lend_keys": False}, False, False),
        ({"share": True, "lend_keys": True, **SIGN_IN}, True, True),
    ],
)
def test_keys_are_lent_where_no_stranger_comes_unless_the_operator_says_otherwise(given, public, lends):
    made = Settings(_env_file=None, **given)
    assert (made.is_public, made.lends_keys) == (public, lends)


def test_no_secret_shows_when_settings_are_printed():
    made = Settings(
        _env_file=None,
        openai_api_key="sk-openai",
        anthropic_api_key="sk-claude",
        compatible_key="sk-other",
        auth_user="ann",
        auth_password="open sesame",
    )
    for text in (repr(made), str(made), made.model_dump_json()):
        assert "sk-" not in text
        assert "sesame" not in text
    assert made.openai_api_key.get_secret_value() == "sk-openai"


def test_no_secret_shows_when_settings_are_refused():
    with pytest.raises(ValidationError) as caught:
        Settings(_env_file=None, share=True, auth_password="open sesame", openai_api_key="sk-openai")
    assert "sk-openai" not in str(caught.value)
    assert "sesame" not in str(caught.value)


def test_variables_have_the_names_that_their_owners_gave_them(settings):
    read = settings(
        OPENAI_API_KEY="sk-openai",
        ANTHROPIC_API_KEY="sk-claude",
        OLLAMA_HOST="http://127.0.0.1:1234",
        OPENAI_BASE_URL="http://127.0.0.1:1/v1",
        ANTHROPIC_BASE_URL="http://127.0.0.1:2",
        SPACE_ID="ann/switchboard",
        SWITCHBOARD_DATA_DIR="/somewhere",
        SWITCHBOARD_RUNS_PER_VISITOR="2",
    )
    assert read.openai_api_key.get_secret_value() == "sk-openai"
    assert read.anthropic_api_key.get_secret_value() == "sk-claude"
    assert (read.ollama_host, read.openai_url) == ("http://127.0.0.1:1234", "http://127.0.0.1:1/v1")
    assert read.claude_url == "http://127.0.0.1:2"
    assert (str(read.data_dir), read.runs_per_visitor) == ("/somewhere", 2)
    assert read.is_public


def test_where_gradio_is_told_to_listen_is_heeded_and_our_own_variable_goes_first(settings):
    read = settings(GRADIO_SERVER_PORT="8000", GRADIO_SERVER_NAME="0.0.0.0")
    assert (read.host, read.port) == ("0.0.0.0", 8000)
    read = settings(SWITCHBOARD_PORT="9000", SWITCHBOARD_HOST="127.0.0.2")
    assert (read.host, read.port) == ("127.0.0.2", 9000)


def test_a_shells_own_variables_do_not_decide_where_the_page_listens(settings):
    read = settings(
        HOST="0.0.0.0", PORT="9", SHARE="true", PUBLIC="true", LEND_KEYS="true", PROVIDER="openai"
    )
    assert (read.host, read.port, read.share, read.provider) == ("127.0.0.1", 7860, False, "reader")
    assert not read.is_public


def test_a_caller_names_a_setting_by_its_field():
    made = Settings(_env_file=None, host="127.0.0.3", port=9, space_id="a/b", openai_api_key="sk-x")
    assert (made.host, made.port, made.space_id) == ("127.0.0.3", 9, "a/b")


def test_a_file_beside_the_application_is_read_and_the_environment_goes_first(settings, tmp_path):
    (tmp_path / ".env").write_text("SWITCHBOARD_PORT=8001\nSWITCHBOARD_PROVIDER=ollama\nOTHER=1\n")
    read = settings(SWITCHBOARD_PORT="8002")
    assert (read.port, read.provider) == (8002, "ollama")


@pytest.mark.parametrize(
    "given",
    [
        {"port": 70_000},
        {"port": -1},
        {"provider_seconds": 0},
        {"upload_megabytes": 0},
        {"runs_per_visitor": 0},
        {"message_characters": -5},
        {"share": "perhaps"},
    ],
)
def test_a_setting_out_of_its_range_is_refused(given):
    with pytest.raises(ValidationError):
        Settings(_env_file=None, **given)


def test_settings_do_not_change():
    with pytest.raises(ValidationError):
        Settings(_env_file=None).port = 1


def test_the_command_line_goes_before_the_environment(settings):
    settings(SWITCHBOARD_HOST="127.0.0.9", SWITCHBOARD_PORT="9000")
    read = load_settings(["--host", "127.0.0.8", "--port", "8123"])
    assert (read.host, read.port, read.share) == ("127.0.0.8", 8123, False)
    assert load_settings([]).port == 9000


@pytest.mark.parametrize(
    ("arguments", "variables", "said"),
    [
        (["--share"], {}, "SWITCHBOARD_AUTH_USER and SWITCHBOARD_AUTH_PASSWORD"),
        (["--port", "70000"], {}, "65535"),
        ([], {"SWITCHBOARD_RUNS_PER_VISITOR": "none"}, "runs_per_visitor"),
    ],
)
def test_settings_that_cannot_be_used_are_named_without_a_secret(settings, arguments, variables, said):
    settings(OPENAI_API_KEY="sk-openai", SWITCHBOARD_AUTH_PASSWORD="open sesame")
    for name, value in variables.items():
        with pytest.raises(ValidationError):
            settings(**{name: value})
    with pytest.raises(BadInput) as caught:
        load_settings(arguments)
    assert said.casefold() in str(caught.value).casefold()
    assert "sk-openai" not in str(caught.value)
    assert "sesame" not in str(caught.value)
