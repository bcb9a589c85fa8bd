import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from switchboard.guard import JSON_BYTES, Guard
from switchboard.sessions import COOKIE, is_secret, mint_secret


async def page(request):
    return HTMLResponse("<p>page</p>")


async def read(request):
    return JSONResponse(len(await request.body()))


@pytest.fixture
def client():
    app = Starlette(routes=[Route("/", page), Route("/read", read, methods=["GET", "POST"])])
    return TestClient(Guard(app, forwarded=True, upload_bytes=10 * JSON_BYTES))


def test_a_browser_gets_a_secret_with_its_first_page_and_keeps_it(client):
    first = client.get("/")
    assert is_secret(first.cookies[COOKIE])
    assert "HttpOnly" in first.headers["set-cookie"]
    assert "set-cookie" not in client.get("/").headers


def test_only_pages_mint_secrets(client):
    assert "set-cookie" not in client.get("/read").headers


def test_a_cookie_that_is_no_secret_is_replaced(client):
    answer = client.get("/", headers={"cookie": f"{COOKIE}=admin"})
    assert is_secret(answer.cookies[COOKIE])


def test_another_sites_cookies_do_not_hide_ours(client):
    cookie = f"theme=dark; {COOKIE}={mint_secret()}; other=1"
    assert "set-cookie" not in client.get("/", headers={"cookie": cookie}).headers


def test_over_https_the_cookie_is_kept_in_a_frame(client):
    answer = client.get("/", headers={"x-forwarded-proto": "https"})
    assert "Secure" in answer.headers["set-cookie"]
    assert "Partitioned" in answer.headers["set-cookie"]


def test_a_forwarded_scheme_is_believed_only_where_the_operator_says_so():
    guard = Guard(Starlette(routes=[Route("/", page)]), forwarded=False, upload_bytes=1)
    answer = TestClient(guard).get("/", headers={"x-forwarded-proto": "https"})
    assert "Secure" not in answer.headers["set-cookie"]


def test_a_message_of_a_megabyte_comes_through_and_an_endless_one_does_not(client):
    assert client.post("/read", content=b"x" * 1_000_000).json() == 1_000_000
    assert client.post("/read", content=b"x" * (JSON_BYTES + 1)).status_code == 413


def test_browsers_are_told_not_to_guess_types(client):
    assert client.get("/").headers["x-content-type-options"] == "nosniff"
