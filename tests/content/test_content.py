"""The written content: the knowledge base, the sample site and the manual agree and hold together."""

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from switchboard.airline.network import larkspur

ROOT = Path(__file__).resolve().parents[2]
BASE = ROOT / "knowledge-base"
SITE = ROOT / "examples" / "site"
ADDRESS = "https://www.larkspur-air.example/"
DOCUMENTS = sorted(path for path in BASE.rglob("*.md") if path.parent != BASE)
PAGES = sorted(SITE.glob("*.html"))
MANUAL = (ROOT / "docs" / "manual.md").read_text(encoding="utf-8")
LOADING = {"src", "srcset", "poster", "data", "action", "background"}

every_document = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(BASE)))
every_page = pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)


class Page(HTMLParser):
    """What the tests ask of a page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.extend(data.split())

    def links(self) -> set[str]:
        return {attributes["href"] or "" for tag, attributes in self.tags if tag == "a"}

    def meta(self, name: str) -> str:
        named = (a for tag, a in self.tags if tag == "meta" and name in (a.get("name"), a.get("property")))
        return next(named, {}).get("content") or ""

    def ids(self) -> set[str | None]:
        return {attributes.get("id") for _, attributes in self.tags}

    @property
    def text(self) -> str:
        return " ".join(self.words)


def document(name: str) -> str:
    return " ".join((BASE / name).read_text(encoding="utf-8").split())


def site_text() -> str:
    return " ".join(Page(path).text for path in PAGES)


def rows(name: str) -> list[list[str]]:
    lines = (BASE / name).read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]


def pairs(name: str) -> list[list[str]]:
    """The rows of two cells of which the second is a number."""
    return [row for row in rows(name) if len(row) == 2 and re.fullmatch(r"[\d,]+", row[1])]


def fares() -> dict[str, list[str]]:
    """Origin, destination and the fares of three cabins by flight number."""
    return {row[0]: row[1:] for row in rows("products/published-fares.md") if row[0].startswith("LK")}


def headings(text: str, level: int) -> list[str]:
    return re.findall(rf"^#{{{level}}} (.+)$", text, re.MULTILINE)


def test_the_knowledge_base_has_every_kind_and_enough_documents():
    assert len(DOCUMENTS) >= 18
    kinds = {path.relative_to(BASE).parts[0] for path in DOCUMENTS}
    assert kinds == {"company", "products", "policies", "people", "contracts"}


@every_document
def test_a_document_has_one_title_and_sections(path):
    text = path.read_text(encoding="utf-8")
    assert len(headings(text, 1)) == 1
    assert text.startswith("# ")
    assert len(headings(text, 2)) >= 3


@every_document
def test_a_document_is_neither_thin_nor_endless(path):
    assert 400 <= len(path.read_text(encoding="utf-8").split()) <= 800


@every_document
def test_the_links_of_a_document_lead_to_documents(path):
    links = re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8"))
    assert links
    for link in links:
        assert link.endswith(".md")
        assert (path.parent / link).resolve() in DOCUMENTS


def test_every_document_is_linked_from_another():
    linked = {
        (path.parent / link).resolve()
        for path in DOCUMENTS
        for link in re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8"))
    }
    assert set(DOCUMENTS) == linked


@every_document
def test_the_tables_of_a_document_have_even_rows(path):
    for table in re.findall(r"(?:^\|.*\|$\n?)+", path.read_text(encoding="utf-8"), re.MULTILINE):
        assert len({line.count("|") for line in table.splitlines()}) == 1


def test_the_tables_of_the_results_add_up():
    amounts = [(name, int(cell.replace(",", ""))) for name, cell in pairs("company/results-2025-26.md")]
    running, sums = 0, []
    for name, amount in amounts:
        if name == "Sum":
            assert running == amount
            sums.append(amount)
            running = 0
        else:
            running += amount
    assert sums == [3552, 3552, 3339]


def test_the_fleet_table_adds_up_to_the_fleet():
    fleet = [row for row in rows("company/fleet.md") if len(row) == 7 and row[1].isdigit()]
    assert sum(int(row[1]) for row in fleet) == 96
    assert all(int(row[1]) == int(row[5]) + int(row[6]) for row in fleet)
    seats = [(int(row[2]) if row[2].isdigit() else 0, int(row[3]), int(row[4])) for row in fleet]
    assert all(business + economy == both for business, economy, both in seats)


def test_flight_numbers_name_one_route_in_every_document():
    network = larkspur()
    routes = {
        route.number: [network.airports[route.origin].city, network.airports[route.destination].city]
        for route in network.routes
    }
    named = r"(LK\d+),? from ([A-Z]\w+(?: [A-Z]\w+)?) to ([A-Z]\w+(?: [A-Z]\w+)?)"
    for path in DOCUMENTS:
        for flight, start, end in re.findall(named, document(path)):
            assert [start, end] == routes[flight], path


@pytest.mark.parametrize(
    "rule",
    [
        "| Regular | 0 | 1 | 2 |",
        "| Silver | 1 | 2 | 3 |",
        "| Gold | 2 | 3 | 4 |",
        "A bag beyond the allowance costs $50.",
    ],
)
def test_the_baggage_policy_states_the_rule(rule):
    assert rule in document("policies/baggage.md")


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("booking-and-payment", "five passengers at most"),
        ("booking-and-payment", "| Credit card | 1 |"),
        ("booking-and-payment", "| Gift card | 3 |"),
        ("booking-and-payment", "| Travel certificate | 1 |"),
        ("changes-and-cancellations", "Flights of a basic economy reservation cannot be changed."),
        ("changes-and-cancellations", "It was booked within the last 24 hours."),
        ("changes-and-cancellations", "Travel insurance costs $30 for each passenger"),
        ("refunds-and-compensation", "within 5 to 7 business days"),
        ("refunds-and-compensation", "$100 for each passenger"),
        ("refunds-and-compensation", "$50 for each passenger"),
    ],
)
def test_the_policies_state_the_rule(name, rule):
    assert rule in document(f"policies/{name}.md")


def test_there_are_enough_pages_and_the_sitemap_lists_them_all():
    assert len(PAGES) >= 8
    listed = re.findall(r"<loc>(.+?)</loc>", (SITE / "sitemap.xml").read_text(encoding="utf-8"))
    assert {link.removeprefix(ADDRESS) or "index.html" for link in listed} == {path.name for path in PAGES}
    assert f"Sitemap: {ADDRESS}sitemap.xml" in (SITE / "robots.txt").read_text(encoding="utf-8")


@every_page
def test_a_page_is_complete(path):
    page = Page(path)
    tags = [tag for tag, _ in page.tags]
    assert all(tags.count(tag) == 1 for tag in ("title", "h1", "nav", "main", "header"))
    assert "footer" in tags
    assert page.meta("description")
    assert page.meta("og:title") and page.meta("og:description")
    assert page.meta("og:url") == ADDRESS + ("" if path.name == "index.html" else path.name)
    assert "cookie-consent" in page.ids()


@every_page
def test_the_links_of_a_page_lead_to_pages_and_places(path):
    for link in Page(path).links():
        parts = urlsplit(link)
        assert not parts.scheme and not parts.netloc
        target = SITE / (parts.path or path.name)
        assert target in PAGES
        if parts.fragment:
            assert parts.fragment in Page(target).ids()


@every_page
def test_a_page_loads_its_stylesheet_and_nothing_else(path):
    page = Page(path)
    assert not {"script", "iframe", "object", "embed", "img", "form"} & {tag for tag, _ in page.tags}
    for tag, attributes in page.tags:
        assert not LOADING & set(attributes)
        assert not any(name.startswith("on") for name in attributes)
        if tag == "link":
            assert attributes["rel"] == "canonical" or attributes["href"] == "style.css"


def test_the_stylesheet_loads_nothing():
    style = (SITE / "style.css").read_text(encoding="utf-8")
    assert "url(" not in style
    assert "@import" not in style


@pytest.mark.parametrize(
    ("name", "fact"),
    [
        ("company/overview.md", "12 March 2009"),
        ("company/overview.md", "Larkspur House, 14 Marol Road, Andheri East, Mumbai 400059"),
        ("company/overview.md", "headquarters in Mumbai"),
        ("company/overview.md", "10,300"),
        ("company/overview.md", "+91 22 5550 0142"),
        ("company/overview.md", "86.4 %"),
        ("company/fleet.md", "96 aircraft"),
        ("company/network-and-hubs.md", "71 airports in 38 countries"),
        ("company/results-2025-26.md", "5.6 % to $3,552 million"),
        ("company/results-2025-26.md", "19.1 million passengers"),
        ("products/larkspur-wings.md", "1.9 million members"),
        ("contracts/kestrel-pharma.md", "$2.71 million"),
        ("contracts/banyan-grid.md", "$1.27 million"),
        ("contracts/tessera-reservations.md", "$6.8 million"),
    ],
)
def test_the_site_and_the_knowledge_base_state_the_same_fact(name, fact):
    assert fact in document(name)
    assert fact in site_text()


def test_the_fares_of_the_site_are_the_published_ones():
    published = {(flight, *cells[2:]) for flight, cells in fares().items()}
    html = (SITE / "destinations.html").read_text(encoding="utf-8")
    shown = {
        (cells[0], *cells[2:])
        for line in html.splitlines()
        if len(cells := re.findall(r"<td>(.*?)</td>", line)) == 5
    }
    assert len(shown) >= 12
    assert shown <= published


def test_the_first_flights_of_the_site_have_the_dates_of_the_history():
    dated = r"(\d{1,2} \w+ 20\d\d)</td><td>(?:Delhi|Mumbai|Dubai) to (\w+)"
    found = re.findall(dated, (SITE / "about.html").read_text(encoding="utf-8"))
    assert len(found) >= 5
    history = {row[0]: row[1] for row in rows("company/history.md") if len(row) == 2}
    for date, city in found:
        assert city in history[date]


def test_the_manual_has_a_heading_for_every_topic_and_short_paragraphs():
    assert len(headings(MANUAL, 1)) == 1
    assert 1_200 <= len(MANUAL.split()) <= 3_000
    for section in re.split(r"^## ", MANUAL, flags=re.MULTILINE)[1:]:
        for paragraph in section.split("\n\n")[1:]:
            if not paragraph.lstrip().startswith(("-", "|")):
                assert len(re.findall(r"[.!?](?:\s|$)", paragraph)) <= 4, paragraph


@pytest.mark.parametrize(
    "variable",
    [
        "OPENAI_API_KEY",
        "ANTHROPIC_API_KEY",
        "OLLAMA_HOST",
        "SWITCHBOARD_SHARE",
        "SWITCHBOARD_AUTH_USER",
        "SWITCHBOARD_AUTH_PASSWORD",
        "SWITCHBOARD_DATA_DIR",
        "SWITCHBOARD_AIRLINE_URL",
        "SWITCHBOARD_AIRLINE_NOTES",
    ],
)
def test_the_manual_names_a_variable_that_the_settings_read(variable):
    settings = (ROOT / "switchboard" / "settings.py").read_text(encoding="utf-8")
    assert f"`{variable}`" in MANUAL
    assert variable in settings or f"    {variable.removeprefix('SWITCHBOARD_').lower()}: " in settings
