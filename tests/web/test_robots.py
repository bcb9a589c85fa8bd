import asyncio
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.errors import AddressRefused
from switchboard.web.failures import BlockedByRobots
from switchboard.web.robots import KEPT_BYTES, KnownRules, Rules

SITE = "https://a.example"


def rules(*lines, agent="*"):
    return Rules(200, "\n".join([f"User-agent: {agent}", *lines]).encode())


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("/", "/anything", True),
        ("/fish", "/fish", True),
        ("/fish", "/fish.html", True),
        ("/fish", "/fishheads/yummy.html", True),
        ("/fish", "/Fish", False),
        ("/fish", "/catfish", False),
        ("/fish*", "/fish", True),
        ("/fish/", "/fish", False),
        ("/fish/", "/fish/salmon", True),
        ("/*.php", "/index.php", True),
        ("/*.php", "/folder/a.php?x=1", True),
        ("/*.php", "/windows.PHP", False),
        ("/*.php$", "/folder/a.php", True),
        ("/*.php$", "/a.php?x", False),
        ("/*.php$", "/a.php/", False),
        ("/*.php$", "/a.php.php", True),
        ("/fish*.php", "/fishheads/catfish.php", True),
        ("/fish*.php", "/Fish.PHP", False),
        ("/$", "/", True),
        ("/$", "/a", False),
        ("*private", "/my/private/page", True),
        ("/a*b*c", "/a-c-b", False),
        ("/a*b*c$", "/a-b-c-b-c", True),
        ("/ab*bc$", "/abc", False),
        ("/a**b", "/a-b", True),
        ("/*?sid=", "/x?sid=1", True),
        ("/*?sid=", "/x/sid=1", False),
        ("/caf%C3%A9", "/café", True),
        ("/café", "/caf%c3%a9", True),
        ("/%7Ejoe", "/~joe", True),
        ("/~joe", "/%7ejoe", True),
        ("/a%2Fb", "/a/b", False),
        ("/a%2fb", "/a%2Fb", True),
        ("/a%2A", "/a*", False),
        ("/a$b", "/a$b", True),
        ("", "/", False),
        ("fish", "/fish", False),
    ],
)
def test_a_pattern_fits_as_the_standard_says(pattern, path, fits):
    assert rules(f"Disallow: {pattern}").allow(SITE + path) is not fits


@pytest.mark.parametrize(
    ("lines", "path", "allowed"),
    [
        (["Disallow: /", "Allow: /p"], "/page", True),
        (["Allow: /folder", "Disallow: /folder"], "/folder/page", True),
        (["Disallow: /folder", "Allow: /folder"], "/folder/page", True),
        (["Allow: /page", "Disallow: /*.htm"], "/page.htm", False),
        (["Allow: /", "Disallow: /private/"], "/private/x", False),
        (["Allow: /$", "Disallow: /"], "/", True),
        (["Allow: /$", "Disallow: /"], "/page.htm", False),
        (["Disallow: /x", "Disallow:"], "/x", False),
        (["Disallow: /"], "/robots.txt", True),
        (["DISALLOW : /x # why"], "/x", False),
    ],
)
def test_the_longest_rule_decides_and_allowing_wins_a_tie(lines, path, allowed):
    assert rules(*lines).allow(SITE + path) is allowed


@pytest.mark.parametrize(
    "path",
    [
        "/x/../private",
        "/./private",
        "/x/y/../../private/a",
        "/../../private",
        "/x/%2e%2E/private",
        "/a/.%2e/private",
    ],
)
def test_a_path_with_dots_is_judged_by_where_it_leads(path):
    assert not rules("Disallow: /private").allow(SITE + path)
    assert not rules("Disallow: /private/$").allow(SITE + "/private/a/..")
    assert rules("Disallow: /x").allow(SITE + path)
    assert rules("Disallow: /", "Allow: /$").allow(SITE + "/x/..")


def test_an_address_without_a_path_is_the_home_page():
    assert not rules("Disallow: /").allow(SITE)


@pytest.mark.parametrize("agent", ["Switchboard", "switchboard/2.0", "SWITCHBOARD"])
def test_the_group_with_this_programs_name_replaces_that_for_all(agent):
    known = Rules(200, f"User-agent: *\nDisallow: /\n\nUser-agent: {agent}\nDisallow: /own\n".encode())
    assert known.allow(f"{SITE}/a") and not known.allow(f"{SITE}/own")


@pytest.mark.parametrize("agent", ["Switch", "Switchboards", "Board", "Googlebot", ""])
def test_groups_for_others_do_not_count(agent):
    assert rules("Disallow: /", agent=agent).allow(f"{SITE}/a")


def test_groups_of_one_name_are_joined_and_agents_share_a_group():
    text = "User-agent: Other\nUser-agent: switchboard\nDisallow: /a\n\nuser-agent: Switchboard\nDisallow: /b"
    known = Rules(200, f"\ufeff{text}".encode())
    assert [known.allow(SITE + path) for path in ("/a", "/b", "/c")] == [False, False, True]


def test_a_group_without_rules_allows_everything():
    assert Rules(200, b"User-agent: *\nDisallow: /\n\nUser-agent: Switchboard\nDisallow:\n").allow(
        f"{SITE}/a"
    )


def test_lines_of_other_kinds_do_not_part_a_group():
    text = b"User-agent: *\nCrawl-delay: 10\nSitemap: https://a.example/s.xml\nDisallow: /a\n"
    known = Rules(200, text)
    assert not known.allow(f"{SITE}/a") and known.sitemaps == (f"{SITE}/s.xml",)


