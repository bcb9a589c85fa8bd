"""A text of the Brochure tab while it is made: what has come of its pages and its words.

From the events of the library to what the page shows; starting and stopping it is ``brochure.py``'s.
"""

import asyncio
from collections.abc import Iterable

from switchboard.brochure.brochure import Brochure
from switchboard.brochure.events import Chosen, PageFound, PageRead, SiteEvent, SourcesReady, WritingEvent
from switchboard.brochure.writing import checked
from switchboard.errors import SwitchboardError
from switchboard.messages import Source, TextDelta
from switchboard.records import Ending
from switchboard.timing import AnswerWatch
from tabs.brochure_view import (
    NO_TEXT,
    borne_out,
    brochure_shown,
    draft_shown,
    note_shown,
    pages_shown,
    progress_shown,
)
from tabs.brochure_work import Work, count_of
from tabs.transcript import note_text

Shown = tuple[str, str, str]
"""The list of pages, the text, how it came about: HTML all three."""


class Draft:
    """A text that is being made.

    Args:
        watch: the stopwatch of the model.
        work: what there was before; it is what remains where nothing new comes.
    """

    def __init__(self, watch: AnswerWatch, work: Work) -> None:
        self.work = work
        self.text = ""
        self._begun = SourcesReady(())
        self._watch = watch
        self._stage = "Reading the page …"
        self._ending: Ending | None = None

    @property
    def sources(self) -> tuple[Source, ...]:
        """The pages that the text cites, once the writing has begun."""
        return self._begun.sources

    def take(self, batch: Iterable[SiteEvent | WritingEvent]) -> None:
        """Add the events of a batch."""
        for event in batch:
            self._watch.see(event)
            match event:
                case PageFound():
                    self.work = self.work.with_found(event)
                case PageRead():
                    self.work = self.work.with_read(event)
                    self._stage = "Choosing the pages that matter …"
                case Chosen(company, usage):
                    self._watch.add(usage)
                    self.work = self.work.named(company)
                    self._stage = ""
                case SourcesReady():
                    self._begun, self._stage = event, "Writing …"
                case TextDelta(piece):
                    self.text += piece

    def shown(self) -> Shown:
        """What there is so far."""
        done, count = count_of(self.work.pages)
        text = draft_shown(self.text) if self.text else _shown(self.work.shown)
        stage = self._stage or f"Reading the pages: {done} of {count} …"
        return pages_shown(self.work, self.sources), text, progress_shown(stage)

    def fail(self, error: SwitchboardError) -> None:
        """It broke off: keep what there is, and say why."""
        self._watch.warn(str(error))
        self._ending = Ending.FAILED

    async def end(self, *, translated: bool = False) -> Shown:
        """Check what was written and show it; without a word written the earlier text stays.

        Args:
            translated: whether it stands for the text that was written, and does not replace it.
        """
        note = self._watch.note(self._ending)
        said = ""
        if self.text.strip():
            brochure = await checked(self.work.company, self.text, self._begun, note.model)
            self.work = self.work.with_text(brochure, translated=translated)
            said = f"{borne_out(brochure.checked)} · "
        # Of a model that was never asked there is nothing to tell.
        asked = bool(self.sources) or self._ending is not Ending.FAILED
        told = note_shown(said + note_text(note) if asked else "", note.warnings)
        text = await asyncio.to_thread(_shown, self.work.shown)
        return pages_shown(self.work, self.work.sources), text, told


def _shown(brochure: Brochure | None) -> str:
    return brochure_shown(brochure) if brochure else NO_TEXT
