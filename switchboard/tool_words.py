"""How much the words of a message speak for each tool.

It knows the words that tools declare (``Tool.words``) and forgives endings and slips. Arguments, and which
tool is called in the end, are for ``matcher.py``.

A word of several parts is looked for in their order; "…" stands for up to three words between two parts
("add … bag"). A word that is "…" alone says that the tool's arguments ask for it without any word ("LK101").
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from switchboard.mentions import Utterance
from switchboard.spelling import Names, fold, stem
from switchboard.tools import Tool

GAP = "…"
BETWEEN = 3
"""Words that a gap stands for, at most."""
LONGER = 0.2
"""What each further part of a word adds to its weight: it is the surer sign."""
FIRST = 0.3
"""What the word that comes first in the message adds: people begin with what they want."""
_REFUSAL = re.compile(
    r"(?<!why )\b(?:don['’]?t|do not|never)\s+"
    r"(?:(?:want|wish|need|like|to|a|an|any|the|my|you|please)\s+)*(\w+)"
)
_VERBS = "get list find show fetch look up search make do run call tool the a of for by"
_GENERIC = frozenset(_VERBS.split())
"""Parts of tools' names that tell no tool from another."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What speaks for one tool: ``weight``, with the ``places`` of its words in the message.

    ``leads`` says that the first word for any tool is one of its own, ``refused`` that it is not wanted,
    ``lone`` that its arguments are enough.
    """

    weight: float
    places: frozenset[int]
    leads: bool
    refused: bool
    lone: bool


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    """The tools' words: for each tool its parted words with their shares, and the parts by their stems."""

    spoken: tuple[tuple[tuple[tuple[str, ...], float], ...], ...]
    stems: dict[str, frozenset[str]]
    spelt: Names


def declared(tool: Tool) -> tuple[str, ...]:
    """The words of a tool; those of its name where it declares none."""
    words = tool.words or tuple(part for part in tool.name.split("_") if part not in _GENERIC)
    return tuple(word for word in words if word.strip())


def heard(said: Utterance, tools: Sequence[Tool]) -> list[Heard]:
    """What of a message speaks for each tool; one of the words shared by n tools counts 1/n for each."""
    vocabulary = _vocabulary(tuple(map(declared, tools)))
    readings = [_readings(token.folded, vocabulary) for token in said.tokens]
    unwanted = [_readings(fold(match[1]), vocabulary) for match in _REFUSAL.finditer(said.text.casefold())]
    weighed = [_weighed(words, readings) for words in vocabulary.spoken]
    first = min((place for weights in weighed for place in weights), default=-1)
    return [
        Heard(
            weight=sum(weights.values()),
            places=frozenset(weights),
            leads=first in weights,
            refused=any(word[0] in reading for word, _ in words for reading in unwanted),
            lone=GAP in own,
        )
        for words, weights, own in zip(vocabulary.spoken, weighed, map(declared, tools), strict=True)
    ]


@lru_cache(maxsize=16)
def _vocabulary(words: tuple[tuple[str, ...], ...]) -> _Vocabulary:
    parted = [
        {tuple(part if part == GAP else fold(part) for part in word.split()) for word in own if word != GAP}
        for own in words
    ]
    spoken = tuple(
        tuple((word, 1 / sum(word in others for others in parted)) for word in sorted(own)) for own in parted
    )
    stems: dict[str, set[str]] = {}
    for part in {part for own in parted for word in own for part in word} - {GAP}:
        stems.setdefault(stem(part), set()).add(part)
    meanings = {part: own for own, parts in stems.items() for part in parts}
    return _Vocabulary(spoken, {own: frozenset(parts) for own, parts in stems.items()}, Names(meanings))


def _readings(token: str, vocabulary: _Vocabulary) -> frozenset[str]:
    """The parts of tools' words that a token may be: itself, or its inflections, or what it misspells."""
    near = vocabulary.stems.get(stem(token), frozenset())
    if token in near:
        return frozenset((token,))
    if not near and (meant := vocabulary.spelt.closest(token, forgiving=False)):
        return vocabulary.stems[stem(meant)]
    return near


def _weighed(
    words: Sequence[tuple[tuple[str, ...], float]], readings: Sequence[frozenset[str]]
) -> dict[int, float]:
    """The weight of each place in the message where one of a tool's words stands."""
    weights: dict[int, float] = {}
    for word, share in words:
        parts = sum(part != GAP for part in word)
        weight = share * (1 + LONGER * (parts - 1)) / parts
        for places in _found(word, readings):
            for place in places:
                weights[place] = max(weight, weights.get(place, 0))
    return weights


def _found(word: tuple[str, ...], readings: Sequence[frozenset[str]]) -> Iterator[list[int]]:
    for start, reading in enumerate(readings):
        if word[0] not in reading:
            continue
        places, gap = [start], 0
        for part in word[1:]:
            if part == GAP:
                gap = BETWEEN
                continue
            after = places[-1] + 1
            near = range(after, min(after + gap + 1, len(readings)))
            place = next((at for at in near if part in readings[at]), None)
            if place is None:
                break
            places.append(place)
            gap = 0
        else:
            yield places
