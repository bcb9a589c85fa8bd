"""How the work of the Brochure tab looks: the list of its pages, the text with its evidence, as HTML.

All that comes from a site or a model is escaped here or in ``switchboard/markdown_html.py``.
"""

from collections.abc import Sequence
from html import escape
from urllib.parse import quote, urlsplit

from switchboard.brochure.brochure import Brochure
from switchboard.brochure.events import PageStatus
from switchboard.brochure.sites import SAMPLE_HOST
from switchboard.grounding import Checked, Supported, Unsupported
from switchboard.markdown_html import citations, to_html
from switchboard.messages import Source
from tabs.brochure_work import ListedPage, Work

NO_PAGES = "<p class='hint'>The pages that are read appear here, with why each was chosen.</p>"
NO_TEXT = (
    "<div class='empty'><h3>A brochure whose every claim can be checked</h3>"
    "<p>Give a company’s address. Its site is read, the pages that matter are chosen, and each sentence "
    "carries the number of the page it came from: press a number to see the sentence there. A sentence that "
    "its page does not bear out is marked.</p></div>"
)
_MARKS = {
    None: ("…", "reading"),
    PageStatus.READ: ("✓", "read"),
}
_AROUND = 160
"""Characters of a page that are shown before and after the sentence that bears a claim out."""
_FRAGMENT_WORDS = 6


def pages_shown(work: Work, sources: Sequence[Source]) -> str:
    """The pages with a box to tick, the number under which ``sources`` has them, kind, reason and status."""
    if not work.pages:
        return NO_PAGES
    numbers = {source.place: source.number for source in sources}
    items = "".join(_page(page, numbers) for page in work.pages)
    return f"<ol class='pages'>{items}</ol>"


def draft_shown(text: str) -> str:
    """A text while it is written."""
    return f"<article class='brochure prose'>{to_html(text, cite=_number)}</article>" if text else NO_TEXT


def brochure_shown(brochure: Brochure) -> str:
    """A finished text: each number opens the sentence it rests on, each sentence without ground is marked."""
    closing = _closing(brochure)
    evidence: list[str] = []

    def cite(number: int, occurrence: int) -> str:
        source = next((one for one in brochure.sources if one.number == number), None)
        if source is None:
            return _number(number, occurrence)
        checked = closing.get(occurrence)
        name = f"brochure-evidence-{occurrence}"
        evidence.append(_evidence(name, source, checked))
        return (
            f"\u2060<button type='button' class='cite' popovertarget='{name}' "
            f"aria-label='Page {number}: what it says'>{number}</button>"
        )

    marks = {
        one.sentence.mark_at: _doubt(one.verdict.reason)
        for one in brochure.checked
        if isinstance(one.verdict, Unsupported)
    }
    body = to_html(brochure.text, cite=cite, marks=marks)
    language = escape(brochure.language, quote=True)
    return f"<article class='brochure prose' lang='{language}' dir='auto'>{body}</article>{''.join(evidence)}"


def progress_shown(stage: str) -> str:
    """What is being done; as long as it stands there, it can be stopped."""
    return f"<p class='hint busy' role='status'>{escape(stage)}</p>"


def note_shown(text: str, warnings: Sequence[str] = ()) -> str:
    """How a text came about, with what should be known of it."""
    told = "".join(f"<p class='warning'>⚠ {escape(warning)}</p>" for warning in warnings)
    return f"{told}<p class='hint' role='status'>{escape(text)}</p>" if text else told


def borne_out(checked: Sequence[Checked]) -> str:
    """How many of the sentences that claim something are borne out, in words."""
    supported = sum(isinstance(one.verdict, Supported) for one in checked)
    doubtful = sum(isinstance(one.verdict, Unsupported) for one in checked)
    claims = supported + doubtful
    if not claims:
        return "no sentence to check"
    if not doubtful:
        return f"{_sentences(claims)} checked, each borne out by its page"
    return f"{_sentences(claims)} checked, {doubtful} not borne out by the page: marked ⚠"


