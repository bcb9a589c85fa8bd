import re
import time
from html import escape

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree
from lxml import html as lxml_html

from switchboard.markdown_html import is_safe_address, to_html
from switchboard.markdown_tokens import CHARACTERS, NESTING, Citation, citations
from switchboard.sentences import sentences

ATTRIBUTES = {
    "a": {"href", "rel", "target"},
    "ol": {"start"},
    "th": {"style"},
    "td": {"style"},
    "button": {"data-n"},
    "mark": {"title"},
}
BLOCKS = {"div", "p", "pre", "blockquote", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "hr"}
ELEMENTS = BLOCKS | {"a", "em", "strong", "s", "code", "br", "table", "thead", "tbody", "tr", "th", "td"}
EVIL = "http://evil.example/"
PAYLOADS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<iframe srcdoc='<script>1</script>'>",
    "<style>@import 'http://evil.example'</style>",
    "<a href=javascript:alert(1)>x</a>",
    "<!-- <p onclick=x> -->",
    "<![CDATA[<b>]]>",
    "<?php x ?>",
    "</div></main></body><script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;",
    "\\<script>",
    "`<script>`",
    "```<script>\nx\n```",
    "```html onload=x\n<script>\n</code></pre><b>",
    '```"><script>\nx',
    "    <script>alert(1)</script>",
    f"![a]({EVIL}x.png)",
    f"![a][r]\n\n[r]: {EVIL}x.png",
    f"[![a]({EVIL}i)]({EVIL})",
    f"![a [b]({EVIL}) *c*]({EVIL} 'title \"onload=x')",
    f"![![![a]({EVIL})]({EVIL})]({EVIL})",
    '![" onerror="alert(1)](x)',
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:a)",
    "[x](\x01javascript:a)",
    "[x](&#106;avascript:a)",
    "[x](javascript&colon;a)",
    "[x](java\\script:a)",
    "[x](%6aavascript:a)",
    "[x](\njavascript:a)",
    "[x](<java\nscript:a>)",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](data:image/png;base64,aaa)",
    "[x](vbscript:a)",
    "[x](file:///etc/passwd)",
    "[x](//evil.example)",
    "[x](/relative)",
    "[x](#anchor)",
    "[x](http:evil)",
    "[x](http://)",
    "[x](https:\\\\evil.example)",
    '[x](http://a.example/"onmouseover=alert(1)//)',
    "[x](<http://a.example/' onclick='x>)",
    "[x](http://a.example '\" onclick=\"x')",
    "[x][r]\n\n[r]: javascript:a",
    "[r]: javascript:a\n\n[r] [1]",
    "[1]: http://evil.example 'x'\n\n[1]",
    "<javascript:a>",
    "<data:text/html,x>",
    "<http://ok.example/'\"onclick=x>",
    "<a@b.example>",
    "[a <http://in.example> [1]](http://out.example)",
    "[[1]](http://a.example) [[a](http://b.example)](http://c.example)",
    "[2](http://a.example/[3] '[4]') ![[5]](x) `[6]` [7",
    "[1][2] [1, 3] [2–4] [0] [1-999] [9999] [3-1] [1,] \\[5] [1-2-3]",
    "| a `|` [1] | b |\n|--|:-:|\n| <b> | [2](javascript:x) |\n| 1 | 2 | 3 [4] |",
    "a | b\n-|-\n\\| [1] | [2]",
    "- [ ] a\n  - b\n\n    ```\n    [1]\n    ```\n7) x",
    "> # a [1]\n> b\nlazy [2]\n***\nSetext [3]\n===",
    "**bold* _a_ ~~b~~ ***c** __ `code",
    "\ue000\ue001 1 \ue000 \uf8ff [1]\ufdd0",
    "a\0b\ud800c [1]",
    "\r\na [1]\r\n\r\n- b\rc [2]\r\n",
    "\x0c\na [1]\n\u2028b [2]\n\tc [3]",
    "*\ta [1]\n\tb [2]\n\n>\t\tc [3]",
    "# [1] # #\n#\n## #\n[1]\n--",
    "&amp;lt; &nbsp; &#0; &#x110000; &unknown;",
    "a  \nb\\\nc [1]  \nd",
]
HOSTILE = [
    *(
        "[",
        "*",
        "`",
        ">",
        "![",
        "[a](",
        "_a",
        "*a **b ",
        "<a ",
        "](",
        "&#x",
        "\\",
        "[1]",
        "- ",
        "1. ",
        "~~a ",
    ),
    *(
        "#\n",
        "> a\nb\n",
        "- a\n\n  ",
        "a|b\n",
        "a\n=\n",
        "![a](",
        "[](/a)",
        "<http:",
        "* a\n",
        "**x** ",
        "\t",
    ),
]
MARKDOWN = st.text(alphabet="ab1 \n\t\r[]()!<>*_`~#|-+.:;,\"'&\\/=\ue0000", max_size=80)
PIECES = st.lists(st.one_of(st.sampled_from(PAYLOADS), MARKDOWN), max_size=5).map("".join)
each_payload = pytest.mark.parametrize("text", PAYLOADS)


