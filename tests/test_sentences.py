import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.sentences import Kind, plain, sentences


def texts(text):
    return [sentence.text for sentence in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("It costs 3.50 dollars. Cheap.", ["It costs 3.50 dollars.", "Cheap."]),
        ("Dr. Smith met Mr. Jones. They spoke.", ["Dr. Smith met Mr. Jones.", "They spoke."]),
        ("Some fruit, e.g. apples, i.e. food. Good.", ["Some fruit, e.g. apples, i.e. food.", "Good."]),
        ("J. R. Tolkien wrote it. See p. 12.", ["J. R. Tolkien wrote it.", "See p. 12."]),
        (
            "Acme Inc. sells anvils. It was made by Acme Inc. They left.",
            ["Acme Inc. sells anvils.", "It was made by Acme Inc.", "They left."],
        ),
        ("Bring pens, paper etc. The rest is here.", ["Bring pens, paper etc.", "The rest is here."]),
        ("He said “Stop.” Then he left.", ["He said “Stop.”", "Then he left."]),
        ("Really?! Yes...", ["Really?!", "Yes..."]),
        ("Wrapped over\ntwo lines. Next.", ["Wrapped over\ntwo lines.", "Next."]),
        ("Cited. [1] Next.", ["Cited. [1]", "Next."]),
        ("Visit example.com today. Thanks.", ["Visit example.com today.", "Thanks."]),
        ("Version 2.0 is out. 30 days remain.", ["Version 2.0 is out.", "30 days remain."]),
        ("今日は。明日は。", ["今日は。", "明日は。"]),
        ("no end", ["no end"]),
        ("", []),
        ("\n \n", []),
    ],
)
def test_prose_is_cut_where_sentences_end(text, expected):
    assert texts(text) == expected


MARKDOWN = """# Title

Intro one. Intro two.

Sub heading
-----------

- first item. Still first
  and its second line
- second
3. third

| Plan | Price |
|------|------:|
| Basic | $10. Monthly |

---

```python
# not a heading

x = 1. Y
```

## Last ##
End."""


def test_markdown_units_are_kept_whole():
    found = [(sentence.kind, sentence.text) for sentence in sentences(MARKDOWN)]
    assert found == [
        (Kind.HEADING, "# Title"),
        (Kind.PROSE, "Intro one."),
        (Kind.PROSE, "Intro two."),
        (Kind.HEADING, "Sub heading\n-----------"),
        (Kind.ITEM, "- first item. Still first\n  and its second line"),
        (Kind.ITEM, "- second"),
        (Kind.ITEM, "3. third"),
        (Kind.ROW, "| Plan | Price |"),
        (Kind.ROW, "| Basic | $10. Monthly |"),
        (Kind.CODE, "```python\n# not a heading\n\nx = 1. Y\n```"),
        (Kind.HEADING, "## Last ##"),
        (Kind.PROSE, "End."),
    ]


def test_headings_know_their_level():
    assert [s.level for s in sentences(MARKDOWN) if s.kind is Kind.HEADING] == [1, 2, 2]


def test_an_unclosed_fence_runs_to_the_end():
    assert texts("```\na\n\n# b") == ["```\na\n\n# b"]


def test_long_text_without_ends_is_cut_at_its_lines():
    rows = [f"{number},apple,{number * 3},in stock" for number in range(60)]
    assert texts("\n".join(rows)) == rows


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("- **Bold** and `code`", "Bold and code"),
        ("## Head ##", "Head"),
        ("Sub\n---", "Sub"),
        ("See [the *site*](http://x.example/a) now", "See the site now"),
        ("> quoted\n text", "quoted text"),
        ("- [x] done", "done"),
        ("2 * 3 * 4 is snake_case_name", "2 * 3 * 4 is snake_case_name"),
        ("![A cat](cat.png) sleeps", "A cat sleeps"),
    ],
)
def test_plain_words_carry_no_markup(markdown, words):
    assert plain(markdown) == words


@given(st.text(alphabet="ab A.!?\n#-*|`1~[]()\f。", max_size=200))
def test_every_unit_stands_where_it_says_and_nothing_but_rules_is_lost(text):
    units = sentences(text)
    assert all(text[unit.start : unit.end] == unit.text for unit in units)
    assert all(one.end <= two.start for one, two in itertools.pairwise(units))
    left = list(text)
    for unit in units:
        left[unit.start : unit.end] = " " * (unit.end - unit.start)
    assert not set("".join(left)) & set("abA1.!?。()[]")


@pytest.mark.parametrize(
    "hostile",
    [
        "." * 100_000 + "x",
        "[" * 100_000,
        "`a" * 100_000,
        "a. " + " " * 100_000 + "b",
        "\n- " * 100_000,
        "**a " * 100_000,
        "- " * 100_000 + "x",
        "|" * 100_000 + "x",
        " " * 100_000 + "x",
        "#" * 100_000,
        "a\n" * 100_000,
    ],
    ids=lambda text: text[:4],
)
def test_hostile_text_costs_no_more_than_any_other(hostile):
    begin = time.process_time()
    for unit in sentences(hostile):
        assert len(unit.plain) <= len(hostile)
    assert time.process_time() - begin < 3
