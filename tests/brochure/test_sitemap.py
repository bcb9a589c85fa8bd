import gzip
from time import process_time

import pytest

from switchboard.brochure.sitemap import ADDRESSES, FILES, KEPT, sitemap_links
from tests.web.conftest import network, page  # noqa: F401 - a fixture

SITE = "http://www.acme.example"
XML = "Content-Type: application/xml"


def urlset(*paths, base=SITE):
    urls = "".join(f"<url><loc>{base}{path}</loc><lastmod>2026-01-01</lastmod></url>" for path in paths)
    return f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'


def index(*paths):
    maps = "".join(f"<sitemap><loc>{SITE}{path}</loc></sitemap>" for path in paths)
    return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{maps}</sitemapindex>'


def xml(text):
    return page(text if isinstance(text, bytes) else text.encode(), XML)


@pytest.fixture
def site(network):  # noqa: F811 - the fixture
    class Served:
        async def links(self, files, robots=""):
            answers = {path: body if isinstance(body, bytes) else xml(body) for path, body in files.items()}
            if robots:
                answers["/robots.txt"] = page(robots.encode(), "Content-Type: text/plain")
            served = await network.serve("www.acme.example", answers)
            links = await sitemap_links(network.fetcher(), f"{SITE}/start")
            self.paths = served.paths
            assert all(link.text == "" for link in links)
            return [link.url.removeprefix(SITE) for link in links]

    return Served()


async def test_the_pages_of_the_usual_sitemap_are_links_without_words(site):
    assert await site.links({"/sitemap.xml": urlset("/about", "/jobs?a=1&amp;b=2", "/about")}) == [
        "/about",
        "/jobs?a=1&b=2",
    ]
    assert site.paths == ["/sitemap.xml"]


async def test_the_sitemaps_that_robots_txt_names_are_read_instead(site):
    robots = f"User-agent: *\nDisallow: /x\nSitemap: {SITE}/maps/one.xml\nsitemap: {SITE}/two.xml\n"
    files = {"/maps/one.xml": urlset("/a"), "/two.xml": urlset("/b"), "/sitemap.xml": urlset("/c")}
    assert await site.links(files, robots) == ["/a", "/b"]


async def test_an_index_is_followed_one_level_deep_pages_before_posts(site):
    files = {
        "/sitemap.xml": index("/post-sitemap.xml", "/product-sitemap.xml", "/deep.xml", "/page-sitemap.xml"),
        "/page-sitemap.xml": urlset("/about"),
        "/deep.xml": index("/deeper.xml"),
        "/deeper.xml": urlset("/never"),
        "/post-sitemap.xml": urlset("/2026/01/a-post"),
    }
    assert await site.links(files) == ["/about"]
    assert set(site.paths) == {"/sitemap.xml", "/page-sitemap.xml", "/deep.xml"}
    assert len(site.paths) == FILES


async def test_an_index_that_names_itself_is_read_once(site):
    assert await site.links({"/sitemap.xml": index("/sitemap.xml", "/sitemap.xml")}) == []
    assert site.paths == ["/sitemap.xml"]


async def test_a_text_of_addresses_is_a_sitemap_too(site):
    text = f"\ufeff{SITE}/about\r\n  {SITE}/jobs \nnot an address {SITE}/no\nhttps://other.example/x\n"
    files = {"/sitemap.xml": page(text.encode(), "Content-Type: text/plain")}
    assert await site.links(files) == ["/about", "/jobs"]


async def test_a_packed_sitemap_is_unpacked(site):
    packed = page(gzip.compress(urlset("/about").encode()), "Content-Type: application/x-gzip")
    robots = f"Sitemap: {SITE}/sitemap.xml.gz"
    assert await site.links({"/sitemap.xml.gz": packed}, robots) == ["/about"]


async def test_only_pages_and_sitemaps_of_the_site_itself_are_taken(site, network):  # noqa: F811
    other = await network.serve("other.example", {"/map.xml": xml(urlset("/evil"))})
    robots = (
        f"Sitemap: http://other.example/map.xml\nSitemap: http://127.0.0.1/map.xml\nSitemap: {SITE}/map.xml"
    )
    pages = urlset("/about") + "<!-- -->"
    foreign = "<url><loc>http://other.example/x</loc></url><url><loc>file:///etc/passwd</loc></url>"
    foreign += "<url><loc>javascript:alert(1)</loc></url><url><loc>http://[</loc></url>"
    foreign += "<url><loc>http://jobs.acme.example/open</loc></url><url><loc>/relative#top</loc></url>"
    files = {"/map.xml": pages.replace("</urlset>", foreign + "</urlset>")}
    assert await site.links(files, robots) == ["/about", "http://jobs.acme.example/open", "/relative"]
    assert other.requests == []


