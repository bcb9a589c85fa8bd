from hypothesis import given
from hypothesis import strategies as st

from switchboard.brochure.budget import cut, fitted_sources
from switchboard.web.page import Page


def page(text, title="T", description=""):
    return Page(f"https://a.example/{title}", title, description, "en", text, (), (), needs_script=False)


def prose(count, word="thing"):
    return " ".join(f"Sentence {n} tells of one {word} that is worth knowing." for n in range(count))


_BLOCK = st.one_of(
    st.text(alphabet="ab. ", min_size=1, max_size=400),
    st.integers(1, 60).map(prose),
    st.lists(st.text(alphabet="xy ", min_size=1, max_size=30), min_size=1).map(
        lambda items: "\n".join(f"- {item}" for item in items)
    ),
    st.integers(1, 90).map(lambda n: "\n".join(f"| row {k} | {k} |" for k in range(n))),
    st.sampled_from(
        ["# One", "## Two", "### Three", "12 May 2026", "北辰精密成立于1998年，总部位于苏州。" * 9]
    ),
)
_PAGES = st.lists(st.lists(_BLOCK, max_size=9).map("\n\n".join), max_size=7)


@given(_PAGES, st.integers(0, 4_000))
def test_the_pages_together_keep_to_the_budget_and_every_line_begins_one_of_theirs(texts, budget):
    sources = fitted_sources([page(text, str(n)) for n, text in enumerate(texts)], budget)
    assert sum(len(source.text) for source in sources) <= budget
    assert [source.number for source in sources] == list(range(1, len(sources) + 1))
    for source in sources:
        own = " ".join(texts[int(source.title)].split())
        assert all(" ".join(line.split()) in own for line in source.text.splitlines())


@given(st.lists(st.text(alphabet="abc", min_size=1, max_size=9), min_size=1), st.integers(0, 200))
def test_no_word_is_cut(words, room):
    text = " ".join(words)
    kept = cut(text, room)
    assert len(kept) <= max(room, 0) or len(text) <= room
    assert kept.split() == words[: len(kept.split())]


def test_a_text_without_spaces_is_cut_at_its_marks_or_between_its_characters():
    text = "北辰精密成立于一九九八年，总部位于苏州，" * 40
    assert 60 <= len(cut(text, 100)) <= 100
    sentences = "我们生产轴承。" * 40
    assert cut(sentences, 100).endswith("。")
    thai = "บริษัทผลิตตลับลูกปืนขนาดเล็ก" * 20
    assert 80 <= len(cut(thai, 100)) <= 100 and thai[len(cut(thai, 100))] not in "ิีึืัุู็่้๊๋์"


def test_an_abbreviation_is_no_end_of_a_sentence_to_cut_at():
    assert cut("We ship to many towns. Ask for Dr. Lee and his team of nine.", 40) == "We ship to many towns."


def test_of_a_page_of_one_huge_paragraph_the_beginning_and_the_figures_are_kept():
    dull = " ".join("Words follow words and nothing much is told by them." for _ in range(150))
    text = f"We make glue. {dull} In 2025 revenue rose to 14 million. {dull}"
    [source] = fitted_sources([page(text)], 4_000)
    assert source.text.startswith("We make glue.") and "14 million" in source.text
    assert len(source.text) > 3_000


def test_a_paragraph_that_is_kept_in_parts_reads_on_where_they_follow_each_other():
    [source] = fitted_sources([page(prose(100))], 4_000)
    assert "\n" not in source.text and source.text.startswith("Sentence 0 ")


def test_a_long_list_stays_a_list():
    items = "\n".join(f"- item {n} of the list, which has a few words" for n in range(200))
    [source] = fitted_sources([page(items)], 3_000)
    assert all(line.startswith("- item ") for line in source.text.splitlines())
    assert len(source.text) > 2_000


def test_a_table_keeps_its_header_and_leaves_room_for_the_text():
    rows = "\n".join(f"| Flight {n} | {n} dollars |" for n in range(500))
    text = f"## Fares\n\n| Flight | Price |\n{rows}\n\n## About\n\n{prose(40)}"
    [source] = fitted_sources([page(text)], 4_000)
    table, _, rest = source.text.partition("## About")
    assert table.startswith("## Fares\n\n| Flight | Price |\n| Flight 0 |")
    assert all(line.endswith("|") for line in table.strip().splitlines()[2:])
    assert len(rest) > 1_500


def test_the_first_pages_stay_where_there_is_no_room_for_all():
    sources = fitted_sources([page(prose(30, f"page{n}"), str(n)) for n in range(20)], 1_000)
    assert [source.title for source in sources] == ["0", "1", "2", "3", "4"]
    assert all(len(source.text) > 100 for source in sources)


def test_the_home_page_and_the_next_have_more_room():
    first, second, *others = fitted_sources([page(prose(300, f"w{n}"), str(n)) for n in range(6)], 12_000)
    assert len(first.text) > len(second.text) > max(len(other.text) for other in others)


def test_a_heading_that_two_pages_have_stays_on_both():
    one, two = fitted_sources(
        [page("## Prices\n\nGlue is dear."), page("## Prices\n\nPaint is cheap.")], 1_000
    )
    assert "## Prices" in one.text and "## Prices" in two.text


def test_headings_whose_text_was_told_before_are_left_out_with_those_above_them():
    _, two = fitted_sources(
        [page("The same."), page("Something new.\n\n## Over\n\n### Under\n\nThe same.\n\n## Last\n\nEnd.")],
        1_000,
    )
    assert two.text == "Something new.\n\n## Last\n\nEnd."


def test_a_page_of_headings_alone_keeps_them():
    [source] = fitted_sources([page("# Acme\n\n## Glue")], 1_000)
    assert source.text == "# Acme\n\n## Glue"


def test_dates_are_kept_however_often_they_stand_there():
    [source] = fitted_sources([page("12 May 2026\n\nOne thing.\n\n12 May 2026\n\nAnother.")], 1_000)
    assert source.text.count("12 May 2026") == 2


def test_a_hash_before_a_word_is_no_heading():
    [source] = fitted_sources([page("#1 in the country\n\n#2 in the world")], 1_000)
    assert "#1 in the country" in source.text and "#2 in the world" in source.text
