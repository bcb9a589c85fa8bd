"""Finding in a message what a parameter may be: names, forms, numbers, titles.

Which of several parameters a value belongs to is decided in ``slots.py``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from switchboard.ranking import STOP_WORDS
from switchboard.spelling import Names, Token, fold, tokens

HEARD = 2_000
"""Characters of a message that are looked at; what people ask of a tool is far shorter."""
_COURTESY = (
    "hi hello hey please thanks thank want need like get give show tell know see look make take let help "
    "check find would could can dear sir madam okay ok yes well also today"
)
EMPTY = STOP_WORDS | frozenset(_COURTESY.split())
"""Words that say nothing of what a message is about; none of them is a name misspelt."""
_BETWEEN = "the a an city town of is my in airport about around place called named number no code id"
"""Words that may stand between a cue and its value: "from the city of Delhi"."""
_FILLERS = frozenset(_BETWEEN.split())
_COUNT = "one two three four five six seven eight nine ten"
_ONE = frozenset(("a", "an", "another"))
_MORE = frozenset(("more", "extra", "additional", "further", "other"))
_OPENING = "([+-$#"
"""What may stand before the first letter or digit of a form."""
_SPLIT = re.compile(r"([A-Za-z]{1,3})[ -]([0-9]+)(?![^\W_])")
"""A form cut in two, as in "ai 101"."""
_NUMBERS = {word: number for number, word in enumerate(_COUNT.split(), 1)}


@dataclass(frozen=True, slots=True)
class Utterance:
    """A message's words, cut once; ``text`` is bounded by ``HEARD``."""

    text: str
    tokens: tuple[Token, ...]

    @classmethod
    def of(cls, text: str) -> "Utterance":
        """The utterance of a person's text."""
        text = text[:HEARD].strip()
        return cls(text, tokens(text))


@dataclass(frozen=True, slots=True)
class Mention:
    """A value that the message names, in the tokens from ``first`` up to ``after``.

    ``exact`` where it is spelt as it should be.
    """

    first: int
    after: int
    value: object
    exact: bool = True


def counts(utterance: Utterance, cues: tuple[str, ...]) -> Iterator[Mention]:
    """Numbers in digits and words, and the one of "a" or "another" before a cue ("another seat")."""
    for at, token in enumerate(utterance.tokens):
        digits = token.folded.isdecimal() and len(token.folded) <= 9
        number = int(token.folded) if digits else _NUMBERS.get(token.folded)
        if number is None and token.folded in _ONE and cued_after(utterance, at + 1, cues):
            number = 1
        if number is not None:
            yield Mention(at, at + 1, number)


@lru_cache(maxsize=64)
def _names(values: tuple[tuple[str, str], ...]) -> tuple[dict[str, str], Names, int]:
    """Each name as tokens joined by spaces with the value it stands for, and the most tokens in a name."""
    pairs = [(value, value) for _, value in values] + list(values)
    names = {" ".join(token.folded for token in tokens(name)): value for name, value in pairs}
    names.pop("", None)
    return names, Names(names), max((name.count(" ") + 1 for name in names), default=1)


@lru_cache(maxsize=32)
def named(
    utterance: Utterance, values: tuple[tuple[str, str], ...], cues: tuple[str, ...]
) -> tuple[Mention, ...]:
    """The names in a message, misspelt ones among them; two slips are forgiven after a cue."""
    names, spelt, longest = _names(values)
    words = [token.folded for token in utterance.tokens]
    never = EMPTY | {word for cue in cues for word in cue.casefold().split()}
    mentions: list[Mention] = []
    at = 0
    while at < len(words):
        sizes = range(min(longest, len(words) - at), 0, -1)
        typed = [(size, " ".join(words[at : at + size])) for size in sizes]
        name = next(((size, said) for size, said in typed if said in names), None)
        if name is None:
            forgiving = cued_before(utterance, at, cues)
            near = (
                (size, spelt.closest(said, forgiving or size == len(words)))
                for size, said in typed
                if never.isdisjoint(words[at : at + size])
                and not any(map(str.isdecimal, words[at : at + size]))
            )
            name = next(((size, meant) for size, meant in near if meant), None)
        if name is not None:
            exact = name[1] in (said for _, said in typed)
            mentions.append(Mention(at, at + name[0], names[name[1]], exact))
            at += name[0] - 1
        at += 1
    return tuple(mentions)


@lru_cache(maxsize=32)
def formed(utterance: Utterance, pattern: str) -> tuple[Mention, ...]:
    """What has the pattern's form, its letters in either case, and across a space ("ai 101")."""
    text, cut = utterance.text, utterance.tokens
    form = re.compile(pattern, re.IGNORECASE)
    mentions: list[Mention] = []
    taken = -1
    for at, token in enumerate(cut):
        if at <= taken:
            continue
        opened = token.start - len(text[: token.start]) + len(text[: token.start].rstrip(_OPENING))
        match = form.match(text, opened) or form.match(text, token.start)
        if match and match[0] and not (match.end() < len(text) and text[match.end()].isalnum()):
            after = max(number for number, other in enumerate(cut) if other.start < match.end()) + 1
            # "In three days" may begin with a common word, but be none.
            if after - at > 1 or token.folded not in STOP_WORDS:
                taken = after - 1
                mentions.append(Mention(at, after, _cased(match[match.lastindex or 0], pattern)))
        elif (split := _SPLIT.match(text, token.start)) and form.fullmatch(joined := split[1] + split[2]):
            taken = at + 1
            mentions.append(Mention(at, at + 2, _cased(joined, pattern)))
    return tuple(mentions)


def _cased(value: str, pattern: str) -> str:
    """The value in the case that the pattern has it in."""
    cases = (value, value.upper(), value.lower())
    return next((case for case in cases if re.fullmatch(pattern, case)), value)


def titled(utterance: Utterance) -> Iterator[Mention]:
    """Text in quotes, and runs of capitalised words."""
    text, cut = utterance.text, utterance.tokens
    at = 0
    while at < len(cut):
        after = at
        if cut[at].start and text[cut[at].start - 1] in "\"“'‘":
            while after < len(cut) and text[cut[after].end : cut[after].end + 1] not in tuple("\"”'’"):
                after += 1
            after = min(after + 1, len(cut))
        else:
            while after < len(cut) and text[cut[after].start].isupper():
                after += 1
        if after > at:
            yield Mention(at, after, text[cut[at].start : cut[after - 1].end])
        at = max(after, at + 1)


def cued_before(utterance: Utterance, before: int, cues: tuple[str, ...]) -> bool:
    """Whether one of the cues stands before a token, filling words in between."""
    words = [token.folded for token in utterance.tokens[:before]]
    parted = _parted(cues)
    for _ in range(4):
        if any(words[-len(cue) :] == cue for cue in parted):
            return True
        if not words or words[-1] not in _FILLERS:
            break
        words = words[:-1]
    return False


def cued_after(utterance: Utterance, after: int, cues: tuple[str, ...]) -> bool:
    """Whether one of the cues follows: "bags" after "two more"."""
    words = [token.folded for token in utterance.tokens[after : after + 6]]
    while words and words[0] in _MORE:
        words = words[1:]
    return any(words[: len(cue)] == cue for cue in _parted(cues))


@lru_cache(maxsize=256)
def _parted(cues: tuple[str, ...]) -> list[list[str]]:
    return [parts for cue in cues if (parts := [fold(word) for word in cue.split()])]