async def test_images_in_a_sitemap_are_no_pages(site):
    image = (
        '<i:image xmlns:i="http://www.google.com/schemas/sitemap-image/1.1"><i:loc>/a.jpg</i:loc></i:image>'
    )
    files = {"/sitemap.xml": urlset("/about").replace("<lastmod>", image + "<lastmod>")}
    assert await site.links(files) == ["/about"]


@pytest.mark.parametrize(
    "answer",
    [
        page(status="404 Not Found"),
        page(status="500 Internal Server Error"),
        page(b"<html><p>Nothing here<br>", "Content-Type: text/html"),
        page(b"<html><p>Nothing here<loc>/x", XML),
        page(urlset("/a").replace("?>", ' encoding="utf-16"?>', 1).encode(), XML),
        page(b"", XML),
        page(b"\x00\xff" * 500, XML),
        page(b"%PDF", "Content-Type: application/pdf"),
        page(b"", "Location: http://127.0.0.1/", status="302 Found"),
        page(b"", "Location: /sitemap.xml", status="302 Found"),
        page(b"\x1f\x8b damaged", "Content-Type: application/gzip"),
        page(gzip.compress(b" " * 20_000_000), "Content-Type: application/gzip"),
    ],
)
async def test_a_sitemap_that_is_missing_or_broken_names_no_pages(site, answer):
    assert await site.links({"/sitemap.xml": answer}) == []


@pytest.mark.parametrize(
    "home", ["http://[", "", "ftp://acme.example/", "http://127.0.0.1/", "http://none.example/"]
)
async def test_a_home_page_that_cannot_be_asked_has_no_sitemap(network, home):  # noqa: F811
    assert await sitemap_links(network.fetcher(), home) == ()


async def test_a_sitemap_that_robots_txt_forbids_is_not_read(site):
    assert await site.links({"/sitemap.xml": urlset("/a")}, "User-agent: *\nDisallow: /sitemap.xml") == []
    assert site.paths == []


HOSTILE = {
    "a billion laughs": '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + f"]><urlset><url><loc>{SITE}/&i;</loc></url></urlset>",
    "laughs in the definitions": '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY % a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY % {b} "{f"%{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + " %i; ]><urlset/>",
    "a file of ours": '<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    f"<urlset><url><loc>{SITE}/&x;</loc></url></urlset>",
    "a definition elsewhere": '<!DOCTYPE l SYSTEM "http://other.example/x.dtd"><urlset/>',
    "an inclusion": '<urlset xmlns:x="http://www.w3.org/2001/XInclude"><url><loc>'
    '<x:include href="file:///etc/hostname" parse="text"/></loc></url></urlset>',
    "nested 100,000 deep": "<a>" * 100_000 + "</a>" * 100_000,
    "1,000,000 empty elements": "<urlset>" + "<a/>" * 1_000_000,
    "4,000,000 spaces": "<urlset>" + " " * 4_000_000,
    "an address of 4,000,000 letters": f"<urlset><url><loc>{SITE}/{'a' * 4_000_000}</loc></url></urlset>",
    "200,000 attributes": "<urlset><a " + " ".join(f'a{n}="1"' for n in range(200_000)) + "/></urlset>",
    "4,000,000 angle brackets": "<" * 4_000_000,
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_sitemap_names_nothing_and_costs_little(site, network, name):  # noqa: F811
    other = await network.serve("other.example", {})
    packed = page(gzip.compress(HOSTILE[name].encode()), "Content-Type: application/gzip")
    since = process_time()
    assert await site.links({"/sitemap.xml": packed}) == []
    assert process_time() - since < 10
    assert other.requests == []


@pytest.mark.parametrize(
    ("declared", "written"),
    [
        ("utf-16", "utf-16"),
        ("utf-8", "latin-1"),
        ("iso-8859-1", "utf-8"),
        ("x-none", "ascii"),
    ],
)
async def test_a_sitemap_in_another_encoding_than_it_says_breaks_nothing(site, declared, written):
    letter = "" if written == "ascii" else "é"
    text = urlset(f"/caf{letter}", "/about").replace("?>", f' encoding="{declared}"?>', 1)
    assert set(await site.links({"/sitemap.xml": xml(text.encode(written))})) >= {"/about"}


async def test_of_a_big_sitemap_the_promising_pages_are_kept(site):
    products = [f"/shop/oak/item-{n}-of-many" for n in range(ADDRESSES - 2)]
    files = {"/sitemap.xml": urlset("/careers", *products, "/about-us", "/contact", "/press")}
    links = await site.links(files)
    assert len(links) == KEPT
    assert set(links[:2]) == {"/careers", "/about-us"}
    assert "/contact" not in links, "only so many addresses are read"
