import re
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from switchboard.markdown import safe_markdown

RENDERERS = [
    MarkdownIt("commonmark", {"html": True}),
    MarkdownIt("gfm-like", {"html": True, "linkify": False}),
]
OWN_TAGS = set(
    [
        "p",
        "a",
        "em",
        "strong",
        "code",
        "pre",
        "ul",
        "ol",
        "li",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "blockquote",
        "hr",
        "br",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "s",
    ]
)
PAYLOADS = [
    "![a](http://evil.example/x.png)",
    "![a][r]\n\n[r]: http://evil.example/x.png",
    "![r]\n\n[r]: http://evil.example/",
    "![a\nb](http://evil.example/)",
    "![a [b](c)](http://evil.example/)",
    "![](http://evil.example/ 'title')",
    "![a](<http://evil.example/x y>)",
    "[![a](http://evil.example/i)](http://b.example)",
    "\\\\![a](http://evil.example)",
    "!\\[a](u) ![b](http://evil.example/(x))",
    "<img src=http://evil.example/x>",
    "<IMG SRC=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "<svg/onload=alert(1)>",
    "<iframe src=x>",
    "<!-- x --><b>",
    "<?php ?><b>",
    "</p><b>",
    "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert)",
    "[x](java\tscript:a)",
    "[x](&#106;avascript:a)",
    "[x](javascript&colon;a)",
    "[x](java\\script:a)",
    "[x](\njavascript:a)",
    "[x](data:text/html,a)",
    "[x](<javascript:a>)",
    "[x](vbscript:a)",
    "[x](\\\\http://evil.example)",
    "[x]( javascript:a 't')",
    "[x][r]\n\n[r]: javascript:a",
    "[x](/relative)",
    "[x](file:///etc/passwd)",
    "<javascript:a>",
    "<data:text/html,x>",
    "[r]:\njavascript:a\n\n[r]",
    "` ![a](http://evil.example) `",
    "a ` b\nc ` ![a](http://evil.example) ` d",
    "| ` | ![a](http://evil.example) ` |",
    "[a](`) ![x](http://evil.example) `",
    "[a](`) `b` ![x](http://evil.example) `",
    "\\` ![x](http://evil.example) `",
    "<a title='`'> ![x](http://evil.example) `",
    "` <img src=x> `\n\n` <img src=y>",
    "``![x](http://evil.example)`",
    "- a\n  ```\n![x](http://evil.example)\n",
    "> ```\n![x](http://evil.example)\n",
    "  ```\n  a\n```\n![x](http://evil.example)\n```",
    "```\n a\n  ```\n![x](http://evil.example)",
    "```\na\n````\n![x](http://evil.example)\n```\n![x](http://evil.example)",
    "``` a`b\n![x](http://evil.example)\n```",
    "~~~\na\n~~~~\n![x](http://evil.example)",
    "```\na\n```x\n```\n<img src=x>",
    '[a]: b "t\n```\n"\n![x](http://evil.example)',
    "$$\n```\n$$\n![x](http://evil.example)",
    "<div>\n```\n</div>\n\n<img src=x>",
    "```\na\n```\t\n<img src=x>\n```",
    "\t```\n<img src=x>",
    "1. a\n   ~~~\n<img src=x>",
    "```\r<img src=x>\r```\r<img src=y>",
    "\x0c```\n<img src=x>",
    "a\u2028```\n<img src=x>",
    "a\n```\nb\n```\n<img src=x>",
    "```\n```\n<img src=x>",
]


def dangers(text):
    """What a renderer would make of a text that a stranger must not decide."""
    for renderer in RENDERERS:
        shown = renderer.render(text)
        for tag, attributes in re.findall(r"<([a-zA-Z!?/][^\s>]*)([^>]*)>", shown):
            if tag.strip("/").lower() not in OWN_TAGS:
                yield tag
            if (target := re.search(r'href="([^"]*)', attributes)) and not re.match(
                "https?://|mailto:|#", target[1], re.I
            ):
                yield target[1]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_payload_survives_alone_or_in_company(payload):
    for text in (
        payload,
        f"Words\n\n{payload}",
        f"- {payload}",
        f"**a** {payload} `b`",
        f"{payload}\n\n{payload}",
    ):
        assert list(dangers(safe_markdown(text))) == []


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_payload_survives_while_it_grows(payload):
    for end in range(len(payload)):
        assert list(dangers(safe_markdown(payload[:end]))) == []


def test_the_payloads_would_harm_unguarded():
    assert sum(bool(list(dangers(payload))) for payload in PAYLOADS) > 30


PIECES = [
    "![",
    "](",
    ")",
    "[",
    "]",
    "a",
    "http://e",
    "<img src=x>",
    "<b",
    ">",
    "`",
    "```",
    "~~~",
    "\n",
    "\n\n",
    " ",
    "  ",
    "\\",
    "]: ",
    "$$",
    "|",
    "- ",
    "> ",
    "1. ",
    "javascript:",
    "&#58;",
    '"',
    "!",
    "(",
    "\t",
    "#",
    "    ",
    "x",
]


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
@settings(max_examples=600, deadline=None)
@example("```\n![a](http://e)\n```\n![a](http://e)")
@example("[a\\](<b](|c)")
def test_no_mixture_of_marks_loads_or_runs_anything(text):
    assert list(dangers(safe_markdown(text))) == []


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
@settings(max_examples=200, deadline=None)
def test_a_safe_text_stays_as_it_is(text):
    once = safe_markdown(safe_markdown(text))
    assert safe_markdown(once) == once


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Plain **text** with [1] and a < b.", "Plain **text** with [1] and a < b."),
        ("See ![our fleet](http://x/y.png) here", "See our fleet here"),
        ("<b>bold</b>", "&lt;b>bold&lt;/b>"),
        ("[us](https://a.example/x 'Title') and [m](mailto:a@b.example) and [1](#one)",) * 2,
        ("[A](https://en.example/A_(b))",) * 2,
        ("[gone](javascript:x) and [rel](/x)", "gone and rel"),
        ("<https://a.example>", "https://a.example"),
        ("```html\n<b>![a](u)</b>\n```\n",) * 2,
        ("~~~\n<b>\n~~~\n<i>", "~~~\n<b>\n~~~\n&lt;i>"),
        ("```python\nx = '<b>'",) * 2,
        ("| a | b |\n|---|---|\n| 1 | 2 |",) * 2,
        ("Words ![half", "Words half"),
        ("Words ![alt](http://ha", "Words alt"),
        ("```mermaid\nflowchart\n```", "```text\nflowchart\n```"),
        ("", ""),
    ],
)
def test_what_a_reader_sees_is_kept(text, shown):
    assert safe_markdown(text) == shown


def test_inline_code_looks_the_same():
    assert safe_markdown("Use `<div>` here").replace("\u2060", "") == "Use `<div>` here"


def test_eight_kilobytes_take_a_millisecond_or_so_and_hostile_text_grows_linearly():
    text = (
        "Some **text** with [a link](https://a.example/x), `code <b>`, <b>html</b>, ![i](http://x)\n\n- [1]\n"
        * 90
    )[:8_000]
    best = min(_seconds(text) for _ in range(20))
    assert best < 0.005
    for part in (
        "![",
        "[a](x",
        "[a](b ",
        "`",
        "` `` ``` ",
        "<",
        "](",
        "](  ",
        "```\n",
        "<https://a",
        "mermaid```",
        "\n",
    ):
        assert _seconds(part * (200_000 // len(part))) < 2


def _seconds(text):
    began = time.process_time()
    safe_markdown(text)
    return time.process_time() - began
