import asyncio
import gc
import json
import time
from contextlib import aclosing
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from switchboard.backends.base import Capability, ChatRequest, complete
from switchboard.backends.reader import ReaderBackend
from switchboard.backends.reader_words import CANNOT_SEE, NO_MODEL, NOT_IN_FILES, NOT_IN_SOURCES, SWITCH_ON
from switchboard.errors import Unsupported
from switchboard.messages import (
    AssistantMessage,
    Document,
    Finish,
    FinishReason,
    Image,
    Source,
    Text,
    TextDelta,
    ToolCall,
    ToolResult,
    Usage,
    UserMessage,
    user,
)
from switchboard.tools import Spoken, tool

MANUAL = """# The manual

## Saving conversations

Conversations are saved on the server. They survive a restart.

## Starting the page

To start the page, run:

```
make run
```
"""
POLICY = """# Acme policy

## Refunds

Refunds are paid within ten days. Write to desk@acme.example.

You need:

- the ticket number
- your passport

## Animals

Dogs travel free of charge in every class. Cats cost $12 a trip.

| Plan | Price |
|------|-------|
| Basic | $10 |
| Gold | $30 |
"""
ABOUT = (
    "Acme was founded in 1999 by Ann Acme in Goa. It makes anvils for coyotes. Sign in. "
    "We use cookies to make our site better for you."
)
PRICES = "The small anvil costs 40 dollars. The large anvil costs 90 dollars and ships in two days."
SOURCES = (Source(1, "About Acme", ABOUT), Source(2, "Prices", PRICES))
TOWNS = (("delhi", "Delhi"), ("goa", "Goa"))


def fare(
    origin: Annotated[str, Spoken("From which town?", ("from",), TOWNS)],
    destination: Annotated[str, Spoken("To which town?", ("to",), TOWNS)],
) -> str:
    """The fare between two towns. Taxes are included."""
    return f"{origin} {destination}"


FARE = tool(fare, words=("fare", "price"))


async def answered(*messages, manual=MANUAL, **parts):
    turns = tuple(user(message) if isinstance(message, str) else message for message in messages)
    return await complete(ReaderBackend(manual), ChatRequest(turns, **parts))


async def said(*messages, **parts):
    return (await answered(*messages, **parts)).message.text


def attached(*documents, text=""):
    return UserMessage((*documents, *([Text(text)] if text else [])))


def file(text=""):
    return attached(Document("policy.md", POLICY), text=text)


async def test_it_is_ready_offers_one_model_and_claims_only_tools():
    reader = ReaderBackend()
    assert (await reader.check()).ready
    assert [model.name for model in await reader.models()] == ["reader"]
    assert reader.capabilities == {Capability.TOOLS}


async def test_the_answer_comes_in_small_pieces_that_end_with_a_finish_without_tokens():
    events = [event async for event in ReaderBackend(MANUAL).stream(ChatRequest((user("hello"),)))]
    pieces = [event.text for event in events if isinstance(event, TextDelta)]
    assert len(pieces) > 10
    assert max(len(piece.split()) for piece in pieces) <= 4
    assert events[-1] == Finish(FinishReason.STOP, Usage())


async def test_the_first_event_comes_within_fifty_milliseconds():
    reader = ReaderBackend(MANUAL)
    await complete(reader, ChatRequest((user("hello"),)))
    begin = time.perf_counter()
    async with aclosing(reader.stream(ChatRequest((file("When are refunds paid?"),)))) as events:
        await anext(events)
        took = time.perf_counter() - begin
    assert took < 0.05


async def test_a_stream_can_be_stopped_between_two_pieces():
    pieces = []

    async def listen():
        async for event in ReaderBackend().stream(ChatRequest((user("hello"),))):
            pieces.append(event)
            if len(pieces) == 2:
                listening.cancel()

    listening = asyncio.create_task(listen())
    with pytest.raises(asyncio.CancelledError):
        await listening
    assert len(pieces) == 2


async def test_a_schema_is_refused():
    class Shape(BaseModel):
        name: str

    with pytest.raises(Unsupported, match="schema"):
        await answered("hello", schema=Shape)


@pytest.mark.parametrize(
    "text", ["hello", "Hi there!", "who are you?", "help", "What can you do?", "how are you"]
)
async def test_small_talk_says_what_it_is_what_it_can_do_and_how_to_get_more(text):
    reply = await said(text)
    assert NO_MODEL in reply
    assert "Attach" in reply
    assert SWITCH_ON in reply


async def test_thanks_get_a_short_answer():
    assert await said("Thanks a lot!") == "You are welcome."


