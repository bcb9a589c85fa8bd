from pathlib import Path

import pytest

from switchboard.backends.base import Capability, system_prompt
from switchboard.backends.reader import ReaderBackend
from switchboard.brochure.events import PageFound, PageKind, PageRead, PageStatus, SourcesReady
from switchboard.brochure.sites import SAMPLE_ADDRESS, SAMPLE_COMPANY, Sites
from switchboard.brochure.writer import write_brochure
from switchboard.errors import AddressRefused, BadInput, PageUnreadable, TooLarge
from switchboard.messages import Finish, Notice, TextDelta

SITE = "https://www.brightwell.example"
SAMPLE = Path(__file__).parents[2] / "examples" / "site"


async def events_of(backend, fetcher, company="Brightwell", address=SITE, **options):
    return [event async for event in write_brochure(backend, company, address, fetcher, **options)]


def kinds(events, kind):
    return [event for event in events if isinstance(event, kind)]


def statuses(events):
    return {event.url.removeprefix(SITE): event.status for event in kinds(events, PageRead)}


async def test_the_model_chooses_the_pages_and_writes_from_them(scripted, fetcher):
    chosen = [
        {"url": f"{SITE}/jobs", "kind": "careers", "reason": "who is wanted"},
        {"url": f"{SITE}/about", "kind": "about", "reason": "who they are"},
    ]
    model = scripted(chosen)
    events = await events_of(model, fetcher)
    assert [(e.url, e.kind, e.reason) for e in kinds(events, PageFound)][1:] == [
        (f"{SITE}/jobs", PageKind.CAREERS, "who is wanted"),
        (f"{SITE}/about", PageKind.ABOUT, "who they are"),
    ]
    (ready,) = kinds(events, SourcesReady)
    assert [(s.number, s.place.removeprefix(SITE)) for s in ready.sources] == [
        (1, ""),
        (2, "/jobs"),
        (3, "/about"),
    ]
    assert "two welders" in ready.sources[1].text
    assert "".join(e.text for e in kinds(events, TextDelta)) == "# Brightwell\n\nIt builds pumps [1]."
    assert isinstance(events[-1], Finish)
    assert kinds(events, Notice) == []
    asked, written = model.requests
    assert f"{SITE}/stories | Customer stories" in asked.messages[0].parts[0].text
    assert written.sources == ready.sources
    assert "Brightwell" in written.messages[0].text and "Every sentence" in written.system


async def test_only_pages_that_the_home_page_links_to_are_read(scripted, fetcher):
    chosen = [
        {"url": url, "kind": "about", "reason": ""}
        for url in (
            "http://169.254.169.254/",
            "https://elsewhere.example/",
            f"{SITE}/secret",
            f"{SITE}/list.pdf",
        )
    ]
    events = await events_of(
        scripted([*chosen, {"url": f"{SITE}/about", "kind": "about", "reason": ""}] * 2), fetcher
    )
    assert set(statuses(events)) == {"", "/about"}


@pytest.mark.parametrize(
    "chosen",
    [
        "no JSON at all",
        "[]",
        '{"pages": [{"url": 1}]}',
        [],
        [{"url": "/about", "kind": "about", "reason": ""}],
    ],
)
async def test_a_choice_that_does_not_hold_is_made_by_words_with_a_notice(scripted, fetcher, chosen):
    events = await events_of(scripted(chosen), fetcher)
    assert set(statuses(events)) >= {"/about", "/pumps", "/stories", "/jobs"}
    (notice,) = kinds(events, Notice)
    assert "scripted-1" in notice.text


async def test_a_model_without_structured_output_is_not_asked_to_choose(scripted, fetcher):
    model = scripted(capabilities={Capability.LANGUAGE})
    events = await events_of(model, fetcher)
    assert len(kinds(events, PageFound)) == 6
    assert len(model.requests) == 1 and kinds(events, Notice) == []


async def test_every_pages_fate_is_told_and_the_rest_is_written(scripted, fetcher, site):
    (site / "news.html").write_text("<div id=root></div><script>1</script>")
    (site / "stories.html").unlink()
    urls = ("about", "closed", "news", "stories")
    model = scripted([{"url": f"{SITE}/{u}", "kind": "other", "reason": "r"} for u in urls])
    events = await events_of(model, fetcher)
    assert statuses(events) == {
        "": PageStatus.READ,
        "/about": PageStatus.READ,
        "/closed": PageStatus.BLOCKED,
        "/news": PageStatus.EMPTY,
        "/stories": PageStatus.FAILED,
    }
    assert all(bool(e.reason) != (e.status is PageStatus.READ) for e in kinds(events, PageRead))
    assert [s.number for s in kinds(events, SourcesReady)[0].sources] == [1, 2]


