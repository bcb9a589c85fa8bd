"""Finding what is on a page and not of it: menus, footers, cookie banners.

By the elements' meaning first (``nav``, ``role``, ``hidden``), then by names that sites give to their
classes, with guards: a name alone never removes a long text or one that is not mostly links.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from switchboard.web.outline import EVENTS, UNREAD

if TYPE_CHECKING:
    from lxml.etree import _Element

_TAGS = frozenset({"nav", "footer", "menu"})
_ROLES = frozenset({"navigation", "contentinfo", "search", "menu", "menubar"})
_DIALOGS = frozenset({"dialog", "alertdialog"})
_PANELS = frozenset({"region", "tabpanel"})
"""What opens at a click; FAQs are often written so. The text is of the page even while it is closed."""
_NEVER = frozenset({"html", "body", "main", "article", "h1"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_WORD = re.compile(r"[a-z]+")
_COOKIES = frozenset({"cookie", "cookies", "consent", "gdpr", "onetrust", "cookiebot", "ccpa"})
_MENU_NAMES = """
nav navbar navigation menu menus submenu megamenu breadcrumb breadcrumbs sidebar pagination social share
sharing skip footer topbar related tags
"""
_MENUS = frozenset(_MENU_NAMES.split())
_UNSEEN = re.compile(r"\b(?:sr-only|visually-?hidden|screen-reader-text|offscreen)\b")
"""Classes of text that is meant to be heard and not seen, such as “opens in a new tab”."""
_BANNER_CHARACTERS = 1_500
_LINK_SHARE = 0.6
"""Characters of an element that stand in links, from which on it is a menu if its name says so."""
_LIST_LINK_SHARE = 0.9
"""The same for a list of ``_LIST_LINKS`` short links or more, whatever its name."""
_LIST_LINKS = 4
_SHORT = 40


@dataclass(slots=True)
class _Size:
    """Characters and links of an element, its descendants' included."""

    characters: int = 0
    linked: int = 0
    links: int = 0
    has_main: bool = False

    def add(self, inner: "_Size") -> None:
        """Count a descendant's as one's own."""
        self.characters += inner.characters
        self.linked += inner.linked
        self.links += inner.links
        self.has_main = self.has_main or inner.has_main


@dataclass(frozen=True, slots=True)
class Clutter:
    """The elements that hold no text of the page's own."""

    menus: set["_Element"]
    """Menus and footers, which every reader sees."""
    unseen: set["_Element"]
    """What is hidden, and cookie banners and other dialogs, which a reader closes."""


def find_clutter(tree: "_Element") -> Clutter:
    """Find what is not of the page, in one walk over it."""
    from lxml import etree

    found = Clutter(set(), set())
    stack = [_Size()]
    mains = 0
    walk = etree.iterwalk(tree, events=("start", "end"))
    for event, element in islice(walk, EVENTS):
        tag = element.tag
        if event == "start":
            size = _Size()
            stack.append(size)
            if tag in UNREAD:
                walk.skip_subtree()
            elif tag not in _NEVER and _is_unseen(element):
                found.unseen.add(element)
                walk.skip_subtree()
            elif _is_menu(element):
                found.menus.add(element)
                walk.skip_subtree()
            elif text := element.text:
                size.characters = len(text.strip())
            if tag == "main":
                mains += 1
            continue
        size = stack.pop()
        if tag == "a":
            size.linked, size.links = size.characters, size.links + 1
        elif tag == "main":
            size.has_main = True
            mains -= 1
        elif tag in _HEADINGS and not size.linked:
            # The heading over a menu does not make it a text.
            size.characters = 0
        if tag not in _NEVER and not size.has_main:
            _judge(element, size, found, in_main=mains > 0)
        stack[-1].add(size)
        if tail := element.tail:
            stack[-1].characters += len(tail.strip())
    return found


def _is_menu(element: "_Element") -> bool:
    if element.tag in _TAGS:
        # In a quotation the footer is who said it.
        return not (element.tag == "footer" and element.getparent().tag == "blockquote")
    return element.get("role") in _ROLES


def _is_unseen(element: "_Element") -> bool:
    """Whether the element says of itself that nobody sees it, or only until it is closed."""
    if element.tag == "dialog" or element.get("role") in _DIALOGS:
        return True
    hidden, style = element.get("hidden"), element.get("style")
    return (
        (hidden is not None and hidden != "until-found" and element.get("role") not in _PANELS)
        or element.get("aria-hidden") == "true"
        or (style is not None and "display:none" in style.replace(" ", "").lower())
    )


def _judge(element: "_Element", size: _Size, found: Clutter, *, in_main: bool) -> None:
    """Note an element whose names, or whose many short links, say what it is."""
    if element.tag in ("ul", "ol") and size.links >= _LIST_LINKS and not in_main:
        is_short = size.characters / size.links < _SHORT
        if is_short and size.linked >= _LIST_LINK_SHARE * size.characters:
            found.menus.add(element)
            return
    for label in (element.get("class"), element.get("id")):
        if label:
            is_unseen, is_banner, is_menu = _named(label[:200])
            if is_unseen or (is_banner and size.characters <= _BANNER_CHARACTERS):
                found.unseen.add(element)
            elif is_menu and size.linked and size.linked >= _LINK_SHARE * size.characters:
                found.menus.add(element)


@lru_cache(maxsize=1_024)
def _named(label: str) -> tuple[bool, bool, bool]:
    """Whether a class or id is the name of something unseen, of a cookie banner, or of a menu."""
    names = set(_WORD.findall(label.lower()))
    return _UNSEEN.search(label.lower()) is not None, bool(names & _COOKIES), bool(names & _MENUS)