async def test_questions_about_the_application_are_answered_from_the_manual_with_the_section():
    reply = await said("Where are conversations saved?")
    assert reply == "Conversations are saved on the server.\n\n*— the manual, Saving conversations*"


async def test_a_line_that_leads_a_block_in_brings_the_block():
    assert "To start the page, run:\n\n```\nmake run\n```" in await said("How do I start the page?")


@pytest.mark.parametrize(
    "text", ["What is the capital of France?", "Write a poem about love", "asdf", "2+2?", "?"]
)
async def test_what_it_cannot_answer_it_says_and_makes_nothing_up(text):
    reply = await said(text)
    assert NO_MODEL in reply
    assert "Conversations" not in reply


async def test_how_to_switch_a_model_on_is_known_without_a_manual():
    assert await said("How do I use ChatGPT?", manual="") == SWITCH_ON


async def test_nothing_said_gets_what_it_is():
    assert NO_MODEL in await said()
    assert NO_MODEL in await said("")
    assert NO_MODEL in await said(AssistantMessage("Hello."))


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (
            "When are refunds paid?",
            "Refunds are paid within ten days.\n\n*— policy.md, Acme policy › Refunds*",
        ),
        ("how much is a cat?", "Cats cost $12 a trip.\n\n*— policy.md, Acme policy › Animals*"),
        ("What does the gold plan cost?", "Plan: Gold; Price: $30\n\n*— policy.md, Acme policy › Animals*"),
    ],
)
async def test_an_attached_file_answers_in_its_own_words_with_the_place(question, answer):
    assert await said(file(question)) == answer


async def test_a_file_attached_earlier_still_answers():
    reply = await said(file("When are refunds paid?"), AssistantMessage("…"), "Do dogs travel free?")
    assert reply.startswith("Dogs travel free of charge in every class.")


async def test_a_list_comes_with_the_line_that_leads_it_in():
    assert "You need:\n\n- the ticket number\n- your passport" in await said(
        file("What do I need for refunds?")
    )


async def test_a_page_of_a_pdf_is_named():
    report = Document(
        "report.pdf", "[page 1]\nSales rose by ten percent.\n\n[page 3]\nProfit fell in Spain\nand Italy."
    )
    reply = await said(attached(report, text="How was profit in Italy?"))
    assert reply == "Profit fell in Spain and Italy.\n\n*— report.pdf, page 3*"


async def test_a_row_of_a_table_file_is_named_by_its_line():
    table = Document("stock.csv", "item,colour,left\nanvil,black,4\nrocket,red,0\n")
    reply = await said(attached(table, text="what colour is the rocket?"))
    assert reply == "item: rocket; colour: red; left: 0\n\n*— stock.csv, line 3*"


async def test_a_value_of_a_json_file_is_quoted_alone():
    anvils = json.dumps([{"anvil": f"model {number}", "grams": number * 7} for number in range(40)])
    reply = await said(attached(Document("stock.json", anvils), text="which anvil is model 17?"))
    assert "model 17" in reply
    assert "model 18" not in reply


async def test_a_web_page_is_read_without_its_tags_and_scripts():
    page = Document(
        "shop.html", "<h2>Hours</h2><script>var opening = 1</script><p>The shop is <b>open</b> on Monday.</p>"
    )
    reply = await said(attached(page, text="When is the shop open?"))
    assert reply == "The shop is open on Monday.\n\n*— shop.html, Hours*"


async def test_a_question_that_the_file_does_not_answer_is_said_to_be_open():
    assert (await said(file("Who is the president of France?"))).startswith(NOT_IN_FILES)


async def test_the_nearest_passage_of_a_file_is_shown_as_such():
    reply = await said(file("Is there a refund on taxes?"))
    assert reply.startswith(NOT_IN_FILES)
    assert "Refunds are paid within ten days." in reply


async def test_the_manual_answers_what_an_attached_file_does_not():
    assert "the manual, Saving conversations" in await said(file("Where are conversations saved?"))


@pytest.mark.parametrize(
    "text", ["", "Summarise this file", "give me a summary", "What is this document about?", "tl;dr"]
)
async def test_a_summary_quotes_the_file(text):
    reply = await said(file(text))
    assert reply.startswith("## policy.md")
    assert "Refunds are paid within ten days." in reply
    assert "Acme policy › Animals" in reply


async def test_a_summary_can_be_of_one_section():
    reply = await said(file("Summarise the animals section"))
    assert "Dogs travel free" in reply
    assert "Refunds are paid" not in reply


async def test_sources_answer_in_their_own_words_with_their_number():
    assert (
        await said("Who founded Acme?", sources=SOURCES) == "Acme was founded in 1999 by Ann Acme in Goa. [1]"
    )


