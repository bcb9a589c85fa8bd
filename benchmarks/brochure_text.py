"""What the brochure's work on text costs in CPU, and how often it is right.

For the brochure's benchmark: parsing a page, choosing links by their words, checking sentences, drawing and
printing a brochure. Nothing here goes over a network.
"""

import asyncio
import json
import random
import re
import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from urllib.parse import urljoin

from benchmarks.brochure_figures import Figure
from benchmarks.brochure_pages import COMPANY, crowded_page, page, shop, site
from benchmarks.brochure_site import NAME
from benchmarks.brochure_tutorial import soup
from switchboard.brochure.choice import choose_by_words
from switchboard.brochure.documents import as_html, as_pdf
from switchboard.brochure.events import SourcesReady
from switchboard.brochure.links import readable_links
from switchboard.brochure.writing import checked
from switchboard.grounding import Unsupported, check
from switchboard.markdown_html import to_html
from switchboard.messages import Source
from switchboard.web.fetch import Fetched
from switchboard.web.page import Page, read

ROOT = Path(__file__).parent.parent
HOMES = ROOT / "tests" / "brochure" / "homes"
GROUNDING = ROOT / "tests" / "grounding"
ROUNDS = 7
BYTES = 300_000
CHOSEN = 8
"""Pages that are chosen on each saved home page."""
SENTENCES = 60
SOURCE_CHARACTERS = 40_000
_SENTENCE = re.compile(r"(?:^|(?<=[a-z°C]\. ))[A-Z][a-z][^.\n|]+\.", re.MULTILINE)


def cpu_ms(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """CPU milliseconds of ``work``, all threads, at the median; the first time is not counted."""
    work()
    taken = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        taken.append((time.process_time() - began) * 1000)
    return statistics.median(taken)


def parsing() -> list[Figure]:
    """A page of 300 kB, beside BeautifulSoup's text and links of the same bytes."""
    figures = []
    pages = {
        "text and lists": (page("News", BYTES, random.Random(4)), 40),
        "a shop": (shop(BYTES, random.Random(4)), 40),
        "nothing but small elements": (crowded_page(BYTES, random.Random(4)), None),
    }
    for name, (html, asked) in pages.items():
        body = html.encode()
        label = f"{len(body) // 1000} kB, {name}"
        taken = cpu_ms(partial(_parsed, body))
        figures.append(Figure(f"{label}: parsed", taken, "ms CPU", at_most=asked))
        for parser in ("html.parser", "lxml"):
            taken = cpu_ms(partial(soup, body, parser), 3)
            figures.append(Figure(f"{label}: BeautifulSoup with {parser}", taken, "ms CPU"))
    return figures


def choosing() -> list[Figure]:
    """The expected pages that words find on the saved home pages; a kind counts once."""
    expected = json.loads((HOMES / "expected.json").read_text(encoding="utf-8"))
    wanted, found = 0, 0
    for name, kinds in expected.items():
        home = kinds["home"]
        links = readable_links(_parsed((HOMES / f"{name}.html").read_bytes(), home))
        chosen = {(str(one.kind), one.url) for one in choose_by_words(links, CHOSEN)}
        for kind, paths in kinds.items():
            if kind != "home":
                wanted += 1
                found += any((kind, urljoin(home, path)) in chosen for path in paths)
    share = 100 * found / wanted
    return [
        Figure("saved home pages", len(expected), "", at_least=10),
        Figure("pages of a kind expected on them", wanted, ""),
        Figure("of these found by words", share, "%", at_least=90),
    ]


def grounding() -> list[Figure]:
    """The sentences written for the check, and what checking a brochure costs."""
    figures = []
    for name, told in (("sentences", ""), ("fresh", ", on which nothing was developed")):
        lines = (GROUNDING / f"{name}.jsonl").read_text("utf-8").splitlines()
        marked: dict[str, list[bool]] = defaultdict(list)
        for entry in map(json.loads, lines):
            sources = [_source(int(number), place) for number, place in entry["sources"].items()]
            verdicts = [one.verdict for one in check(entry["sentence"], sources)]
            marked[entry["kind"]].append(any(isinstance(verdict, Unsupported) for verdict in verdicts))
        caught, blamed = (100 * sum(marked[kind]) / len(marked[kind]) for kind in ("altered", "supported"))
        figures += [
            Figure(f"{len(marked['altered'])} altered sentences{told}: caught", caught, "%", at_least=90),
            Figure(f"{len(marked['supported'])} supported ones{told}: marked", blamed, "%", at_most=5),
        ]
    sources, text = _long_text()
    bare = re.sub(r" ?\[\d+\]", "", text)
    size = f"{SENTENCES} sentences, {sum(len(one.text) for one in sources):,} characters"
    return [
        *figures,
        Figure(f"{size}: checked", cpu_ms(partial(check, text, sources), 3), "ms CPU"),
        Figure(f"{size}: the same, none cited", cpu_ms(partial(check, bare, sources), 3), "ms CPU"),
    ]


def showing() -> list[Figure]:
    """A brochure drawn as it streams, and made a file."""
    sources, text = _long_text()
    brochure = asyncio.run(checked(COMPANY, text, SourcesReady(tuple(sources)), "the built-in reader"))
    letters = iter("aiouywzx")

    def _print() -> bytes:
        # Another text each time: typst remembers the paragraphs that it has set before.
        return as_pdf(replace(brochure, text=text.replace("e", next(letters))))

    began = time.perf_counter()
    _print()
    first = (time.perf_counter() - began) * 1000
    size = f"a brochure of {len(text):,} characters"
    return [
        Figure(f"{size}: drawn", cpu_ms(partial(to_html, text)), "ms CPU"),
        Figure(f"{size}: as HTML", cpu_ms(partial(as_html, brochure)), "ms CPU"),
        Figure(f"{size}: as PDF, the first", first, "ms"),
        Figure(f"{size}: as PDF, a later one", cpu_ms(_print, 3), "ms CPU"),
    ]


def _parsed(body: bytes, url: str = f"https://{NAME}/") -> Page:
    return read(Fetched(url, "text/html", "utf-8", body))


@cache
def _text_of(place: str) -> str:
    return (ROOT / place).read_text(encoding="utf-8") if place.endswith(".md") else place


def _source(number: int, place: str) -> Source:
    text = _text_of(place)
    return Source(number, text.strip().partition("\n")[0].lstrip("# ")[:200], text, place)


@cache
def _long_text() -> tuple[tuple[Source, ...], str]:
    """Pages of the benchmark's site, and a brochure of sentences of theirs, some with other numbers."""
    pages = [_parsed(body) for body in site().values()][:6]
    room = SOURCE_CHARACTERS // len(pages)
    sources = tuple(Source(number, one.title, one.text[:room]) for number, one in enumerate(pages, 1))
    told = [_SENTENCE.findall(source.text) for source in sources]
    sentences = []
    for at in range(SENTENCES):
        found = told[at % len(told)]
        sentence = found[at // len(told) % len(found)].rstrip(".")
        if at % 3 == 0:
            sentence = re.sub(r"\d\b", lambda digit: str((int(digit[0]) + 3) % 10), sentence)
        sentences.append(f"{sentence} [{at % len(told) + 1}].")
    parts = [f"# {COMPANY}"]
    for at in range(0, SENTENCES, 10):
        items = "\n".join(f"- {sentence}" for sentence in sentences[at + 6 : at + 10])
        parts += [
            f"## Part {at // 10 + 1}",
            *(" ".join(sentences[at + n : at + n + 3]) for n in (0, 3)),
            items,
        ]
    return sources, "\n\n".join(parts)
