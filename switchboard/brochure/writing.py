"""Writing from pages that were read: a brochure, a summary of one page, a translation of either.

A language model writes, with the number of the page after each claim; the built-in reader quotes. What
fits the model is decided in ``budget.py``, what is quoted in ``quoting.py``. Reading the pages is
``reading.py``'s.
"""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from switchboard.backends.base import Backend, Capability, ChatRequest, Sampling
from switchboard.backends.costs import context_window
from switchboard.brochure.brief import LANGUAGES, SENTENCES, Brief
from switchboard.brochure.brochure import TEXT_CHARACTERS, Brochure
from switchboard.brochure.budget import fitted_sources
from switchboard.brochure.events import PageKind, PageRead, SourcesReady, WritingEvent
from switchboard.brochure.quoting import quoted_brochure, quoted_summary
from switchboard.context import ANSWER_TOKENS, CHARACTERS_A_TOKEN
from switchboard.errors import BadInput, Unsupported
from switchboard.grounding import check
from switchboard.messages import (
    Document,
    Finish,
    FinishReason,
    Notice,
    ReasoningDelta,
    Source,
    Text,
    TextDelta,
    UserMessage,
    user,
)

SOURCE_CHARACTERS = 40_000
"""About 10,000 tokens: six pages of a usual site nearly whole."""
_LEAST_CHARACTERS = 2_000
_DEFAULT = Sampling()
_SUBTAG = re.compile(r"[a-z]{2,3}(?![a-z])")


async def write_brochure(
    backend: Backend, company: str, pages: Sequence[PageRead], brief: Brief, sampling: Sampling = _DEFAULT
) -> AsyncGenerator[WritingEvent, None]:
    """Write a brochure, with ``[n]`` after what page ``n`` says.

    Args:
        backend: the model, or the built-in reader, which quotes the pages.
        company: its name.
        pages: what it is written from, the home page first; those without text are passed over.
        brief: what is wanted.
        sampling: how the model writes.

    Raises:
        BadInput: no page has any text.
        BackendError: the model does not answer as asked.
    """
    sources = _fitted(backend, pages)
    for begun in _begun(backend, sources, pages, brief):
        yield begun
    if Capability.LANGUAGE not in backend.capabilities:
        kinds = {read.page.url: read.kind for read in pages if read.page}
        own = [kinds.get(source.place, PageKind.OTHER) for source in sources]
        events = _told(await asyncio.to_thread(quoted_brochure, company, sources, own, brief))
    else:
        system = f"{_prompt('brochure.md')}\n{brief.instructions}"
        request = ChatRequest((user(f"Write a brochure about {company}."),), system, sampling=sampling)
        events = _streamed(backend, request, sources)
    async with aclosing(events):
        async for event in events:
            yield event


