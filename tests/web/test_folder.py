import pytest

from switchboard.errors import AddressRefused, PageUnreadable
from switchboard.web.fetch import Fetcher
from switchboard.web.folder import FolderTransport


@pytest.fixture
def fetcher(tmp_path):
    site = tmp_path / "site"
    (site / "team").mkdir(parents=True)
    (site / "index.html").write_text("<h1>Home</h1>")
    (site / "about us.html").write_text("<h1>About</h1>")
    (site / "team" / "index.html").write_text("<h1>Team</h1>")
    (site / "style.css").write_text("body {}")
    (tmp_path / "secret.html").write_text("<h1>Secret</h1>")
    (site / "link.html").symlink_to(tmp_path / "secret.html")
    return Fetcher(lambda: FolderTransport("www.sample.example", site))


@pytest.mark.parametrize(
    ("path", "heading"),
    [("", b"Home"), ("/", b"Home"), ("/index.html", b"Home"), ("/about%20us", b"About"), ("/team/", b"Team")],
)
async def test_pages_are_the_folders_files(fetcher, path, heading):
    assert heading in (await fetcher.fetch(f"https://www.sample.example{path}")).body


async def test_a_name_that_cannot_be_decoded_is_another_host(fetcher):
    with pytest.raises(AddressRefused):
        await fetcher.fetch("https://xn--a.example/")


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/../secret.html",
        "/%2e%2e/secret.html",
        "/..%2fsecret",
        "/link.html",
        "/%00",
        "//etc/passwd",
    ],
)
async def test_nothing_outside_the_folder_is_served(fetcher, path):
    with pytest.raises(PageUnreadable, match="no such page"):
        await fetcher.fetch(f"https://www.sample.example{path}")


async def test_a_file_that_is_no_page_is_told(fetcher):
    with pytest.raises(PageUnreadable, match="another kind"):
        await fetcher.fetch("https://www.sample.example/style.css")


async def test_other_hosts_are_refused(fetcher):
    with pytest.raises(AddressRefused):
        await fetcher.fetch("https://www.other.example/")
