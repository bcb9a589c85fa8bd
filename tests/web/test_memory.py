import subprocess
import sys
from pathlib import Path

import pytest

MEGABYTES = 60

# In a process of its own, whose highest use of memory is that of the fetch alone.
CODE = """
import asyncio, gc, gzip, sys, zlib
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from conftest import Network, page
from switchboard.errors import PageUnreadable
from switchboard.web.fetch import PAGES, SITEMAPS

KIND = sys.argv[2]

def bomb(window):
    packer = zlib.compressobj(9, wbits=window)
    first, second = (packer.compress(bytes(10**6)) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    return first + second * 999 + packer.flush()

def highest():
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))

async def endless(writer):
    writer.write(b"HTTP/1.1 200 OK\\r\\nContent-Type: text/html\\r\\n\\r\\n")
    while True:
        writer.write(bytes(1_000_000))
        await writer.drain()

async def headers(writer):
    writer.write(b"HTTP/1.1 200 OK\\r\\n")
    while True:
        writer.write(b"X: y\\r\\n" * 100_000)
        await writer.drain()

ANSWERS = {
    "gzip": lambda: page(bomb(31), "Content-Encoding: gzip"),
    "deflate": lambda: page(bomb(15), "Content-Encoding: deflate"),
    "file": lambda: page(bomb(31), "Content-Type: application/gzip"),
    "twice": lambda: page(
        gzip.compress(bomb(31)), "Content-Type: application/gzip", "Content-Encoding: gzip"
    ),
    "endless": lambda: endless,
    "headers": lambda: headers,
}

async def main():
    network = Network()
    await network.serve("a.example", {"/": ANSWERS[KIND](), "/good": page()})
    fetcher = network.fetcher(seconds=20)
    await fetcher.fetch("http://a.example/good")
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")  # The highest use starts anew from here.
    idle = highest()
    for _ in range(3):
        try:
            await fetcher.fetch("http://a.example/", SITEMAPS if KIND in ("file", "twice") else PAGES)
        except PageUnreadable as exc:
            print(exc.what)
    print(highest() - idle)

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="The highest use of memory is read from /proc.")
@pytest.mark.parametrize("kind", ["gzip", "deflate", "file", "twice", "endless", "headers"])
def test_a_gigabyte_on_the_other_side_costs_few_megabytes_here(kind):
    here = Path(__file__).parent
    command = [sys.executable, "-c", CODE, str(here), kind]
    done = subprocess.run(command, cwd=here.parents[1], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr[-2000:]
    *messages, grown = done.stdout.splitlines()
    assert len(messages) == 3 and len(set(messages)) == 1
    assert "larger" in messages[0] or "broke off" in messages[0]
    assert int(grown) <= MEGABYTES * 1_000_000
