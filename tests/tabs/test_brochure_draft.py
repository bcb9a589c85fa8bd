"""A brochure while it is made, and how it looks: whatever a site or a model writes, it is only text."""

from types import SimpleNamespace

import pytest
from lxml import html

from switchboard.brochure.events import Chosen, PageFound, PageKind, PageRead, PageStatus, SourcesReady
from switchboard.errors import StreamCut, TooLarge
from switchboard.messages import Finish, FinishReason, Notice, Source, TextDelta, Usage
from switchboard.timing import AnswerWatch
from switchboard.web.fetch import Fetched
from switchboard.web.page import read
from tabs.brochure_draft import Draft
from tabs.brochure_view import NO_PAGES, NO_TEXT
from tabs.brochure_work import PAGE_CHARACTERS, PAGES, Work, unticked

HOME, ABOUT = "https://acme.example/", "https://acme.example/about"
HOSTILE = "</small></li><script>alert(1)</script><img src=https://evil.example/p onerror=alert(1)>"
MARKED = "](javascript:alert(1)) ![p](https://evil.example/p) `x` **b** <b onclick=alert(1)>x</b>"
QUOTED = "'\"><svg onload=alert(1)> ' onmouseover='alert(1)"
DONE = Finish(FinishReason.STOP, Usage(3, 2))
_SHOWN = """
a article b blockquote body br button code div em h1 h2 h3 html i input label li mark ol p pre small span
strong sup table tbody td th thead tr ul
"""
ELEMENTS = frozenset(_SHOWN.split())


@pytest.fixture
def draft():
    return Draft(AnswerWatch(SimpleNamespace(provider="OpenAI", model="gpt")), Work())


def page(url=HOME, text="Acme was founded in 1911.", title="Acme", kind=PageKind.HOME):
    body = f"<title>{title}</title><p>{text}</p>".encode()
    return PageRead(url, kind, PageStatus.READ, page=read(Fetched(url, "text/html", "utf-8", body)))


def sources(*words, title="Acme", place=HOME):
    return tuple(Source(number, title, text, place) for number, text in enumerate(words, 1))


def made(draft, *pieces, words=("Acme was founded in 1911.",), title="Acme", place=HOME):
    draft.take([PageFound(HOME, PageKind.HOME, "home"), page(), Chosen("Acme", Usage(5, 1))])
    draft.take([SourcesReady(sources(*words, title=title, place=place)), *map(TextDelta, pieces), DONE])
    return draft.end()


def tree(markup):
    return html.document_fromstring(f"<div>{markup}</div>")


def is_harmless(markup):
    for element in tree(markup).iter():
        assert element.tag in ELEMENTS, element.tag
        for name, value in element.attrib.items():
            assert not name.startswith("on") and name not in ("src", "srcset", "style"), (name, value)
            assert name != "href" or value.startswith(("http://", "https://")), value
    return True


def test_nothing_is_shown_before_a_page_is_found(draft):
    assert draft.shown()[:2] == (NO_PAGES, NO_TEXT)


async def test_a_page_shows_why_it_was_chosen_and_what_became_of_it(draft):
    draft.take([PageFound(ABOUT, PageKind.ABOUT, "who they are")])
    assert "who they are" in draft.shown()[0] and "disabled" in draft.shown()[0]
    draft.take([PageRead(ABOUT, PageKind.ABOUT, PageStatus.FAILED, "it answered 500")])
    pages = tree(draft.shown()[0])
    assert "it answered 500" in pages.text_content()
    assert pages.find(".//input").get("disabled") is not None
    draft.take([page(ABOUT, kind=PageKind.ABOUT)])
    assert tree(draft.shown()[0]).find(".//input").get("checked") is not None


async def test_the_stages_are_told(draft):
    def stage():
        return tree(draft.shown()[2]).text_content()

    assert "Reading the page" in stage()
    draft.take([PageFound(HOME, PageKind.HOME, ""), page()])
    assert "Choosing" in stage()
    draft.take([Chosen("Acme", Usage()), PageFound(ABOUT, PageKind.ABOUT, "")])
    assert "1 of 2" in stage()
    draft.take([SourcesReady(sources("x"))])
    assert "Writing" in stage()


async def test_a_number_opens_the_sentence_that_bears_the_claim_out(draft):
    text = "Acme makes pumps. Acme was founded in 1911. It sells them."
    _, shown, note = await made(draft, "# Acme\n\nAcme was founded in 1911 [1].", words=(text,))
    button = tree(shown).find(".//button")
    evidence = tree(shown).get_element_by_id(button.get("popovertarget"))
    assert evidence.get("popover") is not None
    assert evidence.find(".//mark").text == "Acme was founded in 1911."
    assert "makes pumps." in evidence.text_content()
    assert ":~:text=Acme%20was%20founded%20in%201911." in evidence.find(".//a").get("href")
    assert "each borne out by its page" in note and "8 + 3 tokens" in note


async def test_a_sentence_without_ground_is_marked_with_the_reason(draft):
    _, shown, note = await made(draft, "# Acme\n\nAcme was founded in 1987 [1].")
    (mark,) = tree(shown).find_class("doubt")
    assert "1987" in mark.text_content()
    assert "1 not borne out" in note


