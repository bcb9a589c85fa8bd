from hypothesis import given
from hypothesis import strategies as st

from switchboard.knowledge.markdown import spans

LINES = st.sampled_from(
    [
        *("# One", "## Two ##", "### Three", "# ", "####### seven", "#hash"),
        *("", "plain words", "- item", "    indented", "x" * 1_200, "\r"),
        *("```", "```py", "~~~"),
        *("| a | b |", "|---|:-:|", "| 1 | 2 |", "a | b", "--- | ---"),
    ]
)


@given(st.lists(LINES, max_size=40).map("\n".join) | st.text(max_size=300))
def test_spans_follow_one_another_and_cover_the_text(text):
    found = list(spans(text))
    assert "".join(text[span.start : span.end] for span in found) == text
    assert all(span.start < span.end for span in found)


def test_a_heading_knows_the_headings_above_it():
    text = "# Fares\n## Economy ##\nCheap.\n### Light\nNo bag.\n## First\nWide.\n# C#\n"
    paths = [(text[s.start : s.end].strip(), s.path) for s in spans(text)]
    assert paths == [
        ("# Fares", ("Fares",)),
        ("## Economy ##", ("Fares", "Economy")),
        ("Cheap.", ("Fares", "Economy")),
        ("### Light", ("Fares", "Economy", "Light")),
        ("No bag.", ("Fares", "Economy", "Light")),
        ("## First", ("Fares", "First")),
        ("Wide.", ("Fares", "First")),
        ("# C#", ("C#",)),
    ]


def test_a_heading_inside_a_fence_is_none_and_a_shorter_fence_does_not_close_it():
    text = "````\n# no heading\n```\nstill code\n````\nafter\n"
    fence, after = spans(text)
    assert fence.whole
    assert text[fence.start : fence.end] == "````\n# no heading\n```\nstill code\n````\n"
    assert text[after.start : after.end] == "after\n"


def test_a_fence_that_is_never_closed_is_text():
    assert not any(span.whole for span in spans("```\nnever closed\n\nwords\n"))


def test_rows_of_a_table_stand_alone_and_know_its_header():
    text = "Fees:\n| item | fee |\n|---|---|\n| bag | 30 |\n| bike | 75 |\n\nafter\n"
    words, header, bag, bike, after = spans(text)
    assert text[words.start : words.end] == "Fees:\n"
    assert text[header.start : header.end] == "| item | fee |\n|---|---|\n"
    assert (text[bag.start : bag.end], bag.lead) == ("| bag | 30 |\n", "| item | fee |\n|---|---|\n")
    assert text[bike.start : bike.end] == "| bike | 75 |\n\n"
    assert text[after.start : after.end] == "after\n"
    assert not after.lead
