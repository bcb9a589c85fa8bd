"""The Knowledge tab: a conversation over a folder of Markdown, each answer with its numbered sources.

Finding and answering are ``switchboard/knowledge``; here the conversation and its sources are shown.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import aclosing
from html import escape
from typing import TYPE_CHECKING, Any

import gradio as gr

from switchboard.backends.catalog import checked_choice
from switchboard.errors import BackendError, SwitchboardError
from switchboard.grounding import Unsupported, check
from switchboard.inputs import text_of
from switchboard.messages import AssistantMessage, Message, TextDelta, user
from switchboard.records import Ending
from switchboard.timing import AnswerWatch
from tabs.frame import Frame
from tabs.listening import PRIVATE
from tabs.panel import panel
from tabs.streaming import place_of, plain_errors
from tabs.threads import Thread, Threads
from tabs.transcript import Shown, answer_shown, user_shown

if TYPE_CHECKING:
    from switchboard.knowledge.passages import KnowledgeEvent, Passage

STORES = [("Chroma", "chroma"), ("FAISS", "faiss")]
EXAMPLES = (
    "Where is the headquarters?",
    "How many free checked bags does a gold member get?",
    "Who is the chief executive?",
    "How much is travel insurance?",
)
EMPTY = "### Larkspur Air's documents\nAsk about the company, its products, people, contracts or policies."
NO_SOURCES = "<p class='hint'>The passages behind an answer appear here, the best first.</p>"


def build(frame: Frame) -> None:
    """Lay out the tab and connect its parts."""
    with gr.Row(elem_classes="with-side"):
        with gr.Column(scale=3, min_width=320, elem_classes="conversation"):
            talk = panel("knowledge", EMPTY, EXAMPLES, "Ask the documents (Enter sends)")
        with gr.Column(scale=2, min_width=280):
            store = gr.Radio(STORES, value="chroma", label="Vector store", elem_id="knowledge-store")
            status = gr.Markdown(elem_classes="hint", elem_id="knowledge-status")
            sources = gr.HTML(NO_SOURCES, elem_id="knowledge-sources")
            anew = gr.Button("New conversation", size="sm")
    tab = KnowledgeTab(frame)
    asked, written = [store, *frame.bar.inputs], [talk.bot, sources]
    frame.tab.select(tab.open, None, status, **PRIVATE)
    for event in talk.wire(tab.ask, tab.ask_example, asked, written):
        event.success(tab.status, None, status, **PRIVATE)
    talk.stop.click(tab.stop_answer, None, None, queue=False, **PRIVATE)
    anew.click(tab.begin, None, written, **PRIVATE)


class KnowledgeTab:
    """What happens when the tab is used."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.threads = Threads("knowledge")

    def status(self) -> str:
        """What can be searched now."""
        return self.frame.services.knowledge.status().text

    async def open(self) -> AsyncIterator[str]:
        """Read the documents when the tab is shown, and say what can be searched."""
        base = self.frame.services.knowledge
        if not base.status().documents:
            yield "Reading the documents …"
        with plain_errors():
            await base.prepare()
        yield base.status().text
        if base.status().preparing:
            await base.settle()
            yield base.status().text

    def begin(self, request: gr.Request) -> tuple[list[Shown], str]:
        """Forget what was said."""
        self.threads.forget(self.frame.visitor(request), request)
        return [], NO_SOURCES

    def stop_answer(self, request: gr.Request) -> None:
        """Stop the answer that is being written on this page."""
        self.frame.visitor(request).stop(place_of("knowledge", request))

    async def ask_example(
        self, request: gr.Request, pressed: gr.SelectData, store: str, *chosen: Any
    ) -> AsyncIterator[tuple[list[Shown], str]]:
        """Ask one of the examples."""
        text = pressed.value.get("text") if isinstance(pressed.value, dict) else ""
        async with aclosing(self.ask(request, text, store, *chosen)) as shown:
            async for messages in shown:
                yield messages

    async def ask(
        self, request: gr.Request, text: Any, store: Any, *chosen: Any
    ) -> AsyncIterator[tuple[list[Shown], str]]:
        """Show the passages as soon as they are found, then stream the answer."""
        from switchboard.knowledge.passages import store_named

        with plain_errors():
            visitor, choice = self.frame.visitor(request), checked_choice(*chosen)
            services, question = self.frame.services, user(text_of(text))
            backend = services.backend(visitor, choice)
            thread, draft = self.threads.find(visitor, request), KnowledgeDraft(AnswerWatch(backend))
            before = [*thread.shown, *user_shown(question)]
            events = services.knowledge.answer(
                backend, question.text, thread.messages, store_named(text_of(store)), choice.sampling
            )
            with visitor.running(place_of("knowledge", request), services.settings.runs_per_visitor) as run:
                try:
                    async with aclosing(self.frame.pacer.batches(events, run)) as batches:
                        async for batch in batches:
                            draft.take(batch)
                            yield before + draft.shown(), draft.sources
                except BackendError as exc:
                    draft.fail(exc)
            ended = [*before, *await draft.end()]
            kept = (*thread.messages, question, *draft.turns) if draft.turns else thread.messages
            self.threads.keep(visitor, request, Thread(kept, tuple(ended)))
            yield ended, draft.sources