async def test_earlier_turns_help_a_follow_up():
    reply = await said(
        "Tell me about the large anvil", AssistantMessage("…"), "and how much does it cost?", sources=SOURCES
    )
    assert reply.startswith("The large anvil costs 90 dollars") or "The large anvil costs 90 dollars" in reply
    assert "1999" not in reply


@pytest.mark.parametrize(
    "text", ["What is the capital of France?", "Who invented the telephone?", "moons of Jupiter"]
)
async def test_sources_that_hold_no_answer_are_said_to_hold_none(text):
    reply = await said(text, sources=SOURCES)
    assert reply.startswith(NOT_IN_SOURCES)
    assert "[" not in reply


async def test_a_brochure_stands_under_the_sources_titles_without_crumbs_or_repeats():
    twice = (*SOURCES, Source(3, "Again", SOURCES[0].text))
    reply = await said("Write a brochure for Acme", sources=twice)
    assert reply.startswith("## About Acme\n\nAcme was founded in 1999 by Ann Acme in Goa. [1]")
    assert "## Prices" in reply
    assert "cookies" not in reply
    assert "Sign in" not in reply
    assert reply.count("1999") == 1


@given(st.text(max_size=80))
def test_every_sentence_from_a_source_is_the_sources_own(text):
    reply = asyncio.run(said(text, sources=SOURCES))
    whole = " ".join(source.text for source in SOURCES)
    for quoted in reply.replace("\n", " ").split(" [")[:-1]:
        words = quoted.split("] ", 1)[-1].split("About Acme ")[-1].split("Prices ")[-1].strip()
        assert words in whole


async def test_a_matched_tool_is_called():
    reply = await answered("fare from Delhi to Goa", tools=(FARE,))
    assert reply.reason is FinishReason.TOOL_CALLS
    (call,) = reply.message.tool_calls
    assert (call.name, json.loads(call.arguments)) == ("fare", {"origin": "Delhi", "destination": "Goa"})


async def test_calls_of_one_conversation_have_ids_of_their_own():
    first = (await answered("fare from Delhi to Goa", tools=(FARE,))).message
    result = ToolResult(first.tool_calls[0].id, "fare", "40")
    second = await answered(
        "fare from Delhi to Goa",
        first,
        result,
        AssistantMessage("40"),
        "fare from Goa to Delhi",
        tools=(FARE,),
    )
    assert second.message.tool_calls[0].id != first.tool_calls[0].id


async def test_a_missing_argument_is_asked_for_and_its_answer_understood():
    question = await said("fare to Goa", tools=(FARE,))
    assert question == "From which town?"
    reply = await answered("fare to Goa", AssistantMessage(question), "Delhi", tools=(FARE,))
    assert json.loads(reply.message.tool_calls[0].arguments) == {"origin": "Delhi", "destination": "Goa"}


async def test_with_tools_it_says_what_they_are_for():
    reply = await said("tell me a joke", tools=(FARE,))
    assert "- The fare between two towns" in reply.splitlines()
    assert "Taxes" not in reply


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The fare is 40.", "The fare is 40."),
        ("40", "40"),
        ('{"origin": "Delhi", "seats_left": 3, "late": false, "gate": null}',
         "- **origin** Delhi\n- **seats left** 3\n- **late** no\n- **gate** none"),
        ('[{"a": 1, "b": "x|y"}, {"a": 2}]', "| a | b |\n| --- | --- |\n| 1 | x\\|y |\n| 2 |  |"),
        ('["one", "two"]', "- one\n- two"),
        ("[]", "Nothing was found."),
        ("{}", "Nothing was found."),
        ("", "Done."),
        ('{"legs": [{"to": "Goa"}]}', "**legs**\n\n| to |\n| --- |\n| Goa |"),
        ('{"name": {"first": "Ann"}}', "- **name** first Ann"),
        ('{"price_usd": 1240, "refund_usd": -50}', "- **price** $1,240\n- **refund** -$50"),
        ('{"tax_usd": 12.5, "fares_usd": {"low_fare": 99}}', "- **tax** $12.50\n- **fares** low fare $99"),
        ('{"minutes": 135, "delay_minutes": 0, "wait_minutes": 120}',
         "- **duration** 2 h 15 min\n- **delay** 0 min\n- **wait** 2 h"),
        ('{"day": "2026-05-22", "departs": "2026-05-22 09:05"}',
         "- **day** Fri 22 May 2026\n- **departs** 09:05"),
        ('{"departs": "2026-05-22 09:05", "made": "2026-04-17T13:29:30 UTC"}',
         "- **departs** Fri 22 May 2026 09:05\n- **made** Fri 17 Apr 2026 13:29 UTC"),
        ('[{"day": "2026-05-22", "from": "2026-05-22 22:05", "to": "2026-05-23 01:00"}]',
         "| day | from | to |\n| --- | --- | --- |\n| Fri 22 May 2026 | 22:05 | Sat 23 May 2026 01:00 |"),
        ('{"date_of_birth": "1990-01-02", "day": "2026-02-31"}',
         "- **date of birth** 2 Jan 1990\n- **day** 2026-02-31"),
        ('{"kind": "one_way", "id": "card_1234", "file": "a_b.txt"}',
         "- **kind** one way\n- **id** card_1234\n- **file** a_b.txt"),
        ('[{"via": "Goa", "minutes": 90, "legs": [{"to": "Goa", "price_usd": 40}]}]',
         "**Goa** · duration 1 h 30 min\n\n| to | price |\n| --- | --- |\n| Goa | $40 |"),
        ("[" * 100_000, "[" * 100_000),
    ],
)  # fmt: skip
async def test_a_result_is_put_into_plain_words(text, words):
    call = AssistantMessage("", (ToolCall("1", "fare", "{}"),))
    assert (await said("fare", call, ToolResult("1", "fare", text), tools=(FARE,))).strip() == words


