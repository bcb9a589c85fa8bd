"""Which addresses a stranger may make this server connect to: public ones, checked before any socket opens.

A name is resolved once and the caller connects to the very address that passed, so that a name that
resolves otherwise a moment later (DNS rebinding) gains nothing. ``web/transport.py`` does that for httpx.
Addresses that the operator sets are not checked here or anywhere: a private Ollama is theirs to reach.

Every reason that depends on what a name resolves to has one message, without the address: told apart, the
reasons would draw a map of the operator's network.
"""

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Container
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

from switchboard.errors import AddressRefused

WEB_PORTS: Container[int] = (80, 443)
ANY_PORT: Container[int] = range(1, 65_536)
URL_CHARACTERS = 2_000
LOOKUP_SECONDS = 5.0

Lookup = Callable[[str, int], Awaitable[list[str]]]
Resolve = Callable[[str, int], Awaitable[str]]

# IANA's special-purpose registry for IPv4 (RFC 6890 and updates), multicast, and the address under which
# Azure's hosts answer their guests (168.63.129.16), which is public by its number only.
_PRIVATE_V4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
# Only 2000::/3 is given out as global unicast: that leaves out IPv4-mapped, NAT64, link-local, site-local,
# unique local and multicast. Within it, what is not a host of its own: protocol assignments with Teredo
# (2001::/23), documentation, 6to4, AS112.
_GLOBAL_V6 = IPv6Network("2000::/3")
_PRIVATE_V6 = tuple(
    IPv6Network(network)
    for network in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_LOOKUPS = ThreadPoolExecutor(max_workers=64, thread_name_prefix="lookup")
"""Threads of their own: names that never resolve must not hold up the threads that other work shares.
They are many, for each such name keeps one for as long as the system's resolver tries."""


@dataclass(frozen=True, slots=True)
class WebAddress:
    """A checked address; ``url`` has its host in lower case and in ASCII."""

    url: str
    scheme: str
    host: str
    port: int


def is_public(address: str | IPv4Address | IPv6Address) -> bool:
    """Whether an IP address belongs to a host on the public internet; anything else is ``False``.

    A string must be written in full: ``127.1``, ``0x7f000001`` and ``2130706433`` are no addresses here.
    """
    if isinstance(address, str):
        try:
            address = ip_address(address)
        except ValueError:
            return False
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _PRIVATE_V4)
    return (
        address.scope_id is None
        and address in _GLOBAL_V6
        and not any(address in network for network in _PRIVATE_V6)
    )


def check_url(url: str, *, ports: Container[int] = WEB_PORTS) -> WebAddress:
    """Check what can be seen of an address without asking anybody.

    Args:
        url: an absolute http or https address.
        ports: those that may be connected to; ``ANY_PORT`` for a model server that a visitor runs.

    Raises:
        AddressRefused: another scheme, a user name or password, another port, more than ``URL_CHARACTERS``
            characters, an odd character, or a host that is no public name or address.
    """
    if len(url) > URL_CHARACTERS:
        raise AddressRefused(
            f"The address is longer than {URL_CHARACTERS:,} characters.", "Give a shorter one."
        )
    if not url.isprintable() or re.search(r"[\s\\]", url):
        raise AddressRefused("The address holds a character that no address has.", _EXAMPLE)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as exc:
        raise AddressRefused("That is not a web address.", _EXAMPLE) from exc
    if parts.scheme not in ("http", "https"):
        raise AddressRefused("Only addresses that begin with http:// or https:// are opened.", _EXAMPLE)
    if "@" in parts.netloc:
        raise AddressRefused("An address with a user name or password is not opened.", "Leave them out.")
    if port is None:
        port = 443 if parts.scheme == "https" else 80
    if port not in ports:
        raise AddressRefused("Addresses with a port of their own are not opened.", "Leave the port out.")
    host = _host(parts)
    netloc = f"[{host}]" if ":" in host else host
    if parts.port is not None:
        netloc += f":{port}"
    return WebAddress(parts._replace(netloc=netloc).geturl(), parts.scheme, host, port)


async def look_up(host: str, port: int) -> list[str]:
    """All addresses that the system's resolver has for a name, in its order.

    Raises:
        OSError: there are none, or the resolver does not answer.
    """
    found = await asyncio.get_running_loop().run_in_executor(
        _LOOKUPS, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    )
    return [str(entry[4][0]) for entry in found]


async def resolve_public(
    host: str, port: int, *, lookup: Lookup = look_up, seconds: float = LOOKUP_SECONDS
) -> str:
    """The address to connect to for ``host``, an IPv4 address where it has one.

    Args:
        host: a name, or an IP address without brackets.
        port: the port to be connected to; the resolver wants to know.
        lookup: what resolves the name.
        seconds: how long that may take.

    Raises:
        AddressRefused: any of its addresses is not public, or it has none; one message for all reasons.
    """
    if (literal := _literal(host)) is not None:
        return str(literal)
    try:
        async with asyncio.timeout(seconds):
            addresses = await lookup(_name(host), port)
    except (OSError, UnicodeError) as exc:
        raise _refused() from exc
    if not addresses or not all(is_public(address) for address in addresses):
        raise _refused()
    return next((address for address in addresses if ":" not in address), addresses[0])


_EXAMPLE = "Give one such as https://www.example.com."


def _refused() -> AddressRefused:
    return AddressRefused(
        "There is no public site at this address.",
        "Check the spelling; addresses of private networks are not opened.",
    )


def _host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    literal = _literal(host)
    if (literal is not None and literal.version == 6) != ("[" in parts.netloc):
        raise _refused()
    return str(literal) if literal is not None else _name(host)


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(host)
    except ValueError:
        return None
    if not is_public(address):
        raise _refused()
    return address


def _name(host: str) -> str:
    """The name in lower-case ASCII.

    A last label that is a number would be read as an IPv4 address in a short, octal or hexadecimal form by
    some resolvers (https://url.spec.whatwg.org/#ends-in-a-number-checker), a single label would be looked
    up in the operator's own domain: both are refused.
    """
    if not host.isascii():
        import idna

        try:
            host = idna.encode(host, uts46=True).decode("ascii")
        except idna.IDNAError as exc:
            raise _refused() from exc
    host = host.lower().removesuffix(".")
    labels = host.split(".")
    if (
        len(labels) < 2
        or len(host) > 253
        or not all(_LABEL.fullmatch(label) for label in labels)
        or _NUMBER.fullmatch(labels[-1])
    ):
        raise _refused()
    return host
