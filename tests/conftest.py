"""What all tests stand on: nothing leaves this machine, and no key of the developer's is read."""

import ipaddress
import os
import sys
from pathlib import Path

from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parent.parent))

for name in [n for n in os.environ if n.endswith("_API_KEY") or n.startswith("SWITCHBOARD_")]:
    del os.environ[name]
os.environ.update(
    HF_HUB_OFFLINE="1", GRADIO_ANALYTICS_ENABLED="False", ANONYMIZED_TELEMETRY="False", NO_PROXY="*"
)


from switchboard.settings import Settings  # noqa: E402 - after the environment is clean

Settings.model_config["env_file"] = None


# A slow machine is no fault of the code; where tests decide on a change, the same examples decide each time.
settings.register_profile("switchboard", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("switchboard")


class ConnectionRefusedByTests(AssertionError):
    """Something tried to reach another machine."""


def _refuse_others(event: str, arguments: tuple) -> None:
    """Refuse every connection that is not to loopback, so that a failing guard sends nothing out."""
    if event in ("socket.connect", "socket.sendto") and isinstance(address := arguments[1], tuple):
        try:
            inside = ipaddress.ip_address(address[0]).is_loopback
        except ValueError:
            inside = address[0] == "localhost"
        if not inside and address[1] != 0:
            raise ConnectionRefusedByTests(f"a test tried to connect to {address[0]}")


sys.addaudithook(_refuse_others)