@pytest.mark.parametrize("agent", ["*", "Other"])
def test_sitemaps_belong_to_no_group_and_are_few(agent):
    lines = [f"SiteMap: {SITE}/{i}.xml" for i in range(20)] * 2
    assert rules(*lines, agent=agent).sitemaps == tuple(f"{SITE}/{i}.xml" for i in range(10))
    assert rules(f"Sitemap: {SITE}/{'x' * 3_000}").sitemaps == ()


HOSTILE = {
    "wildcards": "\n".join(["Disallow: /" + "a*" * 900 + "b"] * 277),
    "wildcards to an end": "\n".join(["Disallow: /" + "*a" * 900 + "b$"] * 277),
    "repeats": "\n".join(["Disallow: /*" + "a" * 90 + "b"] * 5_000),
    "many repeats": "\n".join(["Disallow: /" + ("*" + "a" * 90 + "b") * 20] * 270),
    "short rules": "\n".join(["Disallow: *b"] * 40_000),
    "stars": "Disallow: /" + "*" * 499_000,
    "agents": "\n".join(["User-agent: switchboard"] * 20_000),
    "agents and rules": "User-agent: *\n" * 17_000 + "Allow: /\n" * 27_000,
    "groups": "\n".join(["User-agent: *\nAllow: /"] * 20_000),
    "colons": ":" * 499_000,
    "escapes": "Disallow: /" + "%41" * 160_000,
    "sitemaps": "Sitemap: x\n" * 40_000,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_rules_are_read_and_matched_in_bounded_time(kind):
    began = time.process_time()
    known = rules(HOSTILE[kind])
    read = time.process_time()
    known.allow(SITE + "/" + "a" * 1_900)
    matched = time.process_time()
    assert read - began < 2 and matched - read < 2


def test_the_rules_of_many_sites_take_bounded_memory():
    known = KnownRules()
    for i in range(60):
        known.put(f"{SITE}{i}", rules(*["Disallow: /" + "ab*" * 600] * 277))
        known.put(SITE, rules("Disallow: /"))
    kept = [site for i in range(60) if (site := known.get(f"{SITE}{i}"))]
    assert 0 < sum(site.size for site in kept) <= KEPT_BYTES
    assert known.get(SITE) and known.get(f"{SITE}59") and not known.get(f"{SITE}0")


@given(
    pattern=st.text("ab*$/", max_size=12).map(lambda text: "/" + text),
    path=st.text("ab/$", max_size=12).map(lambda text: "/" + text),
)
def test_a_pattern_fits_where_some_way_to_fill_its_wildcards_exists(pattern, path):
    whole, body = pattern.endswith("$"), pattern.removesuffix("$")

    # What may remain of the path after each character of the pattern: every way at once.
    places = {0}
    for char in body:
        if char == "*":
            places = {later for place in places for later in range(place, len(path) + 1)}
        else:
            places = {place + 1 for place in places if path[place : place + 1] == char}
    fits = len(path) in places if whole else bool(places)
    assert rules(f"Disallow: {pattern}").allow(SITE + path) is not fits


@given(st.binary(max_size=200), st.text(max_size=20))
def test_whatever_a_robots_file_holds_it_is_read(body, path):
    known = Rules(200, b"User-agent: *\n" + body)
    assert known.allow(f"{SITE}/{path.encode('utf-8', 'replace').decode()}") in (True, False)


async def test_the_sitemaps_of_a_site_are_told_without_asking_twice(network, answer):
    text = answer(b"Sitemap: http://a.example/s.xml\nUser-agent: *\nDisallow: /x", "Content-Type: text/plain")
    site = await network.serve("a.example", {"/robots.txt": text, "/": answer()})
    fetcher = network.fetcher()
    await fetcher.fetch("http://a.example/")
    assert await fetcher.declared_sitemaps("http://a.example/deep/page") == ("http://a.example/s.xml",)
    assert [path for path, _ in site.requests].count("/robots.txt") == 1
    with pytest.raises(AddressRefused):
        await fetcher.declared_sitemaps("http://127.0.0.1/")
    await network.nothing_is_left()


async def test_those_who_read_a_site_at_once_ask_for_its_rules_once(network, answer):
    for status in ("200 OK", "404 Not Found", "503 Busy"):
        site = await network.serve("a.example", {"/robots.txt": answer(b"", status=status), "/": answer()})
        fetcher = network.fetcher()
        pages = [fetcher.fetch("http://a.example/") for _ in range(8)]
        outcomes = await asyncio.gather(*pages, return_exceptions=True)
        assert [path for path, _ in site.requests].count("/robots.txt") == 1
        assert all(isinstance(outcome, BlockedByRobots) for outcome in outcomes) is (status == "503 Busy")


async def test_who_waits_for_rules_is_not_harmed_when_the_one_who_asks_is_cancelled(network, answer):
    async def slow(writer):
        await asyncio.sleep(0.1)
        writer.write(answer(b"", status="404 Not Found"))
        await writer.drain()

    await network.serve("a.example", {"/robots.txt": slow, "/": answer()})
    fetcher = network.fetcher()
    first, second = (asyncio.create_task(fetcher.fetch("http://a.example/")) for _ in range(2))
    await asyncio.sleep(0.05)
    first.cancel()
    assert (await second).body
    assert isinstance((await asyncio.gather(first, return_exceptions=True))[0], asyncio.CancelledError)
    await network.nothing_is_left()
