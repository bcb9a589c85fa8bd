"""A company's site on loopback, in its own process: each answer comes after 300 ms.

For the brochure's benchmark. It speaks HTTP/2 over TLS and plain HTTP/1.1, both by Hypercorn, packs its pages
with gzip as most sites do, and has two gzip bombs, which come at once. ``/-/seen`` tells at once how many
connections it had at the same time and which versions of HTTP they spoke since it was last asked.
"""

import asyncio
import gzip
import json
import random
import socket
import subprocess
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.brochure_pages import TITLES, crowded_page, site

NAME = "secure.example"
"""The name that the certificate is made for."""
CERTIFICATE = Path(__file__).parent.parent / "tests" / "web" / "secure.example.pem"
SECONDS = 0.3
HTML = "text/html; charset=utf-8"
BOMBS = {"/bomb-1000-mb": 1_000, "/bomb-100-mb": 100}
"""How many megabytes of spaces each unpacks to."""
LARGE = "/large"
"""A page that is as large as one may be: 5 MB, 2 MB of them on the wire at most."""


@dataclass(frozen=True, slots=True)
class Served:
    """A site that runs: its ports for TLS and for plain HTTP."""

    tls: int
    plain: int

    def seen(self) -> dict[str, dict]:
        """The most connections at once, and the versions of HTTP, of ``https`` and of ``http``."""
        return httpx.get(f"http://127.0.0.1:{self.plain}/-/seen", trust_env=False).json()


@contextmanager
def served() -> Iterator[Served]:
    """The site in its own process."""
    with subprocess.Popen([sys.executable, __file__], stdout=subprocess.PIPE, text=True) as process:
        try:
            tls, plain = map(int, process.stdout.readline().split())
            yield Served(tls, plain)
        finally:
            process.terminate()


class Site:
    """The site as an ASGI application."""

    def __init__(self) -> None:
        pages = {path: (HTML, body, gzip.compress(body)) for path, body in site().items()}
        large = crowded_page(4_900_000, random.Random(4)).encode()
        pages[LARGE] = (HTML, large, gzip.compress(large))
        self.files = {scheme: pages | _told_to_programs(scheme) for scheme in ("https", "http")}
        self.bombs = {path: bomb(megabytes) for path, megabytes in BOMBS.items()}
        self.forget()

    def forget(self) -> None:
        self.most = {"https": 0, "http": 0}
        self.versions: dict[str, set[str]] = {"https": set(), "http": set()}

    async def __call__(self, scope: dict, _receive, send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        path = scope["path"]
        if path == "/-/seen":
            seen = {
                scheme: {"most_connections": self.most[scheme], "versions": sorted(self.versions[scheme])}
                for scheme in self.most
            }
            self.forget()
            await answer(send, 200, "application/json", json.dumps(seen).encode())
            return
        self._note(scope)
        if path in self.bombs:
            await answer(send, 200, HTML, self.bombs[path], packed=True)
            return
        await asyncio.sleep(SECONDS)
        files = self.files[scope["scheme"]]
        if path not in files:
            await answer(send, 404, "text/plain", b"There is no such page.")
            return
        media_type, body, packed = files[path]
        takes_gzip = b"gzip" in dict(scope["headers"]).get(b"accept-encoding", b"")
        await answer(send, 200, media_type, packed if takes_gzip else body, packed=takes_gzip)

    def _note(self, scope: dict) -> None:
        """Count the connections that are open while this request is: a connection is opened for one."""
        scheme, port = scope["scheme"], scope["server"][1]
        here = [
            one
            for one in psutil.Process().net_connections("tcp4")
            if one.status == psutil.CONN_ESTABLISHED and one.laddr.port == port
        ]
        self.most[scheme] = max(self.most[scheme], len(here))
        self.versions[scheme].add(scope["http_version"])


def _told_to_programs(scheme: str) -> dict[str, tuple[str, bytes, bytes]]:
    """The site's robots.txt and sitemap, each with its media type, as it is and packed."""
    root = f"{scheme}://{NAME}"
    urls = "".join(f"<url><loc>{root}/{path}</loc></url>" for path in TITLES)
    files = {
        "/robots.txt": ("text/plain", f"User-agent: *\nSitemap: {root}/sitemap.xml\n".encode()),
        "/sitemap.xml": ("application/xml", f"<urlset>{urls}</urlset>".encode()),
    }
    return {path: (media_type, body, gzip.compress(body)) for path, (media_type, body) in files.items()}


async def answer(send, status: int, media_type: str, body: bytes, *, packed: bool = False) -> None:
    """Send one whole answer."""
    headers = [(b"content-type", media_type.encode()), (b"content-length", str(len(body)).encode())]
    if packed:
        headers.append((b"content-encoding", b"gzip"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def bomb(megabytes: int) -> bytes:
    """A gzip file of so many megabytes of spaces; a thousand of them take one on the wire."""
    piece = b" " * 1_000_000
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    # After a full flush nothing refers to what was before: the same block may stand there again and again.
    block = packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH)
    check = 0
    for _ in range(megabytes):
        check = zlib.crc32(piece, check)
    end = check.to_bytes(4, "little") + (megabytes * len(piece) % 2**32).to_bytes(4, "little")
    return b"\x1f\x8b\x08\0\0\0\0\0\0\x03" + block * megabytes + b"\x03\0" + end


def main() -> None:
    """Serve until stopped; prints the ports for TLS and for plain HTTP."""
    from hypercorn.asyncio import serve
    from hypercorn.config import Config

    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    config = Config()
    config.bind, config.insecure_bind = ([f"fd://{one.fileno()}"] for one in sockets)
    config.certfile = config.keyfile = str(CERTIFICATE)
    config.errorlog = None
    application = Site()
    print(*(one.getsockname()[1] for one in sockets), flush=True)
    asyncio.run(serve(application, config))


if __name__ == "__main__":
    main()
