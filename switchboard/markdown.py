"""Making Markdown that a model or a stranger's page wrote harmless to show.

A remote image would tell a stranger who reads this, raw HTML would draw on our page, a link may run a script:
images become their words, tags become text, links that are not to the web or to a mail address lose theirs.
The result stays Markdown. It holds for a text that is still growing: call it on the whole text each time.

Safety never rests on agreeing with a renderer about what is code: only a fenced block that every renderer
reads as one keeps its exact characters. Inside anything else that looks like code an invisible word joiner
(U+2060) stands between the characters that would mean something.
"""

import html
import re
from collections.abc import Iterator

_JOINER = "\u2060"
_OPENING = re.compile(r"(`{3,}|~{3,})[^`~\n]*$")
_FENCE_LIKE = re.compile(r"[\s>*+\-\d.)]*(?:```|~~~)")
_DIAGRAM = re.compile(r"(?im)^([^\n]*?(?:```|~~~)[`~]*+[^\w\n]*+)mermaid")
"""A block that Gradio draws as a diagram, which may hold pictures of its own."""
_CODE = re.compile(r"(?<![`\\])(`{1,3})(?!`)([^\n]{1,500}?)(?<!`)\1(?!`)")
_IMAGE = re.compile(r"!\[([^\[\]\n]{0,500})\](?:\([^()\n]{0,3000}\)|\[[^\[\]\n]{0,500}\])")
_IMAGE_BEGUN = re.compile(r"!\[([^\[\]\n]{0,500})(?:\](?:\([^()\n]{0,3000})?)?\Z")
_LINK = re.compile(
    r"\[([^\[\]\n]{0,500}+)\]\([ \t]*+(?:<([^\s<>]{0,3000}+)>|([^\s()<>]{0,3000}+))([ \t][^()\n]{0,500}+)?\)"
)
_ADDRESS = re.compile(r"<((?:https?://|mailto:)[^\s<>]{1,2000})>")
_TAG = re.compile(r"<(?=[a-zA-Z/!?])")
_TARGET = re.compile(r"\](?=\(\s*+<?([^\s()]*+))")
_SAFE = re.compile(r"https?://|mailto:|#", re.IGNORECASE)


def safe_markdown(text: str) -> str:
    """The text with images, HTML and unsafe links made harmless; linear in its length."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    if "mermaid" in text.lower():
        text = _DIAGRAM.sub(r"\1text", text)
    return "".join(part if is_code else _prose(part) for is_code, part in _parts(text))


def _parts(text: str) -> Iterator[tuple[bool, str]]:
    """The text in pieces, each with whether it is a fenced block beyond doubt.

    A fence is one only in the first column, closed by its very own mark. After anything that a renderer might
    read otherwise (an indented fence, one in a list, mathematics that could swallow one) none is trusted.
    """
    if "```" not in text and "~~~" not in text:
        yield False, text
        return
    piece: list[str] = []
    fence, trusted = "", True
    for line in re.findall(r"[^\n]*\n|[^\n]+$", text):
        bare = line.rstrip("\n")
        if fence and bare.rstrip(" ") == fence:
            yield trusted, "".join([*piece, line])
            piece, fence = [], ""
            continue
        opening = None if fence else _OPENING.match(bare)
        if opening and trusted:
            yield False, "".join(piece)
            piece, fence = [], opening[1]
        elif _FENCE_LIKE.match(bare) or (not fence and "$$" in bare):
            trusted = False
        piece.append(line)
    yield bool(fence) and trusted, "".join(piece)


def _prose(text: str) -> str:
    if not any(mark in text for mark in ("<", "![", "](", "]:")):
        return text
    begin, pieces = 0, []
    for code in _CODE.finditer(text):
        pieces += [_words(text[begin : code.start()]), _disarmed(code[0])]
        begin = code.end()
    pieces.append(_words(text[begin:], at_end=True))
    # Once more over the whole: a mark may have come together from two pieces.
    return _disarmed("".join(pieces))


def _words(text: str, *, at_end: bool = False) -> str:
    """What is not code, as a reader should see it."""
    text = _IMAGE.sub(r"\1", text)
    if at_end:
        text = _IMAGE_BEGUN.sub(r"\1", text)
    text = _ADDRESS.sub(r"\1", text)
    text = _LINK.sub(_link, text)
    return _TAG.sub("&lt;", text)


def _link(found: re.Match[str]) -> str:
    words, target = found[1], found[2] or found[3] or ""
    return f"[{words}]({target}{found[4] or ''})" if _is_safe(target) else words


def _disarmed(text: str) -> str:
    """The same to the eye, but for no renderer an image, a tag, a definition or an unsafe link."""
    text = _TAG.sub(f"<{_JOINER}", text.replace("![", f"!{_JOINER}[").replace("]:", f"]{_JOINER}:"))
    return _TARGET.sub(
        lambda link: "]" if _is_safe(link[1]) else f"]{_JOINER}",
        text,
    )


def _is_safe(target: str) -> bool:
    return bool(_SAFE.match(html.unescape(target)))
