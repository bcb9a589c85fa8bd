import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.brochure.links import is_same_site, locale_of, page_key, readable_links, registered_domain
from switchboard.web.fetch import Fetched
from switchboard.web.page import Link, Page, read

ACME = "https://www.acme.example"


def home(links, address=f"{ACME}/", language=""):
    anchors = "".join(f'<a href="{p.partition(" ")[0]}">{p.partition(" ")[2]}</a> ' for p in links.split("|"))
    return read(Fetched(address, "text/html", "", f'<html lang="{language}">{anchors}'.encode()))


def texts(links):
    return [link.text for link in links]


def test_links_are_of_the_same_site_pages_and_each_once():
    links = readable_links(
        home(
            "/about About|/about/ Again|https://acme.example/about Same|/about#team Team|/ Home"
            "|/index.html Home"
            "|https://jobs.acme.example/x Jobs|https://acme.example.evil.example/ Evil"
            "|https://notacme.example/ Not"
            "|/report.pdf Report|/photo.JPG Photo|/v1.2 Version|/page.aspx Page|mailto:a@acme.example Mail"
        )
    )
    assert texts(links) == ["About", "Jobs", "Version", "Page"]


def test_links_of_another_site_are_read_where_the_user_allows_it():
    page = home("/about About|https://jobs.acme-group.example/x Jobs|https://evil.example/ Evil")
    assert texts(readable_links(page)) == ["About"]
    assert texts(readable_links(page, {"acme-group.example"})) == ["About", "Jobs"]
    assert texts(readable_links(page, ["www.ACME-group.example"])) == ["About", "Jobs"]


def test_allowing_a_public_suffix_allows_no_site_below_it():
    assert (
        readable_links(home("https://evil.co.uk/ Evil|https://evil.github.io/ Evil"), {"co.uk", "github.io"})
        == []
    )


def test_an_address_with_a_user_or_signs_that_cannot_be_shown_is_no_page():
    links = [Link(f"https://acme.example@{'www.acme.example'}/x", "U"), Link(f"{ACME}/\u202egnp", "R")]
    page = Page(f"{ACME}/", "", "", "", "", (), tuple(links), needs_script=False)
    assert readable_links(page) == []


@pytest.mark.parametrize(
    "same",
    [
        "http://www.acme.example/about",
        "https://acme.example/about/",
        "https://WWW.ACME.EXAMPLE/about/index.html",
        "https://www.acme.example:443/about/index.php",
        "https://www.acme.example/about?utm_source=menu&utm_medium=x",
        "https://www.acme.example/about?gclid=1&fbclid=2",
        "https://www.acme.example/about/?ref=home",
    ],
)
def test_addresses_that_differ_in_nothing_that_matters_are_one_page(same):
    assert page_key(same) == page_key(f"{ACME}/about")
    page = Page(
        f"{ACME}/", "", "", "", "", (), (Link(f"{ACME}/about", "A"), Link(same, "B")), needs_script=False
    )
    assert texts(readable_links(page)) == ["A"]


@pytest.mark.parametrize(
    "other",
    [
        "https://www.acme.example/about?page=2",
        "https://www.acme.example/about?id=1&utm_source=x",
        "https://jobs.acme.example/about",
        "https://www.acme.example:8443/about",
        "https://www.acme.example/About",
        "https://www.acme.example/about/us",
    ],
)
def test_addresses_that_may_be_two_pages_are_two(other):
    assert page_key(other) != page_key(f"{ACME}/about")


def test_the_words_of_a_page_come_from_the_first_of_its_links_that_has_some():
    links = (Link(f"{ACME}/about", ""), Link(f"{ACME}/about/", "About us"))
    page = Page(f"{ACME}/", "", "", "", "", (), links, needs_script=False)
    assert texts(readable_links(page)) == ["About us"]


