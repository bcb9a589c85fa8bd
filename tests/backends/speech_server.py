"""A provider with a voice, on loopback: it says what it is told to, and keeps what it was asked."""

import io
import json
import threading
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MP3 = b"ID3\x04\x00\x00\x00\x00\x00\x00" + b"\xff\xfb\x90\x00" * 100
WRONG_KEY = "sk-wrong"


@dataclass
class Asked:
    """A request: a JSON object, or the fields of a form, a file's being its name, type and bytes."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass
class SpeechServer:
    """What it says next; ``status`` other than 200 makes ``failure`` its answer."""

    url: str = ""
    audio: bytes = MP3
    audio_type: str = "audio/mpeg"
    transcript: Any = "Flights from Mumbai to Dubai."
    status: int = 200
    failure: Any = None
    stalls: bool = False
    """Whether it is silent until the client goes; ``left`` is set then."""
    left: threading.Event = field(default_factory=threading.Event)
    asked: list[Asked] = field(default_factory=list)

    def bodies(self, path: str) -> list[dict[str, Any]]:
        return [one.body for one in self.asked if one.path == path]


@contextmanager
def speech_server() -> Iterator[SpeechServer]:
    """The server, on a free port."""
    script = SpeechServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            pass

        def do_GET(self) -> None:
            self._say(200, {"data": [{"id": "gpt-5.4-mini", "created": 1}]})

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["content-length"]))
            script.asked.append(Asked(self.path, dict(self.headers.items()), self._body(raw)))
            if WRONG_KEY in self.headers.get("authorization", ""):
                error = {"message": f"Incorrect API key: {WRONG_KEY}", "code": "invalid_api_key"}
                self._say(401, {"error": error})
            elif script.stalls:
                self.connection.settimeout(20)
                if self.connection.recv(1) == b"":
                    script.left.set()
                self.close_connection = True
            elif script.status != 200:
                self._say(script.status, script.failure)
            elif self.path == "/v1/audio/speech":
                self._send(200, script.audio_type, script.audio)
            else:
                self._say(200, {"text": script.transcript, "usage": {"type": "duration", "seconds": 2}})

        def _body(self, raw: bytes) -> dict[str, Any]:
            kind = self.headers["content-type"]
            if kind == "application/json":
                return json.loads(raw)
            parts = message_from_bytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + raw).get_payload()
            fields: dict[str, Any] = {}
            for part in parts:
                name = part.get_param("name", header="content-disposition")
                data, file = part.get_payload(decode=True), part.get_filename()
                fields[name] = (file, part.get_content_type(), data) if file else data.decode()
            return fields

        def _say(self, status: int, value: Any) -> None:
            self._send(status, "application/json", json.dumps(value).encode())

        def _send(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    script.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def sound(seconds: float, rate: int = 16_000, channels: int = 1) -> bytes:
    """Silence in 16 bits."""
    file = io.BytesIO()
    with wave.open(file, "wb") as written:
        written.setparams((channels, 2, rate, 0, "NONE", ""))
        written.writeframes(bytes(int(seconds * rate) * channels * 2))
    return file.getvalue()
