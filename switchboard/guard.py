"""What stands in front of the page: the visitor's cookie, a bound on bodies, headers that browsers heed.

ASGI middleware. Rates, budgets and a content security policy are not covered.
"""

from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from switchboard.sessions import COOKIE, is_secret, mint_secret

JSON_BYTES = 8_000_000
"""A message of 1 MB must come through, so that the page itself can say that it is too long."""
YEAR = 365 * 24 * 3600


class Guard:
    """Middleware that gives a browser its secret and refuses what is too large to read.

    Args:
        app: what it stands in front of.
        forwarded: whether ``X-Forwarded-Proto`` comes from the operator's own proxy.
        upload_bytes: the most that an upload may have, its framing included.
    """

    def __init__(self, app: ASGIApp, forwarded: bool, upload_bytes: int) -> None:
        self.app = app
        self.forwarded = forwarded
        self.upload_bytes = upload_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it here."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        upload = headers.get("content-type", "").startswith("multipart/form-data")
        limit = self.upload_bytes if upload else JSON_BYTES
        if _length(headers) > limit:
            await PlainTextResponse("This is too large to be read.", 413)(scope, receive, send)
            return
        mint = not is_secret(visitor_secret(headers))
        https = scope["scheme"] == "https" or (self.forwarded and headers.get("x-forwarded-proto") == "https")
        body = _Bounded(receive, limit)

        async def _send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                if body.over:  # the application says that the body is broken, not why
                    message["status"] = 413
                answer = MutableHeaders(scope=message)
                answer.setdefault("X-Content-Type-Options", "nosniff")
                answer.setdefault("Referrer-Policy", "same-origin")
                if mint and answer.get("content-type", "").startswith("text/html"):
                    answer.append("Set-Cookie", _cookie(https))
            await send(message)

        await self.app(scope, body.receive, _send_guarded)


class _Bounded:
    """A body without a length, read up to a limit; beyond it the client is taken to have gone."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive, self._left = receive, limit
        self.over = False

    async def receive(self) -> Message:
        """The next part of the body."""
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        self.over = self.over or self._left < 0
        return {"type": "http.disconnect"} if self.over else message


def visitor_secret(headers: Headers) -> str:
    """The secret that a request bears, or an empty text."""
    try:
        cookies = SimpleCookie(headers.get("cookie", ""))
    except CookieError:
        return ""
    return cookies[COOKIE].value if COOKIE in cookies else ""


def _cookie(https: bool) -> str:
    # In the frame of a Space the page is a third party: only Partitioned cookies are kept there.
    frame = "SameSite=None; Secure; Partitioned" if https else "SameSite=Lax"
    return f"{COOKIE}={mint_secret()}; Path=/; Max-Age={YEAR}; HttpOnly; {frame}"


def _length(headers: Headers) -> int:
    text = headers.get("content-length", "")
    return int(text) if text.isdecimal() else 0
