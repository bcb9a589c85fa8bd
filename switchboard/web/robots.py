"""What a site's robots.txt allows, after RFC 9309.

The rules are matched by ``urllib.robotparser``, which knows no wildcards inside a path. Fetching the file is
``fetch.py``'s, through the same guard as any page.
"""

from collections import OrderedDict
from time import monotonic
from urllib.robotparser import RobotFileParser

AGENT = "Switchboard"
FILE_BYTES = 500_000
"""As much of a robots.txt as is read (RFC 9309, section 2.5: at least 500 KiB may be expected)."""
KEPT_SECONDS = 600.0
KEPT_SITES = 256


class Rules:
    """The rules of one site.

    Args:
        status: how the site answered the request for its robots.txt. 4xx stands for no rules, 5xx for no
            permission at all (RFC 9309, section 2.3.1).
        body: the file.
    """

    def __init__(self, status: int, body: bytes = b"") -> None:
        lines: list[str] = []
        if status == 200:
            lines = body[:FILE_BYTES].decode("utf-8", "replace").lstrip("\ufeff").splitlines()
        elif status >= 500:
            lines = ["User-agent: *", "Disallow: /"]
        self._parser = RobotFileParser()
        self._parser.parse(lines)

    def allow(self, url: str) -> bool:
        """Whether a program called ``AGENT`` may read ``url``."""
        return self._parser.can_fetch(AGENT, url)


class KnownRules:
    """The rules of the sites visited last, for ``KEPT_SECONDS`` each."""

    def __init__(self) -> None:
        self._sites: OrderedDict[str, tuple[float, Rules]] = OrderedDict()

    def get(self, site: str) -> Rules | None:
        """The rules of ``site``, such as ``https://example.com``, where they are known and fresh."""
        since, rules = self._sites.get(site, (0.0, None))
        return rules if monotonic() - since < KEPT_SECONDS else None

    def put(self, site: str, rules: Rules) -> None:
        """Keep the rules of ``site``."""
        self._sites[site] = (monotonic(), rules)
        self._sites.move_to_end(site)
        while len(self._sites) > KEPT_SITES:
            self._sites.popitem(last=False)
