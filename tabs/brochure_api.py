"""The Brochure tab as endpoints for programs: ``/brochure``, ``/summary``.

For ``gradio_client`` and plain HTTP. Nothing is kept, neither the pages nor the text.
"""

import inspect
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from typing import Any

import gradio as gr

from switchboard.brochure.brief import checked_brief
from switchboard.brochure.events import SiteEvent, WritingEvent
from switchboard.brochure.reading import PAGES
from switchboard.brochure.writer import brochure_of_site, summary_of_page
from switchboard.grounding import Unsupported
from switchboard.services import Services
from switchboard.timing import AnswerWatch
from tabs.api import Caller, caller_of
from tabs.brochure_draft import Draft
from tabs.brochure_fields import site_plan
from tabs.brochure_work import Work
from tabs.streaming import Pacer, plain_errors


def brochure_endpoints(services: Services, pacer: Pacer) -> None:
    """Add ``/brochure`` and ``/summary`` to the page that is being built."""
    for endpoint in (_brochure(services, pacer), _summary(services, pacer)):
        gr.api(
            endpoint,
            api_name=endpoint.__name__,
            api_description=inspect.getdoc(endpoint),
            concurrency_limit=None,
        )


def _brochure(services: Services, pacer: Pacer) -> Callable[..., AsyncIterator[dict[str, Any]]]:
    async def brochure(
        request: gr.Request,
        address: str,
        company: str = "",
        provider: str = "reader",
        model: str = "",
        key: str = "",
        provider_address: str = "",
        tone: str = "",
        language: str = "",
        length: str = "medium",
        audience: str = "everyone",
        topics: list[str] | None = None,
        wishes: str = "",
        pages: int = PAGES,
        allowed: str = "",
    ) -> AsyncIterator[dict[str, Any]]:
        """Read a company's site and write its brochure; each item of the stream is what there is so far.

        Args:
            request: the caller; filled in by the server.
            address: of the company's home page.
            company: its name; empty takes the one that the site gives itself.
            provider: openai, claude, ollama, compatible or reader.
            model: the provider's name for the model; empty takes the suggested one.
            key: your key for the provider; used for this call and not kept.
            provider_address: where an OpenAI-compatible or Ollama server is; empty takes the operator's.
            tone: formal, friendly, humorous or your own words; empty is plain.
            language: a tag such as en, de or pt; empty is the site's own.
            length: short, medium or long.
            audience: everyone, customers, investors or recruits.
            topics: what it may hold, as the page names it; none means all.
            wishes: what else it should hold, in your own words.
            pages: how many to read besides the home page, at most 12.
            allowed: other domains that may be read, with commas between them.
        """
        with plain_errors():
            caller = caller_of(services, request, provider, model, key, provider_address)
            brief = checked_brief(tone, language, length, audience, topics, wishes)
            plan = site_plan(company, address, pages, allowed)
            events = brochure_of_site(caller.backend, services.pages, plan, brief, caller.sampling)
            async with aclosing(_made(caller, pacer, events)) as made:
                async for item in made:
                    yield item

    return brochure


def _summary(services: Services, pacer: Pacer) -> Callable[..., AsyncIterator[dict[str, Any]]]:
    async def summary(
        request: gr.Request,
        address: str,
        provider: str = "reader",
        model: str = "",
        key: str = "",
        provider_address: str = "",
        tone: str = "",
        language: str = "",
        length: str = "medium",
    ) -> AsyncIterator[dict[str, Any]]:
        """Read one page and sum it up; each item of the stream is what there is so far.

        Args:
            request: the caller; filled in by the server.
            address: of the page.
            provider: openai, claude, ollama, compatible or reader.
            model: the provider's name for the model; empty takes the suggested one.
            key: your key for the provider; used for this call and not kept.
            provider_address: where an OpenAI-compatible or Ollama server is; empty takes the operator's.
            tone: formal, friendly, humorous or your own words; empty is plain.
            language: a tag such as en, de or pt; empty is the page's own.
            length: short, medium or long.
        """
        with plain_errors():
            caller = caller_of(services, request, provider, model, key, provider_address)
            brief = checked_brief(tone, language, length, None, None, None)
            plan = site_plan("", address, 0, "")
            events = summary_of_page(caller.backend, services.pages, plan.address, brief, caller.sampling)
            async with aclosing(_made(caller, pacer, events)) as made:
                async for item in made:
                    yield item

    return summary


async def _made(
    caller: Caller, pacer: Pacer, events: AsyncGenerator[SiteEvent | WritingEvent]
) -> AsyncGenerator[dict[str, Any]]:
    draft = Draft(AnswerWatch(caller.backend), Work())
    with caller.running() as run:
        async with aclosing(pacer.batches(events, run)) as batches:
            async for batch in batches:
                draft.take(batch)
                yield _item(draft)
        await draft.end()
    yield _item(draft)


def _item(draft: Draft) -> dict[str, Any]:
    """What there is so far, as JSON; ``unsupported`` comes with the last item."""
    checked = draft.work.shown.checked if draft.work.shown else ()
    return {
        "text": draft.text,
        "company": draft.work.company,
        "pages": [
            {
                "url": page.url,
                "kind": page.kind.value,
                "reason": page.reason,
                "status": page.read.status.value if page.read else "reading",
            }
            for page in draft.work.pages
        ],
        "sources": [
            {"number": source.number, "title": source.title, "url": source.place} for source in draft.sources
        ],
        "unsupported": [
            {"sentence": one.sentence.plain, "reason": one.verdict.reason}
            for one in checked
            if isinstance(one.verdict, Unsupported)
        ],
    }