def test_pages_of_the_sitemap_follow_those_of_the_home_page_that_has_them_already():
    more = (
        Link("http://acme.example/about/", ""),
        Link(f"{ACME}/jobs", ""),
        Link("https://evil.example/", ""),
    )
    links = readable_links(home("/about About|/press Press"), more=more)
    assert links == [Link(f"{ACME}/about", "About"), Link(f"{ACME}/press", "Press"), Link(f"{ACME}/jobs", "")]


@pytest.mark.parametrize(
    ("address", "language"), [(f"{ACME}/de/", ""), (f"{ACME}/", "de-DE"), ("https://de.acme.example/", "")]
)
def test_pages_in_the_home_pages_language_come_first_and_their_twins_are_left_out(address, language):
    page = home(
        "/en/about EN|/de/about DE|/en/jobs Jobs|/produkte Produkte|https://fr.acme.example/about FR"
        "|https://de.acme.example/werk Werk",
        address,
        language,
    )
    assert texts(readable_links(page)) == ["DE", "Produkte", "Werk", "Jobs"]


def test_another_country_is_another_variant_even_in_the_same_language():
    page = home("/us/en/about US|/gb/en/about GB|/gb/en/jobs Jobs|/en/group Group", f"{ACME}/gb/en/", "en")
    assert texts(readable_links(page)) == ["GB", "Jobs", "Group"]


@pytest.mark.parametrize(
    ("url", "locale"),
    [
        ("https://a.example/de/about", "de"),
        ("https://a.example/gb/en/", "en-gb"),
        ("https://a.example/en-GB", "en-gb"),
        ("https://a.example/pt_BR/x", "pt-br"),
        ("https://a.example/ch-de/x", "de-ch"),
        ("https://fr.a.example/", "fr"),
        ("https://a.example/about", ""),
        ("https://a.example/pr/news", ""),
        ("https://de.example/", ""),
    ],
)
def test_an_address_may_say_its_language(url, locale):
    assert locale_of(url) == locale


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("www.acme.example", "acme.example"),
        ("a.b.acme.co.uk", "acme.co.uk"),
        ("acme.com.au", "acme.com.au"),
        ("www.city.kawasaki.jp", "city.kawasaki.jp"),
        ("www.acme.kawasaki.jp", "www.acme.kawasaki.jp"),
        ("shop.acme.k12.ca.us", "acme.k12.ca.us"),
        ("me.github.io", "me.github.io"),
        ("x.me.github.io", "me.github.io"),
        ("ACME.Example.", "acme.example"),
        ("www.acme.example:8080", "acme.example"),
        ("www.bücher.de", "xn--bcher-kva.de"),
        ("8.8.8.8", "8.8.8.8"),
        ("2606:4700::1111", "2606:4700::1111"),
        ("co.uk", "co.uk"),
        ("example", "example"),
        ("a..example", "a..example"),
        ("", ""),
    ],
)
def test_the_registered_domain_is_what_its_owner_registered(host, domain):
    assert registered_domain(host) == domain


def test_neighbours_under_a_shared_suffix_are_other_sites():
    assert not is_same_site("https://a.co.uk/", "https://b.co.uk/")
    assert not is_same_site("https://one.github.io/", "https://two.github.io/")
    assert is_same_site("https://acme.example/", "http://jobs.acme.example/x")
    assert not is_same_site("https://other.example/", "https://acme.example/")
    assert is_same_site("https://x.other.example/", "https://acme.example/", ["other.example"])
    assert not is_same_site("https://[", "https://[")


@given(st.lists(st.text(max_size=40) | st.from_regex(r"https?://[a-z.\[\]:@]{0,12}/\S{0,12}"), max_size=8))
def test_whatever_the_addresses_each_page_is_there_once_and_of_the_site(urls):
    page = Page(f"{ACME}/", "", "", "en", "", (), tuple(Link(url, "") for url in urls), needs_script=False)
    links = readable_links(page)
    keys = [page_key(link.url) for link in links]
    assert len(set(keys)) == len(keys) and page_key(page.url) not in keys
    assert all(is_same_site(link.url, page.url) for link in links)
    again = Page(page.url, "", "", "en", "", (), tuple(links), needs_script=False)
    assert readable_links(again) == links
