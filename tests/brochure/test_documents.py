import io
import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html
from markdown_it import MarkdownIt
from pypdf import PdfReader

from switchboard.brochure import documents_pdf
from switchboard.brochure.brief import LANGUAGES
from switchboard.brochure.brochure import TEXT_CHARACTERS, Brochure
from switchboard.brochure.document_parts import words
from switchboard.brochure.documents import as_html, as_markdown, as_pdf, file_name
from switchboard.errors import BadInput, TooLarge
from switchboard.grounding import Checked, NoClaim, Supported, Unsupported
from switchboard.messages import Source
from switchboard.sentences import Kind, sentences

TEXT = """# Larkspur Air

Larkspur Air flies from Mumbai, Delhi and Dubai [1].

## What it offers

Fares **include taxes** [1][2]. It has 4,000 aircraft [2].

| Route | Fare |
|--|--:|
| Delhi – Mumbai | $61 [2] |
| Delhi – Atlantis | $9 [2] |

- A cabin bag of 7 kg [1, 2]
"""
SITE = "https://www.larkspur.example"
SOURCES = (
    Source(1, "Larkspur Air", "", f"{SITE}/"),
    Source(2, "Our *fleet* <now>", "", f"{SITE}/fleet?a=1&b=2"),
)
REASON = "The page does not say this."
HOSTILE = [
    '#panic("run")',
    '#read("/etc/passwd") #import "x.typ"',
    '#image("x.png") $ #x $ @source-1 <source-1> \\#x */ // /* `#x` = x',
    '"} #eval("1") {"',
    '\\u{41} \\\\ "quoted"',
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "![a](http://evil.example/x.png) [b](javascript:alert(1)) [c](data:text/html,x)",
    "</style></head><script>",
    "[1]: http://evil.example\n\n[9] [1–3]",
    "```\nnever closed <b>",
    "~~~~ text\n```\n",
    "# a\n\n###### b\n\n> # c\n\n- # d\n#\n\n##\n",
    "| a |\n|--|\n| b\n| ` | c |\n",
    "1. a\n   - b\n     > c\n\n     ```\n     d\n     ```\n9) e",
    "\0\ud800\u202e\ue000\ufffe\u2028\x0c1\ufe0f\u20e3",
    "x" * 300,
    "*" * 50 + "a" + "_" * 50,
]
WRITTEN = st.lists(
    st.one_of(st.sampled_from(HOSTILE), st.text(alphabet="ab1 \n[]()!<>*_`~#|-+.\"'&\\/$@😀é", max_size=60)),
    max_size=4,
).map("\n".join)


def brochure(
    text=TEXT, *, company="Larkspur Air", language="en", doubtful=("4,000", "Atlantis"), sources=SOURCES
):
    checked = []
    for unit in sentences(text):
        verdict = NoClaim() if unit.kind is Kind.HEADING else Supported(1, 0, 1)
        if any(words in unit.text for words in doubtful):
            verdict = Unsupported(REASON)
        checked.append(Checked(unit, (), verdict))
    return Brochure(company, text, sources, tuple(checked), language, "scripted-1", date(2026, 11, 2))


def stranger(words):
    """A brochure in which everything is as a stranger would have it."""
    sources = (Source(1, words, words, f"{SITE}/{words}"), Source(2, words, "", words), Source(7, "", "", ""))
    checked = tuple(Checked(unit, (1,), Unsupported(words)) for unit in sentences(words))
    return Brochure(words[:200], words, sources, checked, words[:20], words, date(2026, 1, 1))


def read(pdf):
    return PdfReader(io.BytesIO(pdf))


def words_of(page):
    return " ".join(page.extract_text().replace("\u200b", "").split())


# Names


