"""Facts and words of a claim that stand in another row than the claim has them in."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from switchboard.grounding.alignment import Alignment
from switchboard.grounding.figures import Amount, Day
from switchboard.grounding.naming import Name
from switchboard.grounding.reading import Fact, Reading
from switchboard.grounding.rivals import same
from switchboard.grounding.signs import Found, Sign
from switchboard.grounding.tokens import Code, Mark, Token
from switchboard.grounding.units import Unit, coded_keys
from switchboard.grounding.wording import Word, close

_CLEARLY = 0.4
"""How much less of its label the claim must have than of another row's."""
_UNNAMED = 0.34
"""The share of it up to which the claim does not name a row."""
_NAMED = 0.5
"""The share of a label that names a row."""
_BETTER = 1.05
"""How much better another row must fit."""
_LEAST = 0.02
"""What is less than this is no difference."""


def tabled(aligned: Alignment) -> Iterator[Found]:
    """The signs that a claim mixes the rows of a table."""
    reading, units = aligned.reading, aligned.units
    tables = {
        (units[at].number, units[at].table)
        for at in (aligned.best, *(at for fact in reading.facts for at in fact.own))
        if units[at].table >= 0
    }
    for fact in reading.facts:
        if _fits_another_row(fact, reading):
            yield Found(Sign.ROW, fact.text)
    for table in sorted(tables):
        rows = reading.evidence.tables[table]
        named = _named(reading, rows)
        top = max(named.values())
        if len(rows) > 1 and top >= _NAMED:
            yield from _labelled(reading, named, top)
            if named.get(aligned.best, 0.0) == top:
                yield from _celled(aligned, named, top)


def _named(reading: Reading, rows: Sequence[int]) -> dict[int, float]:
    """How much of each row's label a claim has; the rarer a word, the more it counts."""
    units = reading.evidence.units
    labels = {at: _label(units[at]) for at in rows}
    counts = Counter(key for label in labels.values() for key in {_key(token) for token in label})
    mine = frozenset().union(*(_roots(token) for token in reading.cut))
    amounts = [token for token in reading.cut if isinstance(token, Amount | Day)]
    found: dict[int, float] = {}
    for at, label in labels.items():
        weights = {token: 1 / counts[_key(token)] for token in label if counts[_key(token)] < len(rows)}
        held = sum(
            weight
            for token, weight in weights.items()
            if not mine.isdisjoint(_roots(token)) or any(same(amount, token) for amount in amounts)
        )
        found[at] = held / sum(weights.values()) if weights else 0.0
    return found


def _label(row: Unit) -> list[Token]:
    cells = zip(row.tokens, row.columns, strict=True)
    first = (token for token, column in cells if column == 0)
    return [
        token
        for token in first
        if not isinstance(token, Mark) and (not isinstance(token, Word) or token.is_content)
    ]


def _key(token: Token) -> str:
    return token.stem if isinstance(token, Word) else token.text


def _roots(token: Token) -> set[str]:
    if isinstance(token, Word):
        return {root for root in token.roots if close(root) and root[-1] != "-"}
    return {f"#{key}" for key in coded_keys(token)} if isinstance(token, Code) else set()


def _labelled(reading: Reading, named: Mapping[int, float], top: float) -> Iterator[Found]:
    """Numbers and dates that stand in none of the rows that the claim names."""
    for fact in reading.facts:
        is_in_rows = bool(fact.own) and all(at in named for at in fact.own)
        if isinstance(fact.token, Name) or not is_in_rows:
            continue
        if max(named[at] for at in fact.own) < min(top - _CLEARLY, _UNNAMED):
            yield Found(Sign.LABEL, fact.text)


def _celled(aligned: Alignment, named: Mapping[int, float], top: float) -> Iterator[Found]:
    """Words that stand in a cell of other rows than those that the claim names."""
    units, best = aligned.units, aligned.units[aligned.best]
    cells: dict[str, set[int]] = {}
    for at in named:
        for token, column in zip(units[at].tokens, units[at].columns, strict=True):
            if column and isinstance(token, Word) and token.is_content:
                cells.setdefault(token.stem, set()).add(at)
    for word in aligned.reading.telling.values():
        rows = cells.get(word.stem, set())
        if rows and word.roots.isdisjoint(best.roots) and not any(named[at] >= top for at in rows):
            yield Found(Sign.CELL, word.text)


def _fits_another_row(fact: Fact, reading: Reading) -> bool:
    """Whether a fact stands in rows alone of whose tables another row fits what belongs to it better."""
    units, tables = reading.evidence.units, reading.evidence.tables
    if isinstance(fact.token, Name) or not fact.own or any(units[at].table < 0 for at in fact.own):
        return False
    facts = {other.last: other for other in reading.facts}
    fits: dict[int, float] = {}
    for weight, token, place in reading.bonds(fact, reading.line[-1]):
        if place in facts:
            rows = facts[place].own
        elif isinstance(token, Word):
            near = _roots(token)
            rows = [at for at in reading.holding(token) if not near.isdisjoint(units[at].cell_roots)]
        else:
            continue
        for at in rows:
            fits[at] = fits.get(at, 0.0) + weight
    return not any(
        all(
            fits.get(row, 0.0) <= _BETTER * fits.get(at, 0.0) + _LEAST
            for row in tables[units[at].number, units[at].table]
        )
        for at in fact.own
    )
