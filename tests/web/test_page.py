import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from switchboard.web.encodings import text_of
from switchboard.web.fetch import Fetched
from switchboard.web.head import OpenGraph
from switchboard.web.outline import Heading
from switchboard.web.page import TEXT_CHARACTERS, Link, parse, read

HOME = """<!doctype html><html lang="en-GB"><head>
<title> Brightwell  Pumps </title><meta name="Description" content="Pumps for farms.">
<meta property="og:title" content="Other"><style>p {color: red}</style>
<script>var words = "script text";</script>
</head><body class="cookie-consent-open has-menu">
<div id="cookie-banner">We use cookies. <a href="/cookies">More</a></div>
<header><nav><a href="/about">About us</a><a href="/pumps/">Our pumps</a></nav></header>
<main><h1>Pumps that last</h1><p>Brightwell has built pumps in Leeds since 1911.<br>They run for 30 years.</p>
<h2>What we make</h2><ul><li>Farm pumps</li><li><p>Fire <b>pumps</b></p></li></ul>
<table><tr><th>Model</th><th>Litres</th></tr><tr><td>B1</td><td>400</td></tr></table>
<div hidden>hidden words</div><p style="display: none">unseen words</p><noscript>no script</noscript>
<p>Write to us: <a href="contact?x=1#form" title="t">contact</a>, <a href="mailto:a@b.example">mail</a>,
<a href="https://other.example/x"><img src="x.png" alt="our partner"></a>, <a href="/about#team">team</a>
<a href="javascript:void(0)">menu</a> <a href="http://[bad">bad</a><!-- comment --> and more.</p></main>
<footer>Imprint words</footer></body></html>"""


def page(html, media_type="text/html", charset="", url="https://www.brightwell.example/en/"):
    return read(Fetched(url, media_type, charset, html if isinstance(html, bytes) else html.encode()))


def test_a_page_is_read_with_its_title_description_language_and_headings():
    home = page(HOME)
    assert (home.title, home.description, home.language) == ("Brightwell Pumps", "Pumps for farms.", "en-GB")
    assert home.headings == (Heading(1, "Pumps that last"), Heading(2, "What we make"))
    assert not home.needs_script


def test_the_text_keeps_headings_lists_and_tables_and_nothing_that_is_not_of_the_page():
    assert page(HOME).text == (
        "# Pumps that last\n\nBrightwell has built pumps in Leeds since 1911.\nThey run for 30 years.\n\n"
        "## What we make\n\n- Farm pumps\n- Fire pumps\n\n| Model | Litres |\n| B1 | 400 |\n\n"
        "Write to us: contact, mail, our partner, team menu bad and more."
    )


def test_links_are_absolute_without_fragments_once_each_and_named():
    assert page(HOME).links == (
        Link("https://www.brightwell.example/cookies", "More"),
        Link("https://www.brightwell.example/about", "About us"),
        Link("https://www.brightwell.example/pumps/", "Our pumps"),
        Link("https://www.brightwell.example/en/contact?x=1", "contact"),
        Link("https://other.example/x", "our partner"),
    )


def test_the_base_of_a_page_and_its_open_graph_data_are_used():
    html = (
        '<base href="/de/"><meta property="og:title" content="T"><meta property="og:description" content="D">'
    )
    got = page(f"<html><head>{html}</head><body><a href=x>x</a></body></html>")
    assert (got.title, got.description, got.links[0].url) == ("T", "D", "https://www.brightwell.example/de/x")


def test_a_link_list_and_a_class_named_menu_are_clutter_but_a_restaurants_menu_is_text():
    links = "".join(f'<li><a href="/{i}">Page {i}</a></li>' for i in range(6))
    words = "Soup of the day with bread, 6 pounds. " * 5
    text = page(
        f'<ul>{links}</ul><div class="menu">{words}</div><div class="site-menu"><a href=x>Far</a></div>'
    ).text
    assert "Soup of the day" in text
    assert "Page 3" not in text and "Far" not in text


def test_a_long_page_about_cookies_is_no_banner():
    assert "crumbs" in page(f'<div class="cookie-recipes">{"Cookies make crumbs. " * 100}</div>').text