@pytest.mark.parametrize(
    ("company", "name"),
    [
        ("Larkspur Air", "larkspur-air-brochure.pdf"),
        ("Łódź & Søn GmbH, Straße", "lodz-son-gmbh-strasse-brochure.pdf"),
        ("../../etc/passwd", "etc-passwd-brochure.pdf"),
        ("C:\\con\0.exe", "c-con-exe-brochure.pdf"),
        ("日本航空", "larkspur-example-brochure.pdf"),
        ("✈️🛫", "larkspur-example-brochure.pdf"),
        ("", "larkspur-example-brochure.pdf"),
        ("a" * 200, f"{'a' * 60}-brochure.pdf"),
        ("-- --", "larkspur-example-brochure.pdf"),
    ],
)
def test_a_file_is_named_after_the_company(company, name):
    assert file_name(brochure(company=company), "pdf") == name


def test_a_file_without_any_name_is_a_brochure():
    assert file_name(brochure(company="航空", sources=()), "md") == "brochure.md"


@given(st.text(max_size=300))
def test_a_file_name_is_safe_whatever_the_company_is_called(company):
    assert re.fullmatch(
        r"(?:[a-z0-9][a-z0-9-]{0,59}-)?brochure\.html", file_name(brochure(company=company), "html")
    )


# The words around the text


def test_what_stands_around_the_text_is_in_its_language():
    value = brochure(language="de-AT")
    for made in (as_markdown(value), as_html(value), words_of(read(as_pdf(value)).pages[0])):
        assert "Quellen" in made
        assert "Verfasst von scripted-1, 2026-11-02." in made
        assert "Sources" not in made


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_words_around_its_text(language):
    around = words(brochure(language=language))
    assert around.language in (language, "en")
    assert "⚠" in around.legend
    assert "scripted-1" in around.written
    assert around.sources
    assert around.doubts


def test_words_around_a_text_of_another_language_are_said_to_be_english():
    assert drawn(brochure(language="th")).xpath("//footer/@lang") == ["en"]
    assert drawn(brochure(language="de")).xpath("//footer/@lang") == []


# Markdown


def test_the_markdown_holds_the_text_its_sources_and_what_to_check():
    assert as_markdown(brochure()) == (
        TEXT.replace("aircraft [2].", "aircraft [2]. ⚠").replace("$9 [2] |", "$9 [2] ⚠ |")
        + "\n## Sources\n\n"
        f"- **[1]** Larkspur Air: <{SITE}/>\n"
        f"- **[2]** Our \\*fleet\\* \\<now\\>: <{SITE}/fleet?a=1&b=2>\n\n"
        "## To check\n\n"
        "⚠ marks a sentence that was not found on the page it cites.\n\n"
        f"1. “It has 4,000 aircraft \\[2\\].” {REASON}\n"
        f"2. “\\| Delhi – Atlantis \\| $9 \\[2\\] \\|” {REASON}\n\n"
        "---\n\n_Written by scripted-1 on 2 November 2026._\n"
    ).replace("$9 \\[", "\\$9 \\[")


def test_markdown_without_a_title_gets_the_companys_name():
    assert as_markdown(brochure("It flies.", company="*Lark*\nspur")).startswith(
        "# \\*Lark\\* spur\n\nIt flies.\n"
    )


def test_markdown_of_nothing_doubtful_says_nothing_of_doubts():
    written = as_markdown(brochure(doubtful=()))
    assert "⚠" not in written
    assert "To check" not in written


def test_code_that_was_never_closed_does_not_swallow_the_sources():
    drawn = MarkdownIt().render(as_markdown(brochure("# A\n\n~~~~\ncode\n```\n")))
    assert "<h2>Sources</h2>" in drawn


@settings(max_examples=100, deadline=None)
@given(WRITTEN)
def test_the_markdown_loads_and_runs_nothing(text):
    written = as_markdown(stranger(text))
    for renderer in (MarkdownIt("commonmark", {"html": True}), MarkdownIt("js-default", {"html": True})):
        root = lxml_html.fragment_fromstring(renderer.render(written), create_parent="div")
        assert not root.xpath("//img|//script|//style|//iframe|//@onerror|//@onclick|//@src")
        for target in root.xpath("//@href"):
            assert re.match(r"https?://|mailto:|#", target)


