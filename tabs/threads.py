"""What is kept of a tab of one open page, in memory.

For the tabs whose work is not saved; it goes when the server ends or when much newer work has come. It
belongs to a visitor: another who names the same page finds nothing.
"""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Generic, TypeVar

import gradio as gr

from switchboard.messages import Message
from switchboard.sessions import Visitor
from tabs.streaming import place_of
from tabs.transcript import Shown

THREADS = 2_000
MESSAGES = 200
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Thread:
    """What was said, for the model, and what is shown of it, for the page."""

    messages: tuple[Message, ...] = ()
    shown: tuple[Shown, ...] = ()


class KeptOfPages(Generic[Value]):
    """One value for each open page.

    Args:
        tab: whose.
        empty: what a new page has.
        most: how many are kept, the longest unused forgotten first.
    """

    def __init__(self, tab: str, empty: Value, most: int) -> None:
        self._tab = tab
        self._empty = empty
        self._most = most
        self._kept: OrderedDict[tuple[str, str], Value] = OrderedDict()

    def find(self, visitor: Visitor, request: gr.Request) -> Value:
        """What this page has."""
        return self._kept.get(self._key(visitor, request), self._empty)

    def latest(self, visitor: Visitor) -> Value:
        """What this visitor worked at last, on whichever page."""
        return next((self._kept[key] for key in reversed(self._kept) if key[0] == visitor.owner), self._empty)

    def keep(self, visitor: Visitor, request: gr.Request, value: Value) -> None:
        """Remember ``value`` in the place of what this page had."""
        key = self._key(visitor, request)
        self._kept[key] = value
        self._kept.move_to_end(key)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def forget(self, visitor: Visitor, request: gr.Request) -> None:
        """Begin anew."""
        self._kept.pop(self._key(visitor, request), None)

    def _key(self, visitor: Visitor, request: gr.Request) -> tuple[str, str]:
        return visitor.owner, place_of(self._tab, request)


class Threads(KeptOfPages[Thread]):
    """The threads of one tab, of each its newest ``MESSAGES``."""

    def __init__(self, tab: str, most: int = THREADS) -> None:
        super().__init__(tab, Thread(), most)

    def keep(self, visitor: Visitor, request: gr.Request, value: Thread) -> None:
        """Remember the thread, its newest messages only."""
        super().keep(visitor, request, Thread(value.messages[-MESSAGES:], value.shown[-MESSAGES:]))
