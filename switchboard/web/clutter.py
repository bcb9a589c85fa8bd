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
    from lxml.html import HtmlElement

_TAGS = frozenset({"nav", "footer", "dialog", "menu"})
_ROLES = frozenset({"navigation", "contentinfo", "search", "dialog", "alertdialog", "menu", "menubar"})
_NEVER = frozenset({"html", "body", "main", "article", "h1"})
_WORD = re.compile(r"[a-z]+")
_COOKIES = frozenset({"cookie", "cookies", "consent", "gdpr", "onetrust", "cookiebot", "ccpa"})
_MENU_NAMES = """
nav navbar navigation menu menus submenu megamenu breadcrumb breadcrumbs sidebar pagination social share
sharing skip footer topbar related tags
"""
_MENUS = frozenset(_MENU_NAMES.split())
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


def find_clutter(tree: "HtmlElement") -> set["HtmlElement"]:
    """The elements that hold no text of the page's own."""
    from lxml import etree

    found: set[HtmlElement] = set()
    stack = [_Size()]
    walk = etree.iterwalk(tree, events=("start", "end"))
    for event, element in islice(walk, EVENTS):
        tag = element.tag
        if event == "start":
            size = _Size()
            stack.append(size)
            if tag in UNREAD or (tag not in _NEVER and _is_menu(element)):
                found.add(element)
                walk.skip_subtree()
            elif text := element.text:
                size.characters = len(text.strip())
            continue
        size = stack.pop()
        if tag == "a":
            size.linked, size.links = size.characters, size.links + 1
        elif tag == "main":
            size.has_main = True
        if tag not in _NEVER and _is_clutter(element, size):
            found.add(element)
        stack[-1].add(size)
        if tail := element.tail:
            stack[-1].characters += len(tail.strip())
    return found


def _is_menu(element: "HtmlElement") -> bool:
    """Whether the element says of itself that it is not part of the text."""
    if element.tag in _TAGS:
        return True
    role, style = element.get("role"), element.get("style")
    return (
        (role is not None and role.lower() in _ROLES)
        or element.get("hidden") is not None
        or element.get("aria-hidden") == "true"
        or (style is not None and "display:none" in style.replace(" ", "").lower())
    )


def _is_clutter(element: "HtmlElement", size: _Size) -> bool:
    if size.has_main:
        return False
    if element.tag in ("ul", "ol") and size.links >= _LIST_LINKS:
        is_short = size.characters / size.links < _SHORT
        return is_short and size.linked >= _LIST_LINK_SHARE * size.characters
    for label in (element.get("class"), element.get("id")):
        if label:
            is_banner, is_menu = _named(label[:200])
            if is_banner and size.characters <= _BANNER_CHARACTERS:
                return True
            if is_menu and size.linked >= _LINK_SHARE * size.characters:
                return True
    return False


@lru_cache(maxsize=1_024)
def _named(label: str) -> tuple[bool, bool]:
    """Whether a class or id is the name of a cookie banner, or of a menu."""
    names = set(_WORD.findall(label.lower()))
    return bool(names & _COOKIES), bool(names & _MENUS)
