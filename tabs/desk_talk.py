"""What is said at the airline's desk on each open page: by customer and model, and by the desk itself.

A line of the desk's, such as that a change was confirmed, may come while an answer is still being written;
here neither loses the other. What the lines say is the tab's affair.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import gradio as gr

from switchboard.messages import AssistantMessage, Message, UserMessage
from switchboard.sessions import Visitor
from tabs.desk_draft import DeskDraft
from tabs.streaming import place_of
from tabs.threads import Thread, Threads
from tabs.transcript import Shown, message, plain, user_shown

TAB = "airline"


@dataclass(frozen=True, slots=True)
class Line:
    """What the desk says: ``said`` is remembered for the model, ``shown`` stands on the page."""

    said: str
    shown: str

    @property
    def message(self) -> AssistantMessage:
        """The line as the model reads it."""
        return AssistantMessage(self.said)

    @property
    def on_page(self) -> Shown:
        """The line as it is shown."""
        return message("assistant", f"<small class='desk'>{plain(self.shown)}</small>")


@dataclass(slots=True)
class Answering:
    """An answer that is being written, with what else stands on the page meanwhile, as HTML.

    Attributes:
        is_forgotten: whether the conversation was begun anew; the answer then leaves no trace.
    """

    before: Thread
    question: UserMessage
    draft: DeskDraft
    card: str = ""
    note: str = ""
    lines: list[Line] = field(default_factory=list)
    is_forgotten: bool = False

    def shown(self) -> list[Shown]:
        """The conversation so far."""
        return self._with(self.draft.shown())

    def end(self) -> Thread:
        """The conversation with the whole answer."""
        shown = self._with(self.draft.end())
        turns: tuple[Message, ...] = (self.question, *self.draft.turns) if self.draft.turns else ()
        said = (line.message for line in self.lines)
        return Thread((*self.before.messages, *turns, *said), tuple(shown))

    def _with(self, answer: list[Shown]) -> list[Shown]:
        if self.is_forgotten:
            return []
        lines = [line.on_page for line in self.lines]
        return [*self.before.shown, *user_shown(self.question), *answer, *lines]


class DeskTalk:
    """The conversations at the desk."""

    def __init__(self) -> None:
        self._threads = Threads(TAB)
        self._live: dict[tuple[str, str], Answering] = {}

    def messages(self, visitor: Visitor, request: gr.Request) -> tuple[Message, ...]:
        """What was said on this page, an answer that is still being written left out."""
        return self._threads.find(visitor, request).messages

    @contextmanager
    def answering(
        self, visitor: Visitor, request: gr.Request, question: UserMessage, draft: DeskDraft
    ) -> Iterator[Answering]:
        """An answer on this page, as long as it is written; ``keep`` remembers it."""
        key = _key(visitor, request)
        live = self._live[key] = Answering(self._threads.find(visitor, request), question, draft)
        try:
            yield live
        finally:
            if self._live.get(key) is live:
                del self._live[key]

    def keep(self, visitor: Visitor, request: gr.Request, answer: Answering) -> list[Shown]:
        """Remember an answer that has ended; what is shown of it comes back."""
        thread = answer.end()
        if answer.is_forgotten:
            return []
        self._threads.keep(visitor, request, thread)
        return list(thread.shown)

    def live(self, visitor: Visitor, request: gr.Request) -> Answering | None:
        """The answer that is being written on this page."""
        return self._live.get(_key(visitor, request))

    def add(self, visitor: Visitor, request: gr.Request, line: Line, again: bool = False) -> list[Shown]:
        """Say a line of the desk's; the conversation with it comes back.

        With ``again`` it may have been said on this page, and is not repeated then.
        """
        if live := self.live(visitor, request):
            if not again or line not in live.lines:
                live.lines.append(line)
            return live.shown()
        thread = self._threads.find(visitor, request)
        if not again or line.message not in thread.messages:
            thread = Thread((*thread.messages, line.message), (*thread.shown, line.on_page))
            self._threads.keep(visitor, request, thread)
        return list(thread.shown)

    def forget(self, visitor: Visitor, request: gr.Request) -> None:
        """Begin anew."""
        if live := self.live(visitor, request):
            live.is_forgotten = True
        self._threads.forget(visitor, request)


def _key(visitor: Visitor, request: gr.Request) -> tuple[str, str]:
    return visitor.owner, place_of(TAB, request)