async def write_summary(
    backend: Backend, page: PageRead, brief: Brief, sampling: Sampling = _DEFAULT
) -> AsyncGenerator[WritingEvent, None]:
    """Sum up one page in the brief's length, language and tone, with ``[1]`` after what it says.

    Raises:
        BadInput: the page has no text.
        BackendError: the model does not answer as asked.
    """
    sources = _fitted(backend, [page])
    for begun in _begun(backend, sources, [page], brief):
        yield begun
    if Capability.LANGUAGE not in backend.capabilities:
        events = _told(await asyncio.to_thread(quoted_summary, sources[0], SENTENCES[brief.length] // 2))
    else:
        system = f"{_prompt('summary.md')}\n{brief.summary_instructions}"
        request = ChatRequest((user("Sum up this page."),), system, sampling=sampling)
        events = _streamed(backend, request, sources)
    async with aclosing(events):
        async for event in events:
            yield event


async def translate(
    backend: Backend, brochure: Brochure, language: str, sampling: Sampling = _DEFAULT
) -> AsyncGenerator[WritingEvent, None]:
    """Write a text that was made before in another language, its numbers kept.

    Args:
        backend: a language model.
        brochure: what is translated.
        language: a key of ``LANGUAGES``.
        sampling: how the model writes.

    Raises:
        Unsupported: the backend writes no text of its own.
        BackendError: the model does not answer as asked.
    """
    if Capability.LANGUAGE not in backend.capabilities:
        raise Unsupported(
            "The built-in reader quotes and cannot translate.", "Choose a language model in the bar above."
        )
    asked = UserMessage(
        (Document("text", brochure.text), Text(f"Translate this text into {LANGUAGES[language]}."))
    )
    yield SourcesReady(brochure.sources, language, same_language=False)
    request = ChatRequest((asked,), _prompt("translate.md"), sampling=sampling)
    async with aclosing(_streamed(backend, request)) as events:
        async for event in events:
            yield event


async def checked(company: str, text: str, begun: SourcesReady, model: str) -> Brochure:
    """The text, as far as it was written, with each of its sentences checked against the pages.

    Args:
        company: whom it is about.
        text: what was written.
        begun: what it was written from, and in which language.
        model: what wrote it.
    """
    claims = await asyncio.to_thread(check, text, begun.sources, same_language=begun.same_language)
    return Brochure(company, text, begun.sources, claims, begun.language, model, datetime.now(UTC).date())


def language_of(pages: Iterable[PageRead]) -> str:
    """The language that most of the pages declare, without its region; English where none does."""
    tags = [_SUBTAG.match(read.page.language.lower()) for read in pages if read.page]
    declared = Counter(tag[0] for tag in tags if tag)
    return declared.most_common(1)[0][0] if declared else "en"


def _begun(
    backend: Backend, sources: tuple[Source, ...], pages: Iterable[PageRead], brief: Brief
) -> Iterator[SourcesReady | Notice]:
    theirs = language_of(pages)
    if Capability.LANGUAGE in backend.capabilities:
        written = brief.language or theirs
        yield SourcesReady(sources, written, same_language=written == theirs)
        return
    yield SourcesReady(sources, theirs)
    if brief.tone or brief.wishes or brief.language not in ("", theirs):
        yield Notice(
            "The built-in reader quotes: tone, language and wishes of one’s own need a language model."
        )


def _fitted(backend: Backend, pages: Sequence[PageRead]) -> tuple[Source, ...]:
    """The pages' texts in what fits the model's window beside the prompt and the answer."""
    window = context_window(backend.model)
    room = SOURCE_CHARACTERS
    if window is not None:
        room = max(_LEAST_CHARACTERS, min(room, (window - ANSWER_TOKENS) * CHARACTERS_A_TOKEN - 4_000))
    sources = fitted_sources([read.page for read in pages if read.page], room)
    if not sources:
        raise BadInput(
            "There is no page with text to write from.",
            "Tick a page that was read, or add one by its address.",
        )
    return sources


async def _streamed(
    backend: Backend, request: ChatRequest, sources: tuple[Source, ...] = ()
) -> AsyncGenerator[WritingEvent, None]:
    stream = backend.stream(replace(request, sources=sources))
    room = TEXT_CHARACTERS
    async with aclosing(stream) as events:  # type: ignore[type-var]
        async for event in events:
            match event:
                case TextDelta(piece):
                    yield TextDelta(piece[:room])
                    room -= len(piece)
                    if room < 0:
                        yield Notice(f"The text was longer than {TEXT_CHARACTERS:,} characters and was cut.")
                        yield Finish(FinishReason.LENGTH)
                        return
                case ReasoningDelta() | Notice() | Finish():
                    yield event


async def _told(text: str) -> AsyncGenerator[WritingEvent, None]:
    """A text that is there already, by its paragraphs; between them somebody may stop it."""
    for paragraph in re.findall(r".*?(?:\n\n|\Z)", text, re.DOTALL):
        yield TextDelta(paragraph)
        await asyncio.sleep(0)
    yield Finish(FinishReason.STOP)


@cache
def _prompt(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")