class KnowledgeDraft:
    """An answer while it is written, with the passages it may cite in ``sources``, as HTML."""

    def __init__(self, watch: AnswerWatch) -> None:
        self.sources = NO_SOURCES
        self._watch = watch
        self._passages: tuple[Passage, ...] = ()
        self._text = ""
        self._ending: Ending | None = None

    @property
    def turns(self) -> tuple[Message, ...]:
        """What is to be remembered for the model."""
        return (AssistantMessage(self._text),) if self._text else ()

    def take(self, batch: "Iterable[KnowledgeEvent]") -> None:
        """Add the events of a batch."""
        from switchboard.knowledge.passages import Retrieved

        for event in batch:
            self._watch.see(event)
            match event:
                case TextDelta(piece):
                    self._text += piece
                case Retrieved(passages, milliseconds):
                    self._passages = passages
                    self.sources = sources_shown(passages, milliseconds)

    def fail(self, error: SwitchboardError) -> None:
        """The answer broke off: keep what there is, and say why."""
        self._watch.warn(str(error))
        self._ending = Ending.FAILED

    def shown(self) -> list[Shown]:
        """What there is so far."""
        return answer_shown(self._text)

    async def end(self) -> list[Shown]:
        """The whole answer, each sentence that its passages do not bear out marked, and how it came about."""
        text, sources = self._text, [passage.source for passage in self._passages]
        checked = await asyncio.to_thread(check, text, sources)
        if any(one.cited for one in checked):
            # An answer that cites nothing says that it found nothing.
            reasons: list[str] = []
            for one in reversed(checked):
                if isinstance(one.verdict, Unsupported):
                    text = f"{text[: one.sentence.mark_at]} ⚠{text[one.sentence.mark_at :]}"
                    reasons.insert(0, one.verdict.reason)
            for reason in dict.fromkeys(reasons):
                self._watch.warn(reason)
        return answer_shown(text, self._watch.note(self._ending))


def sources_shown(passages: "Iterable[Passage]", milliseconds: float) -> str:
    """The passages as HTML, folded, with why each was found."""
    items = "".join(
        f"<details><summary><b>[{p.number}]</b> {escape(p.source.title)} <small>{escape(p.path)} · "
        f"score {p.scores.fused:.2f}{_dense(p)}</small></summary><pre>{escape(p.source.text)}</pre></details>"
        for p in passages
    )
    return f"<p class='hint'>Found in {milliseconds:,.0f} ms</p><div class='sources'>{items or '—'}</div>"


def _dense(passage: "Passage") -> str:
    dense = passage.scores.dense
    return f" · words {passage.scores.bm25:.1f}" + ("" if dense is None else f" · meaning {dense:.2f}")