# HTML


def drawn(value):
    root = lxml_html.document_fromstring(as_html(value).encode())
    own = {
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "main",
        "footer",
        "section",
        "sup",
        "span",
        "bdi",
    }
    blocks = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "hr", "br"}
    tables = {"table", "thead", "tbody", "tr", "th", "td"}
    for element in root.iter():
        assert element.tag in own | blocks | tables | {"a", "em", "strong", "s", "code"}
        assert not any(
            name.startswith("on") or name in ("src", "srcdoc", "srcset") for name in element.attrib
        )
        target = element.get("href", "https://x")
        assert re.match(r"https?://[^/]|mailto:.", target) or root.get_element_by_id(target[1:]) is not None
    return root


def test_the_page_may_load_nothing():
    root = drawn(brochure())
    policy = root.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'")
    style = root.xpath("//style")[0].text
    assert "url(" not in style
    assert "@import" not in style
    assert "@page" in style


def test_the_page_shows_the_text_with_links_to_its_sources():
    root = drawn(brochure())
    assert root.xpath("string(//title)") == "Larkspur Air"
    assert [title.text for title in root.xpath("//h1")] == ["Larkspur Air"]
    assert root.xpath("string(//p[@class='standfirst'])").startswith("Larkspur Air flies")
    assert root.xpath("//sup[@class='cite']/a/@href")[:3] == ["#source-1", "#source-1", "#source-2"]
    assert [cite.text_content() for cite in root.xpath("//main//li/sup")] == ["1", ",2"]
    assert [cite.text_content() for cite in root.xpath("//main/p/sup")] == ["1", "1", ",2", "2"]
    assert root.xpath("//li[@id='source-2']/span/a/@href") == [f"{SITE}/fleet?a=1&b=2"]
    assert root.xpath("string(//li[@id='source-2']/bdi)") == "Our *fleet* <now>"


def test_the_page_marks_what_no_page_bears_out():
    root = drawn(brochure())
    assert [mark.get("title") for mark in root.xpath("//main//a[@class='doubt']")] == [REASON, REASON]
    assert root.xpath("//td/a/@href") == ["#check-2"]
    assert "4,000 aircraft" in root.get_element_by_id("check-1").text_content()
    assert REASON in root.get_element_by_id("check-1").text_content()


def test_a_page_without_a_title_gets_the_companys_name():
    root = drawn(brochure("It flies [9].", company="<b>Lark & Spur</b>"))
    assert root.xpath("string(//h1)") == "<b>Lark & Spur</b>"
    assert root.xpath("//sup/a") == []


@pytest.mark.parametrize(
    ("language", "tag", "direction"),
    [
        ("en", "en", "ltr"),
        ("pt-BR", "pt-BR", "ltr"),
        *((tag, tag, "rtl") for tag in ("ar", "he", "fa-IR", "ur")),
        ("", "und", "ltr"),
        ('en" onload="x', "und", "ltr"),
    ],
)
def test_the_page_says_its_language_and_direction(language, tag, direction):
    root = drawn(brochure(language=language))
    assert (root.get("lang"), root.get("dir")) == (tag, direction)


@settings(max_examples=100, deadline=None)
@given(WRITTEN)
def test_the_page_is_harmless_whatever_is_written(words):
    root = drawn(stranger(words))
    assert len(root.xpath("//body")) == len(root.xpath("//style")) == 1


# PDF


def test_the_pdf_holds_the_text_and_its_sources():
    pdf = read(as_pdf(brochure()))
    text = words_of(pdf.pages[0])
    assert len(pdf.pages) == 1
    for part in (
        "Larkspur Air flies from Mumbai, Delhi and Dubai",
        "What it offers",
        "Delhi – Mumbai",
        "$61",
    ):
        assert part in text
    for part in (
        "www.larkspur.example · 2 November 2026",
        "1 / 1",
        "Our *fleet* <now>",
        "Written by scripted-1",
    ):
        assert part in text
    assert text.count("⚠") == 3
    assert text.count(REASON) == 2


