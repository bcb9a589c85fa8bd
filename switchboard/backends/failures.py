"""What a provider's refusal means, as one of our errors.

One mapping for all providers, from what HTTP and their JSON say. It knows no SDK: each provider's file takes
the status, the words and the code out of its own SDK's exceptions. Whether to ask again is ``attempts.py``.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from switchboard.errors import (
    BackendError,
    ContextTooLong,
    KeyRefused,
    MissingKey,
    OutOfCredit,
    Overloaded,
    RateLimited,
    RequestRefused,
    StreamCut,
    TimedOut,
    UnknownModel,
    Unreachable,
    Unsupported,
)

WORDS_CHARACTERS = 300
"""How much of a provider's own words is shown."""

_CREDIT = re.compile(r"insufficient_quota|billing|credit balance|out of credit|exceeded your .*credits", re.I)
_TOO_LONG = re.compile(
    r"context_length|exceed_context|context (length|window|size)|prompt is too long|request_too_large", re.I
)
_UNABLE = re.compile(
    r"(support|accept|enable)\b.*\b(tool|function|image|vision|schema|response_format|temperature)"
    r"|(tool|function|image|vision|schema|response_format|temperature).*\b(unsupported|(support|accept|enable))",
    re.I,
)
_KEY_LIKE = re.compile(
    r"\bBearer\s+\S+|\b(sk|rk|pk|gsk|hf|xai|ghp|gho|github_pat|AIza)[-_]?[\w*.-]{8,}", re.I
)
_ADDRESS = re.compile(
    r"\b(https?|wss?)://\S+|\b\d{1,3}(\.\d{1,3}){3}(:\d+)?\b|\[[0-9a-f:]{2,}\](:\d+)?", re.I
)

_STATUS_OF_CODE = {
    "authentication_error": 401,
    "invalid_api_key": 401,
    "invalid_request_error": 400,
    "permission_error": 403,
    "billing_error": 402,
    "not_found_error": 404,
    "model_not_found": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "rate_limit_exceeded": 429,
    "insufficient_quota": 429,
    "api_error": 500,
    "server_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
}


def error_of_status(
    provider: str,
    model: str,
    status: int | None,
    message: str = "",
    code: str = "",
    retry_after: float | None = None,
    *,
    secret: str = "",
) -> BackendError:
    """The error that a provider's answer means.

    Args:
        provider: its name as the page shows it.
        model: the model that was asked for.
        status: the HTTP status; ``None`` for an error inside a stream, whose ``code`` then decides.
        message: the provider's own words.
        code: its code or type of error, such as ``insufficient_quota``; several may be joined by spaces.
        retry_after: seconds that it asks to wait.
        secret: the key in use, which is never shown even when the provider repeats it.

    Returns:
        The error, to be raised ``from`` the SDK's.
    """
    said = f"{code} {message}"
    if status is None:
        status = next((_STATUS_OF_CODE[word] for word in code.split() if word in _STATUS_OF_CODE), 500)
    if status == 402 or (status in (400, 403, 429) and _CREDIT.search(said)):
        return OutOfCredit(f"{provider}'s account has no credit left.", "Top it up, or choose another model.")
    if status == 413 or (status in (400, 422, 500) and _TOO_LONG.search(said)):
        return ContextTooLong(
            f"The conversation does not fit into {model}.",
            "Begin a new one, attach less, or choose a model with a larger window.",
        )
    if status in (400, 404, 422, 500, 501) and _UNABLE.search(said):
        return Unsupported(f"{provider} refused: {own_words(message, secret)}", "Choose another model.")
    match status:
        case 401 | 403:
            return KeyRefused(f"{provider} does not take this key.", "Paste another one above.")
        case 404:
            return UnknownModel(
                f"{provider} has no model {model} at this address.",
                "Choose one from the list, or check the address.",
            )
        case 408:
            return TimedOut(f"{provider} gave up waiting.", "Try again.")
        case 429:
            return rate_limited(provider, retry_after)
        case 409 | 425:
            return overloaded(provider)
        case _ if status >= 500 and status != 501:
            return overloaded(provider)
        case 301 | 302 | 303 | 307 | 308:
            return RequestRefused(f"{provider} has moved to another address.", "Type the new address.")
    said = own_words(message, secret)
    return RequestRefused(f"{provider} refused: {said}", "Change the request, or choose another model.")


def overloaded(provider: str) -> Overloaded:
    """The provider is up, but too busy or broken."""
    return Overloaded(f"{provider} is too busy or out of order.", "Try again in a minute.")


def rate_limited(provider: str, retry_after: float | None = None) -> RateLimited:
    """Too many requests; ``retry_after`` is in seconds."""
    wait = "Wait a minute" if retry_after is None else f"Wait {max(1, round(retry_after))} s"
    return RateLimited(f"{provider} takes no more requests for now.", f"{wait}, then try again.", retry_after)


def missing_key(provider: str) -> MissingKey:
    """No key was given to a provider that needs one."""
    return MissingKey(f"No {provider} key.", "Paste one above; the built-in reader works without one.")


def unreachable(provider: str) -> Unreachable:
    """No connection to the provider's address."""
    return Unreachable(
        f"{provider} cannot be reached.",
        "Check the address, that it is running, and the network; then try again.",
    )


def timed_out(provider: str, seconds: float) -> TimedOut:
    """The provider was connected but silent for ``seconds``."""
    return TimedOut(f"{provider} was silent for {seconds:g} s.", "Try again, or choose another model.")


def stream_cut(provider: str) -> StreamCut:
    """The answer broke off half-way."""
    return StreamCut(f"{provider} broke off its answer.", "Try again.")


def unreadable(provider: str) -> RequestRefused:
    """What came back is not in the provider's protocol."""
    return RequestRefused(
        f"{provider} answered in a form that cannot be read.",
        "Check the address: it is perhaps another kind of server, or a page before it.",
    )


def error_in(body: object) -> tuple[int | None, str, str]:
    """The status, the words and the codes in a JSON error, whatever the provider's form of it.

    Known forms: ``{"error": {"message", "type", "code"}}`` and its inside alone, ``{"error": "words"}``,
    ``{"message": ...}`` and ``{"detail": ...}``. A number as the code is a status.
    """
    error = body.get("error", body) if isinstance(body, dict) else body
    if not isinstance(error, dict):
        return None, str(error or ""), ""
    message = error.get("message") or error.get("detail") or ""
    codes = [error.get("code"), error.get("type")]
    status = next((code for code in codes if isinstance(code, int) and 400 <= code < 600), None)
    return status, str(message), " ".join(code for code in codes if isinstance(code, str))


def seconds_to_wait(headers: Mapping[str, str]) -> float | None:
    """What ``retry-after-ms`` or ``retry-after`` ask for, the latter in seconds or as a date (RFC 9110)."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            return max(0.0, float(headers[name]) * unit)
        except (KeyError, ValueError):
            continue
    try:
        then = parsedate_to_datetime(headers.get("retry-after", ""))
        return max(0.0, (then - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return None


def own_words(message: str, secret: str = "") -> str:
    """A provider's words, fit for a stranger: one line, not too long, without keys and addresses."""
    text = message.replace(secret, "…") if secret else message
    text = _ADDRESS.sub("…", _KEY_LIKE.sub("…", " ".join(text.split())))
    if len(text) > WORDS_CHARACTERS:
        text = text[: WORDS_CHARACTERS - 1] + "…"
    text = text or "it gave no reason"
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."
