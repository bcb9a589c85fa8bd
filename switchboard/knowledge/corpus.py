"""A folder of documents, read, split and indexed by words.

One frozen value, replaced as a whole when the folder changes. Vectors are not part of it: see ``vectors.py``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from langchain_core.documents import Document

from switchboard.errors import NotFound
from switchboard.knowledge.keywords import KeywordIndex
from switchboard.knowledge.loader import FileState, MarkdownFolder
from switchboard.knowledge.splitter import MarkdownSplitter


@dataclass(frozen=True, eq=False, slots=True)
class Corpus:
    """What the folder held when it was read.

    Attributes:
        listing: its files then, by which a change is noticed.
        texts: each document's text by its path.
        chunks: the pieces of all documents, in the order of their paths.
        keywords: BM25 over ``chunks``.
        left_out: the files that could not be read, each with the reason.
    """

    listing: tuple[FileState, ...]
    texts: Mapping[str, str]
    chunks: Sequence[Document]
    keywords: KeywordIndex
    left_out: tuple[str, ...]


def read_corpus(folder: Path) -> Corpus:
    """Read the folder.

    Raises:
        NotFound: there is no such folder, or no document in it.
    """
    loader = MarkdownFolder(folder)
    # Listed before it is read: a change in between is seen at the next look.
    listing = loader.listing()
    documents = loader.load()
    chunks = [chunk for chunk in MarkdownSplitter().split_documents(documents) if chunk.page_content.strip()]
    if not chunks:
        reason = f" {loader.left_out[0]} was left out." if loader.left_out else ""
        raise NotFound(
            f"The folder {folder.name} holds no documents.{reason}",
            f"Put Markdown files into folders in it, such as {folder.name}/policies/baggage.md, and refresh.",
        )
    return Corpus(
        listing=listing,
        texts={document.metadata["path"]: document.page_content for document in documents},
        chunks=chunks,
        keywords=KeywordIndex([chunk.page_content for chunk in chunks]),
        left_out=tuple(loader.left_out),
    )


def changed(corpus: Corpus, folder: Path) -> bool:
    """Whether the folder's files differ from those that were read.

    Raises:
        NotFound: there is no such folder any more.
    """
    return MarkdownFolder(folder).listing() != corpus.listing