def assert_harmless(drawn, allowed=frozenset()):
    root = lxml_html.fragment_fromstring(drawn, create_parent="div")
    for element in root.iter():
        assert isinstance(element.tag, str), f"a comment or an instruction in {drawn!r}"
        assert element.tag in ELEMENTS | allowed
        assert set(element.attrib) <= ATTRIBUTES.get(element.tag, set())
        if "href" in element.attrib:
            assert re.match(r"https?://[^/]|mailto:.", element.attrib["href"], re.IGNORECASE)
            assert element.attrib["rel"] == "noopener noreferrer nofollow"
            assert element.xpath("not(ancestor::a)")
        assert re.fullmatch(r"(text-align:(left|right|center))?", element.attrib.get("style", ""))
    return root


def well_formed(drawn):
    """As XML, which forgives nothing."""
    return etree.fromstring(f"<div>{drawn.replace('<br>', '<br/>').replace('<hr>', '<hr/>')}</div>")


def printable(text):
    """Without what no HTML can hold."""
    return re.sub("[\x01-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", " ", text)


def drawn_with_everything(text):
    offsets = range(0, len(text) + 1, 3)
    return to_html(
        text,
        cite=lambda number, occurrence: f'<button data-n="{number}">{occurrence}</button>',
        marks={offset: f'<mark title="{offset}"></mark>' for offset in offsets},
    )


@each_payload
def test_what_is_drawn_of_every_beginning_of_a_payload_is_harmless(text):
    for end in range(len(text) + 1):
        assert_harmless(to_html(text[:end]))
        well_formed(printable(drawn_with_everything(text[:end])))


@settings(max_examples=300)
@given(PIECES)
def test_whatever_is_drawn_is_harmless(text):
    assert_harmless(to_html(text))
    assert_harmless(drawn_with_everything(text), {"button", "mark"})
    well_formed(printable(drawn_with_everything(text)))


@settings(max_examples=300)
@given(PIECES)
@example("a [1] \n[2]")
@example("**a.** b\n\n***\n\n1. c\\\n d")
def test_each_mark_is_there_once_and_changes_nothing_else(text):
    offsets = range(0, len(text) + 1, 2)
    marked = to_html(text, marks={offset: f"<mark>{offset}</mark>" for offset in offsets})
    found = [int(number) for number in re.findall("<mark>([0-9]+)</mark>", marked)]
    assert sorted(found) == list(offsets)
    assert re.sub("(?:<p>(?:<mark>[0-9]+</mark>)</p>\n)|<mark>[0-9]+</mark>", "", marked) == to_html(text)


@settings(max_examples=300)
@given(PIECES)
def test_citations_are_listed_as_they_are_drawn(text):
    listed = citations(text)
    drawn = []

    def cite(number, occurrence):
        drawn.append((number, occurrence))
        return ""

    to_html(text, cite=cite)
    assert drawn == [(citation.number, citation.occurrence) for citation in listed]
    assert [citation.occurrence for citation in listed] == list(range(len(listed)))
    assert [citation.offset for citation in listed] == sorted(citation.offset for citation in listed)


