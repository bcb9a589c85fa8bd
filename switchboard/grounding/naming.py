"""The names in a claim: of people, places, companies, things.

English alone: in a language that writes every noun with a capital it finds too many.
"""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

from switchboard.grounding.evidence import Evidence
from switchboard.grounding.figures import UNITS
from switchboard.grounding.tokens import Mark, Token
from switchboard.grounding.wording import Word


@dataclass(frozen=True, slots=True)
class Name:
    """Words with a capital that stand together in a claim, from its token ``at`` on."""

    at: int
    words: tuple[Word, ...]

    @property
    def length(self) -> int:
        """How many tokens it takes."""
        return len(self.words)

    @property
    def text(self) -> str:
        """As it stands in the claim."""
        return " ".join(word.text for word in self.words).removesuffix("'s").removesuffix("’s")

    def holding(self, evidence: Evidence) -> dict[int, float]:
        """The units that hold every word of it, each with how much it counts there."""
        found: dict[int, float] | None = None
        for word in self.words:
            here: dict[int, float] = {}
            for root in word.roots:
                if not root.endswith("-") and root[0] != "~":
                    for at, count in evidence.holding(root):
                        here[at] = max(count, here.get(at, 0.0))
            found = here if found is None else {at: min(found[at], here[at]) for at in found.keys() & here}
        if not found and (initials := evidence.spelt_out(self)):
            return initials
        return found or {}


def names(cut: Sequence[Token], known: Set[str], lower: Set[str]) -> list[Name]:
    """The names in a claim's tokens.

    Args:
        cut: the tokens.
        known: folded words that the sources write with a capital in mid-sentence.
        lower: folded words that the sources write without one, which are no names by themselves.
    """
    return list(_names(cut, known, lower))


def _names(cut: Sequence[Token], known: Set[str], lower: Set[str]) -> Iterator[Name]:
    group: list[Word] = []
    fresh = True
    for at, token in enumerate(cut):
        named = isinstance(token, Word) and _is_name(token, cut, at, fresh, known, lower)
        if isinstance(token, Word):
            fresh = False
        elif isinstance(token, Mark):
            fresh = token.text in ".!?:"
        if named and isinstance(token, Word):
            group.append(token)
            ends = token.text.endswith(("'s", "’s")) or token.text.isupper()
        if group and (not named or ends):
            last = at if named else at - 1
            yield Name(last - len(group) + 1, tuple(group))
            group = []
    if group:
        yield Name(len(cut) - len(group), tuple(group))


def _is_name(
    token: Word, cut: Sequence[Token], at: int, fresh: bool, known: Set[str], lower: Set[str]
) -> bool:
    if (
        not token.text[0].isupper()
        or not token.is_content
        or (" " in token.text and token.text[1:].islower())
    ):
        return False
    if token.folded in lower and token.folded not in known:
        return False
    if token.text.isupper() and (token.folded in UNITS or any(root[0] == "=" for root in token.roots)):
        return False
    if not fresh:
        return True
    following = cut[at + 1] if at + 1 < len(cut) else None
    beside = isinstance(following, Word) and following.text[0].isupper() and following.is_content
    owns = token.text.endswith(("'s", "’s"))
    return token.folded in known or beside or owns or (token.text.isupper() and len(token.text) > 1)
