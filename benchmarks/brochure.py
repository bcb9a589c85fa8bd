"""How fast a site is read and a brochure begins, how much of each it costs, and how often it is right.

usage: python benchmarks/brochure.py

A site of 12 pages is served on loopback by another process, over HTTP/2 and over HTTP/1.1, each answer after
300 ms; it is read through the guard, and by the usual tutorial (requests and BeautifulSoup, page after page)
in the same run. Over HTTP/1.1 at most four connections are opened to a host, so more than four pages take
more than one round of 300 ms. Memory is measured in processes of its own, CPU on this one. Times depend on
what else the machine does: look at the ratios. Takes a minute and a half and needs the group ``test``. Prints
tables and, last, one JSON object.
"""

import asyncio
import json
import sys
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.brochure_figures import Figure, print_table
from benchmarks.brochure_memory import memory
from benchmarks.brochure_reading import first_text, pages_at_once, visitors_at_once, ways_to_text
from benchmarks.brochure_site import Served, served
from benchmarks.brochure_text import choosing, grounding, parsing, showing
from switchboard.backends.reader import ReaderBackend


async def over_the_wire(site: Served) -> dict[str, list[Figure]]:
    """What goes over the network, in parts with their titles."""
    # The first brochure of a process also loads libraries; a page that has been up for a while does not.
    _, cold = await first_text(site, "https", ReaderBackend(), 6)
    parts = {
        "Reading pages, HTTP/2": await pages_at_once(site, "https"),
        "Reading pages, HTTP/1.1": await pages_at_once(site, "http"),
        "From the address to the first text": [
            *await ways_to_text(site),
            Figure("the first brochure of the process: last page to first text", cold * 1000, "ms"),
        ],
        "Several visitors": [*await visitors_at_once(site, "https"), *await visitors_at_once(site, "http")],
    }
    for title, figures in parts.items():
        print_table(title, figures)
    return parts


def main() -> None:
    with served() as site:
        parts = asyncio.run(over_the_wire(site))
        parts["Memory"] = memory(site)
        print_table("Memory", parts["Memory"])
    for title, measure in (
        ("Parsing", parsing),
        ("Choosing pages without a model", choosing),
        ("Checking sentences", grounding),
        ("Showing a brochure", showing),
    ):
        parts[title] = measure()
        print_table(title, parts[title])
    figures = {
        title: [asdict(one) | {"value": round(one.value, 2)} for one in part] for title, part in parts.items()
    }
    print(json.dumps(figures, ensure_ascii=False))


if __name__ == "__main__":
    main()