@each_payload
def test_a_citation_stands_where_its_offset_says(text):
    for citation in citations(text):
        written = re.match(r"\[([0-9]{1,3})(?:[ ,–-]+([0-9]{1,3}))?\]", text[citation.offset :])
        assert written, text[citation.offset :]
        assert int(written[1]) <= citation.number <= int(written[2] or written[1])


def test_a_citation_of_several_numbers_is_several_citations():
    assert citations("a [1, 3] b [2–4]; [5]") == [
        Citation(1, 0, 2),
        Citation(3, 1, 2),
        *(Citation(number, number, 11) for number in (2, 3, 4)),
        Citation(5, 5, 18),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "`[1]`",
        "```\n[1]\n```",
        "    [1]",
        "[a [1]](http://a.example)",
        "![[1]](x)",
        "[1](http://a.example)",
        "\\[1]",
    ],
)
def test_what_is_code_a_link_an_image_or_escaped_cites_nothing(text):
    assert citations(text) == []
    assert "cited" not in to_html(text, cite=lambda number, occurrence: "cited")


@pytest.mark.parametrize(
    "text", ["[0]", "[1-999]", "[3-1]", "[2024]", "[1-2-3]", "[a]", "[1,]", "[]", "[１]"]
)
def test_brackets_that_name_no_sources_stay_as_they_are(text):
    assert citations(text) == []
    assert to_html(text) == f"<p>{text}</p>\n"


def test_without_a_way_to_cite_the_citations_stay_to_be_read():
    assert to_html("It flies [1, 2].") == "<p>It flies [1, 2].</p>\n"


def test_a_citation_takes_the_space_before_it():
    drawn = to_html("It flies [1]\n[2] daily.", cite=lambda number, occurrence: f"<sup>{number}</sup>")
    assert drawn == "<p>It flies<sup>1</sup><sup>2</sup> daily.</p>\n"


def test_each_citation_is_found_from_the_sentence_it_closes():
    text = "# Air\n\nIt flies [1]. It lands [2][3]\n\n- **Oslo** [4]\n\n"
    text += "| a [5] | b |\n|--|--|\n| c \\| d | e [6] |\n"
    by_sentence = {
        unit.plain: [c.number for c in citations(text) if unit.start <= c.offset < unit.end]
        for unit in sentences(text)
    }
    assert list(by_sentence.values()) == [[], [1], [2, 3], [4], [5], [6]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One.| Two.", "<p>One.⚠ Two.</p>\n"),
        ("**One.**| Two.", "<p><strong>One.</strong>⚠ Two.</p>\n"),
        ("One. [1]|\nTwo.", "<p>One. [1]⚠\nTwo.</p>\n"),
        ("- One|\n- Two", "<ul><li>One⚠\n</li>\n<li>Two\n</li>\n</ul>\n"),
        ("# One|", "<h1>One⚠</h1>\n"),
        ("# One #|", "<h1>One⚠</h1>\n"),
        ("One\n===|\n\nTwo", "<h1>One⚠</h1>\n<p>Two</p>\n"),
        ("> One\n> two.|\n> Three", "<blockquote><p>One\ntwo.⚠\nThree</p>\n</blockquote>\n"),
        ("[One. |Two](http://a.example/)", None),
        ("a `one|two` b", "<p>a <code>onetwo</code>⚠ b</p>\n"),
        ("```\none|\n```\n\na", "<pre><code>one\n</code></pre>\n<p>⚠</p>\n<p>a</p>\n"),
        ("a\n\n***|\n\nb", "<p>a</p>\n<hr>\n<p>⚠</p>\n<p>b</p>\n"),
        ("|", "<p>⚠</p>\n"),
        ("é\r\n\r\nOne.|\r\n", "<p>é</p>\n<p>One.⚠</p>\n"),
    ],
)
def test_a_mark_stands_at_the_end_of_its_sentence(text, expected):
    drawn = to_html(text.replace("|", ""), marks={text.index("|"): "⚠"})
    if expected is None:
        assert drawn.endswith("Two</a>⚠</p>\n")
    else:
        assert drawn == expected


