"""The usual tutorial's way to read a company's site: page after page, the soup of each.

For the brochure's benchmark. No rules of the site, limits, checks of addresses, or choice of pages.
"""

import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import requests
from bs4 import BeautifulSoup

from benchmarks.brochure_site import CERTIFICATE, NAME, Served


def read_one_by_one(served: Served, scheme: str, paths: Sequence[str]) -> list[float]:
    """Read the pages one after the other; the seconds that each took.

    Args:
        served: the site.
        scheme: ``https`` or ``http``.
        paths: of the pages.
    """
    port = served.tls if scheme == "https" else served.plain
    taken = []
    with _led_to_loopback():
        for path in paths:
            began = time.perf_counter()
            html = requests.get(f"{scheme}://{NAME}:{port}{path}", verify=str(CERTIFICATE), timeout=10).text
            if not BeautifulSoup(html, "html.parser").get_text():
                raise RuntimeError(f"{path} has no text")
            taken.append(time.perf_counter() - began)
    return taken


def soup(body: bytes, parser: str) -> int:
    """Text and links of a page as tutorials take them; how many characters and links there are."""
    tree = BeautifulSoup(body, parser)
    return len(tree.get_text(separator="\n", strip=True)) + len(
        [link["href"] for link in tree.find_all("a", href=True)]
    )


@contextmanager
def _led_to_loopback() -> Iterator[None]:
    """Let the site's name lead to loopback while this is entered."""
    system = socket.getaddrinfo

    def _look_up(host, *args, **options):
        return system("127.0.0.1" if host == NAME else host, *args, **options)

    socket.getaddrinfo = _look_up
    try:
        yield
    finally:
        socket.getaddrinfo = system
