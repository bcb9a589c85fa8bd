"""The Brochure tab: a company's name and address, the pages that were read, the brochure made of them.

Reading and writing are ``switchboard/brochure``; here their progress is shown.
"""

from collections.abc import AsyncIterator, Iterable
from contextlib import aclosing
from html import escape
from typing import TYPE_CHECKING, Any

import gradio as gr

from switchboard.backends.catalog import checked_choice
from switchboard.errors import SwitchboardError
from switchboard.inputs import text_of
from switchboard.markdown import safe_markdown
from switchboard.messages import Source, TextDelta
from switchboard.records import Ending
from switchboard.timing import AnswerWatch
from tabs.frame import Frame
from tabs.listening import PRIVATE
from tabs.streaming import place_of, plain_errors
from tabs.transcript import note_text, plain

if TYPE_CHECKING:
    from switchboard.brochure.events import BrochureEvent, PageFound, PageRead

NAME_CHARACTERS, ADDRESS_CHARACTERS = 200, 2_000
NO_PAGES = "<p class='hint'>The pages that are read appear here, with why each was chosen.</p>"
NO_BROCHURE = "_The brochure appears here, each claim with the number of the page it came from._"


def build(frame: Frame) -> None:
    """Lay out the tab and connect its parts."""
    with gr.Row():
        with gr.Column(scale=2, min_width=300):
            company = gr.Textbox(
                label="Company", max_lines=1, max_length=NAME_CHARACTERS, elem_id="brochure-company"
            )
            address = gr.Textbox(
                label="Web address",
                max_lines=1,
                max_length=ADDRESS_CHARACTERS,
                placeholder="https://",
                elem_id="brochure-address",
            )
            with gr.Row():
                write = gr.Button("Write the brochure", variant="primary", elem_id="brochure-write")
                stop = gr.Button("Stop (Esc)", elem_classes="stop-answer stop-brochure", min_width=90)
            sample = gr.Button("Try the sample site, no network needed", size="sm", elem_id="brochure-sample")
            pages = gr.HTML(NO_PAGES, elem_id="brochure-pages")
        with gr.Column(scale=3, min_width=320):
            text = gr.Markdown(NO_BROCHURE, elem_id="brochure-text", buttons=["copy"], container=True)
            note = gr.Markdown(elem_classes="hint", elem_id="brochure-note")
    tab = BrochureTab(frame)
    asked, written = [company, address, *frame.bar.inputs], [pages, text, note]
    gr.on([write.click, address.submit], tab.write, asked, written, **PRIVATE)
    sample.click(tab.sample, None, [company, address], **PRIVATE).then(tab.write, asked, written, **PRIVATE)
    stop.click(tab.stop_answer, None, None, queue=False, **PRIVATE)


class BrochureTab:
    """What happens when the tab is used."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame

    def sample(self) -> tuple[str, str]:
        """The name and the address of the sample site."""
        from switchboard.brochure.sites import SAMPLE_ADDRESS, SAMPLE_COMPANY

        return SAMPLE_COMPANY, SAMPLE_ADDRESS

    def stop_answer(self, request: gr.Request) -> None:
        """Stop reading or writing; what is there stays."""
        self.frame.visitor(request).stop(place_of("brochure", request))

    async def write(
        self, request: gr.Request, company: Any, address: Any, *chosen: Any
    ) -> AsyncIterator[tuple[str, str, str]]:
        """Read the site, showing its pages, and stream the brochure."""
        from switchboard.brochure.writer import write_brochure

        with plain_errors():
            visitor, choice = self.frame.visitor(request), checked_choice(*chosen)
            services = self.frame.services
            backend = services.backend(visitor, choice)
            name, place = text_of(company), text_of(address)
            events = write_brochure(backend, name, place, services.sites, sampling=choice.sampling)
            draft = BrochureDraft(AnswerWatch(backend))
            with visitor.running(place_of("brochure", request), services.settings.runs_per_visitor) as run:
                try:
                    async with aclosing(self.frame.pacer.batches(events, run)) as batches:
                        async for batch in batches:
                            draft.take(batch)
                            yield draft.pages, draft.text, "Reading the site …"
                except SwitchboardError as exc:
                    if not draft.begun:
                        raise
                    draft.fail(exc)
            yield draft.end()


class BrochureDraft:
    """A brochure while it is written: its pages as HTML, its text as Markdown."""

    def __init__(self, watch: AnswerWatch) -> None:
        self._watch = watch
        self._found: dict[str, tuple[PageFound | PageRead, str]] = {}
        self._sources: tuple[Source, ...] = ()
        self._written = ""
        self._ending: Ending | None = None

    @property
    def begun(self) -> bool:
        """Whether there is anything to keep."""
        return bool(self._found)

    @property
    def pages(self) -> str:
        """The pages so far, each with its kind, why it was chosen and what became of it."""
        numbers = {source.place: source.number for source in self._sources}
        items = "".join(_page_item(url, numbers.get(url), *found) for url, found in self._found.items())
        return f"<ol class='pages'>{items}</ol>" if items else NO_PAGES

    @property
    def text(self) -> str:
        """The brochure so far, with the list of its pages once they are known."""
        return safe_markdown(self._written) if self._written else NO_BROCHURE

    def take(self, batch: "Iterable[BrochureEvent]") -> None:
        """Add the events of a batch."""
        from switchboard.brochure.events import PageFound, PageRead, SourcesReady

        for event in batch:
            self._watch.see(event)
            match event:
                case PageFound(url, _, reason):
                    self._found[url] = (event, reason)
                case PageRead(url):
                    self._found[url] = (event, self._found[url][1])
                case SourcesReady(sources):
                    self._sources = sources
                case TextDelta(piece):
                    self._written += piece

    def fail(self, error: SwitchboardError) -> None:
        """It broke off: keep what there is, and say why."""
        self._watch.warn(str(error))
        self._ending = Ending.FAILED

    def end(self) -> tuple[str, str, str]:
        """The pages, the whole brochure with its sources, and how it came about."""
        note = self._watch.note(self._ending)
        sources = "\n".join(f"{s.number}. [{plain(s.title)}]({s.place})" for s in self._sources)
        text = safe_markdown(f"{self._written}\n\n---\n\n{sources}") if self._written else NO_BROCHURE
        warnings = "".join(f"⚠ {plain(warning)}\n\n" for warning in note.warnings)
        return self.pages, text, f"{warnings}{plain(note_text(note))}"


def _page_item(url: str, number: int | None, found: "PageFound | PageRead", chosen: str) -> str:
    status = getattr(found, "status", None)
    became = "reading …" if status is None else status.value
    failure = "" if status is None or not found.reason else f": {found.reason}"
    mark = f"[{number}] " if number else ""
    return (
        f"<li><b>{mark}{escape(found.kind.value)}</b> {escape(url)}"
        f"<small>{escape(chosen)} · {escape(became)}{escape(failure)}</small></li>"
    )
