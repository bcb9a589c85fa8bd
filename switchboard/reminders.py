"""An operator's notes that are added to the system prompt when a message mentions a word.

The rules stand in a TOML file that may change while the page runs::

    [[rule]]
    words = ["belt", "seat cover"]
    note = "Belts are not sold."

A word stands for its plural too, in any case and with or without accents; misspellings and other inflections
are not covered. Who is given the notes is decided above.
"""

import logging
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from switchboard.errors import BadInput
from switchboard.spelling import tokens

FILE_BYTES = 256_000
RULES = 500
WORDS_A_RULE = 50
WORD_CHARACTERS = 60
NOTE_CHARACTERS = 600
NOTES = 5
"""The most notes for one message: more would drown the question."""
TEXT_CHARACTERS = 20_000
"""As much of a message is looked at."""

_log = logging.getLogger(__name__)
_Stamp = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Phrase:
    """What is to be mentioned: the words after the first, and the number of the rule."""

    rest: tuple[str, ...]
    rule: int


@dataclass(frozen=True, slots=True)
class _Rules:
    notes: tuple[str, ...]
    phrases: Mapping[str, tuple[_Phrase, ...]]
    """By their first word."""


class Reminders:
    """The rules of one file, read again when it changes.

    A file that was changed for the worse, or removed, leaves the rules as they were; the log says why.
    """

    def __init__(self, path: Path, rules: _Rules, stamp: _Stamp) -> None:
        self._path, self._rules, self._stamp = path, rules, stamp

    @classmethod
    def load(cls, path: Path) -> "Reminders":
        """Read the file.

        Raises:
            BadInput: it cannot be read, is no TOML, or a rule in it is none; with the place and the fix.
        """
        stamp = _stamp(path)
        return cls(path, _read(path), stamp)

    def notes(self, text: str) -> tuple[str, ...]:
        """The notes whose word the text mentions, in the order of the file, ``NOTES`` at most."""
        self._refresh()
        rules = self._rules
        said = _words(text[:TEXT_CHARACTERS])
        found = {
            phrase.rule
            for at, word in enumerate(said)
            for phrase in rules.phrases.get(word, ())
            if said[at + 1 : at + 1 + len(phrase.rest)] == phrase.rest
        }
        return tuple(dict.fromkeys(rules.notes[rule] for rule in sorted(found)))[:NOTES]

    def _refresh(self) -> None:
        try:
            stamp = _stamp(self._path)
        except BadInput as exc:
            if self._stamp != (0, 0):
                _log.warning("The rules stay as they were. %s", exc)
            self._stamp = (0, 0)
            return
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            self._rules = _read(self._path)
        except BadInput as exc:
            _log.warning("The rules stay as they were. %s", exc)


def _stamp(path: Path) -> _Stamp:
    try:
        found = path.stat()
    except OSError as exc:
        raise _unreadable(path, exc) from exc
    return found.st_mtime_ns, found.st_size


def _read(path: Path) -> _Rules:
    try:
        with path.open("rb") as file:
            raw = file.read(FILE_BYTES + 1)
    except OSError as exc:
        raise _unreadable(path, exc) from exc
    if len(raw) > FILE_BYTES:
        raise BadInput(f"{path.name} is larger than {FILE_BYTES:,} bytes.", "Take rules out.")
    try:
        table = tomllib.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as exc:
        line = raw[: exc.start].count(b"\n") + 1
        raise BadInput(f"{path.name} is not in UTF-8, first in line {line}.", "Save it as UTF-8.") from exc
    except tomllib.TOMLDecodeError as exc:
        raise BadInput(f"{path.name} is no TOML: {exc}.", f"Write each rule so: {_EXAMPLE}") from exc
    return _rules(path.name, table)


_EXAMPLE = '[[rule]], below it words = ["belt"], below that note = "Belts are not sold."'


def _rules(name: str, table: Mapping[str, Any]) -> _Rules:
    if others := [key for key in table if key != "rule"]:
        raise BadInput(f"{name} has {others[0]!r} outside a rule.", f"Write each rule so: {_EXAMPLE}")
    listed = table.get("rule", [])
    if not isinstance(listed, list):
        raise BadInput(f"{name} has [rule] where [[rule]] is meant.", "Double its brackets.")
    if len(listed) > RULES:
        raise BadInput(f"{name} has {len(listed):,} rules, {RULES} are read.", "Take rules out.")
    notes: list[str] = []
    phrases: dict[str, tuple[_Phrase, ...]] = {}
    for number, rule in enumerate(listed):
        place = f"Rule {number + 1} of {name}"
        notes.append(_note(place, rule))
        for words in _phrases(place, rule):
            first, *rest = words
            phrases[first] = (*phrases.get(first, ()), _Phrase(tuple(rest), number))
    return _Rules(tuple(notes), phrases)


def _note(place: str, rule: object) -> str:
    if not isinstance(rule, dict):
        raise BadInput(f"{place} is no table.", f"Write it so: {_EXAMPLE}")
    if others := [key for key in rule if key not in ("words", "note")]:
        raise BadInput(f"{place} has {others[0]!r}.", "A rule has words and a note, nothing else.")
    note = rule.get("note")
    if not isinstance(note, str) or not note.strip():
        raise BadInput(f"{place} has no note.", 'Add one, such as note = "Belts are not sold."')
    if len(note) > NOTE_CHARACTERS:
        raise BadInput(f"{place} has a note of {len(note):,} characters.", f"Keep it to {NOTE_CHARACTERS}.")
    return " ".join(note.split())


def _phrases(place: str, rule: Mapping[str, Any]) -> list[tuple[str, ...]]:
    listed = rule.get("words")
    if not isinstance(listed, list) or not listed or not all(isinstance(word, str) for word in listed):
        raise BadInput(f"{place} has no list of words.", 'Add one, such as words = ["belt", "belts"].')
    if len(listed) > WORDS_A_RULE:
        raise BadInput(f"{place} has {len(listed)} words.", f"Keep it to {WORDS_A_RULE}.")
    found = []
    for word in listed:
        if len(word) > WORD_CHARACTERS or not (folded := _words(word)):
            raise BadInput(
                f"{place} has {word[:20]!r} as a word.",
                f"A word has letters or digits, and {WORD_CHARACTERS} of them at the most.",
            )
        found.append(folded)
    return found


def _words(text: str) -> tuple[str, ...]:
    return tuple(_singular(token.folded) for token in tokens(text))


def _singular(word: str) -> str:
    """What a word and its English plural have in common; it need not be a word itself."""
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    if len(word) > 3 and word.endswith("ie"):
        return f"{word[:-2]}y"
    return word[:-1] if len(word) > 3 and word.endswith(("se", "xe", "ze", "che", "she")) else word


def _unreadable(path: Path, exc: OSError) -> BadInput:
    return BadInput(f"{path.name} cannot be read: {exc.strerror}.", "Check that it is there and may be read.")
