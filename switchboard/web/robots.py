"""What a site's robots.txt says to this program, after RFC 9309.

``*`` and ``$`` in paths are known; the longest rule that fits decides, and of two as long the one that
allows. A ``Crawl-delay`` is not kept: it is no part of the standard, and a person waits for the few pages
that are read here. Fetching the file is ``visit.py``'s, through the same guard as any page.
"""

import asyncio
import re
from collections import OrderedDict
from dataclasses import dataclass
from time import monotonic
from urllib.parse import quote, urlsplit
from weakref import WeakValueDictionary

AGENT = "Switchboard"
FILE_BYTES = 500_000
"""As much of a robots.txt as is read (RFC 9309, section 2.5: at least 500 KiB may be expected)."""
RULES = 10_000
"""As many rules as are kept for one site; each may be looked at for each page."""
SITEMAPS_KEPT = 10
KEPT_SECONDS = 600.0
RETRY_SECONDS = 5.0
"""How long it counts that a site could not give its rules: those who wait for them together ask once."""
KEPT_SITES = 256
KEPT_BYTES = 30_000_000
"""About as much memory as the rules of all sites may take."""

_TOKEN = re.compile(r"[a-z_-]+")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_ADDRESS_CHARACTERS = 2_000


@dataclass(frozen=True, slots=True)
class _Rule:
    allows: bool
    parts: tuple[str, ...]
    """What stands between the wildcards."""
    whole: bool
    """Whether it must reach the end of the path."""
    length: int

    @property
    def size(self) -> int:
        """About how many bytes it takes here."""
        return 200 + 60 * len(self.parts) + self.length

    def matches(self, path: str) -> bool:
        """Whether it fits: each part is looked for once, behind the one before."""
        first, *rest = self.parts
        if not path.startswith(first):
            return False
        at = len(first)
        if not rest:
            return at == len(path) or not self.whole
        end = len(path)
        if self.whole:
            last = rest.pop()
            end -= len(last)
            if end < at or not path.endswith(last):
                return False
        for part in rest:
            found = path.find(part, at, end)
            if found < 0:
                return False
            at = found + len(part)
        return True


class Rules:
    """The rules of one site.

    Args:
        status: how the site answered the request for its robots.txt. 4xx stands for no rules, 5xx for no
            permission at all (RFC 9309, section 2.3.1).
        body: the file.
    """

    def __init__(self, status: int, body: bytes = b"") -> None:
        self.sitemaps: tuple[str, ...] = ()
        """The addresses of the sitemaps that it names, at most ``SITEMAPS_KEPT``, unchecked."""
        self._rules: tuple[_Rule, ...] = ()
        if status == 200:
            self._read(body[:FILE_BYTES].decode("utf-8", "replace").lstrip("\ufeff"))
        elif status >= 500:
            self._rules = (_Rule(False, ("/",), False, 1),)
        self.size = sum(rule.size for rule in self._rules)
        """About how many bytes they take here."""

    def allow(self, url: str) -> bool:
        """Whether a program called ``AGENT`` may read ``url``."""
        parts = urlsplit(url)
        path = _without_dots(_normal(parts.path or "/"))
        if path == "/robots.txt":
            return True
        if parts.query:
            path += "?" + _normal(parts.query)
        return next((rule.allows for rule in self._rules if rule.matches(path)), True)

    def _read(self, text: str) -> None:
        groups: dict[str, list[_Rule]] = {"*": [], AGENT.lower(): []}
        named = False
        current: set[str] = set()
        among_agents = False
        sitemaps: dict[str, None] = {}
        for line in text.splitlines():
            name, _, value = line.partition("#")[0].partition(":")
            name, value = name.strip().lower(), value.strip()
            if name == "user-agent":
                if not among_agents:
                    current = set()
                among_agents = True
                agent = _agent(value)
                named = named or agent == AGENT.lower()
                if agent in groups:
                    current.add(agent)
            elif name in ("allow", "disallow"):
                among_agents = False
                rule = _rule(name == "allow", value)
                for agent in current:
                    if rule is not None and len(groups[agent]) < RULES:
                        groups[agent].append(rule)
            elif name == "sitemap" and len(sitemaps) < SITEMAPS_KEPT and len(value) <= _ADDRESS_CHARACTERS:
                sitemaps[value] = None
        rules = groups[AGENT.lower() if named else "*"]
        self._rules = tuple(sorted(rules, key=lambda rule: (-rule.length, not rule.allows)))
        self.sitemaps = tuple(sitemaps)


class KnownRules:
    """The rules of the sites visited last, for ``KEPT_SECONDS`` each."""

    def __init__(self) -> None:
        self._sites: OrderedDict[str, tuple[float, Rules]] = OrderedDict()
        self._size = 0
        self._asking: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def get(self, site: str) -> Rules | None:
        """The rules of ``site``, such as ``https://example.com``, where they are known and fresh."""
        until, rules = self._sites.get(site, (0.0, None))
        return rules if monotonic() < until else None

    def put(self, site: str, rules: Rules, seconds: float = KEPT_SECONDS) -> None:
        """Keep the rules of ``site``."""
        _, before = self._sites.pop(site, (0.0, None))
        self._size += rules.size - (before.size if before is not None else 0)
        self._sites[site] = (monotonic() + seconds, rules)
        while len(self._sites) > KEPT_SITES or self._size > KEPT_BYTES:
            _, (_, oldest) = self._sites.popitem(last=False)
            self._size -= oldest.size

    def asking(self, site: str) -> asyncio.Lock:
        """Held by the one who asks ``site`` for its rules."""
        return self._asking.setdefault(site, asyncio.Lock())


def _agent(value: str) -> str:
    """The product token of a User-agent line, in lower case; ``*`` as it is."""
    token = _TOKEN.match(value.lower())
    return token[0] if token else value[:1]


def _rule(allows: bool, pattern: str) -> _Rule | None:
    if not pattern.startswith(("/", "*")) or len(pattern) > _ADDRESS_CHARACTERS:
        return None
    whole = pattern.endswith("$")
    parts = [_normal(part) for part in re.split(r"\*+", pattern.removesuffix("$"))]
    return _Rule(allows, tuple(parts), whole, len(pattern))


def _without_dots(path: str) -> str:
    """``path`` as it is asked for: ``.`` and ``..`` lead elsewhere (RFC 3986, section 5.2.4)."""
    if "/." not in path:
        return path
    segments = path.split("/")
    kept: list[str] = []
    for segment in segments:
        if segment == "..":
            del kept[max(1, len(kept) - 1) :]
        elif segment != ".":
            kept.append(segment)
    return "/".join(kept if segments[-1] not in (".", "..") else [*kept, ""])


def _normal(text: str) -> str:
    """``text`` with what needs it escaped, and nothing else, so that like is like (section 2.2.2)."""
    text = quote(text, safe="%!$&'()*+,;=:@/?[]~")
    return _ESCAPE.sub(
        lambda escape: char if (char := chr(int(escape[1], 16))) in _UNRESERVED else escape[0].upper(), text
    )
