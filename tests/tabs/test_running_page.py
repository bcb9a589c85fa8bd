"""The running page, called by programs that send what no browser does."""

import re
import socket
from urllib.parse import urljoin, urlsplit

import httpx
import pytest

from switchboard.sessions import COOKIE, is_secret

VALUES = {
    "nothing": None,
    "no number": float("nan"),
    "a long text": "x" * 100_000,
    "a null character": "a\0b",
    "half a character": "\ud800",
    "a list": [None, [1], {}],
    "a dictionary": {"text": {}, "files": 3, "value": []},
    "a message": {"text": "Hi", "files": [{"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}]},
}
EVENTS = (None, {"index": 0, "value": {"text": "Hi"}, "previous_value": ""})
OURS = re.compile(r'File "[^"]*/(?:tabs|switchboard)/')


def payloads(caller, listener):
    """Hostile values in all fields, and in all but the model bar's, where there are others."""
    known = {one["id"]: one["props"].get("elem_id") for one in caller.config["components"]}
    fields = [known.get(number) for number in listener["inputs"]]
    for what, value in VALUES.items():
        event = {"index": value, "value": value, "previous_value": value}
        yield what, [value for _ in fields], event
        bar = fields.index("provider") if "provider" in fields else -1
        if bar > 0:
            data = [value for _ in fields]
            data[bar : bar + 5] = ["reader", "", "", None, None][: len(fields) - bar]
            yield f"{what}, bar right", data, EVENTS[1]


def bugs(log):
    """The last words of each traceback that went through our code.

    Gradio logs one for whatever it refuses itself, such as a file that nobody uploaded, before we are asked.
    """
    blocks = [block for block in log.split("Traceback (most recent call last):") if OURS.search(block)]
    return [block.strip().splitlines()[-1][:100] for block in blocks]


def test_no_listener_of_the_page_breaks_whatever_it_is_sent(caller, running):
    broken, silent = {}, []
    for listener in caller.listeners:
        if listener["api_name"] == "chat":
            continue
        name = f"{listener['api_name']} ({listener['id']})"
        for what, data, event in payloads(caller, listener):
            before = len(running.log.read_text())
            try:
                answer = caller.call(listener, data, event)
            except httpx.RemoteProtocolError:
                broken.setdefault(name, {})[what] = "the answer's stream broke off"
                continue
            if found := bugs(running.log.read_text()[before:]):
                broken.setdefault(name, {})[what] = found
            if not answer["success"] and not (answer.get("status") or answer["output"]["error"]):
                silent.append((name, what))
    assert broken == {}
    assert silent == []


def test_errors_tell_strangers_nothing_of_the_server(caller, running):
    root = str(running.log.parent)
    for listener in caller.listeners:
        if listener["api_name"] in ("load", "status", "sample"):
            continue
        answer = caller.call(listener, ["\ud800"] * len(listener["inputs"]), {"index": {}, "value": {}})
        said = str((answer.get("output") or {}).get("error", ""))
        assert root not in said
        assert "site-packages" not in said
        assert "codec" not in said, f"{listener['api_name']} shows a bug's words: {said}"


class TestAnotherVisitorsConversation:
    def test_stays_theirs_whatever_the_request_names(self, caller, running):
        typed = {"text": "What can I do on this page?", "files": []}
        bar = ["reader", "", "", None, None]
        page = caller.call(caller.listener("begin"), [])
        saved = next(
            v for v in page["output"]["data"] if isinstance(v, str) and re.fullmatch(r"[\w-]{16}", v)
        )
        assert caller.call(caller.listener("send"), [typed, saved, "", *bar])["success"]
        mine = caller.call(caller.listener("open"), [saved])["output"]["data"]
        thief = running.visitor()
        for name, data in {
            "open": [saved],
            "show_earlier": [saved, 40],
            "rename": [saved, "Stolen"],
            "delete": [saved],
            "export_markdown": [saved],
            "export_json": [saved],
            "send": [typed, saved, "", *bar],
            "retry": [saved, *bar],
            "continue_answer": [saved, *bar],
            "undo": [saved],
            "edit": [saved, 40, *bar],
            "refresh": [saved, 40],
        }.items():
            event = {"index": 0, "value": "Stolen", "previous_value": ""}
            answer = thief.call(thief.listener(name), data, event)
            assert not answer["success"], name
            assert "no such conversation" in answer["output"]["error"], name
        thief.call(thief.listener("keep_system"), [saved, "Obey me."])
        thief.close()
        assert caller.call(caller.listener("open"), [saved])["output"]["data"] == mine


class TestUploads:
    def test_a_body_that_says_it_is_endless_is_refused_unread(self, running):
        host, port = urlsplit(running.url).hostname, urlsplit(running.url).port
        with socket.create_connection((host, port), timeout=10) as connection:
            connection.sendall(
                b"POST /gradio_api/upload HTTP/1.1\r\nHost: x\r\n"
                b"Content-Type: multipart/form-data; boundary=b\r\n"
                b"Content-Length: 3000000000\r\n\r\n"
            )
            assert b" 413 " in connection.recv(100)

    def test_a_file_over_the_limit_is_refused(self, caller):
        answer = caller.http.post("/gradio_api/upload", files={"files": ("big.txt", b"x" * 21_000_000)})
        assert answer.status_code == 413

    def test_a_message_without_a_length_is_bounded_too(self, caller):
        def endless():
            yield b'{"data": ["'
            for _ in range(90):
                yield b"x" * 100_000
            yield b'"], "fn_index": 9, "session_hash": "abc"}'

        answer = caller.http.post(
            "/gradio_api/queue/join", content=endless(), headers={"content-type": "application/json"}
        )
        assert answer.status_code == 413

    def test_an_upload_without_a_length_is_bounded_too(self, caller):
        def endless():
            yield b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n'
            for _ in range(210):
                yield b"x" * 100_000
            yield b"\r\n--b--\r\n"

        answer = caller.http.post(
            "/gradio_api/upload",
            content=endless(),
            headers={"content-type": "multipart/form-data; boundary=b"},
        )
        assert answer.status_code == 413

    @pytest.mark.parametrize("path", ["/etc/passwd", "app.py", "data/conversations.db"])
    def test_files_of_the_server_are_not_attached(self, caller, running, path):
        place = str(running.log.parent / path) if path.startswith("data") else path
        file = {"path": place, "meta": {"_type": "gradio.FileData"}}
        typed = {"text": "Sum it up", "files": [file]}
        answer = caller.call(caller.listener("send"), [typed, "A" * 16, "", "reader", "", "", None, None])
        assert not answer["success"]

    @pytest.mark.parametrize("path", ["/etc/passwd", "app.py", "pyproject.toml", "data/conversations.db"])
    def test_files_of_the_server_are_not_served(self, caller, running, path):
        place = str(running.log.parent / path) if path.startswith("data") else path
        assert caller.http.get(f"/gradio_api/file={place}").status_code in (403, 404)


class TestPage:
    def test_a_browser_gets_a_cookie_that_scripts_cannot_read(self, running):
        answer = httpx.get(running.url, trust_env=False)
        [header] = answer.headers.get_list("set-cookie")
        secret = answer.cookies[COOKIE]
        assert is_secret(secret)
        attributes = {part.strip().lower() for part in header.split(";")[1:]}
        assert {"httponly", "samesite=lax", "path=/"} <= attributes
        again = httpx.get(running.url, cookies={COOKIE: secret}, trust_env=False)
        assert "set-cookie" not in again.headers

    def test_its_secret_stands_nowhere_in_the_page(self, caller):
        assert caller.secret not in caller.http.get("/").text
        assert caller.secret not in caller.http.get("/config").text

    def test_no_key_or_server_path_stands_in_the_page(self, caller, running):
        text = caller.http.get("/").text + caller.http.get("/config").text
        assert "sk-fake" not in text
        assert str(running.log.parent) not in text

    def test_a_browser_loads_nothing_from_another_host(self, caller, running):
        page = caller.http.get("/").text
        loaded = re.findall(
            r"<(?:script|img|iframe|link|source|video|audio|embed)\b[^>]*?\s(?:src|href)=[\"']([^\"']+)", page
        )
        sheets = [link for link in loaded if ".css" in link]
        assert sheets
        styles = [caller.http.get(urljoin(running.url + "/", link)).text for link in sheets]
        styles += [caller.http.get("/gradio_api/theme.css").text, caller.http.get("/theme.css").text]
        for style in [*styles, *re.findall(r"<style[^>]*>(.*?)</style>", page, re.S)]:
            loaded += re.findall(r"url\(\s*[\"']?([^\"')]+)", style) + re.findall(
                r"@import\s+[\"']([^\"']+)", style
            )
        loaded += caller.config.get("stylesheets") or []
        here = urlsplit(running.url).netloc
        places = {urlsplit(urljoin(running.url + "/", link)) for link in loaded}
        assert {place.netloc for place in places if place.scheme in ("http", "https")} <= {here}

    def test_every_listener_but_those_for_programs_is_private(self, caller):
        public = [
            one["api_name"] for one in caller.config["dependencies"] if one["api_visibility"] != "private"
        ]
        assert public == ["chat", "brochure", "summary"]

    def test_the_log_names_no_key(self, caller, running):
        chosen = ["compatible", "fast-5", running.provider, None, None]
        caller.call(caller.listener("keep_key"), ["sk-very-secret", *chosen])
        assert "sk-" not in running.log.read_text()
