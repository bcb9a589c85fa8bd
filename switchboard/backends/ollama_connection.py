"""Where Ollama is and on what terms it is spoken to.

The parts of an httpx client that the SDK is opened with. The SDK would follow redirects, use proxies and send
OLLAMA_API_KEY to any address: none of that happens here. What is said over it is ``ollama.py``.
"""

import re
from typing import Any

import httpx

from switchboard.backends.ndjson import LineTransport
from switchboard.backends.ollama_failures import (
    disconnected,
    not_an_address,
    refused,
    retry_seconds,
    silent,
    unreadable,
)
from switchboard.backends.ollama_status import NO_ADDRESS, advice, in_container, shown_address
from switchboard.errors import BackendError, KeyRefused
from switchboard.web.transport import PinnedTransport, direct

ADDRESS = "http://127.0.0.1:11434"
"""Where Ollama listens unless it is told otherwise."""
CONNECT_SECONDS = 5.0

SDK_FAILURES = (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError, TypeError, AttributeError)
"""What the SDK raises: httpx's errors as they are, and the last three for what is not Ollama's JSON."""


class Connection:
    """The terms of one address.

    Args:
        url: where Ollama listens; ``ADDRESS`` when it is empty.
        key: sent as a bearer token, if there is one.
        public_only: connect to public addresses only.
    """

    def __init__(self, url: str, key: str, public_only: bool) -> None:
        # The server's "every interface" is no address to connect to on Windows.
        self.url = re.sub(r"^(https?://)?0\.0\.0\.0\b", r"\g<1>127.0.0.1", url.strip()) or ADDRESS
        self.key = key
        self._public_only = public_only

    @property
    def address(self) -> str:
        """The address as it may be shown."""
        return shown_address(self.url)

    def client_options(self, model: str) -> dict[str, Any]:
        """What ``AsyncClient`` is opened with besides the address.

        Raises:
            Unreachable: the address is none.
            KeyRefused: the key cannot stand in a header.
        """
        if self.address == NO_ADDRESS:
            raise not_an_address(self.address)
        if not (self.key.isascii() and self.key.isprintable()):
            raise KeyRefused("That key holds characters that no key has.", "Copy it again.")

        async def refuse(response: httpx.Response) -> None:
            """Raise what a status other than success means, while its headers are still at hand."""
            if response.status_code >= 300:
                await response.aread()
                wait = retry_seconds(response.headers.get("retry-after", ""))
                raise refused(model, response.status_code, _words(response), self.key, wait)

        transport = PinnedTransport() if self._public_only else direct()
        return {
            "transport": LineTransport(transport, streams=("/api/chat", "/api/pull")),
            "auth": self._authorized,
            "event_hooks": {"response": [refuse]},
            "timeout": httpx.Timeout(None, connect=CONNECT_SECONDS),
            "follow_redirects": False,
            "trust_env": False,
        }

    def failure(self, exc: Exception, patience: float) -> BackendError:
        """The error that one of ``SDK_FAILURES`` means after a wait of at most ``patience`` seconds."""
        if isinstance(exc, TimeoutError):
            return silent(patience)
        if isinstance(exc, httpx.InvalidURL):
            return not_an_address(self.address)
        if isinstance(exc, httpx.HTTPError | OSError):
            hint = advice(self.url, public_only=self._public_only, contained=in_container())
            return disconnected(exc, self.address, hint)
        return unreadable()

    def _authorized(self, request: httpx.Request) -> httpx.Request:
        request.headers.pop("authorization", None)  # the SDK puts OLLAMA_API_KEY there
        if self.key:
            request.headers["authorization"] = f"Bearer {self.key}"
        return request


def _words(response: httpx.Response) -> str:
    try:
        return str(response.json()["error"])
    except (ValueError, KeyError, TypeError):
        return response.text
