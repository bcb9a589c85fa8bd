"""Who is visiting: a secret that the server mints, with what is kept for its bearer in memory.

A visitor's keys live here alone and go when the process ends. Conversations outlive it: they are stored
under ``Visitor.owner``, a hash, so that the database holds nothing that would open the page. Sign-in and
budgets are not covered.
"""

import asyncio
import hashlib
import re
import secrets
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Lock

from switchboard.errors import BadInput, Busy

COOKIE = "switchboard_visitor"
_SECRET = re.compile(r"[A-Za-z0-9_-]{22}")
_KEY = re.compile(r"[!-~]*")
KEY_CHARACTERS = 400
VISITORS = 10_000


def mint_secret() -> str:
    """A new visitor's secret: 128 random bits in 22 characters, fit for a cookie."""
    return secrets.token_urlsafe(16)


def is_secret(text: str) -> bool:
    """Whether ``text`` has the form of a minted secret; any other cookie is as good as none."""
    return bool(_SECRET.fullmatch(text))


def checked_key(key: str) -> str:
    """The key without the space around it.

    Raises:
        BadInput: no key has this form.
    """
    key = key.strip()
    if len(key) > KEY_CHARACTERS or not _KEY.fullmatch(key):
        raise BadInput("That is not a key.", "A key is one word without spaces: copy it again.")
    return key


class Run:
    """An answer being written, which its visitor may stop."""

    def __init__(self) -> None:
        self.ended = asyncio.Event()
        self._stopped = False
        self._on_stop: Callable[[], object] = lambda: None

    @property
    def stopped(self) -> bool:
        """Whether it was asked to end."""
        return self._stopped

    def on_stop(self, end: Callable[[], object]) -> None:
        """Name what ends the answer; called at once where it was asked to end already."""
        self._on_stop = end
        if self._stopped:
            end()

    def stop(self) -> None:
        """End the answer where it is."""
        self._stopped = True
        self._on_stop()


@dataclass
class Visitor:
    """One browser, or one caller of the API.

    Attributes:
        owner: the name under which the visitor's records are stored; not the secret.
    """

    owner: str
    _keys: dict[tuple[str, str], str] = field(default_factory=dict, repr=False)
    _runs: dict[str, Run] = field(default_factory=dict, repr=False)

    def remember_key(self, provider: str, url: str, key: str) -> None:
        """Keep a key for this provider at this address, and for no other; an empty one is forgotten.

        Raises:
            BadInput: no key has this form.
        """
        key = checked_key(key)
        if key:
            self._keys[provider, url] = key
        else:
            self._keys.pop((provider, url), None)

    def key(self, provider: str, url: str) -> str:
        """The visitor's own key for this provider at this address, or an empty text."""
        return self._keys.get((provider, url), "")

    @contextmanager
    def running(self, place: str, limit: int) -> Iterator[Run]:
        """Count an answer among the visitor's running ones, under the name of the ``place`` that shows it.

        Args:
            place: a tab of one open page; a second answer there stops the first.
            limit: how many may run at once.

        Raises:
            Busy: that many are running.
        """
        if (earlier := self._runs.get(place)) is not None:
            earlier.stop()
        elif len(self._runs) >= limit:
            raise Busy(f"{limit} answers are being written for you.", "Stop one, or wait for one to end.")
        run = self._runs[place] = Run()
        try:
            yield run
        finally:
            if self._runs.get(place) is run:
                del self._runs[place]
            run.ended.set()

    def is_running(self, place: str) -> bool:
        """Whether an answer is being written there."""
        return place in self._runs

    async def end(self, place: str, seconds: float = 2.0) -> None:
        """Stop the answer shown at ``place`` and wait until it is stored, ``seconds`` at most."""
        if (run := self._runs.get(place)) is not None:
            run.stop()
            with suppress(TimeoutError):
                await asyncio.wait_for(run.ended.wait(), seconds)

    def stop(self, place: str) -> None:
        """Stop the answer shown at ``place``, if one is being written there."""
        if (run := self._runs.get(place)) is not None:
            run.stop()


class Visitors:
    """The visitors seen since the start, the longest unseen forgotten beyond ``VISITORS``."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, Visitor] = OrderedDict()
        self._lock = Lock()

    def visitor(self, secret: str) -> Visitor:
        """The visitor who bears this secret; without a proper one, a new visitor whom nobody can be again."""
        owner = hashlib.sha256((secret if is_secret(secret) else mint_secret()).encode()).hexdigest()[:32]
        with self._lock:
            visitor = self._known.setdefault(owner, Visitor(owner))
            self._known.move_to_end(owner)
            if len(self._known) > VISITORS:
                self._known.popitem(last=False)
        return visitor
