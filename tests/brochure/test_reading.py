from pathlib import Path

import pytest

from switchboard.backends.base import Capability
from switchboard.backends.reader import ReaderBackend
from switchboard.brochure.events import Chosen, PageFound, PageKind, PageRead, PageStatus
from switchboard.brochure.pages import PageReader
from switchboard.brochure.reading import MOST_PAGES, SitePlan, company_of, read_page, read_pages, read_site
from switchboard.brochure.sites import SAMPLE_ADDRESS, Sites
from switchboard.errors import AddressRefused, BackendError, BadInput, PageUnreadable, TooLarge
from switchboard.messages import Notice, Usage
from switchboard.web.fetch import Fetched
from switchboard.web.page import read

SITE = "https://www.brightwell.example"
SAMPLE = Path(__file__).parents[2] / "examples" / "site"


async def events_of(backend, reader, address=SITE, company="Brightwell", **plan):
    return [event async for event in read_site(backend, reader, SitePlan(company, address, **plan))]


def kinds(events, kind):
    return [event for event in events if isinstance(event, kind)]


def statuses(events):
    return {event.url.removeprefix(SITE): event.status for event in kinds(events, PageRead)}


def choice(*paths, kind="other", reason="r"):
    return [{"url": f"{SITE}/{path}", "kind": kind, "reason": reason} for path in paths]


async def test_the_model_chooses_the_pages_each_with_a_kind_and_a_reason(scripted, reader):
    model = scripted(
        choice("jobs", kind="careers", reason="who is wanted") + choice("about", kind="about", reason="who")
    )
    events = await events_of(model, reader)
    assert [(e.url, e.kind, e.reason) for e in kinds(events, PageFound)][1:] == [
        (f"{SITE}/jobs", PageKind.CAREERS, "who is wanted"),
        (f"{SITE}/about", PageKind.ABOUT, "who"),
    ]
    assert statuses(events) == dict.fromkeys(("", "/jobs", "/about"), PageStatus.READ)
    assert kinds(events, Chosen) == [Chosen("Brightwell", Usage(7, 5))]
    assert kinds(events, Notice) == []
    (asked,) = model.requests
    assert "Customer stories" in asked.messages[0].parts[0].text


async def test_only_pages_that_are_found_on_the_site_are_read(scripted, reader):
    elsewhere = (
        "http://169.254.169.254/",
        "https://elsewhere.example/",
        f"{SITE}/secret",
        f"{SITE}/list.pdf",
    )
    chosen = [{"url": url, "kind": "about", "reason": ""} for url in elsewhere]
    events = await events_of(scripted(chosen + choice("about") * 2), reader)
    assert set(statuses(events)) == {"", "/about"}


async def test_another_domain_is_read_where_the_person_allows_it(scripted, reader, site):
    about = site / "about.html"
    about.write_text(about.read_text() + "<p>More</p>")
    urls = [{"url": "https://elsewhere.example/", "kind": "about", "reason": "r"}]
    allowed = await events_of(scripted(urls), reader, allowed=frozenset({"elsewhere.example"}))
    found = [event.url for event in kinds(allowed, PageFound)]
    assert found == [SITE, "https://elsewhere.example/"]


@pytest.mark.parametrize(
    "chosen",
    ["no JSON at all", "[]", '{"pages": [{"url": 1}]}', [], [{"url": "/x", "kind": "about", "reason": ""}]],
)
async def test_a_choice_that_does_not_hold_is_made_by_words_with_a_notice(scripted, reader, chosen):
    events = await events_of(scripted(chosen), reader)
    assert set(statuses(events)) >= {"/about", "/pumps", "/stories", "/jobs"}
    (notice,) = kinds(events, Notice)
    assert "scripted-1" in notice.text
    assert len(kinds(events, Chosen)) == 1


async def test_a_model_without_structured_output_is_not_asked_to_choose(scripted, reader):
    model = scripted(capabilities={Capability.LANGUAGE})
    events = await events_of(model, reader)
    assert set(statuses(events)) >= {"/about", "/pumps", "/stories", "/jobs"}
    assert model.requests == [] and kinds(events, Notice) == []


async def test_a_provider_that_fails_is_told_as_what_it_is(reader):
    class Broken(ReaderBackend):
        capabilities = frozenset({Capability.LANGUAGE, Capability.SCHEMA})

        async def stream(self, request):
            raise BackendError("The provider is down.")
            yield

    with pytest.raises(BackendError, match="down"):
        await events_of(Broken(), reader)


async def test_every_pages_fate_is_told(scripted, reader, site):
    (site / "news.html").write_text("<div id=root></div><script>1</script>")
    (site / "stories.html").unlink()
    events = await events_of(scripted(choice("about", "closed", "news", "stories")), reader)
    assert statuses(events) == {
        "": PageStatus.READ,
        "/about": PageStatus.READ,
        "/closed": PageStatus.BLOCKED,
        "/news": PageStatus.EMPTY,
        "/stories": PageStatus.FAILED,
    }
    assert all(bool(e.reason) != (e.status is PageStatus.READ) for e in kinds(events, PageRead))