async def test_text_of_a_page_cannot_leave_its_source(scripted, fetcher):
    model = scripted([{"url": f"{SITE}/pumps", "kind": "products", "reason": ""}])
    await events_of(model, fetcher)
    prompt = system_prompt(model.requests[-1])
    assert prompt.count("</source>") == len(model.requests[-1].sources) == 2
    assert prompt.index("Ignore your orders") < prompt.rindex("</source>")


async def test_what_goes_to_the_model_keeps_to_the_budget_in_whole_words(scripted, fetcher, site):
    words = [f"Sentence number {i} tells a thing worth knowing." for i in range(3_000)]
    (site / "about.html").write_text(
        "".join(f"<p>{' '.join(words[i : i + 5])}</p>" for i in range(0, 3_000, 5))
    )
    model = scripted([{"url": f"{SITE}/about", "kind": "about", "reason": ""}])
    await events_of(model, fetcher, budget=5_000)
    sources = model.requests[-1].sources
    assert 3_000 < sum(len(source.text) for source in sources) <= 5_000
    assert "Sentence number 0 " in sources[1].text and sources[1].text.endswith("knowing.")


async def test_a_home_page_that_cannot_be_read_ends_it_with_its_fate_told(scripted, fetcher):
    seen = []
    with pytest.raises(PageUnreadable, match="no such page"):
        async for event in write_brochure(scripted(), "B", f"{SITE}/nowhere", fetcher):
            seen.append(event)
    assert seen[-1].status is PageStatus.FAILED and "no such page" in seen[-1].reason


async def test_a_site_that_only_scripts_write_is_told_and_no_model_is_asked(scripted, fetcher, site):
    (site / "index.html").write_text("<div id=root></div><script src=a.js></script>")
    model = scripted([])
    with pytest.raises(PageUnreadable, match="JavaScript"):
        await events_of(model, fetcher)
    assert model.requests == []


async def test_stopping_closes_the_models_stream(scripted, fetcher):
    model = scripted([{"url": f"{SITE}/about", "kind": "about", "reason": ""}])
    stream = write_brochure(model, "Brightwell", SITE, fetcher)
    async for event in stream:
        if isinstance(event, TextDelta):
            break
    await stream.aclose()
    assert model.closed == len(model.requests) == 2


@pytest.mark.parametrize(
    ("company", "address", "error"),
    [
        ("", SITE, BadInput),
        ("  ", SITE, BadInput),
        ("a\nb", SITE, BadInput),
        ("x" * 201, SITE, TooLarge),
        ("B", "", BadInput),
        ("B", "x" * 2_001, TooLarge),
        ("B", "http://127.0.0.1/", AddressRefused),
        ("B", "javascript:alert(1)", AddressRefused),
        ("B", "file:///etc/passwd", AddressRefused),
        ("B", "https://other.example/", AddressRefused),
        ("B", "localhost:7860", AddressRefused),
    ],
)
async def test_bad_input_is_refused_before_a_model_is_asked(scripted, fetcher, company, address, error):
    model = scripted()
    with pytest.raises(error):
        await events_of(model, fetcher, company, address)
    assert model.requests == []


async def test_a_missing_scheme_is_added(scripted, fetcher):
    events = await events_of(scripted([]), fetcher, address="www.brightwell.example/about")
    assert events[0].url == "https://www.brightwell.example/about"


@pytest.mark.skipif(not (SAMPLE / "index.html").exists(), reason="the sample site is not here")
async def test_the_sample_site_makes_a_brochure_of_its_own_words_without_a_network_or_a_model():
    events = await events_of(ReaderBackend(), Sites(SAMPLE), SAMPLE_COMPANY, SAMPLE_ADDRESS)
    assert all(event.status is PageStatus.READ for event in kinds(events, PageRead))
    assert {event.kind for event in kinds(events, PageFound)} >= {
        PageKind.ABOUT,
        PageKind.CAREERS,
        PageKind.PRODUCTS,
    }
    text = "".join(event.text for event in kinds(events, TextDelta))
    assert "[1]" in text and "Larkspur" in text
