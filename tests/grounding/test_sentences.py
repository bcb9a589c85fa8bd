import json
from functools import cache
from pathlib import Path

import pytest

from switchboard.grounding import Unsupported, check
from switchboard.messages import Source

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent


@cache
def text_of(place):
    """A source's text: a file's where its path is given, otherwise the text itself."""
    path = ROOT / place
    return path.read_text(encoding="utf-8") if "\n" not in place and path.suffix and path.is_file() else place


def source(number, place):
    text = text_of(place)
    return Source(int(number), text.strip().split("\n", 1)[0].lstrip("# ")[:200], text, place)


@cache
def entries(name):
    lines = (HERE / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [entry for line in lines if "sentence" in (entry := json.loads(line))]


def is_marked(entry):
    sources = [source(number, place) for number, place in entry["sources"].items()]
    return any(isinstance(one.verdict, Unsupported) for one in check(entry["sentence"], sources))


@cache
def rate(name, kind):
    of_kind = [entry for entry in entries(name) if entry["kind"] == kind]
    assert len(of_kind) >= 100
    return sum(map(is_marked, of_kind)) / len(of_kind)


def test_of_the_supported_sentences_at_most_one_in_twenty_is_marked():
    assert rate("sentences", "supported") <= 0.05


@pytest.mark.xfail(
    reason="the words of a sentence do not tell more than five alterations in six", strict=True
)
def test_of_the_altered_sentences_nine_in_ten_are_caught():
    assert rate("sentences", "altered") >= 0.90


# A little below what was measured, so that it cannot get worse unseen. Nothing was developed on "fresh".
@pytest.mark.parametrize(
    ("name", "caught", "marked"), [("sentences", 0.82, 0.04), ("practice", 0.66, 0.10), ("fresh", 0.72, 0.20)]
)
def test_it_catches_and_marks_as_measured(name, caught, marked):
    assert rate(name, "altered") >= caught
    assert rate(name, "supported") <= marked