def test_a_page_whose_words_all_stand_in_its_footer_is_read_all_the_same():
    assert "only words" in page("<nav>Go</nav><footer>These are the only words of this page.</footer>").text


def test_a_short_page_is_read_with_its_menus_but_without_its_cookie_banner():
    text = page(
        "<nav>Pumps, parts</nav><p>Closed today.</p><div role=dialog>Accept cookies</div><p hidden>x</p>"
    ).text
    assert text == "Pumps, parts\n\nClosed today."


def test_open_graph_data_is_read_with_an_absolute_image():
    properties = {"site_name": "Bright &amp; Well", "title": "Pumps", "type": "website", "image": "/p.jpg"}
    tags = "".join(f'<meta property="og:{name}" content="{said}">' for name, said in properties.items())
    got = page(f'<head>{tags}<meta name="og:description" content="We  make\n pumps."></head>').open_graph
    image = "https://www.brightwell.example/p.jpg"
    assert got == OpenGraph("Bright & Well", "Pumps", "We make pumps.", "website", image)


@pytest.mark.parametrize("image", ["javascript:alert(1)", "data:image/png;base64,AA", "http://[bad", ""])
def test_an_open_graph_image_is_a_web_address_or_nothing(image):
    assert page(f'<meta property="og:image" content="{image}">').open_graph.image == ""


def test_open_graph_data_is_bounded():
    tags = "".join(f'<meta property="og:{name}" content="{"x" * 5_000}">' for name in ("site_name", "type"))
    got = page(tags).open_graph
    assert (len(got.site_name), len(got.type)) == (300, 300)


def test_the_language_is_taken_from_open_graph_where_the_page_declares_none():
    assert page('<meta property="og:locale" content="de_AT">').language == "de-AT"


def test_the_title_of_a_drawing_is_not_the_pages():
    assert page("<p><svg><title>Menu</title></svg></p><h1>Pumps</h1>").title == ""


def test_a_bad_base_is_no_base():
    got = page('<base href="http://[bad"><a href=x>x</a>')
    assert got.links[0].url == "https://www.brightwell.example/en/x"


FILLER = "<p>Brightwell makes pumps for farms, fire brigades and fountains in the north of England.</p>"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        (
            "<dl><dt>Height:</dt><dd>45 cm</dd><div><dt>Wood</dt><dd><p>Oak</p><dd>Ash</div></dl>",
            "- Height: 45 cm\n- Wood: Oak\n- Ash",
        ),
        ("<dl><dt>How much?</dt><dd>£9.</dd><dt>And now</dt></dl>", "- How much? £9.\n\nAnd now"),
        ("<div>Mill Lane 1<br>Leeds<br><br>Tel. 123</div>", "Mill Lane 1\nLeeds\n\nTel. 123"),
        ("<h2>Pumps<br>that last</h2>", "## Pumps that last"),
        (
            "<figure><img src=x alt=seen><figcaption>Our works.</figcaption></figure>",
            "Our works.",
        ),
        (
            "<ul><li><img alt=Acme></li>"
            "<li><a href=x><picture><source><img alt=Globex></picture></a></li></ul>",
            "- Acme\n- Globex",
        ),
        ("<p><a href=x><img alt=Shop> Shop</a></p>", "Shop"),
        ("<h1><img alt='Bright Pumps'></h1>", "# Bright Pumps"),
        (
            "<h3><button aria-expanded=false>Is it loud?</button></h3><div role=region hidden>No.</div>",
            "### Is it loud?\n\nNo.",
        ),
        ("<p>Read more<span class='sr-only'> in a new tab</span></p>", "Read more"),
        ("<p>Bright&shy;well&#8203;</p>", "Brightwell"),
        (
            "<blockquote><p>Never failed.</p><footer>Ann, Leeds</footer></blockquote>",
            "Never failed.\n\nAnn, Leeds",
        ),
        ("<form><label for=a>Your name</label><input id=a></form><p>Write.</p>", "Write."),
        ("<table><caption>Sizes</caption><tr><td>S<td>45<br>cm</table>", "Sizes\n\n| S | 45 cm |"),
        (
            "<table><tr><td><h2>Pumps</h2><p>We make them.</p><td><ul><li>Red<li>Blue</ul></table>",
            "## Pumps\n\nWe make them.\n\n- Red\n- Blue",
        ),
    ],
)
def test_what_a_reader_of_the_page_sees_is_in_its_text(html, text):
    assert page(f"<main>{FILLER}{html}</main>").text.split("\n\n", 1)[1] == text


