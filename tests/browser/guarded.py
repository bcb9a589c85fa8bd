"""The application, refused every connection that is not to loopback.

usage: guarded.py RECORD, where each refused connection or look-up of a name is noted as a line.
"""

import ipaddress
import runpy
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
RECORD = Path(sys.argv[1])
LOOK_UPS = ("socket.getaddrinfo", "socket.gethostbyname")
CONNECTIONS = ("socket.connect", "socket.sendto")


def is_inside(host: object) -> bool:
    """Whether ``host`` is this machine."""
    if host in (None, "", "localhost", b"localhost", "0.0.0.0", "::"):
        return True
    try:
        return ipaddress.ip_address(host.decode() if isinstance(host, bytes) else str(host)).is_loopback
    except ValueError:
        return False


def refuse_others(event: str, arguments: tuple) -> None:
    """The audit hook: note what would leave this machine, and raise in its place."""
    if event in LOOK_UPS:
        host = arguments[0]
    elif event in CONNECTIONS and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    else:
        return
    if not is_inside(host):
        with RECORD.open("a", encoding="utf-8") as record:
            record.write(f"{event} {host}\n")
        raise ConnectionRefusedError(f"the test refuses a connection to {host}")


if __name__ == "__main__":
    sys.addaudithook(refuse_others)
    sys.path.insert(0, str(ROOT))
    sys.argv = ["app.py"]
    runpy.run_path(str(ROOT / "app.py"), run_name="__main__")
