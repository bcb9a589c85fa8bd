"""LangChain BaseLoader: a folder of Markdown → one document a file.

The folder's name is the document's kind. Text, HTML and PDF are not covered.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from langchain_core.document_loaders import BaseLoader
from langchain_core.documents import Document

from switchboard.errors import NotFound

MOST_BYTES = 5_000_000
"""A larger file is left out: it is a dump rather than a document."""
_TITLE = re.compile(r"^ {0,3}#[ \t]+(\S.{0,118})", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class FileState:
    """A file as the folder lists it, by which a change is noticed."""

    path: str
    size: int
    modified: int
    """In nanoseconds."""


class MarkdownFolder(BaseLoader):
    """Reads ``<kind>/**/*.md``; files directly in the folder, hidden ones and links out of it are left out.

    Attributes:
        left_out: after loading, each file that could not be read, with the reason, as a short text.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.left_out: list[str] = []

    def listing(self) -> tuple[FileState, ...]:
        """The files that loading would read, by path, without opening them.

        Raises:
            NotFound: there is no such folder.
        """
        if not self._folder.is_dir():
            raise NotFound(
                f"There is no folder {self._folder.name}.",
                "Create it with a folder for each kind of document, and Markdown files in those.",
            )
        root = self._folder.resolve()
        found = []
        for file in self._folder.glob("*/**/*.md"):
            relative = file.relative_to(self._folder)
            hidden = any(part.startswith(".") for part in relative.parts)
            if hidden or not file.resolve().is_relative_to(root) or not file.is_file():
                continue
            state = file.stat()
            found.append(FileState(relative.as_posix(), state.st_size, state.st_mtime_ns))
        return tuple(sorted(found, key=lambda state: state.path))

    def lazy_load(self) -> Iterator[Document]:
        """Yield each file's text as it stands, with ``path``, ``kind`` and ``title`` in the metadata.

        Raises:
            NotFound: there is no such folder.
        """
        self.left_out = []
        for state in self.listing():
            text = self._text(state)
            if text is not None:
                kind = state.path.split("/", 1)[0]
                title = _TITLE.search(text)
                name = title[1].strip() if title else Path(state.path).stem
                yield Document(
                    id=state.path,
                    page_content=text,
                    metadata={"path": state.path, "kind": kind, "title": name},
                )

    def _text(self, state: FileState) -> str | None:
        if state.size > MOST_BYTES:
            self.left_out.append(f"{state.path} (over {MOST_BYTES // 1_000_000} MB)")
            return None
        try:
            data = (self._folder / state.path).read_bytes()
        except OSError:
            self.left_out.append(f"{state.path} (cannot be opened)")
            return None
        if b"\0" in data:
            self.left_out.append(f"{state.path} (not a text file)")
            return None
        # A stray byte of another encoding costs a character, not the document.
        return data.decode("utf-8-sig", errors="replace")
