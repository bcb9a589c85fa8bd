import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from switchboard.web.encodings import text_of
from switchboard.web.fetch import Fetched
from switchboard.web.outline import Heading
from switchboard.web.page import Link, parse, read

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
        "# Pumps that last\n\nBrightwell has built pumps in Leeds since 1911. They run for 30 years.\n\n"
        "## What we make\n\n- Farm pumps\n- Fire pumps\n\n| Model | Litres |\n| B1 | 400 |\n\n"
        "Write to us: contact, mail, , team menu bad and more."
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


@pytest.mark.parametrize(
    "html",
    [
        '<div id="root"></div><script src="/app.js"></script>',
        "<noscript>You need to enable JavaScript.</noscript><div id=app>Loading…</div><script>1</script>",
    ],
)
def test_a_page_that_only_scripts_write_says_so(html):
    assert page(html).needs_script


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
    "attributes": "<a " + "b=c " * 300_000 + ">",
    "brackets": "<" * 1_000_000,
    "entities": "&" * 1_000_000,
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
