import asyncio

import pytest

from switchboard.backends.base import ChatRequest, Sampling
from switchboard.backends.catalog import (
    MAX_TOKENS,
    MODEL_CHARACTERS,
    PROVIDERS,
    Catalog,
    Choice,
    checked_choice,
    missing_key,
    provider,
)
from switchboard.errors import AddressRefused, BadInput, MissingKey, UnknownChoice
from switchboard.messages import user
from switchboard.settings import Settings

KEYS = {"openai_api_key": "sk-openai", "anthropic_api_key": "sk-claude", "compatible_key": "sk-other"}
OWN = "http://127.0.0.1:9/v1"
TYPED = "http://127.0.0.1:8/v1"


def catalog(**given):
    return Catalog(Settings(_env_file=None, **{"compatible_url": OWN, **KEYS, **given}), lambda: "# Manual")


@pytest.mark.parametrize("known", PROVIDERS, ids=lambda known: known.name)
def test_every_provider_is_found_by_its_name(known):
    assert provider(known.name) is known


def test_an_unknown_provider_is_refused_with_those_that_are_known():
    with pytest.raises(UnknownChoice, match="openai, claude, ollama, compatible, reader"):
        provider("nobody")


def test_a_choice_without_a_model_takes_the_suggested_one():
    assert checked_choice("openai", "", "", None, None) == Choice("openai", "gpt-5.4-mini")
    assert checked_choice("openai", None, None, "", "").model == "gpt-5.4-mini"


def test_a_choice_is_taken_as_it_was_made():
    made = checked_choice("compatible", " m ", f" {TYPED}/ ", 0.5, 100)
    assert made == Choice("compatible", "m", TYPED, Sampling(0.5, 100))
    assert isinstance(made.sampling.max_tokens, int)


@pytest.mark.parametrize("name", ["openai", "claude", "reader"])
def test_an_address_is_dropped_where_none_may_be_typed(name):
    assert checked_choice(name, "", "http://evil.example", None, None).address == ""


@pytest.mark.parametrize("name", [None, 3, ["openai"], {}, True, "", "OpenAI", "openai\n", "x" * 10_000])
def test_a_provider_of_any_other_form_is_refused(name):
    with pytest.raises(BadInput):
        checked_choice(name, "", "", None, None)


@pytest.mark.parametrize("word", [3, ["m"], {}, True, "a\nb", "a\0b", "\ud800", "m" * (MODEL_CHARACTERS + 1)])
def test_a_model_of_any_other_form_is_refused(word):
    with pytest.raises(BadInput, match="no model"):
        checked_choice("openai", word, "", None, None)


@pytest.mark.parametrize("word", [3, ["m"], {}, "a\r\nb", "\ud800", "h" * 2_001])
def test_an_address_of_any_other_form_is_refused(word):
    with pytest.raises(BadInput, match="no address"):
        checked_choice("ollama", "", word, None, None)


NO_NUMBERS = ["warm", [1], {}, True, float("nan"), float("inf"), -float("inf"), -1, 10**400]


@pytest.mark.parametrize("value", [*NO_NUMBERS, 2.01])
def test_a_temperature_out_of_its_range_is_refused(value):
    with pytest.raises(BadInput, match="temperature"):
        checked_choice("openai", "", "", value, None)


@pytest.mark.parametrize("value", [*NO_NUMBERS, 0, MAX_TOKENS + 1])
def test_a_length_out_of_its_range_is_refused(value):
    with pytest.raises(BadInput, match="length"):
        checked_choice("openai", "", "", None, value)


def test_the_ends_of_the_ranges_are_taken():
    assert checked_choice("openai", "", "", 0, 1).sampling == Sampling(0.0, 1)
    assert checked_choice("openai", "", "", 2, MAX_TOKENS).sampling == Sampling(2.0, MAX_TOKENS)


@pytest.mark.parametrize(
    ("choice", "key"),
    [
        (Choice("openai"), "sk-openai"),
        (Choice("claude"), "sk-claude"),
        (Choice("compatible"), "sk-other"),
        (Choice("compatible", address=OWN), "sk-other"),
        (Choice("compatible", address=TYPED), ""),
        (Choice("ollama"), ""),
        (Choice("ollama", address=TYPED), ""),
        (Choice("reader"), ""),
    ],
)
def test_the_operators_key_goes_to_the_operators_address_alone(choice, key):
    assert catalog().operator_key(choice) == key


