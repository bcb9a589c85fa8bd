"""Telling a page that scripts write from one that has its text.

It looks at the page as it was sent; nothing is run here.
"""

import re
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

LITTLE = 80
"""Characters of text under which a page with scripts is taken to be written by them."""
_SHORT = 300
"""Characters of text from which on a page has something to say, whatever its scripts add."""
_WAITING = 30
"""Characters that may stand in an empty place, such as “Loading …”."""
_SCRIPTS_SEEN = 200
_TYPES = ("", "module", "text/javascript", "application/javascript", "text/babel")
# Where the frameworks put what they write: React, Vue, Next, Nuxt, Gatsby, Angular, Svelte, Ember, Quasar.
_PLACES = """
root app application react-root app-root __next __nuxt __layout ___gatsby svelte sapper ember-app q-app
main-app app-mount mount
"""
_PLACE_IDS = frozenset(_PLACES.split())
_IDS_SEEN = 2_000
_PLACES_SEEN = 5
_VERBS = "enable|require|need|turn on|allow|activate|disabled|without|aktivier|ohne|activ|sans"
_ASKS = re.compile(
    rf"(?:{_VERBS})[^.!?]{{0,60}}?\bjava ?script|java ?script[^.!?]{{0,60}}?(?:{_VERBS})", re.IGNORECASE
)


def is_written_by_script(tree: "_Element", main: str, whole: str) -> bool:
    """Whether the text that a person sees in a browser is not in the page.

    Args:
        tree: the page.
        main: its text without menus, footers and banners.
        whole: its text with them, where there is no other.
    """
    if not _runs_scripts(tree):
        return False
    if len(whole) < LITTLE:
        return True
    return len(main) < _SHORT and (_asks_for_script(tree, main) or _has_empty_place(tree))


def _runs_scripts(tree: "_Element") -> bool:
    """Whether any script is a program; many hold data only."""
    scripts = islice(tree.iter("script"), _SCRIPTS_SEEN)
    return any((script.get("type") or "").strip().lower() in _TYPES for script in scripts)


def _asks_for_script(tree: "_Element", main: str) -> bool:
    notes = (" ".join(islice(note.itertext(), 20))[:2_000] for note in islice(tree.iter("noscript"), 20))
    return any(_ASKS.search(words) for words in (main, *notes))


def _has_empty_place(tree: "_Element") -> bool:
    named = islice(tree.iterfind(".//*[@id]"), _IDS_SEEN)
    places = [*(place for place in named if place.get("id") in _PLACE_IDS), *islice(tree.iter("app-root"), 1)]
    return any(_is_empty(place) for place in places[:_PLACES_SEEN])


def _is_empty(place: "_Element") -> bool:
    texts = place.xpath(".//text()[not(parent::script or parent::style or parent::noscript)]")
    return len(" ".join("".join(texts).split())) < _WAITING
