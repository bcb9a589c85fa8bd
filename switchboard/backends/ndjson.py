"""An httpx transport that hands on lines of JSON in whole, clean lines.

httpx splits lines where ``str.splitlines`` does, which is also at U+0085, U+2028 and U+2029: characters that
JSON allows inside a text, so that an answer holding one breaks apart. Here they are escaped before httpx sees
them, blank lines are left out, and a line may not grow without end. Parsing the lines is not done here.
"""

from collections.abc import AsyncIterator

import httpx

LINE_BYTES = 16_000_000
"""The longest line, or whole response, taken; a licence and template in ``/api/show`` take about 40,000."""

_SEPARATORS = ((b"\xc2\x85", rb"\u0085"), (b"\xe2\x80\xa8", rb"\u2028"), (b"\xe2\x80\xa9", rb"\u2029"))


class LineTransport(httpx.AsyncBaseTransport):
    """Asks ``inner`` and cleans the lines of its responses.

    Args:
        inner: sends the requests.
        streams: the ends of the paths whose responses may go on for as long as they like.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport, streams: tuple[str, ...]) -> None:
        self._inner = inner
        self._streams = streams

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request, asking for an uncompressed answer.

        Raises:
            httpx.DecodingError: the answer is compressed all the same.
        """
        request.headers["accept-encoding"] = "identity"
        response = await self._inner.handle_async_request(request)
        if response.headers.get("content-encoding", "identity") != "identity":
            await response.aclose()
            raise httpx.DecodingError("compressed without being asked for", request=request)
        if isinstance(response.stream, httpx.AsyncByteStream):
            endless = response.is_success and request.url.path.endswith(self._streams)
            response.stream = _Lines(response.stream, endless)
        return response

    async def aclose(self) -> None:
        """Close the connections of ``inner``."""
        await self._inner.aclose()


class _Lines(httpx.AsyncByteStream):
    def __init__(self, stream: httpx.AsyncByteStream, endless: bool) -> None:
        self._stream = stream
        self._endless = endless

    async def __aiter__(self) -> AsyncIterator[bytes]:
        held = bytearray()
        total = 0
        async for chunk in self._stream:
            held += chunk
            total += len(chunk)
            if b"\n" in chunk:
                end = held.rfind(b"\n") + 1
                if lines := _clean(bytes(held[:end])):
                    yield lines
                del held[:end]
            if (len(held) if self._endless else total) > LINE_BYTES:
                raise httpx.DecodingError("more than anybody asked for")
        if rest := _clean(bytes(held)):
            yield rest

    async def aclose(self) -> None:
        """Close the response's connection."""
        await self._stream.aclose()


def _clean(lines: bytes) -> bytes:
    for separator, escape in _SEPARATORS:
        if separator in lines:
            lines = lines.replace(separator, escape)
    return b"".join(line + b"\n" for line in lines.split(b"\n") if not line.isspace() and line)