@pytest.mark.parametrize("name", ["openai", "claude", "compatible"])
@pytest.mark.parametrize(
    "given",
    [{"public": True}, {"space_id": "a/b"}, {"lend_keys": False}],
    ids=lambda given: next(iter(given)),
)
def test_the_operators_key_is_not_lent_where_strangers_come(name, given):
    assert catalog(**given).operator_key(Choice(name)) == ""
    assert catalog(**given, lend_keys=True).operator_key(Choice(name)) != "" if "public" in given else True


@pytest.mark.parametrize(
    "address",
    [OWN + "x", OWN.replace("127.0.0.1", "127.0.0.1."), OWN.replace("//", "//ann@"), OWN + "#", OWN.upper()],
)
def test_an_address_that_only_looks_like_the_operators_gets_no_key(address):
    assert catalog().operator_key(Choice("compatible", address=address)) == ""


async def test_what_goes_over_the_wire_has_the_operators_key_for_its_own_address_alone(scripted):
    scripted.stream({"choices": [{"index": 0, "delta": {"content": "Hi"}, "finish_reason": "stop"}]})
    own = f"{scripted.url}/v1"
    for address, url in (("", own), (own, "http://127.0.0.1:9/v1")):
        backend = catalog(compatible_url=url).open(Choice("compatible", "m", address), "")
        async for _ in backend.stream(ChatRequest((user("Hi"),))):
            pass
        await backend.aclose()
    with_key, without = (seen.headers.get("authorization", "") for seen in scripted.requests)
    assert with_key == "Bearer sk-other"
    assert "sk-" not in without


@pytest.mark.parametrize(
    ("name", "said"),
    [("openai", "No OpenAI key.*OPENAI_API_KEY"), ("claude", "No Claude key.*ANTHROPIC_API_KEY")],
)
@pytest.mark.parametrize("given", [{"openai_api_key": "", "anthropic_api_key": ""}, {"public": True}])
def test_a_missing_key_is_an_error_that_names_the_fix(name, said, given):
    with pytest.raises(MissingKey, match=said):
        catalog(**given).open(Choice(name, "m"), "")
    assert catalog(**given).open(Choice(name, "m"), "sk-mine").model == "m"


def test_an_error_of_a_missing_key_names_no_variable_of_another_provider():
    assert "ANTHROPIC" not in str(missing_key(provider("openai")))


def test_a_missing_address_is_an_error():
    with pytest.raises(BadInput, match="No address"):
        catalog(compatible_url="").open(Choice("compatible", "m"), "")


@pytest.mark.parametrize("name", ["compatible", "ollama"])
def test_on_a_public_page_a_typed_private_address_is_not_connected_to(name):
    async def ask():
        backend = catalog(public=True).open(Choice(name, "m", TYPED), "")
        async for _ in backend.stream(ChatRequest((user("Hi"),))):
            pass

    with pytest.raises(AddressRefused):
        asyncio.run(ask())


@pytest.mark.parametrize(
    ("choice", "address"),
    [
        (Choice("openai"), "https://api.openai.com/v1"),
        (Choice("claude"), "https://api.anthropic.com"),
        (Choice("ollama"), "http://127.0.0.1:11434"),
        (Choice("compatible"), OWN),
        (Choice("compatible", address=TYPED), TYPED),
        (Choice("reader"), ""),
    ],
)
def test_a_choice_has_its_address(choice, address):
    assert catalog().address(choice) == address


def test_a_model_is_not_pulled_onto_the_operators_disk_from_a_public_page():
    assert catalog().may_pull(Choice("ollama"))
    assert not catalog(public=True).may_pull(Choice("ollama"))
    assert catalog(public=True).may_pull(Choice("ollama", address=TYPED))
    assert not catalog().may_pull(Choice("openai"))


def test_the_reader_needs_nothing():
    assert catalog().open(Choice("reader", "reader"), "").model
