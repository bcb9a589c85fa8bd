"""Choosing the pages of a site that a brochure needs.

The model chooses by structured output where it can; words and position do where it cannot, or where what it
wrote does not hold. Only pages that the site itself names are ever chosen.
"""

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel

from switchboard.backends.base import Backend, ChatRequest, structured
from switchboard.brochure.candidates import LIKELY, Candidate, candidates
from switchboard.brochure.events import PageFound, PageKind
from switchboard.brochure.links import page_key
from switchboard.messages import Document, Text, Usage, UserMessage
from switchboard.web.page import Link, Page

CANDIDATES = 80
"""Links that are shown to the model; a home page has about 60 of its own."""
_SHOWN_URL_CHARACTERS = 300
_SHOWN_TEXT_CHARACTERS = 100
_REASON_CHARACTERS = 200
_PROMPT = Path(__file__).with_name("choose.md")
_WANTED = (
    PageKind.ABOUT,
    PageKind.PRODUCTS,
    PageKind.CUSTOMERS,
    PageKind.CAREERS,
    PageKind.PRESS,
    PageKind.CONTACT,
    PageKind.INVESTORS,
)
"""In the order in which a brochure wants them."""
_NAME_WORDS = 4
"""Words of the longest link that is followed though it names no kind of page."""


class ChosenPage(BaseModel):
    """A page as the model names it."""

    url: str
    kind: PageKind
    reason: str


class ChosenPages(BaseModel):
    """What the model is asked for."""

    pages: list[ChosenPage]


async def choose_by_model(
    backend: Backend, company: str, home: Page, links: Sequence[Link], most: int
) -> tuple[list[PageFound], Usage]:
    """The pages that the model wants, and what asking took.

    Args:
        backend: the model.
        company: the company's name.
        home: its home page; links that are not on it are shown as those of the sitemap.
        links: what may be chosen.
        most: how many at most. There are none when the model names none of the site's.

    Raises:
        Unsupported, RequestRefused: the model does not keep to the form it is asked for.
        BackendError: it does not answer.
    """
    shown = _shown(links)
    if not shown or most < 1:
        return [], Usage()
    on_home = {link.url for link in home.links}
    documents = [
        Document(title, "\n".join(lines))
        for title, lines in (
            ("links of the home page", [_line(link) for link in shown if link.url in on_home]),
            ("further pages, from the sitemap", [_line(link) for link in shown if link.url not in on_home]),
        )
        if lines
    ]
    question = f"Company: {company}\nHome page: {home.url}\nChoose at most {most} pages."
    request = ChatRequest(
        messages=(UserMessage((*documents, Text(question))),), system=_PROMPT.read_text(encoding="utf-8")
    )
    answer, usage = await structured(backend, request, ChosenPages)
    left = {page_key(link.url): link for link in shown}
    found: list[PageFound] = []
    for page in answer.pages:
        if len(found) >= most:
            break
        link = left.pop(page_key(page.url), None)
        if link is not None:
            kind = PageKind.OTHER if page.kind is PageKind.HOME else page.kind
            found.append(
                PageFound(link.url, kind, _one_line(page.reason, _REASON_CHARACTERS) or _reason(link))
            )
    return found, usage


def choose_by_words(links: Sequence[Link], most: int) -> list[PageFound]:
    """The pages whose links say that a brochure needs them: the best of each kind, ``most`` at most.

    A link of a kind wins over one that has no words, as those of a sitemap have none.
    """
    ranked = [one for one in _unique(candidates(links)) if not one.is_article]
    chosen: list[Candidate] = []
    for kind in _WANTED:
        of_kind = [one for one in ranked if one.kind is kind and one.score >= LIKELY]
        chosen += sorted(of_kind, key=lambda one: (one.is_foreign, not one.link.text))[:1]
    chosen = chosen[: max(0, most)]
    rest = [one for one in ranked if one not in chosen and _is_worth_following(one)]
    chosen += rest[: max(0, most - len(chosen))]
    return [PageFound(one.link.url, one.kind, _reason(one.link)) for one in chosen]


def _shown(links: Sequence[Link]) -> list[Link]:
    """What the model chooses from, the promising links first."""
    promising = (one.link for one in _unique(candidates(links)))
    return [link for link in promising if len(link.url) <= _SHOWN_URL_CHARACTERS][:CANDIDATES]


def _unique(ranked: Sequence[Candidate]) -> list[Candidate]:
    """The candidates without a second one of the same address."""
    return list({one.link.url: one for one in reversed(ranked)}.values())[::-1]


def _is_worth_following(candidate: Candidate) -> bool:
    """Whether to read a page that is not the best of its kind."""
    if candidate.is_foreign or candidate.score <= 0:
        return False
    if candidate.kind is not PageKind.OTHER:
        return True
    return not candidate.depth and len(candidate.link.text.split()) <= _NAME_WORDS


def _line(link: Link) -> str:
    text = _one_line(link.text, _SHOWN_TEXT_CHARACTERS)
    return f"{link.url} | {text}" if text else link.url


def _reason(link: Link) -> str:
    if text := _one_line(link.text, 80):
        return f"Its link says “{text}”."
    return f"Its address ends in “{_one_line(unquote(urlsplit(link.url).path), 80)}”."


def _one_line(text: str, room: int) -> str:
    """The text on one line, without characters that cannot be shown, in ``room`` characters."""
    words = "".join(sign if sign.isprintable() else " " for sign in text[: 4 * room]).split()
    line = " ".join(words)
    return line if len(line) <= room else line[: room - 1].rstrip() + "…"
