import httpx
import pytest

from switchboard.web.connection import NotTaken
from switchboard.web.http1 import Http1
from switchboard.web.http2 import Http2

REQUEST = httpx.Request("GET", "https://a.example/")


class Socket:
    """What a connection needs of a transport; nothing leaves it."""

    def __init__(self):
        self.aborted = False

    def write(self, data):
        assert not self.aborted

    def get_write_buffer_size(self):
        return 0

    def abort(self):
        self.aborted = True


@pytest.fixture(params=[Http1, Http2])
def connection(request):
    connection = request.param(lambda: None)
    connection.connection_made(Socket())
    return connection


def test_a_server_that_speaks_first_and_nonsense_is_sent_no_request(connection):
    connection.data_received(b"\xff" * 10_000)
    assert connection.closed
    with pytest.raises(NotTaken):
        connection.send(REQUEST, None)


def test_headers_of_http2_count_by_what_they_cost():
    connection = Http2(lambda: None)
    connection.connection_made(Socket())
    connection.send(REQUEST, None)
    # 103 with 1,700 headers, each a byte: the first one's entry in the table.
    hints = b"\x08\x03103\x40\x01a\x01b" + b"\xbe" * 1_700
    sent = 0
    while not connection.closed:
        connection.data_received(len(hints).to_bytes(3, "big") + b"\x01\x04\0\0\0\x01" + hints)
        sent += 1
    assert 10 < sent < 100