def _sentences(count: int) -> str:
    return "1 sentence" if count == 1 else f"{count} sentences"


def _closing(brochure: Brochure) -> dict[int, Checked]:
    """The sentence that each citation stands in, by the citation's occurrence."""
    found: dict[int, Checked] = {}
    sentences = iter(brochure.checked)
    current = next(sentences, None)
    for citation in citations(brochure.text):
        while current is not None and current.sentence.end <= citation.offset:
            current = next(sentences, None)
        if current is not None and current.sentence.start <= citation.offset:
            found[citation.occurrence] = current
    return found


def _evidence(name: str, source: Source, checked: Checked | None) -> str:
    """What page a claim rests on, with the sentence in its surroundings where it is known."""
    words = ""
    match checked.verdict if checked else None:
        case Supported(source.number, start, end):
            words = source.text[start:end]
            before = _tail(source.text[max(0, start - _AROUND) : start].rpartition("\n\n")[2])
            after = _head(source.text[end : end + _AROUND].partition("\n\n")[0])
            said = f"{escape(before)}<mark>{escape(words)}</mark>{escape(after)}"
        case Supported(number):
            said = f"What bears it out best stands on page {number}."
        case Unsupported(reason):
            said = escape(reason)
        case _:
            said = "There is nothing to check in this sentence."
    return (
        f"<div popover id='{name}' class='evidence'><b>{source.number}. {escape(source.title)}</b>"
        f"<p class='said'>{said}</p>"
        f"<small>{_address(source.place, words)}</small></div>"
    )


def _tail(text: str) -> str:
    return "… " + text.partition(" ")[2] if len(text) == _AROUND else text


def _head(text: str) -> str:
    return text.rpartition(" ")[0] + " …" if len(text) == _AROUND else text


def _address(url: str, words: str = "") -> str:
    """The address of a page, as a link that scrolls to ``words`` there; plain for the sample site."""
    parts = urlsplit(url)
    shown = escape(f"{parts.hostname or ''}{parts.path}"[:80])
    if parts.hostname == SAMPLE_HOST or parts.scheme not in ("http", "https"):
        return shown
    fragment = ""
    if words:
        some = words.lstrip("#-| ").split()[:_FRAGMENT_WORDS]
        fragment = "#:~:text=" + quote(" ".join(some), safe="").replace("-", "%2D")
    href = escape(url.partition("#")[0] + fragment, quote=True)
    return f"<a href='{href}' target='_blank' rel='noopener noreferrer nofollow'>{shown}</a>"


def _page(page: ListedPage, numbers: dict[str, int]) -> str:
    read = page.read
    title = read.page.title if read and read.page and read.page.title else ""
    number = numbers.get(read.page.url) if read and read.page else None
    mark, state = _MARKS.get(read.status if read else None, ("✕", "failed"))
    became = f" · {read.reason or read.status.value}" if read and not page.is_usable else ""
    tick = (
        f"<input type='checkbox' data-page='{escape(page.url, quote=True)}'"
        f"{' checked' if page.ticked and page.is_usable else ''}{'' if page.is_usable else ' disabled'}>"
    )
    cited = f"<b class='number'>{number}</b> " if number else ""
    return (
        f"<li class='page {state}'><label>{tick}<span>{cited}{escape(title or page.url)}</span></label>"
        f"<small><i aria-hidden='true'>{mark}</i> {escape(page.kind.value)} · {_address(page.url)} · "
        f"{escape(page.reason)}{escape(became)}</small></li>"
    )


def _number(number: int, occurrence: int) -> str:  # noqa: ARG001 - as ``to_html`` calls it
    return f"\u2060<sup class='cite'>{number}</sup>"


def _doubt(reason: str) -> str:
    return f"<mark class='doubt' title='{escape(reason, quote=True)}'>⚠ {escape(reason)}</mark>"
