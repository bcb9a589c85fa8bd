import re

from hypothesis import given
from hypothesis import strategies as st
from langchain_core.documents import Document

from switchboard.knowledge.splitter import LONGEST, MarkdownSplitter

VOCABULARY = ("the", "bag", "weighs", "23", "kg", "and", "flies.", "Also", "boats!", "né", "42,5")
WORDS = st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=250)
PARAGRAPH = WORDS.map(" ".join)
NAME = st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=4).map(" ".join)
HEADING = st.builds(lambda level, name: "#" * level + " " + name, st.integers(1, 6), NAME)
FENCE = st.lists(PARAGRAPH, max_size=6).map(lambda lines: "```text\n" + "\n\n".join(lines) + "\n```")
TABLE = st.lists(PARAGRAPH, min_size=1, max_size=12).map(
    lambda rows: "| what | why |\n|---|---|\n" + "\n".join(f"| {row} | yes |" for row in rows)
)
MARKDOWN = st.lists(PARAGRAPH | HEADING | FENCE | TABLE, max_size=12).map("\n\n".join)


def split(text, title="Title"):
    whole = Document(page_content=text, metadata={"path": "a/b.md", "kind": "a", "title": title})
    return MarkdownSplitter().split_documents([whole])


@given(MARKDOWN | st.text(max_size=2_000))
def test_offsets_lead_back_to_the_chunks_own_text(text):
    chunks = split(text)
    owns = MarkdownSplitter().split_text(text)
    assert "".join(owns) == text
    for chunk, own in zip(chunks, owns, strict=True):
        start, end = chunk.metadata["start"], chunk.metadata["end"]
        assert text[start:end] == own
        assert chunk.page_content.endswith(own)


@given(MARKDOWN)
def test_no_fence_and_no_row_is_split(text):
    for own in MarkdownSplitter().split_text(text):
        assert len(re.findall(r"^```", own, re.MULTILINE)) % 2 == 0
        for line in own.splitlines():
            assert not line.startswith("| ") or line.endswith(" |")


@given(MARKDOWN)
def test_a_chunk_is_over_the_limit_only_where_one_span_is(text):
    for own in MarkdownSplitter().split_text(text):
        assert len(own) <= LONGEST or "```" in own or "|" in own


@given(st.lists(PARAGRAPH | HEADING, max_size=20).map("\n\n".join))
def test_equal_chunks_of_a_document_have_ids_of_their_own(text):
    ids = [chunk.id for chunk in split(text + "\n\n" + text)]
    assert len(ids) == len(set(ids))


def test_small_sections_are_packed_and_no_heading_ends_a_chunk():
    sections = [f"## Part {n}\n\n{'word ' * 40}\n\n" for n in range(12)]
    chunks = split("# Title\n\n" + "".join(sections))
    assert len(chunks) < 6
    assert all(chunk.page_content.rstrip().endswith("word") for chunk in chunks)
    assert all(chunk.metadata["heading"].startswith("Part") for chunk in chunks)


def test_the_headings_stand_above_the_text_and_the_title_once():
    chunk = split("# Baggage\n\n## Weight\n\n### Checked\n\n23 kg.\n", title="Baggage")[0]
    assert chunk.page_content.startswith("Baggage › Weight › Checked\n\n# Baggage")
    assert chunk.metadata["heading"] == "Weight › Checked"


def test_a_table_cut_in_two_keeps_its_header_rows():
    rows = "".join(f"| item {n} | {'x' * 60} |\n" for n in range(30))
    first, second, *_ = split("# Fees\n\n| what | fee |\n|---|---|\n" + rows)
    assert not first.metadata["lead"]
    assert second.metadata["lead"] == "| what | fee |\n|---|---|\n"
    assert "\n\n| what | fee |\n|---|---|\n| item " in second.page_content
