"""A streamed answer without citations that do not exist.

Whether a cited passage supports the sentence is not checked here.
"""

import re

_SPACE = r"[ \t]{0,8}"
_BODY = r"[\d,; –-]{0,40}"
_CITATION = re.compile(rf"({_SPACE})\[({_BODY})\]")
_UNFINISHED = re.compile(rf"{_SPACE}(?:\[{_BODY})?\Z")
_MARK = re.compile(r"`+|\n")
_INTEGER = re.compile(r"\d+")
_BLOCK = 3
"""From so many backticks on, code goes over several lines."""


class CitationFilter:
    """Removes "[7]" from a text that comes in pieces, where there are fewer than seven sources.

    "[1, 7]" becomes "[1]", and the space before a citation goes with it. Code between backticks stays as it
    is: ``row[7]`` is no citation there. However the text is cut into pieces, the same comes out.
    """

    def __init__(self, sources: int) -> None:
        self._sources = sources
        self._held = ""
        self._code = 0
        """How many backticks opened the code that the text stands in; 0 outside of code."""

    def feed(self, piece: str) -> str:
        """What can be shown after the next ``piece``; the rest is held until more is known."""
        return self._shown(self._held + piece, final=False)

    def flush(self) -> str:
        """What was still held, at the end of the text."""
        return self._shown(self._held, final=True)

    def _shown(self, text: str, *, final: bool) -> str:
        shown: list[str] = []
        position = 0
        self._held = ""
        for mark in _MARK.finditer(text):
            shown.append(self._cleaned(text[position : mark.start()]))
            position = mark.start()
            if mark.end() == len(text) and mark.group() != "\n" and not final:
                self._held = mark.group()
                return "".join(shown)
            shown.append(mark.group())
            position = mark.end()
            self._pass(mark.group())
        rest = text[position:]
        if not final and not self._code and (unfinished := _UNFINISHED.search(rest)):
            self._held = unfinished.group()
            rest = rest[: unfinished.start()]
        shown.append(self._cleaned(rest))
        return "".join(shown)

    def _pass(self, mark: str) -> None:
        """Go over backticks or the end of a line, into code or out of it."""
        if mark == "\n":
            self._code = self._code if self._code >= _BLOCK else 0
        elif not self._code:
            self._code = len(mark)
        elif self._code == len(mark):
            self._code = 0

    def _cleaned(self, text: str) -> str:
        return text if self._code else _CITATION.sub(self._checked, text)

    def _checked(self, found: re.Match[str]) -> str:
        space, body = found.groups()
        numbers = [int(digits) for digits in _INTEGER.findall(body)]
        real = [str(number) for number in numbers if 1 <= number <= self._sources]
        if len(real) == len(numbers):
            return found.group()
        return f"{space}[{', '.join(real)}]" if real else ""
