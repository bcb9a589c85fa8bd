"""Where Ollama is looked for and what its state means, in words for the person at the page.

Ollama is mostly not found because it does not run, or because the page runs in a container, whose own
loopback address is not the machine's. Asking Ollama itself is ``ollama.py``.
"""

import ipaddress
import re
from pathlib import Path
from urllib.parse import urlsplit

from switchboard.backends.ollama_model import ModelFacts

HOST_FROM_CONTAINER = "http://host.docker.internal:11434"
NO_ADDRESS = "That"
"""What is shown for text that is no address, as the first word of a sentence."""

_CGROUP = re.compile(r"docker|kubepods|containerd|libpod|lxc")


def in_container(root: Path = Path("/")) -> bool:
    """Whether this process runs in a container.

    Args:
        root: the file system to look at.
    """
    if (root / ".dockerenv").exists() or (root / "run/.containerenv").exists():
        return True
    cgroup = root / "proc/1/cgroup"
    try:
        return bool(_CGROUP.search(cgroup.read_text(encoding="utf-8")))
    except OSError:
        return False


def shown_address(url: str) -> str:
    """The address without a user name, a password, a path or anything else that need not be shown."""
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return NO_ADDRESS
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{host}{port}" if host else NO_ADDRESS


def advice(url: str, *, public_only: bool, contained: bool) -> str:
    """What to do when nobody answers at ``url``.

    Args:
        url: the address that was tried.
        public_only: whether a visitor typed it on a public page.
        contained: whether the page runs in a container.
    """
    if public_only:
        return "Check the address, and that it can be reached from the internet."
    if not _is_loopback(url):
        return (
            "Check the address; on that machine Ollama listens to others when it is started with "
            "`OLLAMA_HOST=0.0.0.0 ollama serve`."
        )
    if contained:
        return (
            "This page runs in a container, where that address is the container itself. Use "
            f"{HOST_FROM_CONTAINER} (on Linux with `--add-host=host.docker.internal:host-gateway`) and start "
            "Ollama with `OLLAMA_HOST=0.0.0.0 ollama serve`."
        )
    return "Start it with `ollama serve`, or install it from ollama.com/download."


def ready_text(model: str, address: str, facts: ModelFacts, loaded_window: int | None) -> str:
    """The state of a model that would answer.

    Args:
        model: its name.
        address: where Ollama is.
        facts: what Ollama says about it.
        loaded_window: the context window in tokens that it is loaded with; ``None`` when it is not loaded.
    """
    most = f", at most {facts.context_length:,}" if facts.context_length else ""
    window = (
        f"Its context window is {loaded_window:,} tokens now{most}."
        if loaded_window
        else f"It is not loaded yet; its context window follows the prompt, from "
        f"{facts.window(0, None):,} tokens{most}."
    )
    unable = [
        words for words, name in (("call tools", "tools"), ("see images", "vision")) if not facts.may(name)
    ]
    limits = f" It cannot {' or '.join(unable)}." if unable else ""
    return f"{model} is ready at {address}. {window}{limits}"


def _is_loopback(url: str) -> bool:
    host = urlsplit(url if "://" in url else f"http://{url}").hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
