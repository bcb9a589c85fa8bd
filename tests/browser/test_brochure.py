"""A person has a brochure written: from the sample site to a file, and with a model that follows a script."""

import json
import re
import time

import httpx
import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

pytestmark = pytest.mark.browser

SAMPLE = "https://www.larkspur-air.example"
TEXT = (
    "# Larkspur Air\n\n",
    "Meera Raghunathan founded Larkspur Air in Mumbai on 12 March 2009 [2].\n\n",
    "## Fleet\n\n",
    "The airline flies 412 aircraft [1].",
)
PAYLOADS = (
    "# Larkspur <script>fetch('https://evil.example/a')</script>\n\n",
    "![chart](https://evil.example/b.png) <img src=https://evil.example/c onerror=alert(1)> ",
    "[press](javascript:alert(1)) [1](https://evil.example/d 'x [2] onmouseover=alert(1)') ",
    "<iframe src=https://evil.example/e></iframe> <style>@import 'https://evil.example/f'</style> ",
    "{{constructor.constructor('fetch(\"https://evil.example/g\")')()}} ${fetch('https://evil.example/h')} ",
    "<svg onload=fetch('https://evil.example/i')> <link rel=preload href=https://evil.example/j as=image> ",
    "[ref]: https://evil.example/k\n\n![ref] <base href=https://evil.example/> [2] ",
    "'\"><b onclick=alert(1)>x</b>",
)


class Brochure:
    """The tab as a person uses it."""

    def __init__(self, person):
        self.person = person
        person.show("Brochure")

    def find(self, name):
        return self.person.find(f"#brochure-{name}")

    @property
    def text(self):
        return self.find("text")

    @property
    def pages(self):
        return self.find("pages").locator("li")

    @property
    def note(self):
        return self.find("note")

    def press(self, name):
        self.find(name).click()

    def write(self, address=SAMPLE):
        self.find("address").get_by_role("textbox").fill(address)
        self.press("write")

    def ended(self, ending="finished"):
        expect(self.note).to_contain_text(ending)

    def saved(self, kind):
        with self.person.page.expect_download() as download:
            self.press(kind)
        return download.value.suggested_filename, download.value.path()


@pytest.fixture
def brochure(person):
    return Brochure(person)


@pytest.fixture
def script(person, site):
    """Has the provider of the bar say what a test writes."""

    def given(*replies):
        httpx.post(f"{site.provider_url}/script", json=replies, trust_env=False)
        person.choose("compatible", "scripted")

    return given


def choice(*names):
    pages = [{"url": f"{SAMPLE}/{name}.html", "kind": "other", "reason": f"why {name}"} for name in names]
    return [json.dumps({"pages": pages})]


def test_the_sample_site_becomes_a_brochure_without_a_model(brochure):
    brochure.press("sample")
    brochure.ended()
    expect(brochure.find("company").get_by_role("textbox")).to_have_value("Larkspur Air")
    expect(brochure.text.locator("h1")).to_have_text("Larkspur Air")
    assert 4 <= brochure.pages.count() <= 8
    expect(brochure.pages.first).to_contain_text("home")
    assert brochure.pages.locator("input:checked").count() == brochure.pages.count()
    expect(brochure.note).to_contain_text("each borne out by its page")
    assert brochure.text.locator(".doubt").count() == 0


def test_a_number_shows_the_sentence_it_rests_on(brochure):
    brochure.press("sample")
    brochure.ended()
    cited = brochure.text.locator(".cite").first
    number = cited.inner_text()
    cited.click()
    evidence = brochure.text.locator(".evidence:popover-open")
    expect(evidence).to_be_visible()
    expect(evidence).to_contain_text(f"{number}.")
    expect(evidence.locator("mark")).not_to_be_empty()
    brochure.person.page.keyboard.press("Escape")
    expect(evidence).to_have_count(0)


def test_a_brochure_is_taken_away_as_markdown_html_and_pdf(brochure):
    brochure.press("sample")
    brochure.ended()
    name, file = brochure.saved("md")
    assert name.endswith(".md") and "larkspur" in name
    markdown = file.read_text(encoding="utf-8")
    assert "# Larkspur Air" in markdown and f"{SAMPLE}/about.html" in markdown
    name, file = brochure.saved("html")
    page = file.read_text(encoding="utf-8")
    assert name.endswith(".html") and "<script" not in page and "Content-Security-Policy" in page
    name, file = brochure.saved("pdf")
    reader = PdfReader(file)
    assert name.endswith(".pdf") and reader.metadata.title.startswith("Larkspur Air")
    assert "Larkspur Air" in reader.pages[0].extract_text()


def test_a_brochure_is_copied(brochure):
    context = brochure.person.page.context
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    brochure.press("sample")
    brochure.ended()
    brochure.press("copy")
    expect(brochure.find("copy")).to_have_text("Copied")
    assert "# Larkspur Air" in brochure.person.page.evaluate("navigator.clipboard.readText()")
    context.clear_permissions()


def test_the_model_chooses_writes_and_a_sentence_without_ground_is_marked(brochure, script, site):
    script(choice("about", "fleet"), TEXT)
    brochure.write()
    brochure.ended()
    expect(brochure.pages).to_have_count(3)
    expect(brochure.pages.nth(1)).to_contain_text("why about")
    expect(brochure.text.locator("h2")).to_have_text("Fleet")
    doubt = brochure.text.locator(".doubt")
    expect(doubt).to_have_count(1)
    expect(doubt).to_contain_text("412")
    expect(brochure.note).to_contain_text("1 not borne out")
    chosen, written = site.asked()[-2:]
    assert chosen["response_format"]["type"] == "json_schema"
    assert "12 March 2009" in written["messages"][0]["content"]


