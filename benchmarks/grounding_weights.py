"""Fits the weights in ``switchboard/grounding/signs.py`` to the sentences of ``tests/grounding``.

``python -m benchmarks.grounding_weights`` prints them with what they catch and mark: once on sentences whose
source they were not fitted on, once on all. It never reads ``fresh.jsonl``, which is kept to measure with.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from switchboard.grounding.alignment import Alignment
from switchboard.grounding.bearing import against
from switchboard.grounding.claims import claims, claims_something
from switchboard.grounding.evidence import Evidence
from switchboard.grounding.facts import tokens
from switchboard.grounding.reading import Reading
from switchboard.grounding.signs import Sign
from switchboard.grounding.units import units
from switchboard.messages import Source

ROOT = Path(__file__).parents[1]
FILES = ("sentences", "practice")
SIGNS = list(Sign)
SHRINKAGE = 0.1
"""The penalty on the squares of the weights."""
ROUNDS = 4_000
"""Steps of Nesterov's accelerated gradient descent; after each, negative weights are set to nothing."""
PARTS = 10
"""Parts of which each is measured with the weights of the others."""
EVEN = 0.5
"""The probability from which on a sentence is marked."""


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence with its signs; ``lacks`` where its sources lack one of its facts."""

    place: str
    is_altered: bool
    lacks: bool
    signs: tuple[float, ...]


def examples() -> list[Example]:
    """The sentences of the files, each with the signs that its worst claim shows."""
    found = []
    for name in FILES:
        for line in (ROOT / "tests" / "grounding" / f"{name}.jsonl").read_text("utf-8").splitlines():
            entry = json.loads(line)
            among = {int(number): units(_source(int(number), at)) for number, at in entry["sources"].items()}
            lacks, signs = False, np.zeros(len(SIGNS))
            for claim in claims(entry["sentence"]):
                cut = tokens(claim.words)
                if not claims_something(claim, cut):
                    continue
                numbers = claim.cited or claim.inherited or tuple(among)
                evidence = Evidence([unit for number in numbers for unit in among.get(number, ())])
                reading = Reading(cut, evidence, frozenset())
                if not reading.scores or not all(fact.stating for fact in reading.facts):
                    lacks = True
                    continue
                for one in against(Alignment(reading)):
                    at = SIGNS.index(one.sign)
                    signs[at] = max(signs[at], one.amount)
            place = f"{name} {sorted(entry['sources'].values())[0]}"
            found.append(Example(place, entry["kind"] == "altered", lacks, tuple(signs)))
    return found


def _source(number: int, place: str) -> Source:
    is_path = "\n" not in place and Path(place).suffix and (ROOT / place).is_file()
    text = (ROOT / place).read_text("utf-8") if is_path else place
    return Source(number, text.strip().split("\n", 1)[0].lstrip("# ")[:200], text, place)


def fitted(learned: Sequence[Example]) -> NDArray[np.float64]:
    """The weights, none of them negative, and the bias behind them, by the largest likelihood."""
    rows = np.array([(*one.signs, 1.0) for one in learned if not one.lacks])
    sides = np.array([1.0 if one.is_altered else -1.0 for one in learned if not one.lacks])

    shrinkage = np.array([SHRINKAGE] * len(SIGNS) + [0.0])
    step = 1 / (np.linalg.norm(rows, 2) ** 2 / 4 + SHRINKAGE)
    found: NDArray[np.float64] = np.zeros(len(SIGNS) + 1)
    ahead, pace = found, 1.0
    for _ in range(ROUNDS):
        slope = rows.T @ (-sides / (1 + np.exp(np.clip(sides * (rows @ ahead), -50, 50)))) + shrinkage * ahead
        following = ahead - step * slope
        following[:-1] = np.maximum(following[:-1], 0.0)
        faster = (1 + np.sqrt(1 + 4 * pace**2)) / 2
        ahead = following + (pace - 1) / faster * (following - found)
        found, pace = following, faster
    return found


def is_marked(one: Example, weights: NDArray[np.float64]) -> bool:
    """Whether the checker would mark a sentence with these weights."""
    return one.lacks or bool(np.array((*one.signs, 1.0)) @ weights > np.log(EVEN / (1 - EVEN)))


def report(told: str, marks: Sequence[tuple[Example, bool]]) -> None:
    """Print how many altered sentences are caught and supported ones marked, by file."""
    for name in FILES:
        mine = [(one, marked) for one, marked in marks if one.place.startswith(name)]
        caught = [marked for one, marked in mine if one.is_altered]
        blamed = [marked for one, marked in mine if not one.is_altered]
        print(f"{told}, {name}: caught {np.mean(caught):.1%}, marked {np.mean(blamed):.1%}")


def main() -> None:
    """Fit, measure and print."""
    known = examples()
    places = sorted({one.place for one in known})
    marks = []
    for part in range(PARTS):
        held = set(places[part::PARTS])
        weights = fitted([one for one in known if one.place not in held])
        marks += [(one, is_marked(one, weights)) for one in known if one.place in held]
    report("on other sources", marks)
    weights = fitted(known)
    report("on all", [(one, is_marked(one, weights)) for one in known])
    print(f"BIAS = {weights[-1]:.2f}")
    for at, (sign, weight) in enumerate(zip(SIGNS, weights[:-1], strict=True)):
        altered = sum(one.signs[at] > 0 for one in known if one.is_altered)
        honest = sum(one.signs[at] > 0 for one in known if not one.is_altered)
        print(f"    Sign.{sign.name}: {weight:.2f},  # beside {altered} altered, {honest} supported")


if __name__ == "__main__":
    main()
