"""The most memory that one fetch takes above an idle process, measured in a process of its own.

For the brochure's benchmark. Linux only: the kernel's high-water mark of resident memory is read, which no
short peak escapes. Run by itself it does one of ``WAYS`` against a site's ports and prints megabytes.
"""

import asyncio
import gc
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.brochure_figures import Figure
from benchmarks.brochure_reading import page_reader
from benchmarks.brochure_site import LARGE, NAME, Served
from switchboard.web.failures import PageTooLarge

VISITORS = 10


def guarded(served: Served, scheme: str, visitors: int = 1) -> None:
    """Fetch the bomb of 1 GB, for all visitors at the same time."""
    fetcher = page_reader(served).fetcher

    async def _refused() -> bool:
        try:
            await fetcher.fetch(f"{scheme}://{NAME}/bomb-1000-mb")
        except PageTooLarge:
            return True
        return False

    async def _all() -> None:
        if not all(await asyncio.gather(*(_refused() for _ in range(visitors)))):
            raise RuntimeError("the bomb went through")

    asyncio.run(_all())


def largest_page(served: Served) -> None:
    """Read a page that is as large as one may be."""
    page = asyncio.run(page_reader(served).read(f"https://{NAME}{LARGE}"))
    if not page.links:
        raise RuntimeError("the page was not read")


def tutorial(served: Served) -> None:
    """Read a bomb of 100 MB as the tutorial does."""
    import requests

    text = requests.get(f"http://127.0.0.1:{served.plain}/bomb-100-mb", timeout=60).text
    if len(text) != 100_000_000:
        raise RuntimeError("the bomb did not unpack")


WAYS: dict[str, tuple[Callable[[Served], None], str, float | None]] = {
    "http": (partial(guarded, scheme="http"), "a gzip bomb of 1 GB, HTTP/1.1", 60.0),
    "https": (partial(guarded, scheme="https"), "a gzip bomb of 1 GB, HTTP/2", 60.0),
    "visitors": (
        partial(guarded, scheme="https", visitors=VISITORS),
        f"{VISITORS} visitors fetch it at the same time, HTTP/2",
        None,
    ),
    "largest": (largest_page, "a page of 5 MB read and parsed", None),
    "tutorial": (tutorial, "requests: .text of a bomb of 100 MB (1 GB not tried)", None),
}


def memory(served: Served) -> list[Figure]:
    """What each of ``WAYS`` takes above idle."""
    if not Path("/proc/self/clear_refs").exists():
        print("memory is measured on Linux only")
        return []
    figures = []
    for way, (_, name, asked) in WAYS.items():
        command = [sys.executable, __file__, way, str(served.tls), str(served.plain)]
        printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        figures.append(Figure(f"{name}: memory above idle", float(printed), "MB", at_most=asked))
    return figures


def main() -> None:
    """Do one of ``WAYS`` and print the megabytes it took."""
    way, tls, plain = sys.argv[1:]
    served = Served(int(tls), int(plain))
    # What an idle page has in memory: its modules, and the libraries that the first page loaded.
    asyncio.run(page_reader(served).read(f"http://{NAME}/"))
    gc.collect()
    idle = psutil.Process().memory_info().rss
    Path("/proc/self/clear_refs").write_text("5")
    WAYS[way][0](served)
    marks = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    peak = int(marks["VmHWM"].split()[0]) * 1024
    print((peak - idle) / 1e6)


if __name__ == "__main__":
    main()
