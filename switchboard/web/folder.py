"""A site that is a folder of files, behind the same transport as the web.

It lets the sample site be read without any network by the code that reads real ones. It answers GET as a
plain file server does and nothing else.
"""

import asyncio
from mimetypes import guess_type
from pathlib import Path
from urllib.parse import unquote

import httpx

from switchboard.errors import AddressRefused


class FolderTransport(httpx.AsyncBaseTransport):
    """Answers for one host from a folder, and passes other hosts on.

    ``/about`` is ``about``, ``about.html`` or ``about/index.html``, whichever exists.

    Args:
        host: the site's name.
        folder: its files.
        elsewhere: the transport for other hosts; without one they are refused.
    """

    def __init__(self, host: str, folder: Path, elsewhere: httpx.AsyncBaseTransport | None = None) -> None:
        self._host = host
        self._folder = folder.resolve()
        self._elsewhere = elsewhere

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The file for ``request``, or 404.

        Raises:
            AddressRefused: another host, and there is no transport for it.
        """
        # As it was sent: httpx would decode a name in another script, which not every one survives.
        if request.url.raw_host.decode("ascii") != self._host:
            if self._elsewhere is None:
                raise AddressRefused("Only the sample site is open here.", f"Try https://{self._host}.")
            return await self._elsewhere.handle_async_request(request)
        if request.method != "GET":
            return httpx.Response(405)
        return await asyncio.to_thread(self._answer, request.url.path)

    async def aclose(self) -> None:
        """Close the transport for other hosts."""
        if self._elsewhere is not None:
            await self._elsewhere.aclose()

    def _answer(self, path: str) -> httpx.Response:
        name = unquote(path).strip("/")
        if "\0" in name:
            return httpx.Response(404)
        for candidate in (name, f"{name}.html", f"{name}/index.html".lstrip("/")):
            file = (self._folder / candidate).resolve()
            if file.is_relative_to(self._folder) and file.is_file():
                media_type = guess_type(file.name)[0] or "application/octet-stream"
                body = httpx.ByteStream(file.read_bytes())
                return httpx.Response(200, headers={"content-type": media_type}, stream=body)
        return httpx.Response(404)