async def test_of_two_numbers_each_says_where_the_claim_is_borne_out(draft):
    words = ("Acme makes pumps for farms.", "Acme was founded in 1911.")
    _, shown, _ = await made(draft, "Acme was founded in 1911 [1][2].", words=words)
    one, two = (div.text_content() for div in tree(shown).find_class("evidence"))
    assert "stands on page 2" in one and "Acme was founded in 1911." in two


async def test_a_number_of_no_page_opens_nothing(draft):
    _, shown, _ = await made(draft, "Acme was founded in 1911 [7].")
    assert tree(shown).findall(".//button") == []
    assert "7" in tree(shown).find_class("cite")[0].text


@pytest.mark.parametrize("words", [HOSTILE, MARKED, QUOTED])
async def test_hostile_addresses_and_reasons_are_plain_text(draft, words):
    draft.take([PageFound(ABOUT + words, PageKind.OTHER, words)])
    draft.take([PageRead(ABOUT + words, PageKind.OTHER, PageStatus.REFUSED, words)])
    pages, _, _ = draft.shown()
    assert is_harmless(pages)
    assert tree(pages).text_content().count(words) >= 2


@pytest.mark.parametrize("title", [HOSTILE, MARKED, QUOTED, "x](https://evil.example) [y", "two\n\n# lines"])
@pytest.mark.parametrize("place", [HOME, ABOUT + QUOTED, ABOUT + "> <img src=x>", "javascript:alert(1)"])
async def test_hostile_titles_texts_and_places_are_harmless(draft, title, place):
    text = f"# Acme\n\nAcme {HOSTILE} [1] {MARKED}. Founded in 1911 [1]. In 1066 {QUOTED} [1]."
    draft.take([page(title=title.replace("<", "&lt;"))])
    words = (f"Founded in 1911. {HOSTILE}",)
    pages, shown, note = await made(draft, text, words=words, title=title, place=place)
    for markup in (pages, shown, note, draft.shown()[1]):
        assert is_harmless(markup)


async def test_hostile_notices_and_errors_are_plain_text(draft):
    draft.take([Notice(HOSTILE)])
    draft.fail(StreamCut(MARKED))
    _, _, note = await draft.end()
    assert is_harmless(note)
    assert HOSTILE in tree(note).text_content() and MARKED in tree(note).text_content()


async def test_what_broke_off_stays_and_says_why(draft):
    draft.take(
        [PageFound(HOME, PageKind.HOME, "home"), page(), TextDelta("# Acme"), Notice("Two pages only.")]
    )
    draft.fail(StreamCut("The answer broke off.", "Try again."))
    _, shown, note = await draft.end()
    assert tree(shown).find(".//h1").text == "Acme"
    assert "Two pages only." in note and "Try again." in note and "broke off" in note


async def test_without_a_word_written_the_earlier_text_stays(draft):
    await made(draft, "# First")
    again = Draft(AnswerWatch(SimpleNamespace(provider="OpenAI", model="gpt")), draft.work)
    again.fail(StreamCut("The answer broke off."))
    _, shown, _ = await again.end()
    assert "First" in shown


async def test_a_translation_is_shown_and_the_text_it_was_made_from_is_kept(draft):
    await made(draft, "# One")
    again = Draft(AnswerWatch(SimpleNamespace(provider="OpenAI", model="gpt")), draft.work)
    again.take([SourcesReady(draft.sources, "de", same_language=False), TextDelta("# Eins"), DONE])
    await again.end(translated=True)
    assert again.work.shown.text == "# Eins" and again.work.shown.language == "de"
    assert again.work.written.text == "# One"


class TestWork:
    def test_a_page_is_listed_once_and_the_list_has_an_end(self):
        work = Work()
        for number in range(PAGES):
            work = work.with_found(PageFound(f"{HOME}{number}", PageKind.OTHER, ""))
            work = work.with_found(PageFound(f"{HOME}{number}", PageKind.ABOUT, "again"))
        assert len(work.pages) == PAGES
        with pytest.raises(TooLarge):
            work.with_found(PageFound(ABOUT, PageKind.ABOUT, ""))

    def test_only_ticked_pages_with_text_are_written_from(self):
        work = (
            Work()
            .with_found(PageFound(HOME, PageKind.HOME, ""))
            .with_found(PageFound(ABOUT, PageKind.ABOUT, ""))
        )
        work = work.with_read(page()).with_read(PageRead(ABOUT, PageKind.ABOUT, PageStatus.EMPTY, "No text."))
        assert [read.url for read in work.ticked] == [HOME]
        assert work.without({HOME}).ticked == []
        assert work.without({HOME}).without(set()).ticked == work.ticked

    def test_of_a_page_what_can_be_written_from_is_kept_and_no_more(self):
        long = page(text="Words and more. " * 20_000 + "<a href='/x'>x</a>")
        work = Work().with_found(PageFound(HOME, PageKind.HOME, "")).with_read(long)
        (kept,) = work.ticked
        assert len(kept.page.text) == PAGE_CHARACTERS and kept.page.links == ()

    @pytest.mark.parametrize("value", [None, "x", 3, {"a": 1}, [None, 3, ["x"]]])
    def test_ticks_of_no_proper_form_count_for_nothing(self, value):
        assert unticked(value) == frozenset()
