"""A fake OpenAI-compatible provider on loopback, whose tokens carry the moment they were sent.

For the benchmarks and the browser tests. Speaks ``/v1/chat/completions`` (streamed) and ``/v1/models`` over
plain asyncio, so that it costs a fraction of what it measures. The pace is chosen by the model's name:
``fast-2000`` sends 2,000 tokens at full speed, ``paced-50-200`` sends 200 at 50 a second, ``stall-5`` sends
5 and then nothing, ``cut-5`` sends 5 and hangs up, ``calls-5`` calls the tool that the message names, as in
``look_up {"city": "Delhi"}``, and sends 5 once it has the result; ``scripted`` sends the next reply of those
that were given with ``POST /script``: a list of replies, each a list of pieces, where ``null`` waits until
the client leaves. The key ``sk-wrong`` is refused.
``GET /closed`` tells when each connection was last seen closed by the client, ``GET /requests`` what was
asked, both as JSON.
"""

import asyncio
import json
import sys
import time

WRONG_KEY = "sk-wrong"
HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n"
)


class Upstream:
    """The provider; ``closed`` holds the moments at which clients left a stream before its end."""

    def __init__(self) -> None:
        self.closed: list[float] = []
        self.requests: list[dict] = []
        self.script: list[list[str | None]] = []

    async def start(self, port: int = 0) -> int:
        """Listen on loopback, and return the port."""
        self.server = await asyncio.start_server(self.answer, "127.0.0.1", port, limit=16_000_000)
        return self.server.sockets[0].getsockname()[1]

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection, request after request."""
        try:
            while await self._one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        method, path, _ = head.split(" ", 2)
        length = next(
            (
                int(line.split(":")[1])
                for line in head.split("\r\n")
                if line.lower().startswith("content-length")
            ),
            0,
        )
        body = await reader.readexactly(length) if length else b"{}"
        if path.endswith("/closed"):
            await self._json(writer, self.closed)
            return True
        if path.endswith("/requests"):
            await self._json(writer, self.requests)
            return True
        if path.endswith("/script"):
            self.script = json.loads(body)
            await self._json(writer, len(self.script))
            return True
        if f"bearer {WRONG_KEY}\r" in head.lower():
            refusal = {"message": "Incorrect API key provided.", "code": "invalid_api_key"}
            await self._json(writer, {"error": refusal}, b"401 Unauthorized")
            return True
        if path.endswith("/models"):
            names = ["fast-2000", "fast-1000", "paced-50-200", "stall-5", "cut-5"]
            await self._json(
                writer, {"object": "list", "data": [{"id": n, "object": "model"} for n in names]}
            )
            return True
        if method != "POST":
            await self._json(writer, {"error": {"message": "no such page"}}, b"404 Not Found")
            return True
        request = json.loads(body)
        self.requests.append(request)
        try:
            await self._stream(request, reader, writer)
        except ConnectionError:  # the client was gone before its going was read
            self.closed.append(time.time())
            raise
        return False

    async def _stream(
        self, request: dict, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        model, said = request["model"], request["messages"][-1]
        kind, *numbers = model.split("-")
        if kind == "calls" and said["role"] == "user":
            writer.write(HEAD + _called(model, *said["content"].split(" ", 1)))
            writer.write(_framed(b"data: [DONE]\n\n") + b"0\r\n\r\n")
            await writer.drain()
            return True
        if kind == "scripted":
            return await self._scripted(model, reader, writer)
        count = int(numbers[-1])
        gap = 1 / int(numbers[0]) if kind == "paced" else 0.0
        writer.write(HEAD)
        began = time.monotonic()
        for index in range(count):
            if gap and (wait := began + index * gap - time.monotonic()) > 0:
                await asyncio.sleep(wait)
            if reader.at_eof():
                break
            writer.write(_chunk(model, f"t{time.time():.3f} "))
            if gap or index % 20 == 19:
                await writer.drain()
        if kind == "stall":
            while not reader.at_eof():
                await asyncio.sleep(0.005)
        if reader.at_eof():
            self.closed.append(time.time())
            return False
        if kind == "cut":
            return False
        writer.write(_ended(model, count))
        await writer.drain()
        return True

    async def _scripted(self, model: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        pieces = self.script.pop(0)
        writer.write(HEAD)
        for piece in pieces:
            if piece is not None:
                writer.write(_chunk(model, json.dumps(piece)[1:-1]))
                await writer.drain()
                continue
            while not reader.at_eof():
                await asyncio.sleep(0.005)
            self.closed.append(time.time())
            return False
        writer.write(_ended(model, len(pieces)))
        await writer.drain()
        return True

    async def _json(self, writer: asyncio.StreamWriter, value: object, status: bytes = b"200 OK") -> None:
        body = json.dumps(value).encode()
        writer.write(
            b"HTTP/1.1 %b\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
            % (status, len(body))
        )
        writer.write(body)
        await writer.drain()


def _framed(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def _chunk(model: str, text: str, finish: str | None = None) -> bytes:
    end = f'"{finish}"' if finish else "null"
    return _framed(
        f'data: {{"id":"c","object":"chat.completion.chunk","created":0,"model":"{model}",'
        f'"choices":[{{"index":0,"delta":{{"role":"assistant","content":"{text}"}},'
        f'"finish_reason":{end}}}]}}\n\n'.encode()
    )


def _ended(model: str, count: int) -> bytes:
    usage = {"prompt_tokens": 10, "completion_tokens": count, "total_tokens": count + 10}
    last = {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": model, "choices": []}
    data = b"data: " + json.dumps(last | {"usage": usage}).encode() + b"\n\ndata: [DONE]\n\n"
    return _chunk(model, "", "stop") + _framed(data) + b"0\r\n\r\n"


def _called(model: str, name: str, arguments: str = "{}") -> bytes:
    call = {"index": 0, "id": "call_1", "type": "function",
            "function": {"name": name, "arguments": arguments}}  # fmt: skip
    choices = [
        {"index": 0, "delta": {"role": "assistant", "tool_calls": [call]}, "finish_reason": None},
        {"index": 0, "delta": {}, "finish_reason": "tool_calls"},
    ]
    head = {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": model}
    return b"".join(
        _framed(b"data: " + json.dumps(head | {"choices": [choice]}).encode() + b"\n\n") for choice in choices
    )


async def main(port: int) -> None:
    upstream = Upstream()
    print(await upstream.start(port), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 0))