def test_the_pdf_says_what_it_is_and_is_tagged():
    pdf = read(as_pdf(brochure(language="pt-BR")))
    assert pdf.metadata.title == "Larkspur Air"
    assert not pdf.metadata.author
    assert pdf.metadata.creation_date.date() == date(2026, 11, 2)
    assert pdf.trailer["/Root"]["/Lang"] == "pt-BR"
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in pdf.trailer["/Root"]
    assert [item.title for item in pdf.outline] == ["What it offers", "Fontes", "A verificar"]


@pytest.mark.parametrize("text", ["It flies.", "## What it offers\n\nFares.", "#\n\nIt flies."])
def test_a_text_without_a_title_is_under_the_companys_name(text):
    value = brochure(text, company="Lark & Spur", sources=())
    assert "2 November 2026 Lark & Spur" in words_of(read(as_pdf(value)).pages[0])
    assert drawn(value).xpath("string(//h1[1])") == "Lark & Spur"


def links(pdf):
    inner, outer = 0, []
    for page in pdf.pages:
        for annotation in page.get("/Annots", []):
            action = annotation.get_object().get("/A", {})
            if "/URI" in action:
                outer.append(str(action["/URI"]))
            else:
                inner += 1
    return inner, outer


def test_the_pdfs_citations_and_sources_are_links():
    inner, outer = links(read(as_pdf(brochure())))
    assert inner >= 9
    assert set(outer) == {f"{SITE}/", f"{SITE}/fleet?a=1&b=2"}


@pytest.mark.parametrize("lines", range(30, 52, 3))
def test_a_heading_stands_on_the_page_of_its_first_lines(lines):
    text = (
        "# A\n\n"
        + "Filling.\\\n" * lines
        + "Filled.\n\n## The heading\n\n"
        + "These are the first lines. " * 12
    )
    for page in map(words_of, read(as_pdf(brochure(text, sources=()))).pages):
        assert ("The heading" in page) == ("The heading These are the first lines." in page)


def test_a_table_over_pages_repeats_its_header():
    rows = "".join(f"| Route {number} | {number} |\n" for number in range(120))
    pages = [
        words_of(page) for page in read(as_pdf(brochure(f"# A\n\n| Where | Fare |\n|--|--|\n{rows}"))).pages
    ]
    tables = [page for page in pages if "Route " in page]
    assert len(tables) > 2
    assert all("Where Fare Route" in page for page in tables)
    assert all(f"Route {number} {number}" in " ".join(pages) for number in range(120))


@pytest.mark.parametrize("words", HOSTILE[:5])
def test_text_that_looks_like_the_templates_language_is_text(words):
    shown = words_of(read(as_pdf(brochure(f"````\n{words}\n````", company=words, sources=()))).pages[0])
    assert " ".join(words.split()).replace(" ", "") in shown.replace(" ", "")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", "Rechtsschutzversicherungsgesellschaften"),
        ("ru", "Авиакомпания"),
        ("el", "εταιρεία"),
        ("vi", "Đường"),
    ],
)
def test_other_letters_of_the_fonts_that_typst_has_are_shown(language, words, monkeypatch):
    without_the_systems_fonts(monkeypatch)
    pdf = read(as_pdf(brochure(f"# A\n\n{words}", language=language)))
    assert words in words_of(pdf.pages[0]).replace("- ", "")


def without_the_systems_fonts(monkeypatch):
    fonts = typst.Fonts(include_system_fonts=False)
    monkeypatch.setattr(documents_pdf, "_fonts", lambda: fonts)


