"""What was said in a tab of one open page, kept in memory.

For the tabs whose conversations are not saved; a thread goes when the server ends or when many newer ones
have come. It belongs to a visitor: another who names the same page finds another thread.
"""

from collections import OrderedDict
from dataclasses import dataclass

import gradio as gr

from switchboard.messages import Message
from switchboard.sessions import Visitor
from tabs.streaming import place_of
from tabs.transcript import Shown

THREADS = 2_000
MESSAGES = 200


@dataclass(frozen=True, slots=True)
class Thread:
    """What was said, for the model, and what is shown of it, for the page."""

    messages: tuple[Message, ...] = ()
    shown: tuple[Shown, ...] = ()


class Threads:
    """The threads of one tab."""

    def __init__(self, tab: str) -> None:
        self._tab = tab
        self._kept: OrderedDict[tuple[str, str], Thread] = OrderedDict()

    def find(self, visitor: Visitor, request: gr.Request) -> Thread:
        """The thread of this page, an empty one where nothing was said yet."""
        return self._kept.get(self._key(visitor, request), Thread())

    def keep(self, visitor: Visitor, request: gr.Request, thread: Thread) -> None:
        """Remember the thread, its newest ``MESSAGES`` only."""
        key = self._key(visitor, request)
        self._kept[key] = Thread(thread.messages[-MESSAGES:], thread.shown[-MESSAGES:])
        self._kept.move_to_end(key)
        if len(self._kept) > THREADS:
            self._kept.popitem(last=False)

    def forget(self, visitor: Visitor, request: gr.Request) -> None:
        """Begin anew."""
        self._kept.pop(self._key(visitor, request), None)

    def _key(self, visitor: Visitor, request: gr.Request) -> tuple[str, str]:
        return visitor.owner, place_of(self._tab, request)
