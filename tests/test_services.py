import pytest

from switchboard import services as module
from switchboard.backends.catalog import Choice
from switchboard.errors import BadInput, MissingKey
from switchboard.services import Services
from switchboard.sessions import Visitor
from switchboard.settings import Settings

ADDRESS = "http://127.0.0.1:9/v1"


@pytest.fixture
def services(tmp_path):
    return Services(Settings(_env_file=None, data_dir=tmp_path, openai_api_key="sk-operator"))


@pytest.fixture
def ann():
    return Visitor("ann")


def compatible(model="m", address=ADDRESS):
    return Choice("compatible", model, address)


def test_a_second_message_finds_the_same_backend(services, ann):
    assert services.backend(ann, compatible()) is services.backend(ann, compatible())


def test_visitors_without_keys_of_their_own_share_the_operators_backend(services, ann):
    choice = Choice("openai", "gpt-5.4-mini")
    assert services.backend(ann, choice) is services.backend(Visitor("bob"), choice)


def test_a_visitors_key_serves_that_visitor_alone(services, ann):
    choice = Choice("openai", "gpt-5.4-mini")
    ann.remember_key("openai", services.catalog.address(choice), "sk-ann")
    hers, others = services.backend(ann, choice), services.backend(Visitor("bob"), choice)
    assert hers is not others
    assert (hers._key, others._key) == ("sk-ann", "sk-operator")


def test_two_visitors_with_keys_of_their_own_have_backends_of_their_own(services, ann):
    bob = Visitor("bob")
    ann.remember_key("compatible", ADDRESS, "sk-ann")
    bob.remember_key("compatible", ADDRESS, "sk-bob")
    assert services.backend(ann, compatible())._key == "sk-ann"
    assert services.backend(bob, compatible())._key == "sk-bob"


def test_a_key_does_not_follow_to_another_address(services, ann):
    ann.remember_key("compatible", ADDRESS, "sk-ann")
    assert services.backend(ann, compatible(address="http://127.0.0.1:8/v1"))._key == ""


def test_a_key_given_later_is_used(services, ann):
    before = services.backend(ann, compatible())
    ann.remember_key("compatible", ADDRESS, "sk-ann")
    after = services.backend(ann, compatible())
    assert (before._key, after._key) == ("", "sk-ann")


def test_another_model_is_another_backend(services, ann):
    assert services.backend(ann, compatible("one")).model == "one"
    assert services.backend(ann, compatible("two")).model == "two"


def test_the_backend_that_was_longest_unused_is_let_go(services, ann, monkeypatch):
    monkeypatch.setattr(module, "BACKENDS", 2)
    one, two = services.backend(ann, compatible("one")), services.backend(ann, compatible("two"))
    assert services.backend(ann, compatible("one")) is one
    services.backend(ann, compatible("three"))
    assert services.backend(ann, compatible("one")) is one
    assert services.backend(ann, compatible("two")) is not two


def test_a_failed_opening_is_not_kept(services, ann):
    choice = Choice("claude", "claude-haiku-5-5")
    for _ in range(2):
        with pytest.raises(MissingKey):
            services.backend(ann, choice)
    with pytest.raises(BadInput):
        services.backend(ann, Choice("compatible", "m"))
    ann.remember_key("claude", services.catalog.address(choice), "sk-ann")
    assert services.backend(ann, choice).model == "claude-haiku-5-5"


def test_what_is_shared_is_opened_once_and_not_before_it_is_asked_for(services, tmp_path):
    assert not list(tmp_path.iterdir())
    for name in ("airline", "prices", "pages", "knowledge", "manual"):
        assert getattr(services, name) is getattr(services, name)
    assert services.manual.startswith("#")
