"""Choosing the pages of a site that a brochure needs.

The model chooses by structured output where it can; words and position do where it cannot, or where what it
wrote does not hold. Only pages that the home page links to are ever chosen.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import BaseModel

from switchboard.backends.base import Backend, ChatRequest, structured
from switchboard.brochure.events import PageFound, PageKind
from switchboard.brochure.links import path_words
from switchboard.messages import Document, Text, UserMessage
from switchboard.web.page import Link, Page

CANDIDATES = 80
"""Links that are shown to the model; a home page has about 60 of its own."""
_REASON_CHARACTERS = 200
_PROMPT = Path(__file__).with_name("choose.md")

_WORDS = Path(__file__).with_name("page_words.json")


class ChosenPage(BaseModel):
    """A page as the model names it."""

    url: str
    kind: PageKind
    reason: str


class ChosenPages(BaseModel):
    """What the model is asked for."""

    pages: list[ChosenPage]


@dataclass(frozen=True, slots=True)
class _Guess:
    link: Link
    kind: PageKind
    score: float


async def choose_by_model(
    backend: Backend, company: str, home: Page, links: Sequence[Link], most: int
) -> list[PageFound]:
    """The pages that the model wants, ``most`` at most; empty when it names none of the site's.

    Raises:
        Unsupported, RequestRefused: the model does not keep to the form it is asked for.
        BackendError: it does not answer.
    """
    shown = [guess.link for guess in _ranked(links)][:CANDIDATES] or list(links)[:CANDIDATES]
    lines = "\n".join(f"{link.url} | {link.text}" for link in shown)
    question = f"Company: {company}\nHome page: {home.url}\nChoose at most {most} pages."
    request = ChatRequest(
        messages=(UserMessage((Document("links of the home page", lines), Text(question))),),
        system=_PROMPT.read_text(encoding="utf-8"),
    )
    answer = await structured(backend, request, ChosenPages)
    left = {link.url for link in shown}
    found: list[PageFound] = []
    for page in answer.pages:
        if page.url in left and len(found) < most:
            left.remove(page.url)
            found.append(PageFound(page.url, page.kind, page.reason.strip()[:_REASON_CHARACTERS]))
    return found


def choose_by_words(links: Sequence[Link], most: int) -> list[PageFound]:
    """The pages whose links say that a brochure needs them: the best of each kind, ``most`` at most."""
    ranked = _ranked(links)
    chosen: list[_Guess] = []
    for kind in _patterns()[0]:
        chosen += [guess for guess in ranked if guess.kind is kind][:1]
    chosen = chosen[:most]
    rest = [guess for guess in ranked if guess not in chosen and guess.score > 0]
    chosen += rest[: most - len(chosen)]
    return [PageFound(guess.link.url, guess.kind, _reason(guess.link)) for guess in chosen]


def _reason(link: Link) -> str:
    words = link.text or path_words(link.url)
    return f"Its link says “{words[:80]}”."


def _ranked(links: Sequence[Link]) -> list[_Guess]:
    """All links that could be wanted, the best first."""
    guesses = [_guess(link, place) for place, link in enumerate(links)]
    return sorted((guess for guess in guesses if guess), key=lambda guess: -guess.score)


def _guess(link: Link, place: int) -> _Guess | None:
    patterns, unwanted = _patterns()
    text = " ".join(re.findall(r"\w+", link.text.lower()))
    path = path_words(link.url)
    if unwanted.search(text) or unwanted.search(path):
        return None
    kind, score = PageKind.OTHER, 0.0
    for candidate, pattern in patterns.items():
        value = _match(pattern, text, 3.0) + _match(pattern, path, 2.0)
        if value > score:
            kind, score = candidate, value
    depth = link.url.rstrip("/").count("/") - 2
    # A menu's links come early, are short and lead one level down; a story's are deep and long.
    score += 0.5 - 0.4 * max(0, depth - 1) - 0.15 * max(0, len(text.split()) - 3) - 0.005 * min(place, 100)
    return _Guess(link, kind, score - (0.5 if "?" in link.url else 0.0))


@cache
def _patterns() -> tuple[dict[PageKind, re.Pattern[str]], re.Pattern[str]]:
    """What links to each kind of page say, in the order a brochure wants them, and what unwanted ones say."""
    words: dict[str, list[str]] = json.loads(_WORDS.read_text(encoding="utf-8"))

    def _pattern(phrases: list[str]) -> re.Pattern[str]:
        return re.compile(rf"\b(?:{'|'.join(sorted(phrases, key=len, reverse=True))})\b")

    unwanted = _pattern(words.pop("unwanted"))
    return {PageKind(kind): _pattern(phrases) for kind, phrases in words.items()}, unwanted


def _match(pattern: re.Pattern[str], words: str, weight: float) -> float:
    """``weight`` where the words hold the pattern, and half as much again where they are nothing else."""
    found = pattern.search(words)
    if found is None:
        return 0.0
    return weight * (0.75 + 0.75 * len(found[0]) / len(words))
