"""What a failure of Ollama means, as one of our errors.

Ollama's own words and httpx's exceptions; what every provider's status means is ``failures.py``. Nothing is
asked again here: a refused connection on a machine of one's own stays refused, a crash comes back.
"""

import re

import httpx

from switchboard.backends.failures import error_of_status, own_words
from switchboard.errors import (
    BackendError,
    KeyRefused,
    MissingKey,
    Overloaded,
    RequestRefused,
    StreamCut,
    TimedOut,
    UnknownModel,
    Unreachable,
    Unsupported,
)

CHOOSE_SMALLER = "Choose a smaller model, or begin a new conversation."

_NO_MODEL = re.compile(r"model\b.*\bnot found|file does not exist|no such model", re.I)
_UNABLE = re.compile(r"does not support (\w+)", re.I)
_MEMORY = re.compile(r"requires more system memory|out of memory|unable to allocate|cudamalloc", re.I)
_TOO_LONG = re.compile(r"exceed\w* (the )?(maximum |available )?context|input length|prompt too long", re.I)


def unknown_model(model: str) -> UnknownModel:
    """Ollama has not pulled the model."""
    return UnknownModel(
        f"Ollama has no model {model}.", f"Pull it: `ollama pull {model}`, or choose another one."
    )


def refused(
    model: str, status: int | None, words: str, key: str, retry_after: float | None = None
) -> BackendError:
    """The error that Ollama's answer means.

    Args:
        model: the model that was asked for.
        status: the HTTP status; ``None`` for an error inside a stream.
        words: Ollama's own.
        key: the key in use, which is never shown.
        retry_after: seconds that it asks to wait.
    """
    if _NO_MODEL.search(words):
        return unknown_model(model)
    if found := _UNABLE.search(words):
        return Unsupported(f"{model} does not support {found[1]}.", "Choose another model.")
    if _MEMORY.search(words):
        return Overloaded(f"{model} does not fit into the memory of the machine it runs on.", CHOOSE_SMALLER)
    if _TOO_LONG.search(words):
        return error_of_status("Ollama", model, 413, words)
    if status is None:
        return StreamCut(f"Ollama broke off: {own_words(words, key)}", "Try again.")
    if status in (401, 403) and not key:
        return MissingKey(
            f"{model} asks for an account.", "Run `ollama signin` where Ollama runs, or choose another."
        )
    if status in (401, 403):
        return KeyRefused("Ollama does not take this key.", "Paste another one.")
    if status == 404:
        return RequestRefused(
            "What answers at that address is not Ollama.", "Check the address and its port."
        )
    return error_of_status("Ollama", model, status, words, retry_after=retry_after, secret=key)


def silent(seconds: float) -> TimedOut:
    """Nothing came for so long."""
    return TimedOut(
        f"Ollama was silent for {seconds:.3g} s.",
        "A large model may still be loading: try again in a minute, or choose a smaller one.",
    )


def unreadable() -> StreamCut:
    """What came is not what Ollama sends, or not all of it."""
    return StreamCut(
        "Ollama's answer broke off or could not be read.",
        "Try again; if that does not help, check that the address is Ollama's.",
    )


def not_an_address(address: str) -> Unreachable:
    """What was typed cannot be connected to."""
    return Unreachable(f"{address} is no address of Ollama's.", "Type one such as http://127.0.0.1:11434.")


def disconnected(failure: Exception, address: str, advice: str) -> BackendError:
    """The error that a failed connection means.

    Args:
        failure: httpx's, or an ``OSError``.
        address: the address that was tried.
        advice: what to do when nobody answers there.
    """
    if isinstance(failure, httpx.InvalidURL | httpx.UnsupportedProtocol | httpx.LocalProtocolError):
        return not_an_address(address)
    if isinstance(failure, httpx.ConnectTimeout):
        return Unreachable(f"Nothing answers at {address}.", advice)
    if isinstance(failure, httpx.ConnectError | OSError):
        return Unreachable(f"No connection to Ollama at {address}.", advice)
    return StreamCut(
        "The connection to Ollama broke off.", "Try again; if it happens again, look at Ollama's log."
    )


def retry_seconds(header: str) -> float | None:
    """The seconds of a ``Retry-After``; ``None`` for a date or nonsense."""
    return float(header) if header.isdecimal() else None