async def test_pages_of_the_sitemap_can_be_chosen_too(scripted, reader, site):
    (site / "people.html").write_text("<h1>People</h1><p>Ada Lund runs Brightwell.</p>")
    (site / "sitemap.xml").write_text(
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        f"<url><loc>{SITE}/people</loc></url></urlset>"
    )
    events = await events_of(scripted(choice("people")), reader)
    assert statuses(events)["/people"] is PageStatus.READ


async def test_a_home_page_that_cannot_be_read_ends_it_with_its_fate_told(scripted, reader):
    seen = []
    with pytest.raises(PageUnreadable, match="no such page"):
        async for event in read_site(scripted(), reader, SitePlan("B", f"{SITE}/nowhere")):
            seen.append(event)
    assert seen[-1].status is PageStatus.FAILED and "no such page" in seen[-1].reason


async def test_a_home_page_of_links_alone_still_leads_to_the_others(scripted, reader, site):
    (site / "index.html").write_text('<a href="/about">About us</a><script>1</script>')
    events = await events_of(scripted(capabilities={Capability.LANGUAGE}), reader)
    assert statuses(events) == {"": PageStatus.EMPTY, "/about": PageStatus.READ}


async def test_a_page_that_scripts_write_is_rendered_where_that_is_allowed(fetcher, site):
    class Renderer:
        async def render(self, fetched):
            return Fetched(fetched.url, "text/html", "utf-8", b"<p>Pumps that scripts have written, " * 4)

    (site / "news.html").write_text("<div id=root></div><script>1</script>")
    read = await read_page(PageReader(fetcher, Renderer()), f"{SITE}/news")
    assert "scripts have written" in read.page.text
    with pytest.raises(PageUnreadable, match="JavaScript"):
        await read_page(PageReader(fetcher), f"{SITE}/news")


async def test_closing_the_reading_stops_what_is_still_read():
    import asyncio

    running, ended = 0, 0

    class Slow:
        async def read(self, url):
            nonlocal running, ended
            running += 1
            try:
                if url.endswith("1"):
                    return read(Fetched(url, "text/html", "", b"<p>Here."))
                await asyncio.sleep(60)
            finally:
                ended += 1

    pages = [PageFound(f"{SITE}/{number}", PageKind.OTHER, "") for number in range(5)]
    outcomes = read_pages(Slow(), pages, SITE)
    assert (await anext(outcomes)).url == f"{SITE}/1"
    await outcomes.aclose()
    assert running == ended == 5


@pytest.mark.parametrize(
    ("company", "address", "pages", "error"),
    [
        ("a\nb", SITE, 5, BadInput),
        ("x" * 201, SITE, 5, TooLarge),
        ("B", "", 5, BadInput),
        ("B", "x" * 2_001, 5, TooLarge),
        ("B", SITE, -1, BadInput),
        ("B", SITE, MOST_PAGES + 1, BadInput),
    ],
)
def test_a_plan_that_cannot_be_followed_is_refused(company, address, pages, error):
    with pytest.raises(error):
        SitePlan(company, address, pages)


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://other.example/",
        "localhost:78",
    ],
)
async def test_an_address_that_is_not_public_is_refused_before_a_model_is_asked(scripted, reader, address):
    model = scripted()
    with pytest.raises(AddressRefused):
        await events_of(model, reader, address)
    assert model.requests == []


async def test_a_missing_scheme_is_added(scripted, reader):
    events = await events_of(scripted([]), reader, "www.brightwell.example/about")
    assert events[0].url == "https://www.brightwell.example/about"


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("<title>Home | Acme</title>", "Acme"),
        ("<title>Acme – Pumps for farms and gardens</title>", "Acme"),
        ('<title>Home</title><meta property="og:site_name" content="Acme Pumps">', "Acme Pumps"),
        ("<title>Acme</title>", "Acme"),
        ("", "acme.example"),
    ],
)
def test_a_company_without_a_name_gets_the_one_its_home_page_says(head, name):
    page = read(Fetched("https://www.acme.example/", "text/html", "", f"<head>{head}</head><p>x".encode()))
    assert company_of(page) == name


async def test_the_sample_site_is_read_without_a_network_or_a_model():
    events = await events_of(ReaderBackend(), PageReader(Sites(SAMPLE)), SAMPLE_ADDRESS, "")
    assert all(event.status is PageStatus.READ for event in kinds(events, PageRead))
    found = {event.kind for event in kinds(events, PageFound)}
    assert found >= {PageKind.ABOUT, PageKind.CAREERS, PageKind.PRODUCTS, PageKind.CONTACT}
    assert kinds(events, Chosen)[0].company == "Larkspur Air"