def test_a_list_of_linked_services_in_the_main_text_is_text():
    links = "".join(
        f'<li><a href="/{name}">{name}</a></li>' for name in ("Repair", "Rent", "Advice", "Parts")
    )
    assert "- Repair\n- Rent" in page(f"<main>{FILLER}<ul>{links}</ul></main>").text


def test_the_address_in_a_footer_is_kept_without_the_rest_of_the_footer():
    text = page(f"{FILLER}<footer>© 2026<address>Mill Lane 1<br>Leeds</address>Terms</footer>").text
    assert text.endswith("England.\n\nMill Lane 1\nLeeds")
    assert "Terms" not in text


def test_text_of_an_old_page_with_its_tags_left_open_is_read_to_its_end():
    items = "".join(f"<font color=red><b>Pump {i}" for i in range(400))
    assert "Pump 399" in page(items).text


@pytest.mark.parametrize(
    "html",
    [
        '<div id="root"></div><script src="/app.js"></script>',
        "<noscript>You need to enable JavaScript.</noscript><div id=app>Loading…</div><script>1</script>",
        '<div id="__next"></div><script id="__NEXT_DATA__" type="application/json">{}</script>'
        '<script src="/_next/static/chunks/main.js"></script>',
        '<div id="__nuxt"></div><script>window.__NUXT__={data:"words"}</script>',
        "<app-root></app-root><script type=module src=main.js></script>",
        f"<header><nav>{'Menu words. ' * 20}</nav></header>"
        "<div id=root><style>a</style></div><script src=a></script>",
        "<p>We are sorry but this shop does not work properly without JavaScript enabled. Please enable it to"
        " go on, thank you.</p><script src=a></script>",
        f"<noscript>Bitte aktivieren Sie JavaScript.</noscript><footer>{'© Words. ' * 20}</footer>"
        "<script src=a></script>",
    ],
)
def test_a_page_that_only_scripts_write_says_so(html):
    assert page(html).needs_script


@pytest.mark.parametrize(
    "html",
    [
        "<p>Short words without any script.</p>",
        '<p>Short words.</p><script type="application/ld+json">{"name": "Brightwell"}</script>',
        f"<div id=root>{FILLER}</div><script src=a></script>",
        f"{FILLER}<noscript><img src=pixel></noscript><script src=a></script>",
        f"{FILLER * 4}<div id=app></div><noscript>Enable JavaScript.</noscript><script src=a></script>",
        f"<div id=__nuxt>{FILLER}</div><script>window.__NUXT__=1</script>",
    ],
)
def test_a_page_that_has_its_text_does_not_need_scripts(html):
    assert not page(html).needs_script


def test_plain_text_is_taken_as_it_is():
    got = page("Hello <b>there</b>\n", media_type="text/plain")
    assert (got.text, got.links, got.title) == ("Hello <b>there</b>", (), "")


@pytest.mark.parametrize(
    ("body", "charset"),
    [
        ("Grüße €".encode(), ""),
        ("Grüße €".encode(), "utf-8"),
        ("Grüße €".encode("cp1252"), ""),
        ("Grüße €".encode("cp1252"), "iso-8859-1"),
        ("Grüße €".encode("cp1252"), "nonsense"),
        ("Grüße €".encode("utf-8-sig"), "iso-8859-1"),
        ("Grüße €".encode("utf-16"), ""),
        ("Grüße €".encode("iso8859-15"), "ISO-8859-15"),
        (b'<meta charset="windows-1252">' + "Grüße €".encode("cp1252"), ""),
        (b'<meta charset="utf-16">' + "Grüße €".encode(), ""),
        (b'<meta charset="zlib">' + "Grüße €".encode(), "hex"),
        (
            b'<meta http-equiv="Content-Type" content="text/html; charset=utf-8">' + "Grüße €".encode(),
            "punycode",
        ),
        ("Grüße €".encode(), "iso-8859-1"),
        (b'<meta charset="windows-1252">' + "Grüße €".encode(), ""),
        (("Grüße € " * 20).encode() + b"\xff", ""),
        (b'<?xml version="1.0" encoding="iso-8859-15"?>' + "Grüße €".encode("iso8859-15"), ""),
    ],
)
def test_encodings_are_told_from_mark_header_declaration_and_content(body, charset):
    assert "Grüße €" in text_of(body, charset)