def test_a_mark_at_the_end_of_a_row_is_in_its_last_cell():
    text = "a | b\n--|--\nx \\| y | z |\n"
    drawn = to_html(text, marks={len(text) - 1: "⚠", text.index(" | z"): "!"})
    assert "<td>x | y!</td>\n<td>z⚠</td>" in drawn


def test_an_image_is_its_words_and_an_unsafe_link_too():
    text = "![A *fine* plane](http://evil.example/x.png 'title') [read](javascript:x) [on](/here)"
    assert to_html(text) == "<p>A <em>fine</em> plane read on</p>\n"


def test_links_to_the_web_and_to_mail_are_links():
    root = assert_harmless(to_html("[a](https://a.example/b?c=d&e 'title') <post@b.example>"))
    assert [link.attrib["href"] for link in root.iter("a")] == [
        "https://a.example/b?c=d&e",
        "mailto:post@b.example",
    ]


def test_headings_can_begin_lower():
    assert to_html("# a\n\n##### b", base_level=2) == "<h3>a</h3>\n<h6>b</h6>\n"


def test_what_markdown_can_say_is_drawn():
    text = "a **b** *c* ~~d~~ `e`\\\nf\n\n3. x\n4. y\n\n| l | r |\n|:--|--:|\n| 1 | 2 |\n\n> q\n\n---\n"
    assert to_html(text) == (
        "<p>a <strong>b</strong> <em>c</em> <s>d</s> <code>e</code><br>\nf</p>\n"
        '<ol start="3"><li>x\n</li>\n<li>y\n</li>\n</ol>\n'
        '<table><thead><tr><th style="text-align:left">l</th>\n'
        '<th style="text-align:right">r</th>\n</tr>\n</thead>\n'
        '<tbody><tr><td style="text-align:left">1</td>\n'
        '<td style="text-align:right">2</td>\n</tr>\n</tbody>\n</table>\n'
        "<blockquote><p>q</p>\n</blockquote>\n<hr>\n"
    )


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs", "Cc"]), max_size=60))
def test_no_word_of_code_is_lost_or_read_as_anything_else(text):
    assert to_html(f"````\n{text}\n````") == f"<pre><code>{escape(text)}\n</code></pre>\n"


@given(st.text(alphabet="http:/.exampl@mailto javascript#?[]()<>\"'\\\t\n", max_size=40))
def test_a_safe_address_begins_safely_and_ends_no_attribute(address):
    if is_safe_address(address):
        assert re.match("https?://|mailto:", address, re.IGNORECASE)
        assert not set(address) & set(" \t\n\"'<>`\\")


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_texts_of_any_length_are_drawn_in_bounded_time(piece):
    text = (piece * 200_000)[:200_000]
    begun = time.perf_counter()
    to_html(text, cite=lambda number, occurrence: "x", marks={1: "", 100_000: "", 200_000: ""})
    assert time.perf_counter() - begun < 30


def test_nested_lists_and_images_are_drawn_in_bounded_time():
    begun = time.perf_counter()
    assert_harmless(to_html("".join(" " * 2 * depth + "- a\n" for depth in range(400))))
    assert_harmless(to_html("![" * (NESTING - 1) + "*a " * 30_000 + "](a)" * (NESTING - 1)))
    assert time.perf_counter() - begun < 30


def test_a_table_of_empty_cells_is_no_table():
    text = "|a" * 300 + "|\n" + "|-" * 300 + "|\n"
    drawn = to_html(text + "a\n" * 300)
    assert "<td" not in drawn
    assert len(drawn) < 4_000
    assert to_html(text + "|a" * 300 + "|\n").count("<td") == 300
    assert to_html("a|b|c\n-|-|-\n" + "x\n" * 400).count("<td") == 1_200


def test_tables_that_are_refused_are_not_counted_again():
    begun = time.perf_counter()
    to_html("a|b|c\n-|-|-\n" * 4_000 + "x\n" * 20_000)
    assert time.perf_counter() - begun < 30


def test_a_text_beyond_the_limit_is_cut():
    assert to_html("a" * (CHARACTERS + 5)) == f"<p>{'a' * CHARACTERS}</p>\n"
