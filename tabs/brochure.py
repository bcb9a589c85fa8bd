"""The Brochure tab: a company's site, the pages that matter, a text whose every claim names its page.

Layout, wiring, and the handlers that have something written. Reading and writing are in
``switchboard/brochure``; how their work looks is in ``brochure_draft.py`` and ``brochure_view.py``.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

import gradio as gr

from switchboard.backends.base import Backend
from switchboard.backends.catalog import Choice, checked_choice
from switchboard.brochure.brief import LANGUAGES, checked_brief, checked_language
from switchboard.brochure.events import PageFound, PageKind, SiteEvent, WritingEvent
from switchboard.brochure.reading import read_page
from switchboard.brochure.sites import SAMPLE_ADDRESS, SAMPLE_COMPANY
from switchboard.brochure.writer import brochure_of_site, summary_of_page
from switchboard.brochure.writing import translate, write_brochure, write_summary
from switchboard.errors import NotFound, SwitchboardError
from switchboard.inputs import text_of
from switchboard.timing import AnswerWatch
from tabs.brochure_draft import Draft, Shown
from tabs.brochure_fields import BROCHURE, SUMMARY, BrochureFields, site_plan
from tabs.brochure_files import BrochureFiles
from tabs.brochure_view import NO_PAGES, NO_TEXT, brochure_shown, pages_shown
from tabs.brochure_work import Work, unticked
from tabs.frame import Frame
from tabs.listening import PRIVATE
from tabs.streaming import place_of, plain_errors
from tabs.threads import KeptOfPages

WORKS = 100
"""As many pages' work as is kept; each holds a site's text, at most about a megabyte."""
_WRITTEN = ("As it was written", "")
_PLACE_EVIDENCE = """
element.addEventListener("toggle", ({ target: shown, newState }) => {
  if (newState !== "open") return;
  const number = element.querySelector(`[popovertarget="${shown.id}"]`).getBoundingClientRect();
  const room = window.innerHeight - number.bottom - 16;
  const isBelow = room >= shown.offsetHeight || number.top <= room;
  const top = isBelow ? number.bottom + 8 : number.top - shown.offsetHeight - 8;
  const left = Math.min(number.left - 16, window.innerWidth - shown.offsetWidth - 8);
  Object.assign(shown.style, { margin: 0, top: `${Math.max(8, top)}px`, left: `${Math.max(8, left)}px` });
}, true);
"""
"""Shows the sentence that a number rests on beside the number."""
_WITH_TICKS = """(...values) => [...values.slice(0, -1),
  [...document.querySelectorAll("#brochure-pages input:not(:checked)")].map((box) => box.dataset.page)]"""


def build(frame: Frame) -> None:
    """Lay out the tab and connect its parts."""
    tab = BrochureTab(frame)
    with gr.Row(elem_id="brochure"):
        with gr.Column(scale=2, min_width=300):
            fields = BrochureFields()
            with gr.Row():
                write = gr.Button("Write", variant="primary", elem_id="brochure-write")
                stop = gr.Button("Stop (Esc)", elem_classes="stop-answer stop-brochure", min_width=90)
            sample = gr.Button("Try the sample site, no network needed", size="sm", elem_id="brochure-sample")
            pages = gr.HTML(NO_PAGES, elem_id="brochure-pages")
            with gr.Row(elem_id="brochure-more"):
                more = gr.Textbox(
                    show_label=False, placeholder="Add a page by its address", max_lines=1, max_length=2_000,
                    submit_btn=True, min_width=160, elem_id="brochure-add",
                )  # fmt: skip
                again = gr.Button("Write again from the ticked pages", size="sm", elem_id="brochure-again")
        with gr.Column(scale=3, min_width=320):
            note = gr.HTML(elem_id="brochure-note")
            with gr.Row(elem_id="brochure-tools"):
                files = BrochureFiles(frame, tab.works)
                language = gr.Dropdown(
                    [_WRITTEN, *((name, tag) for tag, name in LANGUAGES.items())],
                    value="", show_label=False, container=False, min_width=150, elem_id="brochure-into",
                )  # fmt: skip
                into = gr.Button("Translate", size="sm", min_width=90, elem_id="brochure-translate")
            text = gr.HTML(NO_TEXT, elem_id="brochure-text", js_on_load=_PLACE_EVIDENCE)
    written, bar, ticks = [pages, text, note], frame.bar.inputs, gr.JSON(visible=False)
    asked = [fields.kind, *fields.site, *fields.brief, *bar]
    gr.on([write.click, fields.address.submit, fields.company.submit], tab.write, asked, written, **PRIVATE)
    sample.click(tab.sample, None, [fields.kind, fields.company, fields.address], **PRIVATE).then(
        tab.write, asked, written, **PRIVATE
    )
    again.click(
        tab.write_again, [fields.kind, *fields.brief, *bar, ticks], written, js=_WITH_TICKS, **PRIVATE
    )
    more.submit(tab.add_page, [more, ticks], [pages, more], js=_WITH_TICKS, **PRIVATE)
    into.click(tab.translate, [language, *bar], written, **PRIVATE)
    frame.tab.select(tab.open, None, written, **PRIVATE)
    stop.click(tab.stop_answer, None, None, queue=False, **PRIVATE)
    files.wire()


class BrochureTab:
    """What happens when the tab is used."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.works: KeptOfPages[Work] = KeptOfPages("brochure", Work(), WORKS)

    def open(self, request: gr.Request) -> tuple[Any, Any, Any]:
        """Show what the visitor made last, where the page was loaded anew since."""
        visitor = self.frame.visitor(request)
        latest = self.works.latest(visitor)
        is_new = not self.works.find(visitor, request).pages and not visitor.is_running(
            place_of("brochure", request)
        )
        if not (is_new and latest.shown):
            return gr.skip(), gr.skip(), gr.skip()
        self._keep(request, latest)
        return pages_shown(latest, latest.sources), brochure_shown(latest.shown), ""

    def sample(self) -> tuple[str, str, str]:
        """The sample site: what to write of it, its name and its address."""
        return BROCHURE, SAMPLE_COMPANY, SAMPLE_ADDRESS

    def stop_answer(self, request: gr.Request) -> None:
        """Stop reading or writing; what is there stays."""
        self.frame.visitor(request).stop(place_of("brochure", request))

    async def write(self, request: gr.Request, kind: Any, *asked: Any) -> AsyncIterator[Shown]:
        """Read the site, or one page of it, showing what is read, and stream the text."""
        with plain_errors():
            site, wishes, chosen = asked[:4], asked[4:10], asked[10:]
            choice, brief = checked_choice(*chosen), checked_brief(*wishes)
            backend, reader = self._backend(request, choice), self.frame.services.pages
            plan = site_plan(*site)
            if text_of(kind) == SUMMARY:
                events = summary_of_page(backend, reader, plan.address, brief, choice.sampling)
            else:
                events = brochure_of_site(backend, reader, plan, brief, choice.sampling)
            draft = Draft(AnswerWatch(backend), Work())
            async with aclosing(self._shown(request, draft, events)) as made:
                async for shown in made:
                    yield shown

    async def write_again(self, request: gr.Request, kind: Any, *asked: Any) -> AsyncIterator[Shown]:
        """Write anew from the ticked pages, without fetching any."""
        with plain_errors():
            wishes, chosen, off = asked[:6], asked[6:-1], unticked(asked[-1])
            choice, brief = checked_choice(*chosen), checked_brief(*wishes)
            backend, work = self._backend(request, choice), self._work(request).without(off)
            if text_of(kind) == SUMMARY and len(work.ticked) == 1:
                events = write_summary(backend, work.ticked[0], brief, choice.sampling)
            else:
                events = write_brochure(backend, work.company, work.ticked, brief, choice.sampling)
            draft = Draft(AnswerWatch(backend), work)
            async with aclosing(self._shown(request, draft, events)) as made:
                async for shown in made:
                    yield shown

    async def translate(self, request: gr.Request, language: Any, *chosen: Any) -> AsyncIterator[Shown]:
        """Write the text that was written in another language, or show it as it was."""
        with plain_errors():
            work, choice = self._work(request), checked_choice(*chosen)
            if work.written is None:
                raise NotFound("There is no text to translate.", "Write one first.")
            if not language:
                work = work.with_text(work.written)
                self._keep(request, work)
                text = await asyncio.to_thread(brochure_shown, work.written)
                yield pages_shown(work, work.sources), text, ""
                return
            backend, tag = self._backend(request, choice), checked_language(language)
            events = translate(backend, work.written, tag, choice.sampling)
            draft = Draft(AnswerWatch(backend), work)
            async with aclosing(self._shown(request, draft, events, translated=True)) as made:
                async for shown in made:
                    yield shown

    async def add_page(self, request: gr.Request, address: Any, off: Any) -> tuple[str, str]:
        """Read a page that somebody names, and tick it; the field is emptied."""
        with plain_errors():
            work = self._work(request).without(unticked(off))
            visitor, limit = self.frame.visitor(request), self.frame.services.settings.runs_per_visitor
            with visitor.running(place_of("brochure-page", request), limit):
                read = await read_page(self.frame.services.pages, text_of(address))
            found = PageFound(read.url, PageKind.OTHER, "You added it.")
            # Meanwhile another page may have been added.
            work = self._work(request).without(unticked(off)).with_found(found).with_read(read)
            self._keep(request, work)
            return pages_shown(work, work.sources), ""

    async def _shown(
        self,
        request: gr.Request,
        draft: Draft,
        events: AsyncGenerator[SiteEvent | WritingEvent],
        *,
        translated: bool = False,
    ) -> AsyncGenerator[Shown]:
        """Show a text while it is made, and keep it with its pages."""
        visitor, limit = self.frame.visitor(request), self.frame.services.settings.runs_per_visitor
        before = self.works.find(visitor, request)
        with visitor.running(place_of("brochure", request), limit) as run:
            try:
                async with aclosing(self.frame.pacer.batches(events, run)) as batches:
                    async for batch in batches:
                        draft.take(batch)
                        # A text that means harm takes its time to draw; others are served meanwhile.
                        yield await asyncio.to_thread(draft.shown)
            except SwitchboardError as exc:
                draft.fail(exc)
            if before.pages and not draft.work.ticked:
                # Nothing came of it, such as of a mistyped address: what there was stays.
                draft.work = before
            shown = await draft.end(translated=translated)
            self._keep(request, draft.work)
        yield shown

    def _backend(self, request: gr.Request, choice: Choice) -> Backend:
        return self.frame.services.backend(self.frame.visitor(request), choice)

    def _work(self, request: gr.Request) -> Work:
        work = self.works.find(self.frame.visitor(request), request)
        if not work.pages:
            raise NotFound("No site has been read on this page.", "Read one first: give its address above.")
        return work

    def _keep(self, request: gr.Request, work: Work) -> None:
        self.works.keep(self.frame.visitor(request), request, work)