def test_writing_is_stopped_in_the_middle_and_taken_up_from_fewer_pages_without_fetching(
    brochure, script, site
):
    script(choice("about", "fleet", "careers"), [*TEXT[:2], None], ["# Again\n\nLarkspur Air flies [1]."])
    brochure.write()
    expect(brochure.text).to_contain_text("Meera Raghunathan founded")
    left = site.left()
    brochure.person.page.keyboard.press("Escape")
    brochure.ended("stopped by you")
    expect(brochure.text).to_contain_text("Meera Raghunathan founded")
    assert site.left() == left + 1
    brochure.pages.filter(has_text="careers").get_by_role("checkbox").uncheck()
    brochure.press("again")
    expect(brochure.text.locator("h1")).to_have_text("Again")
    brochure.ended()
    expect(brochure.pages.filter(has_text="careers").get_by_role("checkbox")).not_to_be_checked()
    prompt = site.asked()[-1]["messages"][0]["content"]
    assert prompt.count("<source number=") == 3 and "training 32 pilots" not in prompt


def test_a_page_is_added_by_hand(brochure):
    brochure.press("sample")
    brochure.ended()
    before = brochure.pages.count()
    brochure.pages.nth(1).get_by_role("checkbox").uncheck()
    brochure.find("add").get_by_role("textbox").fill(f"{SAMPLE}/privacy.html")
    brochure.find("add").get_by_role("textbox").press("Enter")
    expect(brochure.pages).to_have_count(before + 1)
    expect(brochure.pages.last).to_contain_text("You added it.")
    expect(brochure.find("add").get_by_role("textbox")).to_have_value("")
    expect(brochure.pages.nth(1).get_by_role("checkbox")).not_to_be_checked()


def test_a_brochure_is_translated_and_shown_again_as_it_was(brochure, script):
    script(choice("about"), TEXT[:2], ["# Larkspur Air\n\nMeera Raghunathan gründete die Airline 2009 [2]."])
    brochure.write()
    brochure.ended()
    into = brochure.find("into").get_by_role("listbox").or_(brochure.find("into").locator("input"))
    into.first.click()
    brochure.person.page.get_by_role("option", name="German", exact=True).click()
    brochure.press("translate")
    expect(brochure.text).to_contain_text("gründete")
    brochure.ended()
    expect(brochure.text.locator("article")).to_have_attribute("lang", "de")
    into.first.click()
    brochure.person.page.get_by_role("option", name="As it was written", exact=True).click()
    brochure.press("translate")
    expect(brochure.text).to_contain_text("founded Larkspur Air")
    expect(brochure.person.find("#brochure .stop-brochure")).not_to_be_visible()


def test_a_closed_page_stops_the_model(brochure, script, site):
    script(choice("about"), [*TEXT[:2], None])
    brochure.write()
    expect(brochure.text).to_contain_text("Meera Raghunathan founded")
    left = site.left()
    brochure.person.leave()
    until = time.monotonic() + 5
    while site.left() == left and time.monotonic() < until:
        brochure.person.page.wait_for_timeout(50)
    assert site.left() == left + 1


def test_one_page_is_summed_up(brochure):
    brochure.find("kind").get_by_label("Summary of one page").check()
    expect(brochure.find("company")).not_to_be_visible()
    brochure.write(f"{SAMPLE}/careers.html")
    brochure.ended()
    expect(brochure.pages).to_have_count(1)
    expect(brochure.text.locator(".cite").first).to_have_text("1")


def test_nothing_that_a_model_writes_loads_or_runs_on_the_page(brochure, script):
    heard = []
    brochure.person.page.on("dialog", lambda dialog: (heard.append(dialog.message), dialog.dismiss()))
    script(choice("about"), PAYLOADS)
    brochure.write()
    brochure.ended()
    expect(brochure.text).to_contain_text("constructor.constructor")
    expect(brochure.text).to_contain_text("${fetch(")
    assert brochure.text.locator("script, img, iframe, style, svg, link, base, object, embed").count() == 0
    targets = brochure.text.locator("a").evaluate_all("all => all.map((one) => one.href)")
    assert all(target.startswith(("http://", "https://")) for target in targets)
    inside = brochure.text.locator("*").evaluate_all(
        "all => all.flatMap((one) => one.getAttributeNames()).filter((name) => name.startsWith('on'))"
    )
    assert (heard, inside) == ([], [])


def test_an_earlier_brochure_stays_when_another_address_is_mistyped(brochure):
    brochure.press("sample")
    brochure.ended()
    brochure.write(f"{SAMPLE}/nowhere")
    expect(brochure.note).to_contain_text("no such page")
    expect(brochure.text.locator("h1")).to_have_text("Larkspur Air")


@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "ftp://example.com", "no address", ""])
def test_an_address_that_is_not_public_is_refused_in_words(brochure, address):
    brochure.write(address)
    said = brochure.note.or_(brochure.person.error)
    expect(said.filter(has_text=re.compile(r"\w{3,}.*\.")).first).to_be_visible()
    expect(brochure.text).to_contain_text("every claim can be checked")


def test_a_brochure_is_there_again_after_a_reload(brochure):
    brochure.press("sample")
    brochure.ended()
    brochure.person.open()
    brochure.person.show("Brochure")
    expect(brochure.text.locator("h1")).to_have_text("Larkspur Air")
    brochure.press("again")
    brochure.ended()