@pytest.mark.parametrize(
    ("words", "encoding"),
    [
        ("Привет, мир", "koi8-r"),
        ("日本の会社", "shift_jis"),
        ("日本の会社", "euc-jp"),
        ("中文", "gb2312"),
        ("한국", "euc-kr"),
    ],
)
def test_declared_encodings_of_other_scripts_are_read(words, encoding):
    assert words in page(f'<meta charset="{encoding}"><p>'.encode() + words.encode(encoding)).text


@pytest.mark.parametrize(
    ("language", "words", "encoding"),
    [
        ("ru", "Мы делаем насосы", "cp1251"),
        ("ru", "Мы делаем насосы", "koi8-r"),
        ("ja", "ポンプを作る会社です", "shift_jis"),
        ("ja-JP", "ポンプを作る会社です", "euc-jp"),
        ("ko", "한국 회사입니다", "euc-kr"),
        ("zh-CN", "中文公司制造水泵", "gb2312"),
        ("zh-TW", "繁體中文公司製造水泵", "big5"),
        ("pl", "Źródło żółtej wody", "cp1250"),
        ("el", "Αντλίες νερού", "cp1253"),
    ],
)
def test_a_missing_encoding_is_guessed_by_the_language_of_the_page(language, words, encoding):
    assert words in page(f'<html lang="{language}"><p>'.encode() + words.encode(encoding)).text


def test_a_few_damaged_bytes_do_not_spoil_a_page():
    body = ("Grüße aus Köln. " * 200).encode() + b"\xff"
    assert text_of(body, "utf-8").startswith("Grüße aus Köln.")


HOSTILE = {
    "deep": "<div>" * 100_000 + "x" + "</div>" * 100_000,
    "deep lists": "<ul class=nav><li>" * 60_000,
    "a million links": "".join(f"<a href=/{i}>{i}</a>" for i in range(1_000_000)),
    "unclosed links": "<a href=x>" * 200_000,
    "many elements": "<br><svg></svg>x" * 100_000,
    "classes": "<i class='nav cookie'>x</i>" * 60_000,
    "cells": "<td>x" * 300_000,
    "titles": "<title>" * 200_000,
    "comments": "<!--" * 200_000,
    "declarations": "<meta " * 800_000,
    "attributes": "<a " + "b=c " * 300_000 + ">",
    "brackets": "<" * 1_000_000,
    "entities": "&" * 1_000_000,
    "nested rows": "<table><tr><td>" * 60_000,
    "rows": "<table>" + "<tr><td>x" * 150_000,
    "breaks": "<br>x" * 200_000,
    "places": "<div id=root><script></script>" * 60_000,
    "notes": "<noscript>enable " * 100_000 + "<script></script>",
    "images": "<a><img alt=x>" * 100_000,
    "terms": "<dt>x" * 150_000,
    "footers": "<footer><address>" * 60_000,
    "zeros": "\0" * 1_000_000,
    "nothing": "",
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_page_is_read_within_bounds(name):
    body = HOSTILE[name].encode()
    began = time.process_time()
    got = await parse(Fetched("https://a.example/", "text/html", "", body))
    assert time.process_time() - began < 5
    assert len(got.text) <= 200_000 and len(got.links) <= 2_000 and len(got.title) <= 300


@given(
    st.binary(max_size=300),
    st.text("<>/ab=\"'&;! nav", max_size=80),
    st.sampled_from(["", "utf-8", "utf-7", "\0"]),
)
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_read_without_an_error(body, html, charset):
    got = read(Fetched("https://a.example/", "text/html", charset, body + html.encode()))
    assert all(link.url.startswith(("http://", "https://")) for link in got.links)


def test_a_page_of_one_endless_paragraph_is_cut_at_a_word():
    text = page("<p>" + "word " * 100_000).text
    assert TEXT_CHARACTERS - 10 < len(text) <= TEXT_CHARACTERS and set(text.split()) == {"word"}