async def test_a_failure_is_said_as_it_is_and_several_results_in_their_order():
    call = AssistantMessage("", (ToolCall("1", "fare", "{}"), ToolCall("2", "fare", "{}")))
    results = ToolResult("1", "fare", "first"), ToolResult("2", "fare", '{"not": "parsed"}', failed=True)
    assert await said("fare", call, *results, tools=(FARE,)) == 'first\n\n{"not": "parsed"}'


async def test_what_all_rows_of_a_wide_table_share_is_said_once():
    call = AssistantMessage("", (ToolCall("1", "fare", "{}"),))
    rows = [{"n": n, "to": "Goa", "a": n, "b": n, "c": n, "d": n} for n in range(3)]
    shown = await said("fare", call, ToolResult("1", "fare", json.dumps(rows)))
    assert shown.startswith("to Goa\n\n| n | a | b | c | d |")
    assert "| 2 | 2 | 2 | 2 | 2 |" in shown


async def test_long_results_are_counted():
    call = AssistantMessage("", (ToolCall("1", "fare", "{}"),))
    rows = json.dumps([{"n": number} for number in range(110)])
    assert "and 10 more" in await said("fare", call, ToolResult("1", "fare", rows))


async def test_pictures_are_not_seen_and_that_is_said():
    image = Image("a.png", "image/png", b"")
    assert await said(UserMessage((image,))) == CANNOT_SEE
    reply = await said(UserMessage((image, Document("policy.md", POLICY), Text("When are refunds paid?"))))
    assert reply.startswith(CANNOT_SEE)
    assert "ten days" in reply


async def test_what_is_too_long_to_read_is_said():
    long = Document("long.txt", "Dogs travel free of charge. " + "\n\n" * 500_000 + "Cats cost ten.")
    assert "Only the first 1,000,000 characters" in await said(attached(long, text="Do dogs travel free?"))


HOSTILE = {
    "a.html": "<a " * 100_000,
    "b.html": "<" * 200_000,
    "c.html": "<!-- " * 60_000,
    "d.md": "[" * 200_000,
    "e.csv": '"' * 200_000,
    "f.html": "<div>" * 50_000,
    "g.md": "`" * 200_000,
    "h.md": "# a\n" * 50_000,
    "i.json": "[" * 200_000,
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_file_costs_no_more_than_any_other(name):
    begin = time.process_time()
    assert await said(attached(Document(name, HOSTILE[name]), text="When are refunds paid?"))
    assert time.process_time() - begin < 3


async def test_a_large_file_does_not_hold_up_the_event_loop():
    large = Document("large.txt", "Refunds are paid within ten days of the day. Dogs travel free. " * 8_000)
    gc.collect()
    gc.freeze()  # Going through what other tests have left takes half a second, and is not what is measured.
    asking = asyncio.create_task(said(attached(large, text="When are refunds paid?")))
    longest = 0.0
    while not asking.done():
        begin = time.perf_counter()
        await asyncio.sleep(0.005)
        longest = max(longest, time.perf_counter() - begin)
    gc.unfreeze()
    assert "ten days" in await asking
    assert longest < 0.5


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_file_and_any_question_get_an_answer(text, question):
    reply = asyncio.run(said(attached(Document("a.md", text), text=question)))
    assert reply.strip()
