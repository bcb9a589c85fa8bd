"""The providers to choose from, with what opens each.

Names, addresses and rules about whose key goes where; how a provider is spoken to stands in its own file,
which is imported when it is first chosen.
"""

from collections.abc import Callable
from dataclasses import dataclass

from switchboard.addresses import ANY_PORT, check_url
from switchboard.backends.base import Backend, Sampling
from switchboard.backends.presets import PRESETS
from switchboard.errors import BadInput, MissingKey, UnknownChoice
from switchboard.settings import Settings

MODEL_CHARACTERS = 200
ADDRESS_CHARACTERS = 2_000
MAX_TOKENS = 128_000


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider as the page offers it.

    Attributes:
        name: what requests call it.
        label: what people call it.
        takes_key: whether it has keys; one that only may need a key has no ``key_variable``.
        key_variable: the environment's name for the operator's key.
        takes_address: whether a visitor may type where it is.
        suggested: the model that is chosen first.
    """

    name: str
    label: str
    takes_key: bool = False
    key_variable: str = ""
    takes_address: bool = False
    suggested: str = ""


PROVIDERS = (
    Provider("openai", "OpenAI", takes_key=True, key_variable="OPENAI_API_KEY", suggested="gpt-5.4-mini"),
    Provider(
        "claude", "Claude", takes_key=True, key_variable="ANTHROPIC_API_KEY", suggested="claude-haiku-5-5"
    ),
    Provider("ollama", "Ollama", takes_address=True, suggested="llama3.2"),
    Provider("compatible", "OpenAI-compatible address", takes_key=True, takes_address=True),
    Provider("reader", "Built-in reader (no model)", suggested="reader"),
)


def provider(name: str) -> Provider:
    """The provider that requests call ``name``.

    Raises:
        UnknownChoice: there is none.
    """
    for known in PROVIDERS:
        if known.name == name:
            return known
    names = ", ".join(known.name for known in PROVIDERS)
    raise UnknownChoice("There is no such provider.", f"Choose one of {names}.")


@dataclass(frozen=True, slots=True)
class Choice:
    """What a visitor chose on the model bar."""

    provider: str
    model: str = ""
    address: str = ""
    sampling: Sampling = Sampling()


def checked_choice(
    provider_name: object, model: object, address: object, temperature: object, max_tokens: object
) -> Choice:
    """The choice, if it has a form that can be acted on; nothing that comes from a page is taken on trust.

    Raises:
        BadInput: a value is of the wrong type, too long, or out of its range.
        UnknownChoice: there is no such provider.
    """
    if not isinstance(provider_name, str):
        raise BadInput("The provider is not a text.", "Choose one from the list.")
    found = provider(provider_name)
    name = _word(model, "model", MODEL_CHARACTERS) or found.suggested
    where = _word(address, "address", ADDRESS_CHARACTERS).rstrip("/") if found.takes_address else ""
    heat = _number(temperature, "temperature", 0, 2)
    length = _number(max_tokens, "answer's length", 1, MAX_TOKENS)
    return Choice(found.name, name, where, Sampling(heat, None if length is None else int(length)))


def _word(value: object, what: str, limit: int) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > limit or not value.isprintable():
        raise BadInput(f"That is no {what}.", f"Type one of at most {limit:,} characters, on one line.")
    return value.strip()


def _number(value: object, what: str, low: float, high: float) -> float | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise BadInput(f"The {what} must be a number from {low} to {high:,}.", "Correct it under More.")
    return float(value)


class Catalog:
    """Opens the backend of a choice.

    Args:
        settings: the operator's addresses and keys.
        manual: reads the text from which the built-in reader answers questions about the application.
    """

    def __init__(self, settings: Settings, manual: Callable[[], str]) -> None:
        self._settings = settings
        self._manual = manual

    def address(self, choice: Choice) -> str:
        """Where the requests of this choice go; empty for the built-in reader."""
        own = {
            "openai": self._settings.openai_url,
            "claude": self._settings.claude_url,
            "ollama": self._settings.ollama_host,
            "compatible": self._settings.compatible_url,
        }
        return choice.address or own.get(choice.provider, "").rstrip("/")

    def is_typed(self, choice: Choice) -> bool:
        """Whether the address is the visitor's own rather than the operator's."""
        return bool(choice.address) and choice.address != self.address(Choice(choice.provider))

    def may_pull(self, choice: Choice) -> bool:
        """Whether a visitor may have Ollama fetch a model: not onto the operator's disk on a public page."""
        return choice.provider == "ollama" and (self.is_typed(choice) or not self._settings.is_public)

    def operator_key(self, choice: Choice) -> str:
        """The operator's key for this choice, where visitors may use it; never for a typed address."""
        if not self._settings.lends_keys or self.is_typed(choice):
            return ""
        keys = {
            "openai": self._settings.openai_api_key,
            "claude": self._settings.anthropic_api_key,
            "compatible": self._settings.compatible_key,
        }
        return keys[choice.provider].get_secret_value() if choice.provider in keys else ""

    def open(self, choice: Choice, key: str) -> Backend:
        """A backend that answers with ``key``, the visitor's own or else the operator's.

        Raises:
            MissingKey: the provider needs a key and there is none.
            BadInput: an address is missing.
            AddressRefused: a visitor of a public page typed an address that it does not connect to.
        """
        found, address = provider(choice.provider), self.address(choice)
        key = key or self.operator_key(choice)
        if found.takes_address and not address:
            raise BadInput("No address is given.", "Choose or type one under More.")
        if found.key_variable and not key:
            raise missing_key(found)
        seconds = self._settings.provider_seconds
        if guarded := self.is_typed(choice) and self._settings.is_public:
            check_url(address, ports=ANY_PORT)
        match choice.provider:
            case "openai" | "compatible":
                from switchboard.backends.openai import OpenAIBackend

                named = next((preset.name for preset in PRESETS if preset.url == address), "The server")
                label = "OpenAI" if choice.provider == "openai" else named
                return OpenAIBackend(
                    choice.model, key=key, url=address, provider=label, seconds=seconds, public_only=guarded
                )
            case "claude":
                from switchboard.backends.claude import ClaudeBackend

                return ClaudeBackend(choice.model, key=key, url=address, seconds=seconds)
            case "ollama":
                from switchboard.backends.ollama import OllamaBackend

                return OllamaBackend(choice.model, url=address, seconds=seconds, public_only=guarded)
            case _:
                from switchboard.backends.reader import ReaderBackend

                return ReaderBackend(self._manual())


def missing_key(found: Provider) -> MissingKey:
    """The error of a provider that was chosen without a key."""
    return MissingKey(
        f"No {found.label} key.",
        f"Paste one above or set {found.key_variable}; the built-in reader works without one.",
    )
