import asyncio
import gc
import time
from contextlib import aclosing, suppress

import gradio as gr
import pytest

from switchboard.errors import BadInput, StreamCut
from switchboard.sessions import Run, Visitors
from tabs.streaming import FLUSH_SECONDS, IDLE_SECONDS, Pacer, place_of, plain_errors, visitor_of

CLOSED_WITHIN = 0.25


class Source:
    """Events at a pace; knows when it was closed. An exception among them is raised."""

    def __init__(self, *script, gap=0.0, stall=False):
        self.script, self.gap, self.stall = script, gap, stall
        self.closed_at = None
        self.begun = False

    async def events(self):
        self.begun = True
        try:
            for step in self.script:
                if isinstance(step, Exception):
                    raise step
                yield step
                if self.gap:
                    await asyncio.sleep(self.gap)
            if self.stall:
                await asyncio.sleep(3600)
        finally:
            self.closed_at = time.perf_counter()


@pytest.fixture
def pacer():
    return Pacer()


@pytest.fixture(autouse=True)
async def no_task_is_left():
    complaints = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: complaints.append(context["message"]))
    yield
    assert asyncio.all_tasks() == {asyncio.current_task()}
    gc.collect()
    await asyncio.sleep(0)
    assert complaints == []


async def gathered(pacer, source, run=None):
    return [batch async for batch in pacer.batches(source.events(), run or Run())]


async def test_the_first_event_is_handed_on_at_once(pacer):
    began = time.perf_counter()
    async with aclosing(pacer.batches(Source("a", "b", gap=0.5).events(), Run())) as batches:
        assert await anext(batches) == ["a"]
    assert time.perf_counter() - began < FLUSH_SECONDS


async def test_events_are_gathered_and_none_is_lost_or_moved(pacer):
    began = time.perf_counter()
    batches = await gathered(pacer, Source(*range(150), gap=0.002))
    most = (time.perf_counter() - began) / FLUSH_SECONDS + 3
    assert [event for batch in batches for event in batch] == list(range(150))
    assert len(batches) <= most


async def test_events_at_full_speed_make_few_updates(pacer):
    batches = await gathered(pacer, Source(*range(20_000)))
    assert sum(map(len, batches)) == 20_000
    assert len(batches) <= 3


async def test_a_source_without_events_ends_at_once(pacer):
    began = time.perf_counter()
    batches = await gathered(pacer, Source())
    assert not any(batches)
    assert time.perf_counter() - began < IDLE_SECONDS


async def test_while_there_is_no_news_empty_batches_come(pacer):
    seen = []
    async with aclosing(pacer.batches(Source("a", stall=True).events(), Run())) as batches:
        began = time.perf_counter()
        async for batch in batches:
            seen.append(batch)
            if len(seen) == 3:
                break
    assert seen == [["a"], [], []]
    assert time.perf_counter() - began < 4 * IDLE_SECONDS


LIVE = {"streaming": {"gap": 0.005}, "stalled": {"stall": True}}


@pytest.mark.parametrize("how", LIVE)
async def test_closing_the_batches_closes_the_source(pacer, how):
    source = Source(*range(500 if how == "streaming" else 3), **LIVE[how])
    batches = pacer.batches(source.events(), Run())
    await anext(batches)
    left = time.perf_counter()
    await batches.aclose()
    assert source.closed_at - left < CLOSED_WITHIN


@pytest.mark.parametrize("how", LIVE)
async def test_stopping_the_run_ends_the_batches_with_what_had_come(pacer, how):
    source = Source(*range(500 if how == "streaming" else 3), **LIVE[how])
    run = Run()
    asyncio.get_running_loop().call_later(0.1, run.stop)
    began = time.perf_counter()
    events = [event for batch in await gathered(pacer, source, run) for event in batch]
    assert source.closed_at - began - 0.1 < CLOSED_WITHIN
    assert events == list(range(len(events)))
    assert 3 <= len(events) < 500


@pytest.mark.parametrize("how", LIVE)
async def test_cancelling_the_reader_closes_the_source(pacer, how):
    source = Source(*range(500 if how == "streaming" else 3), **LIVE[how])
    task = asyncio.create_task(gathered(pacer, source))
    await asyncio.sleep(0.1)
    left = time.perf_counter()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert task.cancelled()
    assert source.closed_at - left < CLOSED_WITHIN


async def test_a_run_that_was_stopped_before_it_began_asks_nobody(pacer):
    run, source = Run(), Source(*range(5), stall=True)
    run.stop()
    assert not any(await gathered(pacer, source, run))
    assert not source.begun


@pytest.mark.parametrize("gap", [0.0, 0.01])
async def test_an_error_comes_after_all_that_came_before_it(pacer, gap):
    seen = []
    with pytest.raises(StreamCut, match="broke off"):
        async for batch in pacer.batches(
            Source(1, 2, 3, StreamCut("It broke off."), gap=gap).events(), Run()
        ):
            seen += batch
    assert seen == [1, 2, 3]


async def test_a_bug_in_the_source_stays_one(pacer):
    with pytest.raises(ZeroDivisionError):
        await gathered(pacer, Source(1, ZeroDivisionError()))


async def test_leaving_before_an_error_was_shown_leaves_no_complaint(pacer):
    batches = pacer.batches(Source(1, StreamCut("It broke off.")).events(), Run())
    assert await anext(batches) == [1]
    await asyncio.sleep(0.02)
    await batches.aclose()


async def test_a_source_that_tidies_up_is_waited_for(pacer):
    tidied = []

    async def events():
        try:
            yield 1
            await asyncio.sleep(3600)
        finally:
            await asyncio.sleep(0.05)
            tidied.append(True)

    batches = pacer.batches(events(), Run())
    await anext(batches)
    await batches.aclose()
    assert tidied == [True]


async def test_updates_are_rarer_the_more_answers_are_written(pacer):
    assert pacer.interval == FLUSH_SECONDS
    open_ones = [pacer.batches(Source(1, stall=True).events(), Run()) for _ in range(40)]
    for batches in open_ones:
        await anext(batches)
    assert pacer.interval > FLUSH_SECONDS
    for batches in open_ones:
        await batches.aclose()
    assert pacer.interval == FLUSH_SECONDS


def test_an_error_of_ours_becomes_a_message_with_what_to_do():
    with pytest.raises(gr.Error) as caught, plain_errors():
        raise BadInput("It is empty.", "Type something.")
    assert caught.value.message == "It is empty. Type something."
    assert not caught.value.print_exception


def test_a_bug_is_no_message():
    with pytest.raises(KeyError), plain_errors():
        raise KeyError("x")


def test_a_visitor_is_known_by_the_cookie_and_a_page_by_its_session(new_request):
    visitors, request = Visitors(), new_request()
    assert visitor_of(visitors, request) is visitor_of(visitors, new_request(request.cookies))
    assert visitor_of(visitors, request).owner != visitor_of(visitors, new_request()).owner
    assert visitor_of(visitors, new_request({})).owner != visitor_of(visitors, new_request({})).owner
    assert place_of("chat", request) != place_of("airline", request)
    assert place_of("chat", request) != place_of("chat", new_request(request.cookies))