@pytest.mark.parametrize("text", ["# 日本航空", "Flies to 東京.", "`한국`"])
def test_letters_that_no_font_has_are_said_with_what_to_do(text, monkeypatch):
    without_the_systems_fonts(monkeypatch)
    with pytest.raises(BadInput, match=r"No font on this machine .* Download HTML"):
        as_pdf(brochure(text))


def test_symbols_that_no_font_has_are_left_out(monkeypatch):
    without_the_systems_fonts(monkeypatch)
    text = words_of(
        read(as_pdf(brochure("# Fly 👩‍✈️ now\n\nStep 1️⃣ 🛫, done ✅.", company="Lark 🪻"))).pages[0]
    )
    assert "Fly now" in text
    assert "Step 1 , done" in text


@pytest.mark.parametrize(("language", "words"), [("he", "לארקספור"), ("ar", "شركة"), ("fa-IR", "شرکت")])
def test_a_right_to_left_brochure_begins_at_the_right(language, words, monkeypatch):
    without_the_systems_fonts(monkeypatch)
    pdf = read(as_pdf(brochure(f"# {words}\n\n{words} [1].\n\n> {words}", language=language)))
    citation = pdf.pages[0]["/Annots"][0].get_object()
    assert pdf.trailer["/Root"]["/Lang"] == language
    assert citation["/Rect"][0] > float(pdf.pages[0].mediabox.width) / 2


def test_an_address_in_other_letters_is_a_link_in_ascii():
    source = Source(1, "Über", "", "https://übung.example/größe?a=ü#x")
    target = "https://%C3%BCbung.example/gr%C3%B6%C3%9Fe?a=%C3%BC#x"
    assert links(read(as_pdf(brochure(sources=(source,)))))[1] == [target]
    assert f": <{target}>" in as_markdown(brochure(sources=(source,)))


def test_headings_may_skip_levels_and_lists_go_deep():
    text = "###### a\n\n# b\n\n#### c\n\n" + "".join(" " * 2 * depth + f"- d{depth}\n" for depth in range(30))
    shown = words_of(read(as_pdf(brochure(text))).pages[0])
    assert all(f"d{depth}" in shown for depth in range(19))


@pytest.mark.parametrize("text", ["", "\n", "#", "It flies.", "```\n", "|a|\n|-|"])
def test_the_shortest_texts_are_files_too(text):
    value = brochure(text, company="", sources=())
    assert read(as_pdf(value)).metadata.title
    assert drawn(value).xpath("//h1")
    assert as_markdown(value).startswith("#")


@settings(max_examples=100, deadline=None)
@given(WRITTEN)
def test_a_pdf_is_made_whatever_is_written_and_links_only_to_the_web(words):
    try:
        pdf = read(as_pdf(stranger(words)))
    except BadInput:
        return
    assert all(re.match(r"https?://|mailto:", target) for target in links(pdf)[1])
    assert not pdf.attachments
    assert "/OpenAction" not in pdf.trailer["/Root"]


def test_the_same_brochure_is_the_same_pdf_on_any_thread():
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(as_pdf, [brochure()] * 8))
    assert len(set(made)) == 1


@pytest.mark.parametrize(
    "piece", ["~~a~~ ", "`a` ", "a [1, 2]. ", "- a\n\n  b\n", "a\n\n", "| a ", "**a** ", "# a\n"]
)
def test_no_text_of_the_greatest_length_takes_long(piece):
    value = brochure((piece * TEXT_CHARACTERS)[:TEXT_CHARACTERS])
    begun = time.perf_counter()
    assert as_pdf(value).startswith(b"%PDF")
    assert as_html(value)
    assert time.perf_counter() - begun < 60


@pytest.mark.parametrize("make", [as_markdown, as_html, as_pdf])
def test_a_text_that_is_too_long_is_refused(make):
    with pytest.raises(TooLarge, match="too many for a file"):
        make(brochure("a" * (TEXT_CHARACTERS + 1)))
