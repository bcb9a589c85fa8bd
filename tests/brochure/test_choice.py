import pytest

from switchboard.brochure.budget import cut, fitted_sources
from switchboard.brochure.choice import choose_by_words
from switchboard.brochure.events import PageKind
from switchboard.brochure.links import is_same_site, readable_links, registered_domain
from switchboard.web.fetch import Fetched
from switchboard.web.page import Page, read

# A home page's links, as "address words", and the page expected of each kind.
SITES = {
    "software": (
        "/ Home|/platform Platform|/pricing Pricing|/customers Customers"
        "|/blog/2026/05/how-we-scaled How we scaled our ingestion pipeline|/about About"
        "|/careers Careers We're hiring|/newsroom Newsroom"
        "|/contact-sales Talk to us|/login Log in|/signup Start free|/legal/privacy Privacy|/status Status",
        {
            "about": "/about",
            "products": "/platform",
            "customers": "/customers",
            "careers": "/careers",
            "press": "/newsroom",
        },
    ),
    "bakery": (
        "/cakes/ Our products|/our-story Our story|/find-us Find us|/basket Basket (0)|/jobs Work with us"
        "|/cookies Cookie policy|/wholesale-clients For our clients|/search Search",
        {
            "about": "/our-story",
            "products": "/cakes/",
            "contact": "/find-us",
            "careers": "/jobs",
            "customers": "/wholesale-clients",
        },
    ),
    "german": (
        "/de/produkte.html Produkte|/de/unternehmen/ Über uns|/de/karriere Karriere"
        "|/de/referenzen.php Referenzen"
        "|/de/presse Presse|/de/kontakt Kontakt|/de/impressum Impressum|/de/datenschutz Datenschutz",
        {
            "about": "/de/unternehmen/",
            "products": "/de/produkte.html",
            "customers": "/de/referenzen.php",
            "careers": "/de/karriere",
            "press": "/de/presse",
        },
    ),
    "french": (
        "/nos-services Nos services|/qui-sommes-nous Qui sommes-nous ?|/recrutement Nous rejoindre"
        "|/actualites Actualités|/contact Contact|/mentions-legales Mentions légales",
        {
            "about": "/qui-sommes-nous",
            "products": "/nos-services",
            "careers": "/recrutement",
            "press": "/actualites",
            "contact": "/contact",
        },
    ),
    "images for links": (
        "/who-we-are/ |/what-we-do/ |/case-studies/ |/join-us/ |/media/ |/get-in-touch/ ",
        {
            "about": "/who-we-are/",
            "products": "/what-we-do/",
            "customers": "/case-studies/",
            "careers": "/join-us/",
            "press": "/media/",
        },
    ),
    "stories everywhere": (
        "/news/2026/ceo-about-our-company-and-its-history-in-products Our CEO on the company and its products"
        "|/news/2025/jobs Ten jobs that will change|/company/about-us About us|/products Products|/news News"
        "|/company/careers Careers|/company/press/release-17 Press release 17",
        {
            "about": "/company/about-us",
            "products": "/products",
            "careers": "/company/careers",
            "press": "/news",
        },
    ),
}


def home(links):
    anchors = "".join(f'<a href="{p.partition(" ")[0]}">{p.partition(" ")[2]}</a> ' for p in links.split("|"))
    return read(Fetched("https://www.acme.example/", "text/html", "", anchors.encode()))


@pytest.mark.parametrize("name", SITES)
def test_the_pages_that_matter_are_found_by_the_words_of_their_links(name):
    links, expected = SITES[name]
    chosen = choose_by_words(readable_links(home(links)), 5)
    found = {page.kind.value: page.url.removeprefix("https://www.acme.example") for page in reversed(chosen)}
    assert {kind: found.get(kind) for kind in expected} == expected
    assert len(chosen) <= 5


@pytest.mark.parametrize("name", SITES)
def test_legal_pages_carts_and_sign_in_are_never_chosen(name):
    chosen = choose_by_words(readable_links(home(SITES[name][0])), 20)
    assert not [
        p
        for p in chosen
        for w in ("login", "legal", "privacy", "basket", "impressum", "datenschutz")
        if w in p.url
    ]


def test_a_page_whose_links_say_nothing_is_followed_from_its_top():
    chosen = choose_by_words(readable_links(home("/a Alpha|/b Beta|/c/d/e/f Gamma")), 2)
    assert [page.url[-2:] for page in chosen] == ["/a", "/b"]
    assert {page.kind for page in chosen} == {PageKind.OTHER}
    assert choose_by_words([], 5) == []


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
    assert [link.text for link in links] == ["About", "Jobs", "Version", "Page"]


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("www.acme.example", "acme.example"),
        ("a.b.acme.co.uk", "acme.co.uk"),
        ("acme.com.au", "acme.com.au"),
        ("me.github.io", "me.github.io"),
        ("ACME.Example.", "acme.example"),
        ("8.8.8.8", "8.8.8.8"),
        ("2606:4700::1111", "2606:4700::1111"),
        ("example", "example"),
    ],
)
def test_the_registered_domain_is_what_its_owner_registered(host, domain):
    assert registered_domain(host) == domain


def test_neighbours_under_a_shared_suffix_are_other_sites():
    assert not is_same_site("https://a.co.uk/", "https://b.co.uk/")
    assert not is_same_site("https://one.github.io/", "https://two.github.io/")
    assert is_same_site("https://acme.example/", "http://jobs.acme.example/x")


def page(text, url="https://a.example/", title="T"):
    return Page(url, title, "", "", text, (), (), needs_script=False)


def test_a_block_that_several_pages_share_goes_to_the_first():
    sources = fitted_sources([page("Slogan\n\nOne."), page("Slogan\n\nTwo."), page("Slogan")], 1_000)
    assert [(source.number, source.text) for source in sources] == [(1, "Slogan\n\nOne."), (2, "Two.")]


def test_short_pages_leave_their_room_to_long_ones_and_prose_goes_before_crumbs():
    crumbs = "\n\n".join(f"Crumb {i}" for i in range(100))
    prose = "Founded in 1911, the company has built pumps in Leeds for farmers in twelve countries. " * 10
    short, long = fitted_sources([page("Short."), page(f"{crumbs}\n\n## History\n\n{prose}")], 1_200)
    assert short.text == "Short."
    assert "## History\n\nFounded in 1911" in long.text
    assert len(short.text) + len(long.text) <= 1_200


@pytest.mark.parametrize("room", range(0, 60))
def test_a_cut_ends_at_a_sentence_or_a_word(room):
    text = "One two three. Four five six seven. Eight nine ten eleven."
    piece = cut(text, room)
    assert len(piece) <= room and text.startswith(piece)
    assert piece == "" or not text[len(piece) :][:1].isalnum()
